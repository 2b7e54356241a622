from collections.abc import Callable
from typing import Any

import pytest

from service.api.v1.answers import BalancesAnswer, CreditsAnswer
from tests.api.asking import Client
from tests.api.households import bill
from tests.api.questions import Question, question, retiree
from tests.api.test_balances import fen
from tests.api.test_household_faults import told

Ask = Callable[..., Question]
BALANCES = "/v1/simulations/balances"
CREDITS = "/v1/simulations/credits"
EMPLOYED = {"from": "2019-01", "status": "employed", "base": "9000.00"}


def member(*spells: Question, **changes: Any) -> Question:
    """Somebody born in 1985."""
    return {"birth_month": "1985-03", "sex": "male", "spells": list(spells), **changes}


def mover(**changes: Any) -> Question:
    """Somebody who moves from Beijing to Shanghai in April."""
    spells = [{**EMPLOYED, "to": "2025-03"}, {**EMPLOYED, "from": "2025-04", "area": "310000"}]
    return question(member(*spells, opening={"prior_years": "1000.00"}, **changes), last="2025-06")


def kinds(answer: Question, month: str) -> list[str]:
    """The kinds of the postings of a month."""
    [found] = [each for each in answer["months"] if each["month"] == month]
    return [posting["kind"] for posting in found["postings"]]


def codes(answer: Question) -> set[str]:
    """The codes of the notices."""
    return {notice["code"] for notice in answer["notices"]}


def test_a_move_carries_the_balance_along(balances: Ask) -> None:
    answer = balances(mover(), detail="postings")
    assert [month["policy"][:6] for month in answer["months"]] == ["110000"] * 3 + ["310000"] * 3
    march, april = answer["months"][2], answer["months"][3]
    assert march["closing"]["total"] == "0.00"
    assert kinds(answer, "2025-03")[-1] == "transfer_out"
    assert kinds(answer, "2025-04")[0] == "transfer_in"
    out = sum(fen(p["amount"]) for p in march["postings"] if p["kind"] == "transfer_out")
    assert fen(april["postings"][0]["amount"]) == -out
    assert answer["totals"]["moved"] == "0.00"
    assert "cleared_on_transfer" in codes(answer)
    assert {"110000@2022-09-01", "310000@2023-07-01"} <= {policy["id"] for policy in answer["policies"]}


def test_credits_follow_the_area_too(client: Client, balances: Ask) -> None:
    response = client.post(CREDITS, json=mover())
    CreditsAnswer.model_validate_json(response.content)
    table = response.json()
    assert [month["policy"][:6] for month in table["months"]] == ["110000"] * 3 + ["310000"] * 3
    assert table["months"][0]["credit"]["net"] == balances(mover())["months"][0]["credit"]["net"]


def test_a_member_who_moved_before_the_first_month_is_simply_there(balances: Ask) -> None:
    spells = [{**EMPLOYED, "to": "2024-03"}, {**EMPLOYED, "from": "2024-04", "area": "310000"}]
    there = balances(question(member(*spells)))
    alone = balances(question(member({**EMPLOYED, "from": "2024-04"}), area="310000"))
    assert there["months"] == alone["months"]


def test_unpaid_months_earn_nothing_until_they_are_made_up_for(balances: Ask) -> None:
    owed = {**EMPLOYED, "from": "2025-03", "to": "2025-05", "contributions": "in_arrears"}
    spells = [{**EMPLOYED, "to": "2025-02"}, owed, {**EMPLOYED, "from": "2025-06"}]
    without = balances(question(member(*spells)))
    assert [month["credit"]["net"] for month in without["months"]][:6] == ["180.00"] * 2 + ["0.00"] * 3 + [
        "180.00"
    ]
    assert "employer_in_arrears" in codes(without)
    paid = balances(question(member(spells[0], {**owed, "back_paid": "2025-08"}, spells[2])))
    credit = {month["month"]: month["credit"]["net"] for month in paid["months"]}
    assert (credit["2025-04"], credit["2025-08"], credit["2025-09"]) == ("0.00", "720.00", "180.00")


def test_who_retires_by_statute_is_retired_from_the_month_after(balances: Ask) -> None:
    # Born in January 1965: the old month is January 2025, the first that is delayed, by one month.
    spell = {**EMPLOYED, "retires": "statutory", "monthly_pension": "4000.00"}
    answer = balances(question(member(spell, birth_month="1965-01")))
    declared = balances(
        question(
            member(
                {**EMPLOYED, "to": "2025-02"},
                {"from": "2025-03", "status": "retired", "monthly_pension": "4000.00"},
                birth_month="1965-01",
            )
        )
    )
    assert answer["months"] == declared["months"]
    [notice] = [each for each in answer["notices"] if each["code"] == "retires_by_statute"]
    assert notice["month"] == "2025-03"
    [national] = [policy for policy in answer["policies"] if policy["id"] == notice["policy"]]
    assert national["sources"]


def test_a_woman_who_retires_by_statute_says_of_which_kind(client: Client, balances: Ask) -> None:
    spell = {**EMPLOYED, "retires": "statutory"}
    woman = member(spell, birth_month="1970-01", sex="female")
    assert told(client, BALANCES, question(woman)) == [("/member/retirement_kind", "fact_required")]
    answer = balances(question({**woman, "retirement_kind": "female_55"}))
    assert "retires_by_statute" in codes(answer)


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"back_paid": "2025-03"}, "/member/spells/0/back_paid", "nothing_to_back_pay"),
        ({"contributions": "late"}, "/member/spells/0/contributions", "not_one_of"),
        (
            {"contributions": "in_arrears", "back_paid": "2018-12"},
            "/member/spells/0/back_paid",
            "back_paid_before_from",
        ),
        ({"retires": "early"}, "/member/spells/0/retires", "not_one_of"),
        ({"retires": "statutory", "to": "2030-01"}, "/member/spells/0/retires", "retires_from_other_spell"),
        (
            {"retires": "statutory", "from": "2050-01"},
            "/member/spells/0/retires",
            "past_statutory_retirement",
        ),
        ({"area": "999999"}, "/member/spells/0/area", "unknown_area"),
        ({"area": "31"}, "/member/spells/0/area", "area_form"),
    ],
)
def test_one_wrong_thing_in_a_spell_is_one_fault_at_its_place(
    client: Client, changed: Question, pointer: str, code: str
) -> None:
    assert told(client, BALANCES, question(member({**EMPLOYED, **changed}))) == [(pointer, code)]


def test_a_kind_of_the_other_sex_is_refused(client: Client) -> None:
    asked = question(member(EMPLOYED, retirement_kind="female_50"))
    assert told(client, BALANCES, asked) == [("/member/retirement_kind", "retirement_kind_of_other_sex")]


def test_facts_lacking_for_retirement_are_told_together_with_those_of_the_rules(client: Client) -> None:
    spell = {"from": "2019-01", "status": "employed", "retires": "statutory"}
    asked = question({"spells": [spell]})
    assert told(client, BALANCES, asked) == [
        ("/member/birth_month", "fact_required"),
        ("/member/retirement_kind", "fact_required"),
        ("/member/spells/0/base", "fact_required"),
    ]


def test_a_bill_within_a_timeline_uses_up_the_deductible_of_the_year(client: Client, balances: Ask) -> None:
    asked = question(retiree())
    asked["expenses"] = [
        {"on": "2025-02-10", "id": "first", "bill": bill("1000.00")},
        {"on": "2025-03-10", "category": "pharmacy", "amount": "86.50"},
        {"on": "2025-05-10", "id": "second", "bill": bill("1000.00")},
    ]
    answer = balances(asked)
    falls = [
        step["amount"]
        for each in answer["expenses"]
        for step in each["steps"]
        if step["step"] == "deductible"
    ]
    assert falls == ["1000.00", "300.00"]
    assert [each.get("expense") for each in answer["expenses"]] == ["first", None, "second"]
    assert [each["fund"] for each in answer["expenses"]] == ["0.00", "0.00", "630.00"]
    assert answer["totals"]["fund"] == "630.00"
    for detail in ("totals", "years", "months", "postings"):
        response = client.post(BALANCES, json={**asked, "detail": detail})
        told_all = BalancesAnswer.model_validate_json(response.content)
        assert (told_all.expenses is not None) == (detail in ("months", "postings"))


def test_what_a_year_has_used_goes_on_with_resume_or_is_declared(client: Client, balances: Ask) -> None:
    asked = question(retiree())
    asked["expenses"] = [{"on": f"2025-0{month}-10", "bill": bill("1000.00")} for month in (2, 5)]
    whole = balances(asked)
    resumed = retiree(opening=whole["months"][3]["resume"])
    rest = balances({**asked, "from": "2025-04", "expenses": asked["expenses"][1:], "member": resumed})
    assert rest["expenses"][0] == whole["expenses"][1]
    used = {"outpatient": {"deductible": "1000.00", "cost": "1000.00"}}
    declared = balances(
        {**asked, "from": "2025-04", "expenses": asked["expenses"][1:], "member": retiree(year_to_date=used)}
    )
    assert declared["expenses"][0]["fund"] == whole["expenses"][1]["fund"]
    twice = question({**resumed, "year_to_date": used}, first="2025-04")
    assert told(client, BALANCES, twice) == [("/member/year_to_date", "used_given_twice")]
