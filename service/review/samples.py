"""Sample members: each status and class told apart, one age of every band, bases at floor, middle, ceiling.

Whatever else the rules ask for gets a plain value, so that no sample is refused for want of a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from service.core.account import Balances, Bucket
from service.core.amount import (
    Base,
    ByAge,
    Contribution,
    EmployerAverageWage,
    LessPerMissingYear,
    Nothing,
    OwnCredit,
    Pension,
    ProRata,
    Published,
    TimesAge,
    Unknown,
)
from service.core.member import Member, Sex, Spell, Status
from service.core.policy import InForce
from service.core.published import latest
from service.review.sample_rules import Rules, groups

Ages = tuple[int | None, int | None]
"""An age band in full years, both included; None where it is open."""

# Plain values, in fen, months and years: nobody's, and told with every sample.
_PENSIONS = (2_500_00, 4_200_00, 8_000_00)
_BASES = (5_000_00, 10_000_00, 20_000_00)  # where no floor and ceiling are published
_WAGE, _OWN_CREDIT, _FIGURE = 8_000_00, 100_00, 8_000_00
_MONTHS_PAID, _MONTHS_WITH_ACCOUNT = 420, 240
_HELD = {Bucket.CURRENT_YEAR: 500_00, Bucket.PRIOR_YEARS: 2_000_00}
_INSURED_BEFORE = 60  # months; no base window looks further back
_TYPICAL = {Status.RETIRED: 62, Status.EXEMPT: 75}
_OTHERWISE_TYPICAL = 30
_TOO_YOUNG_TO_RETIRE, _TOO_OLD_TO_WORK = 50, 66
_RETIRES_AT = 60


class Sample(NamedTuple):
    """A sample member of an area, asked about from one month to another.

    `ages` is the band that the age was taken from; `cohort` tells that rules look at the month of
    retirement.
    """

    area: str
    member: Member
    age: int
    ages: Ages
    first: int
    last: int
    cohort: bool = False

    @property
    def now(self) -> Spell:
        """The spell of the months asked about."""
        return self.member.spells[-1]


def members(in_force: Sequence[InForce], area: str, first: int, last: int) -> Iterator[Sample]:
    """The sample members of an area under policies of it, from one month to another."""
    for rules in groups(in_force):
        for ages in bands(rules.status, _turns(rules)):
            for base, pension in _moneys(rules, first, last):
                yield from _of_age(rules, area, ages, (base, pension), (first, last))
        yield from _by_years(rules, area, first, last)


def bands(status: Status, turns: Iterable[int]) -> list[Ages]:
    """The age bands between the ages at which something else holds, as far as they are of the status."""
    edges = [None, *sorted(turns), None]
    found: list[Ages] = [(low, None if high is None else high - 1) for low, high in pairwise(edges)]
    if status is Status.RETIRED:
        found = [each for each in found if each[1] is None or each[1] >= _TOO_YOUNG_TO_RETIRE]
    elif status in (Status.EMPLOYED, Status.FLEXIBLE, Status.UNEMPLOYMENT_BENEFIT):
        found = [each for each in found if each[0] is None or each[0] < _TOO_OLD_TO_WORK]
    return found


def age_of(status: Status, ages: Ages) -> int:
    """An age that stays within the band, on whichever day of a year it counts."""
    low, high = ages
    if low is None:
        typical = _TYPICAL.get(status, _OTHERWISE_TYPICAL)
        return typical if high is None else max(0, min(typical, high - 2))
    return low + 1 if high is None or high > low + 1 else low


def born(age: int, first: int) -> int:
    """A month of birth with which somebody is of that age, some months past the birthday."""
    return first - 12 * age - 5


def _turns(rules: Rules) -> set[int]:
    found = set()
    for part in rules.amounts:
        if isinstance(part, ByAge):
            found |= {band.from_ for band in part.bands if band.from_ is not None}
        if isinstance(part, TimesAge):
            found |= {_RETIRES_AT, _RETIRES_AT + 10, _RETIRES_AT + 20}
    return found


def _moneys(rules: Rules, first: int, last: int) -> list[tuple[int | None, int | None]]:
    """Bases and pensions, each as far as some rule asks for it."""
    kinds = rules.kinds
    bases: list[int | None] = [None]
    if kinds & {Base, Contribution}:
        bases = [*_bases(rules.in_force, first, last)]
    pensions: list[int | None] = [*_PENSIONS] if Pension in kinds else [None]
    return [(base, pension) for base in bases for pension in pensions]


def _bases(in_force: Sequence[InForce], first: int, last: int) -> list[int]:
    """The floors and ceilings of the months, and what lies in the middle of them."""
    rows = [
        latest(getattr(each.policy.base, "bounds", ()), month) for each in in_force for month in (first, last)
    ]
    floors = {row.floor for row in rows if row is not None and row.floor is not None}
    ceilings = {row.ceiling for row in rows if row is not None and row.ceiling is not None}
    if not floors or not ceilings:
        return sorted({*_BASES, *floors, *ceilings})
    middle = (min(floors) + max(ceilings)) // 2 // 100_00 * 100_00
    return sorted({min(floors), max(floors), middle, min(ceilings), max(ceilings)})


def _of_age(
    rules: Rules, area: str, ages: Ages, money: tuple[int | None, int | None], months: tuple[int, int]
) -> Iterator[Sample]:
    """A sample for every cohort of retirement that the rules tell apart."""
    first, last = months
    age = age_of(rules.status, ages)
    for start in starts(rules.status, age, rules.cohorts(), first):
        member = declare(rules, born(age, first), (start, *money), first)
        yield Sample(area, member, age, ages, first, last, bool(rules.cohorts()))


def starts(status: Status, age: int, cohorts: Iterable[int], first: int) -> list[int]:
    """The months in which a status may have begun."""
    if status is not Status.RETIRED:
        return [first - _INSURED_BEFORE]
    told = sorted(month for month in cohorts if month <= first)
    if told:
        return [told[0] - 1, *told]
    return [min(born(age, first) + 12 * _RETIRES_AT, first - 12)]


def declare(
    rules: Rules, birth: int, spell: tuple[int, int | None, int | None], first: int, years: int | None = None
) -> Member:
    """A member with everything that some rule asks for: from when on, which base and which pension."""
    start, base, pension = spell
    kinds = rules.kinds
    counted = bool(kinds & {ProRata, LessPerMissingYear})
    months = 12 * years if years is not None else _MONTHS_PAID if counted else None
    return Member(
        (
            Spell(
                start,
                None,
                rules.status,
                rules.member_class,
                base=base,
                monthly_pension=pension,
                employer_average_wage=_WAGE if EmployerAverageWage in kinds else None,
                own_credit=_OWN_CREDIT if kinds & {OwnCredit, Unknown} else None,
                contribution_months=months,
                account_months=None if months is None else min(months, _MONTHS_WITH_ACCOUNT),
                pointer="/member/spells/0",
            ),
        ),
        birth_month=birth,
        sex=Sex.MALE,
        opening=Balances(dict(_HELD) if kinds - {Nothing} else {}),
        parameters=dict.fromkeys(_unpublished(rules, first), _FIGURE),
    )


def _unpublished(rules: Rules, month: int) -> Iterator[str]:
    """The series that some rule reads and some policy has no figure of by the month."""
    read = {part.series for part in rules.amounts if isinstance(part, Published)}
    for series in sorted(read):
        tables = [each.policy.published.get(series, ()) for each in rules.in_force]
        if any(latest(table, month) is None for table in tables):
            yield series


def _by_years(rules: Rules, area: str, first: int, last: int) -> Iterator[Sample]:
    """Those who retire in the first month with as many years as are required, and with one year less."""
    for sex in Sex:
        required = rules.years_required(sex)
        for years in sorted({each + less for each in required for less in (-1, 0) if each + less > 0}):
            birth = born(_RETIRES_AT, first)
            base, pension = _moneys(rules, first, last)[0]
            member = declare(rules, birth, (first, base, pension), first, years)
            whose = Member(member.spells, birth, sex, opening=member.opening, parameters=member.parameters)
            yield Sample(area, whose, _RETIRES_AT, (None, None), first, last)
