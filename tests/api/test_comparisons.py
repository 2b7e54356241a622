"""Scenarios against a baseline: exact differences, and every fault of every scenario at once."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.v1.examples import COMPARISON
from service.api.v1.scenarios import compared
from service.core.book import Book
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree

Object = dict[str, Any]
FIGURES = ("credited", "interest", "paid_from_account", "paid_by_family", "fund", "cash", "moved")
ADDRESS = "/v1/simulations/comparisons"

BASELINE: Object = {
    **question(retiree()),
    "expenses": [{"on": "2025-03-10", "category": "pharmacy", "amount": "86.50"}],
}


def compare(client: Client, baseline: Object, *scenarios: Object) -> Object:
    response = client.post(ADDRESS, json={"baseline": baseline, "scenarios": list(scenarios)})
    assert response.status_code == 200, response.text
    answer: Object = response.json()
    return answer


def faults(client: Client, asked: Any) -> set[tuple[str, str]]:
    response = client.post(ADDRESS, json=asked)
    assert response.status_code == 422, response.text
    listed = [(each["pointer"], each["code"]) for each in response.json()["faults"]]
    assert len(set(listed)) == len(listed)
    return set(listed)


def numbers(row: Object) -> dict[str, Decimal]:
    """The figures of a month or of totals, with what the account holds at the end."""
    flat = {name: value for name, value in row.items() if name not in ("month", "closing")}
    closing = {f"closing.{name}": value for name, value in row.get("closing", {}).items()}
    return {name: Decimal(value) for name, value in {**flat, **closing}.items()}


def assert_exact(baseline: Object, scenario: Object) -> None:
    """Baseline and difference sum to the scenario, to the fen, in every month and in total."""
    before = {each["month"]: each for each in baseline["months"]}
    after = {each["month"]: each for each in scenario["months"]}
    difference = {each["month"]: each for each in scenario["difference"]["months"]}
    assert list(difference) == sorted({*before, *after})
    for month, row in difference.items():
        if month not in before or month not in after:
            assert {value for name, value in row.items() if name != "month"} == {None}
            continue
        one, other, change = numbers(before[month]), numbers(after[month]), numbers(row)
        assert {name: other.get(name, 0) - one.get(name, 0) for name in {*one, *other}} == change
    totals = numbers(baseline["totals"]), numbers(scenario["totals"])
    assert numbers(scenario["difference"]["totals"]) == {
        name: totals[1][name] - totals[0][name] for name in totals[0]
    }


def assert_as_balances(client: Client, asked: Object, run: Object) -> None:
    """The rows of a run are what the same question about balances is answered."""
    answer = client.post("/v1/simulations/balances", json={**asked, "detail": "postings"}).json()
    assert run["totals"] == answer["totals"]
    assert [each["month"] for each in run["months"]] == [each["month"] for each in answer["months"]]
    kinds = {"interest": ["interest"], "credited": ["credit", "advance", "true_up", "deduction"]}
    for row, month in zip(run["months"], answer["months"], strict=True):
        assert row["closing"] == month["closing"]
        for name, listed in kinds.items():
            posted = [Decimal(each["amount"]) for each in month["postings"] if each["kind"] in listed]
            assert Decimal(row[name]) == sum(posted)
        spent = sum(Decimal(each["amount"]) for each in month["postings"] if each["kind"] == "payment")
        assert Decimal(row["paid_from_account"]) == -spent


def test_a_scenario_that_replaces_nothing_differs_in_nothing(client: Client) -> None:
    answer = compare(client, BASELINE, {"id": "same"}, {"id": "as if", "overrides": {}})
    for scenario in answer["scenarios"]:
        assert scenario["months"] == answer["baseline"]["months"]
        assert set(numbers(scenario["difference"]["totals"]).values()) == {Decimal(0)}
        for row in scenario["difference"]["months"]:
            assert set(numbers(row).values()) == {Decimal(0)}
    assert answer["scenarios"][0]["notices"] == answer["notices"]


@pytest.mark.parametrize(
    "scenario",
    [
        {"area": "440100"},
        {"from": "2024-11", "to": "2025-06", "expenses": []},
        {"to": "2026-03"},
        {"overrides": {"deductions": []}},
        {"member": employee()},
        {"member": retiree(), "expenses": [], "overrides": {"interest": "unknown"}},
        {"parameters": {"deposit_rates": {"demand": "0.01"}}, "as_of": "2999-01-01T00:00:00Z"},
    ],
)
def test_a_scenario_is_the_baseline_with_its_fields_replaced(client: Client, scenario: Object) -> None:
    answer = compare(client, BASELINE, {"id": "other", **scenario})
    assert_as_balances(client, BASELINE, answer["baseline"])
    assert_as_balances(client, {**BASELINE, **scenario}, answer["scenarios"][0])
    assert_exact(answer["baseline"], answer["scenarios"][0])


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_differences_are_exact_whatever_is_compared(client: Client, data: st.DataObject) -> None:
    months = st.integers(1, 12).map(lambda number: f"2022-{number:02d}")
    scenarios: list[Object] = []
    for place in range(data.draw(st.integers(1, 3))):
        first, last = sorted((data.draw(months), data.draw(months)))
        changes: Object = {"from": first, "to": last, "expenses": []}
        changes |= data.draw(
            st.sampled_from([{}, {"area": "440100"}, {"area": "420100"}, {"area": "350200"}])
        )
        changes |= data.draw(st.sampled_from([{}, {"overrides": {"deductions": []}}, {"overrides": {}}]))
        pension = f"{data.draw(st.integers(0, 20000))}.00"
        changes |= data.draw(st.sampled_from([{}, {"member": _known(pension)}]))
        scenarios.append({"id": str(place), **changes})
    figures = {"figures": {"average_wage": "9000.00"}}
    baseline = {**question(_known("4200.00"), first="2022-01", last="2022-12"), "parameters": figures}
    answer = compare(client, baseline, *scenarios)
    for scenario in answer["scenarios"]:
        assert_exact(answer["baseline"], scenario)


def _known(pension: str) -> Object:
    """Somebody of whom every area knows enough."""
    spell = {"from": "2008-07", "status": "retired", "monthly_pension": pension, "own_credit": "90.00"}
    return retiree(spells=[spell])


def test_a_policy_takes_the_place_of_the_area_and_an_area_that_of_the_policy(client: Client) -> None:
    document = client.snapshots.current.book().versions["110000@2022-09-01"].document
    answer = compare(client, BASELINE, {"id": "inline", "policy": document})
    assert answer["scenarios"][0]["months"] == answer["baseline"]["months"]
    inline = {**{name: value for name, value in BASELINE.items() if name != "area"}, "policy": document}
    again = compare(client, inline, {"id": "named", "area": "110000"})
    assert again["baseline"] == answer["baseline"]
    assert again["scenarios"][0]["months"] == answer["baseline"]["months"]


def test_an_inherited_supposition_is_taken_out_by_null(client: Client) -> None:
    supposed = {**BASELINE, "overrides": {"deductions": []}}
    answer = compare(client, supposed, {"id": "as published", "overrides": None})
    plain = compare(client, BASELINE, {"id": "as published"})
    assert answer["scenarios"][0]["months"] == plain["baseline"]["months"]
    assert answer["baseline"] != plain["baseline"]


def test_every_policy_is_named_once_whichever_scenario_rests_on_it(client: Client) -> None:
    answer = compare(
        client,
        BASELINE,
        {"id": "a", "overrides": {"deductions": []}},
        {"id": "b", "overrides": {"extras": []}},
        {"id": "c", "area": "440100"},
    )
    names = [each["id"] for each in answer["policies"]]
    assert len(set(names)) == len(names)
    assert sum(each.get("supposed", False) for each in answer["policies"]) == 2
    assert {"110000@2022-09-01"} < set(names)
    told = {
        notice["policy"] for each in answer["scenarios"] for notice in each["notices"] if "policy" in notice
    }
    assert told <= set(names)
    assert all("snapshot" not in each for each in answer["scenarios"])


def test_all_faults_of_all_scenarios_are_told_at_once(client: Client) -> None:
    asked: Object = {
        "baseline": {**BASELINE, "to": "2024-12", "detail": "totals", "area": "999999"},
        "scenarios": [
            {"id": "inherits"},
            {"id": "again", "from": "2025-13", "surprise": 1},
            {"id": "again", "area": "110000", "to": "2025-02", "overrides": {"surprise": 1}},
        ],
    }
    assert faults(client, asked) == {
        ("/baseline/area", "unknown_area"),
        ("/baseline/to", "to_before_from"),
        ("/baseline/detail", "unknown_field"),
        ("/scenarios/1/from", "month_form"),
        ("/scenarios/1/surprise", "unknown_field"),
        ("/scenarios/2/id", "duplicate_scenario"),
        ("/scenarios/2/overrides/surprise", "unknown_field"),
        ("/scenarios/2/expenses/0/on", "expense_outside_range"),
    }


def test_a_fault_that_only_a_scenario_brings_is_told_at_the_scenario(client: Client) -> None:
    """Nothing is wrong with the baseline: its expense lies outside the months of the scenario alone."""
    late = {"baseline": BASELINE, "scenarios": [{"id": "late", "from": "2025-06"}, {"id": "same"}]}
    assert faults(client, late) == {("/scenarios/0/expenses/0/on", "expense_outside_range")}
    unborn = retiree()
    del unborn["birth_month"]
    asked: Object = {"baseline": BASELINE, "scenarios": [{"id": "b", "member": unborn}]}
    assert faults(client, asked) == {("/scenarios/0/member/birth_month", "fact_required")}
    asked = {"baseline": {**BASELINE, "member": unborn}, "scenarios": [{"id": "b", "to": "2025-11"}]}
    assert faults(client, asked) == {("/baseline/member/birth_month", "fact_required")}


def paying(amount: str) -> Object:
    """A credit of so much a month for the retired, in place of all others."""
    rule = {"who": {"status": ["retired"]}, "amount": {"kind": "fixed", "amount": amount}, "source": ["s"]}
    sources = {"s": {"title": "exercise", "publisher": "exercise", "grade": "C"}}
    return {"credits": [rule], "deductions": [], "sources": sources}


def test_amounts_that_cannot_be_written_are_refused_at_their_scenario(client: Client) -> None:
    rich = {"id": "rich", "overrides": paying("999999999999.00")}
    told = faults(client, {"baseline": BASELINE, "scenarios": [{"id": "same"}, rich]})
    assert told == {("/scenarios/1/overrides", "amounts_past_writing")}
    richer = {**BASELINE, "overrides": rich["overrides"]}
    told = faults(client, {"baseline": richer, "scenarios": [{"id": "poorer", "overrides": None}]})
    assert told == {("/baseline/overrides", "amounts_past_writing")}


def test_a_difference_that_cannot_be_written_is_refused(client: Client) -> None:
    """Either side can be written by itself, by a hair."""
    month = {"from": "2025-01", "to": "2025-01", "expenses": []}
    owing = retiree(opening={"current_year": "-100000000.00", "prior_years": "0.00"})
    rich = {"id": "rich", "overrides": paying("999999999999.00"), "member": retiree(opening={})}
    asked = {"baseline": {**BASELINE, **month, "member": owing}, "scenarios": [rich]}
    assert faults(client, asked) == {("/scenarios/0/overrides", "amounts_past_writing")}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], {("", "not_object")}),
        ({}, {("/baseline", "required"), ("/scenarios", "required")}),
        ({"baseline": 5, "scenarios": []}, {("/baseline", "not_object"), ("/scenarios", "too_few")}),
        ({"baseline": BASELINE, "scenarios": [5]}, {("/scenarios/0", "not_object")}),
        ({"baseline": BASELINE, "scenarios": [{}]}, {("/scenarios/0/id", "required")}),
        (
            {"baseline": BASELINE, "scenarios": [{"id": str(i)} for i in range(21)]},
            {("/scenarios", "too_many")},
        ),
    ],
)
def test_what_is_no_comparison_is_refused(client: Client, asked: Any, told: set[tuple[str, str]]) -> None:
    assert faults(client, asked) == told


def test_a_key_given_twice_is_found_in_a_scenario(client: Client) -> None:
    written = json.dumps({"baseline": BASELINE, "scenarios": [{"id": "a", "to": "2025-11"}]})
    body = written.replace('"to": "2025-11"', '"to": "2025-10", "to": "2025-11"')
    response = client.post(ADDRESS, content=body, headers={"content-type": "application/json"})
    told = {(each["pointer"], each["code"]) for each in response.json()["faults"]}
    assert told == {("/scenarios/0/to", "duplicate_key")}


def test_others_have_their_turn_between_scenarios(client: Client) -> None:
    """Between any two runs the loop goes round: a comparison of n runs lets others in n times or more."""
    book: Book = client.snapshots.current.book()
    asked = {"baseline": COMPARISON["baseline"], "scenarios": [{"id": str(i)} for i in range(20)]}
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def run() -> None:
        waiting = asyncio.create_task(others())
        await compared(json.dumps(asked).encode(), lambda _: book, "zh")
        waiting.cancel()

    asyncio.run(run())
    assert turns >= 21
