"""What a policy document must satisfy beyond its shape before it may be published."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from service.core import check_order, check_said, check_use, rollover
from service.core.account import Bucket
from service.core.amount import ByAge, Contribution, LargerOf, Published, Sum
from service.core.base import Bounds
from service.core.credit import Advance, CreditRule, Deduction
from service.core.errors import Fault, escaped
from service.core.gate import Choices, Line
from service.core.interest import IfUnspent, Interest
from service.core.payment import PaymentRule
from service.core.policy import Attested, National, Policy
from service.core.published import Figure
from service.core.rollover import All, Merge
from service.core.source import Grade, best, worst
from service.core.worked import WorkedCase
from service.core.year import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

Document = Policy | National


def check(document: Document) -> list[Fault]:
    """Every fault of a document of the right shape; an empty list lets it be published."""
    faults = [*_effective(document)]
    for pointer, record in records(document):
        faults += _sources(pointer, record, document)
        faults += _numbers(pointer, record)
        faults += _of_itself(pointer, record)
        faults += check_use.of_itself(pointer, record)
        faults += check_said.of_itself(pointer, record, document.sources)
        if isinstance(document, Policy):
            faults += _within(pointer, record, document)
    faults += check_said.of_document(document)
    faults += check_order.faults(document)
    if isinstance(document, Policy):
        faults += _rows(document)
        faults += check_use.rows(document)
    else:
        faults += _rates(document)
    return list({(fault.pointer, fault.code): fault for fault in faults}.values())


def _of_itself(pointer: str, record: object) -> Iterator[Fault]:  # noqa: C901 - one case a record
    """What is wrong with a record whatever document it stands in."""
    match record:
        case ByAge():
            yield from _bands(pointer, record)
        case Listed():
            yield from _ranges(pointer, record)
        case Sum(of=()) | LargerOf(of=()):
            yield Fault(f"{pointer}/of", "amounts_required")
        case Line(amount=amount, series=named) if (amount is None) == (named is None):
            yield Fault(pointer, "line_amount_or_series")
        case Choices(steps=steps):
            if not steps or any(later.from_ <= one.from_ for one, later in pairwise(steps)):
                yield Fault(f"{pointer}/steps", "steps_must_rise")
        case All() | rollover.Above() | Merge() if record.bucket is record.into:
            yield Fault(f"{pointer}/into", "rolls_into_itself")
        case PaymentRule() | Deduction() | Attested() if _reversed(record):
            yield Fault(f"{pointer}/to", "ends_before_it_begins")
        case Interest():
            for bucket in ("current_year", "health"):
                if isinstance(getattr(record, bucket), IfUnspent):
                    yield Fault(f"{pointer}/{bucket}", "if_unspent_is_for_prior_years")
        case _:
            return


def _reversed(record: PaymentRule | Deduction | Attested) -> bool:
    """Whether the span of a record ends before it begins; both bounds are of one type."""
    first, last = record.from_, record.to
    return first is not None and last is not None and last < first  # type: ignore[operator]


def _within(pointer: str, record: object, policy: Policy) -> Iterator[Fault]:
    """What a record asks of its policy and does not find there."""
    match record:
        case Published(series=series) if series not in policy.published:
            yield Fault(f"{pointer}/series", "series_not_listed", {"series": series})
        case Line(series=str(series)) if series not in policy.published:
            yield Fault(f"{pointer}/series", "series_not_listed", {"series": series})
        case Contribution() if policy.contribution is None:
            yield Fault(pointer, "contribution_rates_missing")
        case Deduction(taken_from="credit") if _from_advance(record, policy):
            yield Fault(f"{pointer}/taken_from", "deduction_from_advance")
        case CreditRule(posting=Advance()) if pointer.startswith("/extras"):
            yield Fault(f"{pointer}/posting", "extras_are_not_advanced")
        case _:
            pass
    for place, bucket in _buckets(record):
        if bucket not in policy.buckets:
            yield Fault(f"{pointer}/{place}", "bucket_not_listed", {"bucket": bucket})


def _buckets(record: object) -> Iterator[tuple[str, Bucket]]:
    """The buckets that a record names, each with its place in the record."""
    for name in ("bucket", "into", "shortfall_into", "excess_from", "earlier_years_into"):
        bucket = getattr(record, name, None)
        if isinstance(bucket, Bucket):
            yield name, bucket
    for name in ("order", "account_first"):
        for index, bucket in enumerate(getattr(record, name, ())):
            yield f"{name}/{index}", bucket


def _from_advance(deduction: Deduction, policy: Policy) -> bool:
    """Whether a deduction would be taken from an advance, which is settled without looking at it."""
    return any(
        isinstance(rule.posting, Advance) and set(rule.who.status) & set(deduction.who.status)
        for rule in policy.credits
    )


_BETWEEN = {
    "month": (1, 12),
    "from_month": (1, 12),
    "to_month": (1, 12),
    "day": (1, 31),
    "posting_day": (1, 28),
    "lag_months": (0, 12),
    "after_months": (0, 24),
    "from_age": (0, 120),
    "to_age": (0, 120),
    "step_months": (1, 120),
    "male": (0, 60),
    "female": (0, 60),
    "closed_from": (0, 24),
    "closed_to": (0, 24),
    "transfers_a_day": (1, 1000),
    "beneficiaries_most": (1, 1000),
}
"""The least and the largest of the whole numbers that count: months, days, years, hours, people."""


def _numbers(pointer: str, record: object) -> Iterator[Fault]:
    for name, (least, largest) in _BETWEEN.items():
        number = getattr(record, name, None)
        if isinstance(number, int) and not least <= number <= largest:
            between = {"least": str(least), "largest": str(largest)}
            yield Fault(f"{pointer}/{name}", "number_out_of_range", between)


def grade_of(document: Document) -> Grade:
    """The grade of the weakest rule, each taken at the best of its sources."""
    grades = [
        best(tuple(document.sources[name] for name in names if name in document.sources))
        for _, record in records(document)
        if not isinstance(record, WorkedCase) and (names := getattr(record, "source", None)) is not None
    ]
    return worst(tuple(grades))


def records(value: object, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Every record of a document with its JSON pointer, outermost first."""
    if is_dataclass(value):
        yield pointer, value
        for field in fields(value):
            yield from records(getattr(value, field.name), f"{pointer}/{field.name.rstrip('_')}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from records(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from records(item, f"{pointer}/{escaped(key)}")


def _effective(document: Document) -> Iterator[Fault]:
    effective = document.effective
    if effective.from_ != "unknown" and effective.to is not None and effective.to < effective.from_:
        yield Fault("/effective/to", "ends_before_it_begins")
    if isinstance(document, National):
        return
    if effective.from_ == "unknown" and document.attested.from_ is None:
        yield Fault("/attested/from", "attestation_required")
    if effective.to is None and document.attested.to is None:
        yield Fault("/attested/to", "attestation_required")


def _sources(pointer: str, record: object, document: Document) -> Iterator[Fault]:
    names = getattr(record, "source", None)
    if names is None or isinstance(record, WorkedCase):  # a case is no value of the law
        return
    if not names:
        yield Fault(f"{pointer}/source", "source_required")
    for index, name in enumerate(names):
        if name not in document.sources:
            yield Fault(f"{pointer}/source/{index}", "source_not_listed", {"source": name})
    found = tuple(document.sources[name] for name in names if name in document.sources)
    if found and best(found) is Grade.D:
        yield Fault(f"{pointer}/source", "grade_d_alone")


def _bands(pointer: str, amount: ByAge) -> Iterator[Fault]:
    if not amount.bands:
        yield Fault(f"{pointer}/bands", "bands_required")
        return
    if amount.bands[0].from_ is not None:
        yield Fault(f"{pointer}/bands/0/from", "first_band_must_be_open")
    if amount.bands[-1].to is not None:
        yield Fault(f"{pointer}/bands/{len(amount.bands) - 1}/to", "last_band_must_be_open")
    for index, (one, next_) in enumerate(zip(amount.bands, amount.bands[1:], strict=False)):
        if one.to is None or next_.from_ != one.to + 1:
            yield Fault(f"{pointer}/bands/{index + 1}/from", "bands_must_follow")


def _ranges(pointer: str, years: Listed) -> Iterator[Fault]:
    if not years.ranges:
        yield Fault(f"{pointer}/ranges", "ranges_required")
    for index, year in enumerate(years.ranges):
        if year.to < year.from_:
            yield Fault(f"{pointer}/ranges/{index}/to", "ends_before_it_begins")
        if index and year.from_ != years.ranges[index - 1].to + 1:
            yield Fault(f"{pointer}/ranges/{index}/from", "ranges_must_follow")


def _rows(policy: Policy) -> Iterator[Fault]:
    """Rows published per year must be in order, and a floor not above its ceiling."""
    tables: list[tuple[str, tuple[Figure | Bounds, ...]]] = [
        (f"/published/{escaped(name)}", rows) for name, rows in policy.published.items()
    ]
    tables.append(("/base/bounds", getattr(policy.base, "bounds", ())))
    for pointer, rows in tables:
        for index, row in enumerate(rows):
            if row.to is not None and row.to < row.from_:
                yield Fault(f"{pointer}/{index}/to", "ends_before_it_begins")
            if index and row.from_ <= (rows[index - 1].to or rows[index - 1].from_):
                yield Fault(f"{pointer}/{index}/from", "rows_must_follow")
            if isinstance(row, Bounds) and (row.floor or 0) > (row.ceiling or row.floor or 0):
                yield Fault(f"{pointer}/{index}/floor", "floor_above_ceiling")


def _rates(national: National) -> Iterator[Fault]:
    """The rates of a term must stand in the order in which they came into force."""
    since: dict[str, date] = {}
    for index, row in enumerate(national.deposit_rates):
        if row.term in since and row.from_ <= since[row.term]:
            yield Fault(f"/deposit_rates/{index}/from", "rows_must_follow")
        since[row.term] = row.from_
