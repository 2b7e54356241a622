"""What a run answers: months, policy years, totals, and the table of credits; all in fen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Balances, Bucket, Notice, Posting, PostingKind
from service.core.month import month_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.core.crediting import Credited, Taken
    from service.core.earning import Earned
    from service.core.policy import InForce


class CreditOfMonth(NamedTuple):
    """What was credited in a month; `months` are those it is for.

    `true_up` is what settlements and claw-backs moved in the month; it is not part of `net`.
    """

    gross: int
    taken: tuple[Taken, ...]
    net: int
    months: tuple[int, int] | None
    earned: tuple[Earned, ...]
    true_up: int

    def a_month_later(self) -> CreditOfMonth:
        """The same credit, for the month after."""
        gross, taken, net, months, earned, true_up = self
        later = None if months is None else (months[0] + 1, months[1] + 1)
        return CreditOfMonth(gross, taken, net, later, earned, true_up)


NO_CREDIT = CreditOfMonth(0, (), 0, None, (), 0)


class MonthOf(NamedTuple):
    """One month of the account. `resume` starts a run at this month with the same outcome."""

    month: int
    in_force: InForce
    opening: Mapping[Bucket, int]
    closing: Mapping[Bucket, int]
    credit: CreditOfMonth
    postings: tuple[Posting, ...]
    cash: int
    resume: Balances


class Totals(NamedTuple):
    """Sums; `credited` is net of deductions and includes settlements."""

    credited: int = 0
    interest: int = 0
    paid_from_account: int = 0
    paid_by_family: int = 0
    cash: int = 0


class YearOf(NamedTuple):
    """The months asked for of one policy year."""

    first: int
    last: int
    opening: Mapping[Bucket, int]
    closing: Mapping[Bucket, int]
    totals: Totals


class Simulation(NamedTuple):
    """The whole answer."""

    months: tuple[MonthOf, ...]
    years: tuple[YearOf, ...]
    totals: Totals
    policies: tuple[InForce, ...]
    notices: tuple[Notice, ...]


class CreditMonth(NamedTuple):
    """One month of a credit table."""

    month: int
    in_force: InForce
    credit: CreditOfMonth


class CreditTable(NamedTuple):
    """The credits of a range of months, without the account."""

    months: tuple[CreditMonth, ...]
    policies: tuple[InForce, ...]
    notices: tuple[Notice, ...]


def summed_up(found: Sequence[Credited], owed: tuple[Taken, ...], true_up: int) -> CreditOfMonth:
    """The credits of a month and what was taken from them and from the account."""
    posted = [credited for credited in found if credited.kind is not PostingKind.TRUE_UP]
    taken = tuple(taken for credited in posted for taken in credited.taken) + owed
    gross = sum(credited.gross for credited in posted)
    net = gross - sum(one.amount for one in taken)
    spans = [credited.months for credited in posted]
    months = (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None
    earned = tuple(credited.earned for credited in posted)
    return CreditOfMonth(gross, taken, net, months, earned, true_up)


def by_year(months: Sequence[MonthOf], starts: frozenset[int]) -> tuple[YearOf, ...]:
    """The months grouped by policy year."""
    groups: list[list[MonthOf]] = []
    for month in months:
        if not groups or month.month in starts:
            groups.append([])
        groups[-1].append(month)
    return tuple(YearOf(g[0].month, g[-1].month, g[0].opening, g[-1].closing, _totals(g)) for g in groups)


def together(years: Sequence[YearOf]) -> Totals:
    """The totals of several years."""
    return Totals(*(sum(column) for column in zip(*(year.totals for year in years), strict=True)))


def _totals(months: Sequence[MonthOf]) -> Totals:
    credited = earned = paid = 0
    for month in months:
        for posting in month.postings:
            if posting.kind is PostingKind.INTEREST:
                earned += posting.amount
            elif posting.kind is PostingKind.PAYMENT:
                paid -= posting.amount
            elif posting.kind is not PostingKind.ROLLOVER:
                credited += posting.amount
    return Totals(credited, earned, paid, 0, sum(month.cash for month in months))


def hold_the_laws(months: Sequence[MonthOf]) -> None:
    """Assert the laws of the account on an answer; AssertionError names the month that breaks one.

    Closing is opening plus postings in every bucket, a rollover sums to zero, and a payment never
    overdraws.
    """
    for month in months:
        held = dict(month.opening)
        rolled, overdrawn = 0, False
        for posting in month.postings:
            held[posting.bucket] = left = held.get(posting.bucket, 0) + posting.amount
            if posting.kind is PostingKind.ROLLOVER:
                rolled += posting.amount
            elif posting.kind is PostingKind.PAYMENT:
                overdrawn |= left < 0
        if rolled or overdrawn or held != month.closing:
            raise AssertionError(month_text(month.month))
