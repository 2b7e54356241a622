"""What a record must say at all: words that are not blank, lists that name something, cases that can fail."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.core.account import Bucket
from service.core.amount import LessPerMissingYear, MonthOfYear, parts
from service.core.base import Bounds, Span
from service.core.bill import Scope
from service.core.errors import Fault, escaped
from service.core.gate import Choice
from service.core.interest import InterestYear
from service.core.policy import National, Policy
from service.core.source import Source
from service.core.text import Text
from service.core.worked import WorkedCase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.core.amount import Amount

_CASES_MOST = 100
_AMOUNTS_MOST = 400
_DEEPEST = 32  # steps of a pointer
"""Bounds of amounts within amounts: each of them is counted anew every month, whoever asks."""

_SERIES = re.compile(r"[A-Za-z0-9_.-]{1,64}")  # a question declares figures under these names
_LAST_DAYS = {month: monthrange(2024, month)[1] for month in range(1, 13)}  # of a leap year
_NOT_OF_A_CASE = ("area", "as_of", "overrides", "policy")
_NAMING = ("status", "category", "settings", "reason", "relations", "order")
"""Lists that say what a rule is for: one that names nothing is a rule for nobody."""

_YEARS_BACK = (-5, 1)
"""How far from the policy year a named month may lie."""


def of_itself(pointer: str, record: object, sources: Mapping[str, Source]) -> Iterator[Fault]:
    """What is wrong with what a record says, whatever document it stands in."""
    yield from _named(pointer, record)
    if pointer.count("/") > _DEEPEST:
        yield Fault(pointer, "nested_too_deep", {"most": str(_DEEPEST)})
    match record:
        case Text(zh=zh, en=en):
            yield from _blank(pointer, {"zh": zh, "en": en})
        case Source():
            yield from _blank(pointer, {"title": record.title, "publisher": record.publisher})
        case Bounds(floor=None, ceiling=None):
            yield Fault(pointer, "floor_or_ceiling_required")
        case Choice(amounts=()):
            yield Fault(f"{pointer}/amounts", "amounts_required")
        case WorkedCase():
            yield from _case(pointer, record, sources)
        case _:
            yield from _calendar(pointer, record)


def _calendar(pointer: str, record: object) -> Iterator[Fault]:
    """Days, months and years that no calendar has, or that lie beyond what a rule could mean."""
    match record:
        case InterestYear(month=month, day=day) if day > _LAST_DAYS.get(month, day):
            yield Fault(f"{pointer}/day", "not_a_day_of_the_month")
        case MonthOfYear(year=year) if not _YEARS_BACK[0] <= year <= _YEARS_BACK[1]:
            yield _beyond(f"{pointer}/year")
        case Span():
            if (record.to_year, record.to_month) < (record.from_year, record.from_month):
                yield Fault(f"{pointer}/to_year", "ends_before_it_begins")
            for name in ("from_year", "to_year"):
                if not _YEARS_BACK[0] <= getattr(record, name) <= _YEARS_BACK[1]:
                    yield _beyond(f"{pointer}/{name}")
        case LessPerMissingYear():
            for name in ("male_years", "female_years"):
                if not 0 <= getattr(record, name) <= 60:  # noqa: PLR2004 - years of contribution
                    yield Fault(f"{pointer}/{name}", "number_out_of_range", {"least": "0", "largest": "60"})
        case _:
            return


def _beyond(pointer: str) -> Fault:
    least, largest = map(str, _YEARS_BACK)
    return Fault(pointer, "number_out_of_range", {"least": least, "largest": largest})


def _named(pointer: str, record: object) -> Iterator[Fault]:
    """Lists that must name something, and name nothing twice."""
    for name in (*_NAMING, "item_class", "tier", "class_", "buckets", "beneficiary"):
        listed = getattr(record, name, None)
        if not isinstance(listed, tuple):
            continue
        at = f"{pointer}/{name.rstrip('_')}"
        needed = name in _NAMING or (name == "item_class" and isinstance(record, Scope))
        if not listed and needed and not _may_be_for_all(record, name):
            yield Fault(at, "names_nothing")
        for place, one in enumerate(listed):
            if one in listed[:place]:
                yield Fault(f"{at}/{place}", "named_twice")


def _may_be_for_all(record: object, name: str) -> bool:
    """A rule of leaving that names no status is for all of them."""
    return name == "status" and hasattr(record, "reason")


def _blank(pointer: str, words: Mapping[str, str]) -> Iterator[Fault]:
    for name, said in words.items():
        if not said.strip():
            yield Fault(f"{pointer}/{name}", "text_required")


def _case(pointer: str, case: WorkedCase, sources: Mapping[str, Source]) -> Iterator[Fault]:
    """A case that expects nothing cannot fail, one refused has no answer; its area is the policy's own."""
    yield from _blank(pointer, {"case": case.case})
    if bool(case.expect) == bool(case.refused):
        yield Fault(pointer, "expect_or_refused")
    for name in _NOT_OF_A_CASE:
        if name in case.question:
            yield Fault(f"{pointer}/question/{name}", "not_in_a_case")
    if not case.source:
        yield Fault(f"{pointer}/source", "source_required")
    for place, name in enumerate(case.source):
        if name not in sources:
            yield Fault(f"{pointer}/source/{place}", "source_not_listed", {"source": name})


def of_document(document: Policy | National) -> Iterator[Fault]:
    """What a document must have besides its records."""
    if sum(1 for amount in _amounts(document) for _ in parts(amount)) > _AMOUNTS_MOST:
        yield Fault("", "too_many_amounts", {"most": str(_AMOUNTS_MOST)})
    if isinstance(document, National):
        return
    for bucket in (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS):
        if bucket not in document.buckets:
            yield Fault("/buckets", "bucket_required", {"bucket": bucket})
    for name in document.published:
        if _SERIES.fullmatch(name) is None:
            yield Fault(f"/published/{escaped(name)}", "series_form")
    if len(document.cases) > _CASES_MOST:
        yield Fault("/cases", "too_many_cases", {"most": str(_CASES_MOST)})


def _amounts(document: Policy | National) -> Iterator[Amount]:
    """Every amount of a document that lies in no other one."""
    extras, taken = (document.extras, document.deductions) if isinstance(document, Policy) else ((), ())
    for rule in (*document.credits, *extras):
        yield rule.amount
        yield from (portion.amount for portion in rule.split)
    yield from (deduction.amount for deduction in taken)
