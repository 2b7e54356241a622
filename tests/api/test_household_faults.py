from typing import Any

import pytest

from service.api.faults import SENTENCES
from service.api.v1.shown import Problem
from tests.api.asking import Client
from tests.api.households import (
    BILLS,
    CLOSURES,
    FAMILIES,
    at_the_counter,
    bill,
    grandmother,
    household,
    leaver,
    link,
    worker,
)

Changes = dict[str, Any]
RESIDENT = [{"from": "2010-01", "status": "resident"}]
MEMBERS = household()["members"]
EXPENSE = {"member": "grandmother", "on": "2025-01-20"}
MOVED = {"holder": "son", "beneficiary": "grandmother", "on": "2025-02-01", "at": "10:30", "amount": "5"}
UNTOLD = {"total": "5000.00", "setting": "outpatient"}  # by a hospital of which tier, below the age of 70
MANY = [link("son", **dict.fromkeys(("from", "to"), f"{2000 + place}-01-01")) for place in range(101)]
WALLET = link("son", model="wallet")


def told(client: Client, address: str, asked: Any) -> list[tuple[str, str]]:
    """The pointers and codes of all faults of a question."""
    response = client.post(address, json=asked)
    assert response.status_code == 422, response.text
    problem = Problem.model_validate_json(response.content)
    for fault in problem.faults:
        assert "{" not in fault.texts.zh + fault.texts.en
        assert "?" not in fault.texts.zh + fault.texts.en
        assert fault.code in SENTENCES
    return sorted((fault.pointer, fault.code) for fault in problem.faults)


def spent(**changes: Any) -> Changes:
    """One expense of the grandmother."""
    return {"expenses": [{**EXPENSE, **changes}]}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"members": []}, "/members", "too_few"),
        (
            {"members": [worker(f"m{place}", "1.00") for place in range(11)], "links": [], "expenses": []},
            "/members",
            "too_many",
        ),
        ({"members": [*MEMBERS, worker("son", "1.00")]}, "/members/3/id", "duplicate_member"),
        ({"members": [*MEMBERS, worker("x", "1.00", area="999999")]}, "/members/3/area", "unknown_area"),
        ({"members": [*MEMBERS, worker("x", "1.00", area="北京")]}, "/members/3/area", "area_form"),
        ({"members": [*MEMBERS, {"spells": RESIDENT}]}, "/members/3/id", "required"),
        ({"members": [*MEMBERS, worker("x", "1.00", wallet="-1")]}, "/members/3/wallet", "yuan_form"),
        (
            {"members": [*MEMBERS, worker("x", "1.00", opening={"health": "5.00"})]},
            "/members/3/opening/health",
            "bucket_not_in_policy",
        ),
        ({"members": [*MEMBERS, grandmother()]}, "/members/3/id", "duplicate_member"),
        ({"links": [link("nobody")]}, "/links/0/holder", "unknown_member"),
        ({"links": [link("son", "nobody")]}, "/links/0/beneficiary", "unknown_member"),
        ({"links": [link("son", "son")]}, "/links/0/beneficiary", "link_to_itself"),
        ({"links": [link("son"), link("grandmother", "son")]}, "/links/1", "link_cycle"),
        (
            {"links": [link("son"), link("grandmother", "daughter"), link("daughter", "son")]},
            "/links/2",
            "link_cycle",
        ),
        ({"links": [link("son"), link("son")]}, "/links/1", "duplicate_link"),
        ({"links": [link("son", to="2024-11-30")]}, "/links/0/to", "to_before_from"),
        ({"links": [link("son", relation="friend")]}, "/links/0/relation", "not_one_of"),
        ({"links": [link("son", model="quota")]}, "/links/0/quota", "required"),
        ({"links": [link("son", quota="5.00")]}, "/links/0/quota", "quota_of_other_model"),
        ({"links": MANY}, "/links", "too_many"),
        (
            {"members": [grandmother(), worker("son", "0", spells=RESIDENT)], "links": [link("son")]},
            "/links/0/holder",
            "holder_without_account",
        ),
        ({"expenses": [{**EXPENSE, "member": "x", "bill": bill()}]}, "/expenses/0/member", "unknown_member"),
        (spent(), "/expenses/0", "amount_or_bill"),
        (spent(category="pharmacy"), "/expenses/0/amount", "required"),
        (spent(amount="5.00"), "/expenses/0/category", "required"),
        (spent(category="pharmacy", amount="5.00", bill=bill()), "/expenses/0", "amount_or_bill"),
        (spent(bill=bill(self_pay="3000.01")), "/expenses/0/bill/total", "bill_parts_exceed_total"),
        (
            spent(bill=bill(in_scope="2999", self_pay="2")),
            "/expenses/0/bill/total",
            "bill_parts_exceed_total",
        ),
        (spent(bill=bill(in_scope="2999.00")), "/expenses/0/bill/in_scope", "bill_parts_fall_short"),
        (
            spent(bill=bill(items=[{"class": "class_a", "amount": "2999"}])),
            "/expenses/0/bill/items",
            "bill_parts_fall_short",
        ),
        (
            spent(bill=bill(items=[{"class": "class_a", "amount": "3001"}])),
            "/expenses/0/bill/total",
            "bill_parts_exceed_total",
        ),
        (
            spent(bill=bill(in_scope="3000", items=[{"class": "class_a", "amount": "3000"}])),
            "/expenses/0/bill/in_scope",
            "items_or_in_scope",
        ),
        (spent(bill=bill(fund="2000", self_pay="1500")), "/expenses/0/bill/fund", "fund_exceeds_in_scope"),
        (
            {**spent(bill=UNTOLD), "members": [grandmother(birth_month="1960-06"), *MEMBERS[1:]]},
            "/expenses/0/bill/tier",
            "fact_required",
        ),
        (spent(bill=bill(tier="four")), "/expenses/0/bill/tier", "not_one_of"),
        (spent(on="2025-07-01", bill=bill()), "/expenses/0/on", "expense_outside_range"),
        (
            {"expenses": [{**EXPENSE, "bill": bill()}, {**EXPENSE, "on": "2025-01-19", "bill": bill()}]},
            "/expenses/1/on",
            "expenses_out_of_order",
        ),
        ({"transfers": [MOVED]}, "/transfers/0", "transfer_without_link"),
        ({"links": [WALLET], "transfers": [{**MOVED, "at": "24:00"}]}, "/transfers/0/at", "time_form"),
        (
            {"links": [WALLET], "transfers": [{**MOVED, "accepted": "yes"}]},
            "/transfers/0/accepted",
            "not_boolean",
        ),
        (
            {"links": [WALLET], "transfers": [{**MOVED, "on": "2025-07-01"}]},
            "/transfers/0/on",
            "transfer_outside_range",
        ),
    ],
)
def test_one_wrong_thing_in_a_household_is_one_fault_at_its_place(
    client: Client, changes: Changes, pointer: str, code: str
) -> None:
    assert told(client, FAMILIES, household(**changes)) == [(pointer, code)]


def test_links_that_never_hold_together_are_no_cycle_and_no_doubles(client: Client) -> None:
    first = {"from": "2024-01-01", "to": "2024-12-31"}
    then = {"from": "2025-01-01"}
    links = [link("son", **first), link("son", **then), link("grandmother", "son", **first, model="wallet")]
    assert told(client, FAMILIES, household(links=links)) == [("/links/2", "link_cycle")]
    links = [link("son", **then), link("grandmother", "son", **first)]
    assert client.post(FAMILIES, json=household(links=links)).status_code == 200
    links = [link("son", **first), link("son", **then)]
    assert client.post(FAMILIES, json=household(links=links)).status_code == 200


def test_every_fault_of_a_household_is_named_at_once(client: Client) -> None:
    asked = household(
        members=[
            grandmother(birth_month=None),
            worker("son", "x", spells=RESIDENT),
            worker("daughter", "5.00", area="999999"),
            worker("daughter", "5.00"),
        ],
        links=[link("son"), link("nobody"), link("grandmother", "grandmother"), {"holder": "son"}],
        expenses=[
            {**EXPENSE, "bill": bill(self_pay="4000.00")},
            {**EXPENSE, "on": "2025-02-30", "bill": bill(fund="9000.00")},
            {**EXPENSE, "on": "2024-12-31", "category": "pharmacy"},
        ],
        transfers=[{**MOVED, "holder": "daughter"}],
        x=1,
    )
    assert told(client, FAMILIES, asked) == [
        ("/expenses/0/bill/total", "bill_parts_exceed_total"),
        ("/expenses/1/bill/fund", "fund_exceeds_in_scope"),
        ("/expenses/1/on", "day_form"),
        ("/expenses/2/amount", "required"),
        ("/expenses/2/on", "expense_outside_range"),
        ("/expenses/2/on", "expenses_out_of_order"),
        ("/links/1/holder", "unknown_member"),
        ("/links/2/beneficiary", "link_to_itself"),
        ("/links/3/beneficiary", "required"),
        ("/links/3/from", "required"),
        ("/links/3/relation", "required"),
        ("/members/0/birth_month", "fact_required"),
        ("/members/1/opening/prior_years", "signed_yuan_form"),
        ("/members/2/area", "unknown_area"),
        ("/members/3/id", "duplicate_member"),
        ("/x", "unknown_field"),
    ]


def test_facts_that_the_rules_lack_are_told_for_every_member_at_once(client: Client) -> None:
    members = [
        grandmother(birth_month="1960-06"),
        worker("son", "0", spells=[{"from": "2012-07", "status": "employed"}]),
        worker("aunt", "5.00", birth_month=None, spells=[{"from": "2012-07", "status": "retired"}]),
    ]
    asked = household(members=members, links=[link("son")], expenses=[{**EXPENSE, "bill": UNTOLD}])
    expected = [
        ("/expenses/0/bill/tier", "fact_required"),
        ("/members/1/spells/0/base", "fact_required"),
        ("/members/2/birth_month", "fact_required"),
    ]
    assert told(client, FAMILIES, asked) == expected
    assert told(client, FAMILIES, {**asked, "detail": "all"}) == [("/detail", "not_one_of"), *expected]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"area": "999999"}, "/area", "unknown_area"),
        ({"on": "2025-02-30"}, "/on", "day_form"),
        ({"bill": None}, "/bill", "not_object"),
        ({"bill": bill(self_pay="3000.01")}, "/bill/total", "bill_parts_exceed_total"),
        ({"bill": UNTOLD, "member": grandmother(birth_month="1960-06")}, "/bill/tier", "fact_required"),
        ({"member": grandmother(birth_month=None)}, "/member/birth_month", "fact_required"),
        (
            {"family": [{"relation": "parent", "member": worker("son", "0", spells=RESIDENT)}]},
            "/family/0",
            "holder_without_account",
        ),
        (
            {"family": [{"relation": "parent", "member": worker("grandmother", "5.00")}]},
            "/family/0/member/id",
            "duplicate_member",
        ),
        (
            {"family": [{"relation": "parent", "member": worker("son", "5.00", area="999999")}]},
            "/family/0/member/area",
            "unknown_area",
        ),
        ({"family": at_the_counter()["family"] * 5}, "/family", "too_many"),
    ],
)
def test_one_wrong_thing_at_the_counter_is_one_fault_at_its_place(
    client: Client, changes: Changes, pointer: str, code: str
) -> None:
    found = told(client, BILLS, at_the_counter(**changes))
    assert [each for each in found if each[1] != "duplicate_member" or code == each[1]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"area": "999999"}, "/area", "unknown_area"),
        ({"on": "2025-10"}, "/on", "day_form"),
        ({"from": "2025-11"}, "/on", "to_before_from"),
        ({"from": "1950-01", "member": {"spells": []}}, "/on", "too_many_months"),
        ({"reason": "bored"}, "/reason", "not_one_of"),
        ({"member": {**leaver()["member"], "spells": [{"from": "2019-01", "status": "employed"}]}}, "", ""),
    ],
)
def test_one_wrong_thing_about_leaving_is_one_fault_at_its_place(
    client: Client, changes: Changes, pointer: str, code: str
) -> None:
    expected = (pointer, code) if code else ("/member/spells/0/base", "fact_required")
    assert told(client, CLOSURES, leaver(**changes)) == [expected]


WRONG: list[Any] = [None, 5, "x", [], {}, [None], [5], [{}], {"id": []}, [[]], True]


@pytest.mark.parametrize(
    ("address", "asked"), [(FAMILIES, household()), (BILLS, at_the_counter()), (CLOSURES, leaver())]
)
def test_a_question_with_every_part_of_a_wrong_kind_is_refused_not_failed(
    client: Client, address: str, asked: Changes
) -> None:
    for name in asked:
        for wrong in WRONG:
            response = client.post(address, json={**asked, name: wrong})
            assert response.status_code in (200, 422), (name, wrong)
        without = {key: value for key, value in asked.items() if key != name}
        assert client.post(address, json=without).status_code in (200, 422)
