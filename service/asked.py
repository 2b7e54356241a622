"""What is asked, and what of it nobody has published: areas, months, parts of an account, accounts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from service.core.book import Book
from service.core.closing import Reason
from service.core.course import Declared, has_account, stays_of
from service.core.errors import Fault
from service.core.expense import Expense
from service.core.family import Link, Transfer
from service.core.member import Member
from service.core.month import month_text
from service.core.policy import Timeline
from service.core.retirement import RetirementKind
from service.core.simulate import uncovered

RANGE = ("/from", "/to")
DAY = ("/on", "/on")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one member."""

    area: str
    first: int
    last: int
    member: Member
    expenses: tuple[Expense, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)
    kind: RetirementKind | None = None

    @property
    def declared(self) -> Declared:
        """The member as declared."""
        return Declared(self.member, self.area, kind=self.kind)


@dataclass(frozen=True, slots=True)
class AskedFamily:
    """A question about several members; links, expenses and transfers name them by their places."""

    people: tuple[Declared, ...]
    first: int
    last: int
    links: tuple[Link, ...] = ()
    expenses: tuple[Expense, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedBill:
    """A question about one bill: the first person's; the others may pay by their links."""

    people: tuple[Declared, ...]
    expense: Expense
    links: tuple[Link, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedClosure:
    """A question about a member who leaves on a day, from a month on."""

    declared: Declared
    first: int
    on: date
    reason: Reason
    credited_before: int | None = None
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


def lookup_faults(
    book: Book, declared: Declared, first: int | None, last: int | None, at: tuple[str, str] = RANGE
) -> Iterator[Fault]:
    """What is asked of policies that nobody published; a month that cannot be read is None.

    `at` is where the question says its first and its last month.
    """
    stays = stays_of(declared, first or 0)
    for place, stay in enumerate(stays):
        timeline = book.areas.get(stay.area)
        if timeline is None:
            yield Fault(stay.pointer, "unknown_area", {"area": stay.area})
        elif first is not None:
            begins, ends = max(first, stay.since), last
            if place + 1 < len(stays):
                until = stays[place + 1].since - 1
                ends = until if last is None else min(last, until)
            yield from _gap(timeline, begins, ends, at if stay.pointer == "/area" else (stay.pointer,) * 2)
    timeline = book.areas.get(stays[0].area)
    in_force = None if first is None or timeline is None else timeline.at(first)
    if in_force is not None:
        for bucket, fen in declared.member.opening.held.items():
            if fen and bucket not in in_force.policy.buckets:
                pointer = f"{declared.member.pointer}/opening/{bucket}"
                yield Fault(pointer, "bucket_not_in_policy", {"policy": in_force.id})


def _gap(timeline: Timeline, first: int, last: int | None, at: tuple[str, str]) -> Iterator[Fault]:
    """The first month of a range for which the area has no policy."""
    if timeline.at(first) is None:
        yield not_in_force(at[0], timeline, first)
    elif last is not None:
        gap = uncovered(timeline, first, last)
        if gap is not None:
            yield not_in_force(at[1], timeline, gap)


def not_in_force(pointer: str, timeline: Timeline, month: int) -> Fault:
    """No policy of the area is in force in the month; the fault says for which months there is one."""
    ranges = []
    for in_force in timeline.policies:
        first, last = in_force.policy.effective.first_month, in_force.policy.effective.last_month
        ranges.append(f"{month_text(first) if first else ''}–{month_text(last) if last else ''}")
    return Fault(pointer, "no_policy_in_force", {"month": month_text(month), "covered": ", ".join(ranges)})


def holder_faults(
    book: Book, people: Sequence[Declared], pointers: Iterable[tuple[int, str]], last: int
) -> Iterator[Fault]:
    """Holders who have no account to share; `pointers` are the places of holders and where they are named."""
    for place, pointer in pointers:
        if not has_account(people[place], book.areas, last):
            yield Fault(pointer, "holder_without_account")


def unique(faults: Iterable[Fault]) -> list[Fault]:
    """Faults, each place and code once."""
    return list({(fault.pointer, fault.code): fault for fault in faults}.values())
