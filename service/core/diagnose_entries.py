"""The journal as an app would list it (明细), and its lines by amount, by part and by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.account import PostingKind
from service.core.diagnose_seen import CREDITS, Reading, journal
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from service.core.account import Basis, Bucket, Posting
    from service.core.answer import Simulation

_AS_IT_IS = Reading()


class Entry(NamedTuple):
    """A line that the simulation would show; `withheld` was kept back from a credit before it was posted."""

    on: date
    kind: PostingKind
    bucket: Bucket | None
    amount: int
    basis: Basis
    postings: tuple[Posting, ...] = ()
    withheld: int = 0


class Listed:
    """Entries that lines have not been held against yet."""

    def __init__(self, entries_: Sequence[Entry]) -> None:
        self._left: dict[int, Entry] = {}
        self._kept: list[Entry] = []  # so that no identity is given twice
        self._amounts: dict[int, list[Entry]] = {}
        self._parts: dict[int, list[Entry]] = {}
        self._months: dict[int, list[Entry]] = {}
        for each in entries_:
            self.add(each)

    def add(self, entry: Entry) -> None:
        """One more entry."""
        self._left[id(entry)] = entry
        self._kept.append(entry)
        self._months.setdefault(month_of_day(entry.on), []).append(entry)
        for amount in _amounts(entry):
            self._amounts.setdefault(amount, []).append(entry)
        if len(entry.postings) > 1:
            for posting in entry.postings:
                self._parts.setdefault(posting.amount, []).append(entry)

    def take(self, entry: Entry) -> None:
        """An entry that a line was held against."""
        del self._left[id(entry)]

    def all(self) -> list[Entry]:
        """Those left, in the order of the journal."""
        return list(self._left.values())

    def of_amount(self, amount: int) -> list[Entry]:
        """Those left of an amount, before or after what was kept back."""
        return [each for each in self._amounts.get(amount, ()) if id(each) in self._left]

    def of_part(self, amount: int) -> list[Entry]:
        """Those left of several parts, one of which is of an amount."""
        return [each for each in self._parts.get(amount, ()) if id(each) in self._left]

    def of_month(self, month: int) -> list[Entry]:
        """Those left of a month."""
        return [each for each in self._months.get(month, ()) if id(each) in self._left]


def entries(simulation: Simulation, on: date, *, split: bool, reading: Reading = _AS_IT_IS) -> list[Entry]:
    """The journal as an app would list it; parts of one movement are one line unless they are `split`."""
    withheld, found = dict(_withheld(simulation)), []
    for group in _movements(simulation, on, reading, split=split):
        first, amount = group[0], sum(posting.amount for posting in group)
        kept = withheld.get(month_of_day(first.on), 0) if first.kind in CREDITS else 0
        bucket = first.bucket if split else None
        found.append(Entry(first.on, first.kind, bucket, amount, first.basis, group, kept))
    return found


def _movements(
    simulation: Simulation, on: date, reading: Reading, *, split: bool
) -> Iterator[tuple[Posting, ...]]:
    """The postings of each movement; a rollover moves nothing in all."""
    posted = reading.of(journal(simulation, on))
    postings = [posting for posting in posted if posting.kind is not PostingKind.ROLLOVER]
    if split:
        yield from ((posting,) for posting in postings)
        return
    groups: dict[tuple[object, ...], list[Posting]] = {}
    for posting in postings:
        if posting.kind is not PostingKind.PAYMENT:
            key = (posting.on, posting.kind, posting.basis, posting.months)
            groups.setdefault(key, []).append(posting)
    yield from map(tuple, groups.values())
    # What one expense draws from several parts is one line; two expenses of a day are two.
    paid = [posting for posting in postings if posting.kind is PostingKind.PAYMENT]
    for settled in simulation.expenses:
        count = sum(part.by == "own" for part in settled.paid)
        if count and paid:
            yield tuple(paid[:count])
            del paid[:count]


def _withheld(simulation: Simulation) -> Iterator[tuple[int, int]]:
    """What was kept back from the credit of a month that has one."""
    for month in simulation.months:
        credits_ = [each for each in month.postings if each.kind in CREDITS]
        kept = sum(each.amount for each in month.credit.taken if each.deduction.taken_from == "credit")
        if len(credits_) == 1 and kept:
            yield month.month, kept


def _amounts(entry: Entry) -> tuple[int, ...]:
    return (entry.amount, entry.amount + entry.withheld) if entry.withheld else (entry.amount,)
