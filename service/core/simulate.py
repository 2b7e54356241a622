"""The simulation: the accounts of a household, month by month in step; one member is a household of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from service.core.answer import (
    CreditTable,
    FamilySimulation,
    Settled,
    Simulation,
    by_year,
    together,
)
from service.core.errors import Fault, Refused
from service.core.laws import hold_the_laws, hold_the_laws_of_bills
from service.core.ledger import Ledger
from service.core.leg import Leg
from service.core.links import Links
from service.core.month import day_in, month_of_day, month_text
from service.core.passage import Passage, Person
from service.core.relatives import Relatives
from service.core.till import Till
from service.core.transfers import Transfers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction

    from service.core.expense import Expense
    from service.core.family import Link, Transfer
    from service.core.member import Member
    from service.core.policy import Timeline

    Event = Callable[[], None]


_BACK, _HELD, _TRANSFER, _EXPENSE = 0, 1, 2, 2000  # a transfer's rank is its minute of the day besides


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a member under an area's policies, from one month to another."""

    timeline: Timeline
    member: Member
    first: int
    last: int
    expenses: tuple[Expense, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Household:
    """What is asked of several members: links, expenses and transfers name them by their places."""

    people: tuple[Person, ...]
    first: int
    last: int
    links: tuple[Link, ...] = ()
    expenses: tuple[Expense, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


def simulate(question: Question) -> Simulation:
    """Answer a question about one member; Refused names every fault that the rules find in it."""
    leg = Leg(question.timeline, question.member, question.first, question.last)
    household = Household(
        (Person((leg,)),),
        question.first,
        question.last,
        expenses=question.expenses,
        deposit_rates=question.deposit_rates,
    )
    return simulate_family(household).people[0]


def simulate_family(household: Household) -> FamilySimulation:
    """Answer a question about a household; Refused names every fault that the rules find in it."""
    _refuse_gaps(household)
    passages = [Passage(person, household.deposit_rates) for person in household.people]
    links = Links(passages, household.links)
    transfers, relatives = Transfers(links), Relatives(links)
    till = Till(passages, relatives)
    events = _events(household, transfers, relatives, till)
    for month in range(household.first, household.last + 1):
        for passage in passages:
            passage.begin(month)
        for event in events.get(month, ()):
            event()
        for passage in passages:
            passage.end(month)
    faults = tuple({(f.pointer, f.code): f for passage in passages for f in passage.faults()}.values())
    if faults:
        raise Refused(faults)
    settled = tuple(till.settled)
    hold_the_laws_of_bills(settled)
    people = tuple(_answer(passage, place, settled) for place, passage in enumerate(passages))
    totals = together([person.totals for person in people])
    return FamilySimulation(people, settled, tuple(transfers.done), links.shared(), totals)


def _answer(passage: Passage, place: int, settled: tuple[Settled, ...]) -> Simulation:
    """One person's part of the answer."""
    months = tuple(passage.months)
    hold_the_laws(months)
    years = by_year(months, passage.year_starts())
    policies = tuple({month.in_force.id: month.in_force for month in months}.values())
    own = tuple(each for each in settled if each.expense.member == place)
    totals = together([year.totals for year in years])
    return Simulation(months, years, totals, policies, passage.notices(), own, passage.wallet)


def _events(
    household: Household, transfers: Transfers, relatives: Relatives, till: Till
) -> dict[int, list[Event]]:
    """What happens on the days of each month, in order: links, then transfers, then expenses as given."""
    events: dict[int, list[tuple[int, int, Event]]] = {}
    for month, day, rank, event in _dated(household, transfers, relatives, till):
        events.setdefault(month, []).append((day, rank, event))
    return {
        month: [event for _, _, event in sorted(found, key=lambda each: each[:2])]
        for month, found in events.items()
    }


def _dated(
    household: Household, transfers: Transfers, relatives: Relatives, till: Till
) -> Iterator[tuple[int, int, int, Event]]:
    """Every event with its month, its day, and its rank among those of the day."""
    for transfer in household.transfers:
        rank = _TRANSFER + transfer.minute
        yield transfer.on_month, transfer.on_day, rank, partial(transfers.make, transfer)
        if not transfer.accepted:
            after = day_in(transfer.on_month, transfer.on_day) + timedelta(days=1)
            yield month_of_day(after), after.day, _BACK, partial(transfers.take_back, transfer)
    for place, link in enumerate(household.links):
        if link.model == "quota":
            for day in relatives.quota_days(place, household.first, household.last):
                yield month_of_day(day), day.day, _HELD, partial(relatives.freeze, place, day)
            if link.end is not None:
                after = link.end + timedelta(days=1)
                yield month_of_day(after), after.day, _BACK, partial(relatives.release, place)
    for expense in household.expenses:
        yield expense.on_month, expense.on_day, _EXPENSE, partial(till.settle, expense)


def credit_table(question: Question) -> CreditTable:
    """The credits alone, without the account; Refused names every fault found."""
    leg = Leg(question.timeline, question.member, question.first, question.last)
    _refuse_gaps(Household((Person((leg,)),), question.first, question.last))
    ledger = Ledger(leg, question.deposit_rates)
    months = tuple(ledger.credit_month(m) for m in range(question.first, question.last + 1))
    if ledger.log.faults:
        raise Refused(tuple(ledger.log.faults.values()))
    policies = tuple({m.in_force.id: m.in_force for m in months}.values())
    return CreditTable(months, policies, tuple(ledger.log.notices.values()))


def uncovered(timeline: Timeline, first: int, last: int) -> int | None:
    """The first month of a range in which no policy of the area is in force, if there is one."""
    month = first
    while month <= last:
        in_force = timeline.at(month)
        if in_force is None:
            return month
        until = in_force.policy.effective.last_month
        month = last + 1 if until is None else until + 1
    return None


def _refuse_gaps(household: Household) -> None:
    """Refuse a question about months for which an area has no policy."""
    faults = []
    for leg in (leg for person in household.people for leg in person.legs):
        gap = uncovered(leg.timeline, leg.first, leg.last)
        if gap is not None:
            pointer = leg.pointer or ("/from" if gap == household.first else "/to")
            faults.append(Fault(pointer, "no_policy_in_force", {"month": month_text(gap)}))
    if faults:
        raise Refused(faults)
