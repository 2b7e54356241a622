"""What must hold of the rules on bills, on families and on leaving before they may be published."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from service.core.bill import BillRule
from service.core.closing import ClosingRule
from service.core.errors import Fault
from service.core.family import AtTheTill, HeldQuota, Wallet
from service.core.retirement import RetirementAge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.core.bill import Deductible, Ratio
    from service.core.policy import Policy

Bound = int | None


def of_itself(pointer: str, record: object) -> Iterator[Fault]:
    """What is wrong with a record whatever document it stands in."""
    match record:
        case BillRule():
            yield from _ages(pointer, record)
            yield from _dates(pointer, record)
            yield from _bill(pointer, record)
        case RetirementAge():
            yield from _ages(pointer, record)
        case AtTheTill() | Wallet() | HeldQuota() | ClosingRule():
            yield from _dates(pointer, record)
        case _:
            return


def rows(policy: Policy) -> Iterator[Fault]:
    """The years required must stand in the order of the months from which they are."""
    for index, (one, later) in enumerate(pairwise(policy.minimum_years), 1):
        if later.from_ is None or later.from_ <= (one.from_ or 0):
            yield Fault(f"/minimum_years/{index}/from", "rows_must_follow")


def _ages(pointer: str, rule: BillRule | RetirementAge) -> Iterator[Fault]:
    if rule.from_age is not None and rule.to_age is not None and rule.to_age < rule.from_age:
        yield Fault(f"{pointer}/to_age", "ends_before_it_begins")


def _dates(pointer: str, rule: BillRule | ClosingRule | AtTheTill | Wallet | HeldQuota) -> Iterator[Fault]:
    if rule.from_ is not None and rule.to is not None and rule.to < rule.from_:
        yield Fault(f"{pointer}/to", "ends_before_it_begins")


def _bill(pointer: str, rule: BillRule) -> Iterator[Fault]:
    if not rule.ratios:
        yield Fault(f"{pointer}/ratios", "ratios_required")
    yield from _bands(
        f"{pointer}/ratios",
        [((*row.tier, "", *row.item_class), row.above, row.up_to) for row in rule.ratios],
        ("above", "up_to"),
    )
    yield from _bands(
        f"{pointer}/scope",
        [(line.item_class, line.unit_price_above, line.unit_price_up_to) for line in rule.scope],
        ("unit_price_above", "unit_price_up_to"),
    )
    yield from _general_last(f"{pointer}/ratios", rule.ratios)
    if rule.deductible != "unknown":
        yield from _general_last(f"{pointer}/deductible", rule.deductible)
        yield from _tiers(f"{pointer}/deductible", [row.tier for row in rule.deductible], rule)
    if rule.caps != "unknown":
        yield from _tiers(f"{pointer}/caps", [cap.tier for cap in rule.caps], rule)
        if rule.above_cap is not None and not any(cap.counts == "fund" for cap in rule.caps):
            yield Fault(f"{pointer}/above_cap", "above_cap_without_cap")


def _bands(
    pointer: str, bands: Sequence[tuple[tuple[str, ...], Bound, Bound]], names: tuple[str, str]
) -> Iterator[Fault]:
    """Bands for the same tiers and items: each begins where the one before ended."""
    above, up_to = names
    for index, (_, low, high) in enumerate(bands):
        if high is not None and high <= (low or 0):
            yield Fault(f"{pointer}/{index}/{up_to}", "ends_before_it_begins")
    alike = sorted(enumerate(bands), key=lambda each: each[1][0])
    for _, group in groupby(alike, key=lambda each: each[1][0]):
        for (_, (_, _, ended)), (index, (_, begun, _)) in pairwise(group):
            if ended is None or begun != ended:
                yield Fault(f"{pointer}/{index}/{above}", "cost_bands_must_follow")


def _general_last(pointer: str, rows: Sequence[Deductible | Ratio]) -> Iterator[Fault]:
    """What is for every bill hides all that comes after it."""
    for index, row in enumerate(rows[:-1]):
        told_apart = (getattr(row, name, None) for name in ("tier", "item_class", "above", "up_to"))
        if not any(told_apart):
            yield Fault(f"{pointer}/{index}", "general_row_must_be_last")


def _tiers(pointer: str, rows: Sequence[tuple[str, ...]], rule: BillRule) -> Iterator[Fault]:
    """A deductible or a cap of a tier at which no ratio is given would never count."""
    if any(not row.tier for row in rule.ratios):
        return
    given = {tier for row in rule.ratios for tier in row.tier}
    for index, tiers in enumerate(rows):
        for place, tier in enumerate(tiers):
            if tier not in given:
                yield Fault(f"{pointer}/{index}/tier/{place}", "tier_without_ratio", {"tier": tier})
