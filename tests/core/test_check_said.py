"""A record must say something: blank words, empty lists, cases that cannot fail are named."""

from typing import Any

import pytest

from service.core.check import check, grade_of
from service.core.source import Grade
from service.store.documents import read
from tests.core.making import SOURCE, Document, fixed, policy, rule

CASE = {
    "case": "One yuan a month",
    "source": SOURCE,
    "ask": "credits",
    "question": {"from": "2024-01", "to": "2024-01", "member": {"spells": []}},
    "expect": {"months.0.credit.net": "1.00"},
}


def faults(document: Document) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in check(read(document))]


def with_case(**changes: Any) -> Document:
    return policy(cases=[CASE | changes])


def bounded(**row: Any) -> Document:
    bounds = [{"from": "2024-07", "source": SOURCE} | row]
    return policy(base={"kind": "own_month", "source": SOURCE, "bounds": bounds})


def window(**span: int) -> Document:
    over = {"from_year": -1, "from_month": 1, "to_year": -1, "to_month": 12} | span
    return policy(base={"kind": "window", "source": SOURCE, "over": over})


def source(**said: str) -> Document:
    sound = policy()
    more = {"title": "通知", "publisher": "市医保局", "grade": "A"} | said
    return sound | {"sources": sound["sources"] | {"more": more}}


def named_with_a_slash() -> Document:
    """A source under a name that a pointer must escape."""
    return policy(
        sources=policy()["sources"] | {"a/b~c": {"title": "", "publisher": "市医保局", "grade": "A"}}
    )


def paying(**changes: Any) -> Document:
    return policy(
        payments=[{"category": ["pharmacy"], "order": ["current_year"], "source": SOURCE} | changes]
    )


def choices(*amounts: str) -> Document:
    steps = [{"from": "3000", "amounts": list(amounts)}]
    return paying(gates=[{"kind": "choices", "bucket": "prior_years", "steps": steps}])


def shared(levels: int) -> Document:
    """A share of a share of ... an amount."""
    return {"kind": "share", "rate": "0.9", "of": shared(levels - 1)} if levels else fixed("1")


def missing_years(male: int) -> Document:
    less = {"kind": "less_per_missing_year", "of": fixed("1"), "rate": "0.03", "male_years": male}
    return policy(credits=[rule(less | {"female_years": 25})])


WRONG = [
    (source(title=" "), [("/sources/more/title", "text_required")]),
    (source(publisher=""), [("/sources/more/publisher", "text_required")]),
    (policy(title={"zh": "新", "en": ""}), [("/title/en", "text_required")]),
    (
        policy(credits=[rule(fixed("1")), rule(fixed("1")) | {"who": {"status": []}}]),
        [("/credits/1/who/status", "names_nothing")],
    ),
    (paying(category=[]), [("/payments/0/category", "names_nothing")]),
    (paying(order=[]), [("/payments/0/order", "names_nothing")]),
    (paying(order=["prior_years", "prior_years"]), [("/payments/0/order/1", "named_twice")]),
    (choices(), [("/payments/0/gates/0/steps/0/amounts", "amounts_required")]),
    (bounded(), [("/base/bounds/0", "floor_or_ceiling_required")]),
    (window(to_year=-2), [("/base/over/to_year", "ends_before_it_begins")]),
    (window(from_year=-9), [("/base/over/from_year", "number_out_of_range")]),
    (missing_years(99), [("/credits/0/amount/male_years", "number_out_of_range")]),
    (
        policy(buckets=["current_year"], rollover="unknown", payments="unknown"),
        [("/buckets", "bucket_required")],
    ),
    (with_case(expect={}), [("/cases/0", "expect_or_refused")]),
    (with_case(refused={"/member": "required"}), [("/cases/0", "expect_or_refused")]),
    (with_case(case=""), [("/cases/0/case", "text_required")]),
    (with_case(source=[]), [("/cases/0/source", "source_required")]),
    (with_case(source=["nowhere"]), [("/cases/0/source/0", "source_not_listed")]),
    (with_case(question={"area": "110000"}), [("/cases/0/question/area", "not_in_a_case")]),
    (with_case(question={"as_of": "2024-01-01T00:00:00Z"}), [("/cases/0/question/as_of", "not_in_a_case")]),
    (policy(cases=[CASE] * 101), [("/cases", "too_many_cases")]),
    (policy(published={"工资/年": []}), [("/published/工资~1年", "series_form")]),
    (policy(published={"average_wage.2024-a": []}), []),
    (named_with_a_slash(), [("/sources/a~1b~0c/title", "text_required")]),
    (policy(credits=[rule({"kind": "sum", "of": [fixed("1")] * 399})]), []),
    (policy(credits=[rule({"kind": "sum", "of": [fixed("1")] * 400})]), [("", "too_many_amounts")]),
    (policy(extras=[rule(fixed("1"))] * 400), [("", "too_many_amounts")]),
    (policy(credits=[rule(shared(29))]), []),
    (policy(credits=[rule(shared(30))]), [(f"/credits/0/amount{30 * '/of'}", "nested_too_deep")]),
]


@pytest.mark.parametrize(("document", "expected"), WRONG)
def test_what_a_record_does_not_say_is_named(document: Document, expected: list[tuple[str, str]]) -> None:
    assert faults(document) == expected


def test_a_day_that_its_month_does_not_have_is_named() -> None:
    interest = {"current_year": {"kind": "none"}, "prior_years": {"kind": "none"}, "source": SOURCE}
    interest |= {"method": "daily_product", "posted": "year_end", "year": {"month": 2, "day": 30}}
    assert faults(policy(interest=interest)) == [("/interest/year/day", "not_a_day_of_the_month")]


def test_a_case_may_rest_on_a_source_that_a_rule_may_not_and_does_not_count_for_the_grade() -> None:
    sound = policy()
    sources = sound["sources"] | {"forum": {"title": "帖子", "publisher": "论坛", "grade": "D"}}
    document = sound | {"sources": sources, "cases": [CASE | {"source": ["forum"]}]}
    assert faults(document) == []
    assert grade_of(read(document)) is grade_of(read(sound))
    assert grade_of(read(document)) < Grade.D
