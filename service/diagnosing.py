"""The use case of diagnoses: a balance as somebody sees it, against the simulated one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from service.asked import Asked, lookup_faults, unique
from service.core.account import Bucket, Notice
from service.core.answer import Simulation
from service.core.book import Book
from service.core.course import Declared, stays_of
from service.core.diagnose import Diagnosis, Doubt, diagnose
from service.core.diagnose_seen import Observed
from service.core.errors import Fault, Refused
from service.core.month import day_in, month_of_day
from service.usecases import simulate_balances

BALANCE = "/observed/balance"


@dataclass(frozen=True, slots=True)
class AskedDiagnosis:
    """A question about one member, and what is seen in its stead."""

    asked: Asked
    observed: Observed
    buckets: tuple[tuple[str, Bucket], ...] = ()  # those named in what is seen, each with its place


class Diagnosed(NamedTuple):
    """A diagnosis, and the simulation up to the month in which the person looked."""

    found: Diagnosis
    observed: Observed
    simulation: Simulation
    notices: tuple[Notice, ...]


def diagnose_balance(book: Book, question: AskedDiagnosis) -> Diagnosed:
    """Why an account shows what it shows; Refused names every fault."""
    asked, observed = question.asked, question.observed
    last = month_of_day(observed.on)
    faults = [*bucket_faults(book, asked.declared, asked.first, last, question.buckets)]
    try:
        simulation = simulate_balances(book, asked)  # all that was asked, so that no fault of it is lost
    except Refused as refused:
        raise Refused(unique([*refused.faults, *faults])) from refused
    if faults:
        raise Refused(unique(faults))
    expenses = tuple(e for e in asked.expenses if day_in(e.on_month, e.on_day) <= observed.on)
    if last < asked.last or expenses != asked.expenses:
        simulation = simulate_balances(book, replace(asked, last=last, expenses=expenses))
    lines = tuple(line for line in observed.lines if line.on >= day_in(asked.first, 1))
    notices = _ignored(len(observed.lines) - len(lines), asked.first)
    observed = replace(observed, lines=lines)
    doubt = Doubt(book, asked.declared, asked.first, observed, expenses, asked.deposit_rates)
    found = diagnose(doubt, simulation)
    return Diagnosed(found, observed, simulation, (*notices, *simulation.notices))


def bucket_faults(
    book: Book, declared: Declared, first: int, last: int, buckets: tuple[tuple[str, Bucket], ...]
) -> Iterator[Fault]:
    """Parts of an account that the policy of the month does not have."""
    if any(lookup_faults(book, declared, first, last)):
        return
    stays = [stay for stay in stays_of(declared, first) if stay.since <= last]
    in_force = book.areas[stays[-1].area].at(last)
    for pointer, bucket in buckets:
        if in_force is not None and bucket not in in_force.policy.buckets:
            yield Fault(pointer, "bucket_not_in_policy", {"policy": in_force.id})


def _ignored(count: int, first: int) -> tuple[Notice, ...]:
    """Lines of days before the first month: what they moved is in the opening."""
    if not count:
        return ()
    return (Notice("earlier_postings_ignored", "info", first, (("count", str(count)),)),)


def last_day(month: int) -> date:
    """The day on which a balance is seen where the question does not say: the month's last."""
    return day_in(month, 31)
