"""What a person sees of an account (观测), and how a journal comes to look like it on a day."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.account import Bucket, PostingKind
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from service.core.account import Posting
    from service.core.answer import Simulation

Figure = tuple[int, ...]
"""A balance in fen as far as it was seen: by part, in the order of `Bucket`, or all parts in one."""

CREDITS = frozenset({PostingKind.CREDIT, PostingKind.ADVANCE})


class Line(NamedTuple):
    """A line of the app (明细) as it was seen; a part that nobody could tell is None."""

    on: date
    amount: int
    kind: PostingKind | None = None
    bucket: Bucket | None = None


class Wanted(NamedTuple):
    """Something that the person could not pay from the account, in fen."""

    category: str
    amount: int


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen on a day: the balance by part, or only all of it; lines; what could not be paid."""

    on: date
    total: int
    parts: Mapping[Bucket, int] | None = None
    lines: tuple[Line, ...] = ()
    wanted: Wanted | None = None

    @property
    def figure(self) -> Figure:
        """The balance as it was seen."""
        return (self.total,) if self.parts is None else self.of(self.parts)

    def of(self, held: Mapping[Bucket, int]) -> Figure:
        """What an account holds, as far as such an account was seen."""
        if self.parts is None:
            return (sum(held.values()),)
        return tuple(held.get(bucket, 0) for bucket in Bucket)


class Unposted(NamedTuple):
    """Postings of some kinds, from a day on, that are not on the account."""

    kinds: frozenset[PostingKind]
    since: date


@dataclass(frozen=True, slots=True)
class Reading:
    """How the journal of a simulation is read to get what is shown on the phone."""

    unposted: tuple[Unposted, ...] = ()
    missing: tuple[Posting, ...] = ()
    besides: Figure = ()  # what the account has besides the journal
    view: Literal["all", "current_year", "closed"] = "all"

    def without(self, kinds: frozenset[PostingKind], since: date = date.min) -> Reading:
        """The same without postings of some kinds, from a day on."""
        return replace(self, unposted=(*self.unposted, Unposted(kinds, since)))

    def lacking(self, postings: tuple[Posting, ...]) -> Reading:
        """The same without some postings."""
        return replace(self, missing=(*self.missing, *postings))

    def plus(self, figure: Figure) -> Reading:
        """The same with something besides the journal."""
        return replace(self, besides=added(self.besides, figure) if self.besides else figure)

    def of(self, postings: Iterable[Posting]) -> Iterator[Posting]:
        """Those of the postings that are on the account."""
        missing = list(self.missing)
        days = {posting.on for posting in missing}
        for posting in postings:
            if any(posting.kind in each.kinds and posting.on >= each.since for each in self.unposted):
                continue
            if posting.on in days and posting in missing:  # of two alike only as many as are missing
                missing.remove(posting)
            else:
                yield posting


def added(one: Figure, other: Figure) -> Figure:
    """Two figures of one form together."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def less(one: Figure, other: Figure) -> Figure:
    """What the first figure has more than the second."""
    return tuple(a - b for a, b in zip(one, other, strict=True))


def size(figure: Figure) -> int:
    """How much money a figure is about, whatever the signs."""
    return sum(abs(part) for part in figure)


def journal(simulation: Simulation, on: date) -> Iterator[Posting]:
    """Every posting up to a day."""
    last = month_of_day(on)
    for month in simulation.months:
        if month.month > last:
            return
        for posting in month.postings:
            if posting.on <= on:
                yield posting


def held_on(simulation: Simulation, on: date, reading: Reading) -> dict[Bucket, int]:
    """What the account holds on a day, as the journal is read, in fen."""
    held = dict(simulation.months[0].opening)
    for posting in reading.of(journal(simulation, on)):
        held[posting.bucket] = held.get(posting.bucket, 0) + posting.amount
    return held


class Posted(NamedTuple):
    """A journal up to a day: what the account holds by it, and its postings by day."""

    held: Mapping[Bucket, int]
    postings: tuple[Posting, ...]
    days: tuple[date, ...]


def posted(simulation: Simulation, on: date) -> Posted:
    """The journal of a simulation up to a day, ready to be read in many ways."""
    postings = tuple(sorted(journal(simulation, on), key=_day))
    return Posted(held_on(simulation, on, Reading()), postings, tuple(map(_day, postings)))


def _day(posting: Posting) -> date:
    return posting.on


def _left_out(reading: Reading, since: Posted) -> Iterator[Posting]:
    """The postings that are not on the account, as the journal is read."""
    days = [each.since for each in reading.unposted] + [posting.on for posting in reading.missing]
    if days:
        late = since.postings[bisect_left(since.days, min(days)) :]
        kept = {id(posting) for posting in reading.of(late)}
        yield from (posting for posting in late if id(posting) not in kept)


def shown(journal_: Posted, observed: Observed, reading: Reading) -> Figure:
    """The figure that the person would see."""
    held = dict(journal_.held)
    for posting in _left_out(reading, journal_):
        held[posting.bucket] -= posting.amount
    match reading.view:
        case "closed":
            held = {}
        case "current_year":
            held = {Bucket.CURRENT_YEAR: held.get(Bucket.CURRENT_YEAR, 0)}
        case "all":
            pass
    figure = observed.of(held)
    return added(figure, reading.besides) if reading.besides else figure
