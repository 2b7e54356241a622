import json
from collections.abc import Callable
from typing import Any

import pytest

from service.api.v1.families import FamiliesAnswer
from tests.api.asking import Client
from tests.api.households import FAMILIES, bill, grandmother, household, link, worker
from tests.api.test_balances import fen

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def families(client: Client) -> Ask:
    """Asks about a household and gives the answer, which must be one."""

    def ask(**changes: Any) -> dict[str, Any]:
        response = client.post(FAMILIES, json=household(**changes))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return ask


def paid_by(settled: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Who paid what of an expense."""
    return [(each["by"], each.get("holder", ""), each["amount"]) for each in settled["paid"]]


def test_own_account_pays_first_then_the_children_in_order(families: Ask) -> None:
    # (3000 - 1300) x 90 % = 1530 from the fund; 1470 = 107 + 1200 own, 163 of the son's.
    [settled] = families()["expenses"]
    assert (settled["fund"], settled["own_share"], settled["cash"]) == ("1530.00", "1470.00", "0.00")
    assert paid_by(settled) == [("own", "", "107.00"), ("own", "", "1200.00"), ("till", "son", "163.00")]
    assert settled["passed_over"] == []


def test_a_holder_with_too_little_pays_what_there_is_and_the_next_the_rest(families: Ask) -> None:
    poor = worker("son", "0.00", spells=[{"from": "2012-07", "status": "employed", "base": "6326.00"}])
    answer = families(members=[grandmother(opening={}), poor, worker("daughter", "5000.00")])
    [settled] = answer["expenses"]
    # 6326.00 is below the floor of 2025; the floor's 2 % is credited. What is left of 1363 is the daughter's.
    own, son, daughter = settled["paid"][0], settled["paid"][1], settled["paid"][2:]
    assert own["amount"] == "107.00"
    assert (son["holder"], {each["holder"] for each in daughter}) == ("son", {"daughter"})
    assert fen(son["amount"]) + sum(fen(each["amount"]) for each in daughter) == 136300
    assert [(each["holder"], each["code"]) for each in settled["passed_over"]] == [("son", "holder_used_up")]
    told = [notice for notice in answer["notices"] if notice["code"] == "holder_used_up"]
    assert [(notice["member"], notice["values"]) for notice in told] == [("grandmother", {"holder": "son"})]


def test_what_holders_paid_stands_in_their_journals_and_in_the_links(families: Ask) -> None:
    answer = families()
    son = next(member for member in answer["members"] if member["id"] == "son")
    given = [p for month in son["months"] for p in month["postings"] if p["kind"] == "family_payment"]
    assert sum(fen(posting["amount"]) for posting in given) == -16300
    assert {(posting["category"], posting["expense"]) for posting in given} == {("outpatient_copay", "knee")}
    assert son["totals"]["paid_for_family"] == "163.00"
    assert [(each["holder"], each["paid"]) for each in answer["links"]] == [
        ("son", "163.00"),
        ("daughter", "0.00"),
    ]


def test_money_is_conserved(families: Ask) -> None:
    totals = families()["totals"]
    paid = ("fund", "paid_from_account", "paid_by_family", "cash")
    assert fen(totals["billed"]) == sum(fen(totals[name]) for name in paid)
    assert totals["paid_for_family"] == totals["paid_by_family"]


def test_a_relation_that_the_area_does_not_allow_is_refused_with_a_notice(families: Ask) -> None:
    answer = families(links=[link("son", relation="other")])
    [settled] = answer["expenses"]
    assert settled["cash"] == "163.00"
    assert {each["code"] for each in settled["passed_over"]} == {"relation_not_allowed"}
    [told] = [notice for notice in answer["notices"] if notice["code"] == "relation_not_allowed"]
    assert (told["severity"], told["member"]) == ("warning", "grandmother")


def test_a_relative_insured_in_another_province_is_refused_before_the_nation_shares(families: Ask) -> None:
    spells = [{"from": "2012-07", "status": "retired", "own_credit": "100.00", "monthly_pension": "4000.00"}]
    elsewhere = grandmother(area="120000", spells=spells, opening={})
    answer = families(
        members=[elsewhere, worker("son", "300.00")],
        links=[link("son")],
        expenses=[{"member": "grandmother", "on": "2025-01-20", "category": "pharmacy", "amount": "900.00"}],
    )
    codes = {each["code"] for each in answer["expenses"][0]["passed_over"]}
    assert codes == {"relative_insured_elsewhere"}


def test_each_member_has_the_rules_of_the_own_area(families: Ask) -> None:
    spells = [{"from": "2012-07", "status": "employed", "base": "9000.00"}]
    answer = families(
        members=[grandmother(), worker("son", "300.00", area="310000", spells=spells)], links=[]
    )
    assert [member["area"] for member in answer["members"]] == ["110000", "310000"]
    ids = [policy["id"] for policy in answer["policies"]]
    assert len(ids) == len(set(ids))
    assert {"110000@2022-09-01", "310000@2023-07-01"} <= set(ids)


def test_strangers_get_the_answers_they_get_alone(client: Client, families: Ask) -> None:
    several = families(links=[])
    for member in several["members"]:
        [declared] = [each for each in household()["members"] if each["id"] == member["id"]]
        expenses = [
            {name: value for name, value in each.items() if name != "member"}
            for each in household()["expenses"]
            if each["member"] == member["id"]
        ]
        alone = client.post(
            "/v1/simulations/balances",
            json={
                **{name: household()[name] for name in ("area", "from", "to", "detail")},
                "member": declared,
                "expenses": expenses,
            },
        ).json()
        assert (member["months"], member["totals"]) == (alone["months"], alone["totals"])


def test_a_transfer_is_done_refused_or_returned(families: Ask) -> None:
    moved = {
        "holder": "son",
        "beneficiary": "grandmother",
        "on": "2025-08-10",
        "at": "10:30",
        "amount": "50.00",
    }
    answer = families(
        **{"from": "2025-07", "to": "2025-12"},
        links=[link("son", model="wallet")],
        expenses=[],
        transfers=[
            {**moved, "id": "first"},
            {**moved, "at": "23:00"},
            {**moved, "amount": "2000.01"},
            {**moved, "on": "2025-09-10", "accepted": False},
            {**moved, "on": "2025-12-31", "accepted": False},
        ],
    )
    outcomes = [(each["outcome"], each.get("code")) for each in answer["transfers"]]
    assert outcomes == [
        ("done", None),
        ("refused", "transfer_closed_hours"),
        ("refused", "transfer_too_large"),
        ("returned", None),
        ("on_the_way", None),
    ]
    assert answer["members"][0]["wallet"] == "50.00"
    assert answer["members"][1]["totals"]["moved"] == "-100.00"
    journal = [p for month in answer["members"][1]["months"] for p in month["postings"]]
    assert {p.get("transfer") for p in journal if p["kind"] == "transfer_out"} == {"first", None}
    refused = [notice for notice in answer["notices"] if notice["code"] == "transfer_refused"]
    assert {notice["values"]["why"] for notice in refused} == {"transfer_closed_hours", "transfer_too_large"}
    assert {notice["member"] for notice in refused} == {"son"}


def test_a_quota_is_held_and_told(families: Ask) -> None:
    expense = {"member": "grandmother", "on": "2026-01-20", "category": "pharmacy", "amount": "1470.00"}
    held = link("daughter", model="quota", quota="400.00", **{"from": "2026-01-10"})
    answer = families(**{"from": "2026-01", "to": "2026-02"}, links=[held], expenses=[expense])
    [settled] = answer["expenses"]
    assert paid_by(settled)[-1] == ("quota", "daughter", "163.00")
    assert [(each["paid"], each["held"]) for each in answer["links"]] == [("163.00", "237.00")]


def test_a_quota_of_a_link_that_ended_before_the_first_month_holds_nothing(families: Ask) -> None:
    ended = link("daughter", model="quota", quota="400.00", **{"from": "2023-01-01", "to": "2023-12-31"})
    answer = families(links=[ended])
    assert [(each["paid"], each["held"]) for each in answer["links"]] == [("0.00", "0.00")]


def test_each_detail_tells_all_that_the_one_before_does(families: Ask) -> None:
    told = {detail: families(detail=detail) for detail in ("totals", "years", "months", "postings")}
    assert len({json.dumps([answer["expenses"], answer["totals"]]) for answer in told.values()}) == 1
    for member in told["totals"]["members"]:
        assert member["months"] == member["years"] == []
    for member in told["years"]["members"]:
        assert member["months"] == []
        assert member["years"]
    assert "postings" not in told["months"]["members"][0]["months"][0]


def test_every_line_that_rests_on_a_rule_names_sources_that_the_answer_lists(families: Ask) -> None:
    answer = families()
    listed = {policy["id"]: {source["id"] for source in policy["sources"]} for policy in answer["policies"]}
    [settled] = answer["expenses"]
    lines = [line for line in (*settled["steps"], *settled["paid"]) if "basis" in line]
    assert len(lines) >= 5
    for line in lines:
        assert set(line["sources"]) <= listed[line["basis"].partition("#")[0]]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_answer_is_what_the_contract_says_in_both_languages(client: Client, language: str) -> None:
    asked = household(
        links=[link("son", limits={"per_expense": "10.00"}), link("daughter", model="wallet")],
        transfers=[
            {
                "holder": "daughter",
                "beneficiary": "grandmother",
                "on": "2025-01-10",
                "at": "09:00",
                "amount": "5.00",
            }
        ],
    )
    response = client.post(FAMILIES, json=asked, headers={"accept-language": language})
    answer = FamiliesAnswer.model_validate_json(response.content)
    texts = [step.text for settled in answer.expenses for step in settled.steps]
    texts += [line.text for settled in answer.expenses for line in settled.paid]
    texts += [line.text for settled in answer.expenses for line in settled.passed_over]
    texts += [notice.text for notice in answer.notices]
    assert len(texts) > 10
    for text in texts:
        assert "{" not in text
        assert "  " not in text
        assert not text.isascii() or language == "en"


def test_ten_members_over_600_months_are_answered(client: Client) -> None:
    spells = [{"from": "1980-01", "status": "retired", "monthly_pension": "4000.00"}]
    born = {"birth_month": "1930-01", "sex": "male", "spells": spells}
    members = [{**born, "id": f"m{place}"} for place in range(10)]
    expenses = [
        {"member": f"m{place % 10}", "on": f"{1980 + place // 40}-01-10", "bill": bill("500.00")}
        for place in range(2000)
    ]
    asked = {"area": "110000", "from": "1980-01", "to": "2029-12", "members": members, "expenses": expenses}
    response = client.post(FAMILIES, json={**asked, "detail": "totals"})
    assert response.status_code == 200, response.text
    assert response.json()["totals"]["billed"] == "1000000.00"
