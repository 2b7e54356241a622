"""Trying out what may be supposed (假设) of a question: each is simulated, a bounded number of times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from service.core.course import course
from service.core.diagnose_seen import Reading, posted, shown
from service.core.errors import Refused
from service.core.month import month_of_day
from service.core.simulate import Household, simulate_family

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from service.core.account import Basis
    from service.core.answer import Simulation
    from service.core.book import Book
    from service.core.course import Declared
    from service.core.diagnose_seen import Figure, Observed, Posted
    from service.core.expense import Expense

_RUNS_MOST = 48
_WORK_MOST = 3_000  # months and expenses together, over all runs


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question about a balance, and what the person sees instead."""

    book: Book
    declared: Declared
    first: int
    observed: Observed
    expenses: tuple[Expense, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The month in which the person looked."""
        return month_of_day(self.observed.on)


@dataclass(frozen=True, slots=True)
class Case:
    """The question as declared, or as supposed in its stead, and how its journal is read.

    `key` names what was supposed of the question, so that nothing is simulated twice.
    """

    declared: Declared
    expenses: tuple[Expense, ...]
    reading: Reading = Reading()
    key: tuple[str, ...] = ()


class Hypothesis(NamedTuple):
    """Something that may be so although it was not declared; `values` fill its sentence."""

    code: str
    suppose: Callable[[Case], Case]
    month: int | None = None
    basis: Basis | None = None
    values: tuple[tuple[str, str], ...] = ()


class Trials:
    """The runs of one diagnosis."""

    def __init__(self, doubt: Doubt, base: Simulation) -> None:
        self.doubt = doubt
        self.base = Case(_retired(doubt), doubt.expenses)
        self._known: dict[tuple[str, ...], Simulation | None] = {(): base}
        work = doubt.last - doubt.first + 1 + len(doubt.expenses)
        self._posted: dict[tuple[str, ...], Posted] = {}
        self.left = max(1, min(_RUNS_MOST, _WORK_MOST // work))

    def simulation(self, case: Case) -> Simulation | None:
        """What comes of a case; None where it lacks a fact, or nothing more may be run."""
        if case.key not in self._known:
            if not self.left:
                return None
            self.left -= 1
            self._known[case.key] = self._run(case)
        return self._known[case.key]

    def figure(self, case: Case) -> Figure | None:
        """The figure that would be seen; None where nobody can tell."""
        simulation = self.simulation(case)
        if simulation is None:
            return None
        if case.key not in self._posted:  # the same journal is read in many ways
            self._posted[case.key] = posted(simulation, self.doubt.observed.on)
        return shown(self._posted[case.key], self.doubt.observed, case.reading)

    def _run(self, case: Case) -> Simulation | None:
        doubt, last = self.doubt, self.doubt.last
        found = course(case.declared, doubt.book, doubt.first, last)
        if found.faults:
            return None
        household = Household(
            (found.person,), doubt.first, last, expenses=case.expenses, deposit_rates=doubt.deposit_rates
        )
        try:
            return simulate_family(household).people[0]
        except Refused:
            return None


def _retired(doubt: Doubt) -> Declared:
    """The member with spells that say themselves when retirement comes."""
    declared = doubt.declared
    if not any(spell.retires for spell in declared.member.spells):
        return declared
    legs = course(declared, doubt.book, doubt.first, doubt.last).person.legs
    spells = tuple(spell for leg in legs for spell in leg.member.spells)
    return replace(declared, member=replace(declared.member, spells=spells))
