"""The contribution base (缴费基数) that a credit is counted on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal, assert_never

from service.core.member import Status
from service.core.money import Exact
from service.core.published import ended, latest
from service.core.written import BY_KIND, Fen, Month

if TYPE_CHECKING:
    from service.core.facts import Facts

PAYING = (Status.EMPLOYED, Status.FLEXIBLE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The published monthly floor and ceiling (缴费基数下限, 上限) from a month on; never derived."""

    from_: Month
    source: tuple[str, ...]
    to: Month | None = None
    floor: Fen | None = None
    ceiling: Fen | None = None


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """The base declared for the month; a change may count only from the month after it."""

    source: tuple[str, ...]
    change: Literal["this_month", "month_after"] = "this_month"
    bounds: tuple[Bounds, ...] = ()
    kind: Literal["own_month"] = "own_month"


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar months counted from the year in which the policy year starts."""

    from_year: int
    from_month: int
    to_year: int
    to_month: int


@dataclass(frozen=True, slots=True)
class Window:
    """The mean of the months paid within a span of an earlier year, or of a second span where empty.

    Twelve times the mean is the yearly base, also when fewer months were paid.
    """

    over: Span
    source: tuple[str, ...]
    when_empty: Span | None = None
    bounds: tuple[Bounds, ...] = ()
    kind: Literal["window"] = "window"


@dataclass(frozen=True, slots=True)
class UnknownBase:
    """The sources do not say; the base declared for the month is taken as it is."""

    kind: Literal["unknown"] = "unknown"


BaseRule = Annotated[OwnMonth | Window | UnknownBase, BY_KIND]


def contribution_base(rule: BaseRule, facts: Facts) -> Exact:
    """The monthly base in exact fen."""
    match rule:
        case OwnMonth(change=change, bounds=bounds):
            month = facts.month - 1 if change == "month_after" else facts.month
            return _clamped(_declared(month, facts), bounds, facts.month, facts)
        case Window(over=over, when_empty=when_empty, bounds=bounds):
            paid = _paid(over, bounds, facts)
            if paid == [] and when_empty is not None:
                paid = _paid(when_empty, bounds, facts)
            if paid == []:
                facts.want_base()
            return Fraction(sum(paid), len(paid)) if paid else 0
        case UnknownBase():
            return _clamped(_declared(facts.month, facts), (), facts.month, facts)
        case _:
            assert_never(rule)


def _declared(month: int, facts: Facts) -> int:
    """The base declared for the month; a first month paid has no month before it to look to."""
    spell = facts.member.spell_at(month)
    if spell is None or spell.base is None or spell.status not in PAYING:
        spell = facts.spell
    if spell.base is None:
        facts.want("base")
        return 0
    return spell.base


def _paid(span: Span, bounds: tuple[Bounds, ...], facts: Facts) -> list[int] | None:
    """The bases of the months of the span in which the member paid; None if one is not declared."""
    january = facts.year.start - facts.year.start % 12
    first = january + span.from_year * 12 + span.from_month - 1
    last = january + span.to_year * 12 + span.to_month - 1
    paid: list[int] = []
    for spell in facts.member.spells:  # in order: their months are looked at once each
        months = range(max(first, spell.start), min(last, last if spell.end is None else spell.end) + 1)
        if not months or spell.status not in PAYING:
            continue
        if spell.base is None:
            facts.want_of(spell, "base")
            return None
        paid += [_clamped(spell.base, bounds, month, facts) for month in months]
    return paid


def _clamped(base: int, bounds: tuple[Bounds, ...], month: int, facts: Facts) -> int:
    row = latest(bounds, month)
    if row is None:
        facts.note("assumed_base_within_bounds")
        return base
    if ended(row, month):
        facts.note("policy_extrapolated", what="base_bounds")
    if row.floor is not None:
        base = max(base, row.floor)
    return base if row.ceiling is None else min(base, row.ceiling)
