"""What a policy changes for sample members and sample bills: the same question under two books."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from service.core import accrual
from service.core.book import Book
from service.core.checkout import Counter, check_out
from service.core.credit import Monthly, gives_account
from service.core.crediting import credit, deductions
from service.core.earning import Earnings
from service.core.errors import Refused
from service.core.expense import Expense
from service.core.facts import Log
from service.core.leg import Leg
from service.core.month import month_of_day
from service.core.passage import Person
from service.core.policy import InForce, National, Policy, Timeline, Version
from service.core.simulate import Question, simulate, uncovered
from service.review.sample_bills import SampleBill, bills
from service.review.samples import Sample, members
from service.review.succession import carried_on

MONTHS = 12
SAMPLES_MOST = 2000
"""How many samples of a kind are made; the shipped policies need far fewer."""

_NEVER_LATE = 1200  # months within which whatever a month earns has been posted


class Seen(NamedTuple):
    """What a sample member sees under one book, in fen.

    `credit` is what the rules give for the first month, net of deductions, whenever it is posted; the
    others are of all the months. `accrued` is interest that has not been posted by their end.
    """

    credit: int
    credited: int
    deductions: int
    interest: int
    accrued: int
    closing: int


class OfMember(NamedTuple):
    """A sample member under both books; None where a book gives no answer, `asks` says what it lacks."""

    sample: Sample
    before: Seen | None
    after: Seen | None
    asks: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether the two books do not say the same."""
        return self.before != self.after

    @property
    def weight(self) -> int:
        """How much changes, in fen."""
        if self.before is None or self.after is None:
            return sum(abs(fen) for fen in (*(self.before or ()), *(self.after or ())))
        return sum(abs(after - before) for before, after in zip(self.before, self.after, strict=True))


class OfBill(NamedTuple):
    """What the fund pays of a sample bill under both books, in fen."""

    sample: SampleBill
    before: int | None
    after: int | None
    asks: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether the two books do not say the same."""
        return self.before != self.after

    @property
    def weight(self) -> int:
        """How much changes, in fen."""
        return abs((self.after or 0) - (self.before or 0))


class BeforeAfter(NamedTuple):
    """Samples under two books, those that change most first.

    `before` is the id of the policy compared with; `carried_on` says that it has ended by then and is
    counted as if it had not. Of more samples than `SAMPLES_MOST` the first ones were made.
    """

    before: str | None
    after: str
    carried_on: bool
    first: int
    last: int
    members: tuple[OfMember, ...]
    bills: tuple[OfBill, ...]


async def compare(
    book: Book, after: Book, policy: Policy | National, name: str, before: Version | None
) -> BeforeAfter | None:
    """The samples of a policy on the book before its publication and on the one after it.

    None where the policy is in force in no month. Between two samples others may have their turn.
    """
    longer = None if before is None else carried_on(book, before, policy)
    earlier = longer or book
    of_members: list[OfMember] = []
    of_bills: list[OfBill] = []
    spans = list(_spans(after, policy))
    for area, first, last in spans:
        in_force = _in_force((earlier, after), area, (first, last))
        plain = isinstance(policy, National)
        samples = members(in_force, area, first, last)
        for sample in islice(_plain(samples) if plain else samples, SAMPLES_MOST):
            of_members.append(_of_member(earlier, after, sample))
            await asyncio.sleep(0)
        for bill in islice(() if plain else bills(in_force, area, first, last), SAMPLES_MOST):
            of_bills.append(_of_bill(earlier, after, bill))
            await asyncio.sleep(0)
    if not spans:
        return None
    return BeforeAfter(
        None if before is None else before.id,
        name,
        longer is not None,
        min(first for _, first, _ in spans),
        max(last for _, _, last in spans),
        tuple(sorted(of_members, key=lambda each: -each.weight)),
        tuple(sorted(of_bills, key=lambda each: -each.weight)),
    )


def _spans(after: Book, policy: Policy | National) -> Iterable[tuple[str, int, int]]:
    """The areas to look at and the months of each: of a national document, all areas by their last policy."""
    if isinstance(policy, Policy):
        yield from _months(policy)
        return
    for timeline in after.areas.values():
        yield from _months(timeline.policies[-1].policy)


def _months(policy: Policy) -> Iterable[tuple[str, int, int]]:
    """Twelve months from a policy's first one on, or as many as it has."""
    effective, since = policy.effective, policy.attested.from_
    first = effective.first_month
    if not first:
        first = 0 if since is None else month_of_day(since) + 1
    last = first + MONTHS - 1
    if effective.last_month is not None and last > effective.last_month:
        last = effective.last_month
        first = max(effective.first_month, min(first, last - MONTHS + 1))
    if first <= last and first:
        yield policy.area, first, last


def _plain(samples: Iterable[Sample]) -> Iterable[Sample]:
    """One sample of every status and class."""
    told: dict[object, Sample] = {}
    for sample in samples:
        told.setdefault((sample.now.status, sample.now.member_class), sample)
    return told.values()


def _in_force(books: Sequence[Book], area: str, months: tuple[int, int]) -> list[InForce]:
    """The policies of either book whose rules hold in the first or the last of the months."""
    timelines = [book.areas[area] for book in books if area in book.areas]
    found = [timeline.at(month) for timeline in timelines for month in months]
    return list({id(each): each for each in found if each is not None}.values())


def _of_member(before: Book, after: Book, sample: Sample) -> OfMember:
    asks: list[str] = []
    found = [_seen(book.areas.get(sample.area), sample, asks) for book in (before, after)]
    return OfMember(sample, found[0], found[1], tuple(dict.fromkeys(asks)))


def _seen(timeline: Timeline | None, sample: Sample, asks: list[str]) -> Seen | None:
    """What a sample sees under the policies of an area; None where they do not cover its months."""
    if timeline is None or uncovered(timeline, sample.first, sample.last) is not None:
        return None
    try:
        found = simulate(Question(timeline, sample.member, sample.first, sample.last))
        monthly = _credit(timeline, sample)
    except Refused as refused:
        asks += [fault.code for fault in refused.faults]
        return None
    last = found.months[-1]
    accrued = accrual.due(last.in_force.interest, last.resume.interest)
    return Seen(
        monthly,
        found.totals.credited,
        sum(taken.amount for month in found.months for taken in month.credit.taken),
        found.totals.interest,
        sum(accrued.values()),
        sum(last.closing.values()),
    )


def _credit(timeline: Timeline, sample: Sample) -> int:
    """What the first month earns, net of deductions, whenever that is posted."""
    month = sample.first
    log = Log(month, month + _NEVER_LATE)
    earnings = Earnings(timeline, sample.member, log, frozenset({month}))
    earned = earnings.of(month)
    extras = [extra for extra in earnings.extras(month) if isinstance(extra.rule.posting, Monthly)]
    found = [credit(each, month, (month, month)) for each in ([earned] if earned else []) + extras]
    owed = deductions(earned, "account", 1) if earned is not None and gives_account(earned.rule) else []
    if log.faults:
        raise Refused(tuple(log.faults.values()))
    return sum(each.net for each in found if each is not None) - sum(taken.amount for taken in owed)


def _of_bill(before: Book, after: Book, sample: SampleBill) -> OfBill:
    asks: list[str] = []
    found = [_fund(book.areas.get(sample.sample.area), sample, asks) for book in (before, after)]
    return OfBill(sample, found[0], found[1], tuple(dict.fromkeys(asks)))


def _fund(timeline: Timeline | None, sample: SampleBill, asks: list[str]) -> int | None:
    """What the fund pays of a bill; None where the rules ask what it paid, or none is in force."""
    if timeline is None or timeline.at(sample.month) is None:
        return None
    leg = Leg(timeline, sample.sample.member, sample.month, sample.month)
    expense = Expense(sample.month, sample.day, "", sample.bill.total, "", "", 0, sample.bill)
    try:
        return check_out(Counter((Person((leg,)),), expense)).settled.fund
    except Refused as refused:
        asks += [fault.code for fault in refused.faults]
        return None
