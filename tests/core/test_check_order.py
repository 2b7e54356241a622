"""Rules that hide each other, overlap, or leave a hole are named; exceptions before rules are not."""

from typing import Any

import pytest

from service.core.check import check
from service.store.documents import read
from tests.core.making import SOURCE, Document, fixed, national, policy, rule

WHO = {"status": ["retired"]}


def faults(document: Document) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in check(read(document))]


def who(**more: Any) -> Document:
    return WHO | {name.rstrip("_"): value for name, value in more.items()}


def credited(*whos: Document) -> Document:
    return policy(credits=[rule(fixed("1")) | {"who": each} for each in whos])


def dated(first: str | None = None, last: str | None = None) -> Document:
    return {name: day for name, day in (("from", first), ("to", last)) if day is not None}


def paying(*rules: Document) -> Document:
    sound = {"category": ["pharmacy"], "order": ["current_year"], "source": SOURCE}
    return policy(payments=[sound | each for each in rules])


def billed(*rules: Document) -> Document:
    sound = {"who": WHO, "settings": ["outpatient"], "ratios": [{"ratio": "0.8"}], "source": SOURCE}
    return policy(bills=[sound | each for each in rules])


def closed(*rules: Document) -> Document:
    return policy(closing=[{"reason": ["death"], "allowed": True, "source": SOURCE} | each for each in rules])


def shared(*rules: Document) -> Document:
    sound = {"kind": "till", "relations": ["parent"], "category": ["pharmacy"], "order": ["current_year"]}
    return policy(family=[sound | {"source": SOURCE} | each for each in rules])


def ratios(*rows: Document) -> Document:
    return billed({"ratios": [{"ratio": "0.8"} | row for row in rows]})


def scope(*lines: Document) -> Document:
    return billed({"scope": [{"item_class": ["class_b"], "share": "0.8"} | line for line in lines]})


def deducted(*rules: Document) -> Document:
    sound = {"name": {"zh": "代扣", "en": "premium"}, "who": WHO, "amount": fixed("1"), "source": SOURCE}
    return policy(deductions=[sound | {"taken_from": "credit"} | each for each in rules])


def aged(low: int | None, high: int | None) -> Document:
    return {name: age for name, age in (("from_age", low), ("to_age", high)) if age is not None}


RETIRED_FROM = "/credits/1/who/retired_from"

WRONG = [
    # A rule that an earlier one hides
    (credited(who(), who(class_=["enterprise"])), [("/credits/1", "never_counts")]),
    (credited(who(), who(retired_from="2001-01")), [("/credits/1", "never_counts")]),
    (paying({}, dated("2022-12-01")), [("/payments/1/category/0", "never_counts")]),
    (paying({}, {"category": ["device", "pharmacy"]}), [("/payments/1/category/1", "never_counts")]),
    (billed({}, aged(70, None)), [("/bills/1/settings/0", "never_counts")]),
    (closed({}, {"status": ["retired"]}), [("/closing/1/reason/0", "never_counts")]),
    (shared({}, {}), [("/family/1", "never_counts")]),
    (scope({}, {"item_class": ["class_b", "special"]}), [("/bills/0/scope/1/item_class/0", "never_counts")]),
    (
        billed(
            {"deductible": [{"amount": "1", "tier": ["one"]}, {"amount": "2", "tier": ["two", "one"]}]},
        ),
        [("/bills/0/deductible/1/tier/1", "never_counts")],
    ),
    (ratios({"tier": ["one", "two"]}, {"tier": ["two"]}), [("/bills/0/ratios/1", "never_counts")]),
    # Two rules of which neither is the exception
    (
        credited(who(retired_before="2010-01"), who(retired_from="2009-01")),
        [(RETIRED_FROM, "overlaps_earlier_rule")],
    ),
    (
        paying(dated(None, "2022-12-01"), dated("2022-12-01")),
        [("/payments/1/from", "overlaps_earlier_rule")],
    ),
    (billed(aged(None, 70), aged(70, None)), [("/bills/1/from_age", "overlaps_earlier_rule")]),
    (closed(dated(None, "2022-12-31"), dated("2022-12-01")), [("/closing/1/from", "overlaps_earlier_rule")]),
    (shared(dated(None, "2024-12-31"), dated("2024-12-01")), [("/family/1/from", "overlaps_earlier_rule")]),
    # A hole between two rules for the same
    (credited(who(retired_before="2009-01"), who(retired_from="2010-01")), [(RETIRED_FROM, "leaves_a_hole")]),
    (paying(dated(None, "2022-11-30"), dated("2022-12-02")), [("/payments/1/from", "leaves_a_hole")]),
    (billed(aged(None, 69), aged(71, None)), [("/bills/1/from_age", "leaves_a_hole")]),
    (billed(dated(None, "2022-12-31"), dated("2024-01-01")), [("/bills/1/from", "leaves_a_hole")]),
    (closed(dated(None, "2022-11-30"), dated("2023-12-01")), [("/closing/1/from", "leaves_a_hole")]),
    (shared(dated(None, "2022-11-30"), dated("2023-12-01")), [("/family/1/from", "leaves_a_hole")]),
    (
        ratios({"tier": ["one", "two"], "up_to": "100"}, {"tier": ["two"], "above": "200"}),
        [("/bills/0/ratios/1/above", "cost_bands_must_follow")],
    ),
    # Deductions all count
    (deducted({}, {}), [("/deductions/1", "taken_twice")]),
    (
        deducted({"to": "2020-12"}, {"from": "2020-12"}),
        [("/deductions/1", "taken_twice")],
    ),
]

SOUND = [
    credited(who(class_=["enterprise"]), who()),
    credited(who(retired_before="2010-01"), who(retired_from="2010-01")),
    credited(who(retired_before="2010-01"), who()),
    credited(who(retired_before="2009-01"), who(retired_from="2010-01"), who()),
    paying(dated(None, "2022-11-30"), dated("2022-12-01")),
    paying(dated("2022-12-01"), {}),
    paying(dated(None, "2022-11-30"), dated("2022-12-02"), {}),
    billed(aged(None, 69), aged(70, None)),
    billed(aged(70, None), {}),
    billed(aged(60, 69), {"settings": ["inpatient"]}),
    billed(
        aged(None, 69) | dated(None, "2022-12-31"),
        aged(70, None) | dated(None, "2022-12-31"),
        dated("2023-01-01"),
    ),
    closed({"status": ["retired"]}, {}),
    shared({"relations": ["child"]}, {"relations": ["parent"]}),
    shared(dated(None, "2022-11-30"), dated("2022-12-01")),
    deducted({"to": "2020-12"}, {"from": "2021-01"}),
    deducted({"who": {"status": ["employed"]}}, {}),
    ratios({"tier": ["one"], "up_to": "100"}, {"up_to": "200"}, {"above": "200"}),
]


@pytest.mark.parametrize(("document", "expected"), WRONG)
def test_rules_in_each_others_way_are_named(document: Document, expected: list[tuple[str, str]]) -> None:
    assert faults(document) == expected


@pytest.mark.parametrize("document", SOUND)
def test_an_exception_before_its_rule_and_rules_that_follow_each_other_are_sound(document: Document) -> None:
    assert faults(document) == []


def test_a_fault_names_the_rule_that_is_in_the_way() -> None:
    fault = check(read(credited(who(), who(class_=["enterprise"]))))[0]
    assert fault.values == {"rule": "/credits/0"}


def test_of_two_statutory_ages_of_one_kind_the_second_never_counts() -> None:
    row = {"retirement": "male", "from": "2025-01", "from_age": 60, "to_age": 63, "step_months": 4}
    document = national(retirement=[row | {"source": SOURCE}] * 2)
    assert faults(document) == [("/retirement/1", "never_counts")]


def test_more_rules_than_anybody_writes_are_refused_before_they_are_held_against_each_other() -> None:
    rules = [dated(f"{year}-01-01", f"{year}-12-31") for year in range(1500, 2001)]
    assert faults(paying(*rules)) == [("", "too_many_rules")]
    assert faults(paying(*rules[:490])) == []
