"""The months in which anything that a credit depends on may change.

Between two of them every month is like the one before, so a run works out only these. A month too
many costs a little time; a month too few would be wrong, and the property tests look for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.amount import ByAge, TimesAge, parts
from service.core.base import PAYING
from service.core.credit import Advance, Once, YearlyLump, delay_of
from service.core.month import month_of_day
from service.core.rollover import Merge
from service.core.year import policy_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.core.amount import Amount
    from service.core.credit import CreditRule, Deduction
    from service.core.member import Member
    from service.core.policy import InForce, Timeline
    from service.core.published import Row


def dated(policies: Iterable[InForce]) -> tuple[int, ...]:
    """The months in which the documents of a timeline themselves change something."""
    found: set[int] = set()
    for in_force in policies:
        found.update(_dates(in_force))
    return tuple(sorted(found))


def bounded(policies: Iterable[InForce]) -> tuple[int, ...]:
    """The months in which the bounds of the contribution base change; they matter to those who pay."""
    return tuple(sorted({m for p in policies for m in _edges(getattr(p.policy.base, "bounds", ()))}))


def _edges(rows: Iterable[Row | Deduction]) -> Iterator[int]:
    """The first month of every row, and the one after its last."""
    for row in rows:
        yield from (m for m in (row.from_, None if row.to is None else row.to + 1) if m is not None)


def delays(policies: Iterable[InForce]) -> tuple[int, ...]:
    """By how many months a change may show later: lags, and rules that look at the month before."""
    found, looks_back = {0}, False
    for in_force in policies:
        policy = in_force.policy
        looks_back |= getattr(policy.base, "change", "") == "month_after"
        for rule in (*policy.credits, *policy.extras, *in_force.national.credits):
            inside = (part for a in _amounts(rule) for part in parts(a))
            looks_back |= isinstance(rule.posting, Advance | Once)
            looks_back |= any(getattr(part, "at", "") == "month_after" for part in inside)
            found.add(delay_of(rule.posting))
        owed = (part for deduction in policy.deductions for part in parts(deduction.amount))
        looks_back |= any(getattr(part, "at", "") == "month_after" for part in owed)
    if looks_back:
        found |= {delay + 1 for delay in found}
    return tuple(sorted(found))


def _amounts(rule: CreditRule) -> tuple[Amount, ...]:
    return (rule.amount, *(portion.amount for portion in rule.split))


def turning_ages(policies: Iterable[InForce]) -> frozenset[int] | None:
    """The ages at which some rule of a timeline gives something else; None where every one does."""
    found: set[int] = set()
    for in_force in policies:
        policy = in_force.policy
        rules = (*policy.credits, *policy.extras, *in_force.national.credits)
        amounts = [amount for rule in rules for amount in _amounts(rule)]
        amounts += [deduction.amount for deduction in policy.deductions]
        for part in (part for amount in amounts for part in parts(amount)):
            if isinstance(part, TimesAge):
                return None
            if isinstance(part, ByAge):
                found.update(band.from_ for band in part.bands if band.from_ is not None)
    return frozenset(found)


def changes(timeline: Timeline, member: Member, first: int, last: int) -> frozenset[int]:
    """The months of a run that must be worked out anew; the first always is."""
    since = first - timeline.delays[-1]
    sources = {since, *(m for m in timeline.dated if since <= m <= last)}
    if any(spell.status in PAYING for spell in member.spells):
        sources.update(m for m in timeline.bounded if since <= m <= last)
    for spell in member.spells:
        sources.update((spell.start, spell.end + 1) if spell.end is not None else (spell.start,))
        if spell.back_paid is not None:
            sources.update((spell.back_paid, spell.back_paid + 1))
    sources.update(_birthdays(timeline, member.birth_month, since, last))
    sources.update(_yearly(timeline, since, last))
    found = {m + delay for m in sources for delay in timeline.delays if first <= m + delay <= last}
    return frozenset(found | {first})


def _birthdays(timeline: Timeline, birth: int | None, since: int, last: int) -> Iterator[int]:
    """The months in which the member reaches an age that counts."""
    if birth is None:
        return
    ages = timeline.turning_ages
    if ages is None:
        ages = frozenset(range(max(0, (since - birth) // 12), max(0, (last - birth) // 12) + 1))
    yield from (birth + 12 * age for age in ages)


def lump_months(policies: Iterable[InForce]) -> frozenset[int]:
    """The calendar months (0 to 11) in which yearly sums are credited."""
    rules = (rule for p in policies for rule in (*p.policy.credits, *p.policy.extras))
    lumps = (rule.posting for rule in rules if isinstance(rule.posting, YearlyLump))
    return frozenset(lump.month - 1 for lump in lumps if isinstance(lump.month, int))


def _yearly(timeline: Timeline, since: int, last: int) -> Iterator[int]:
    """The first months of policy years, and the months of yearly credits."""
    if timeline.lump_months:
        yield from (month for month in range(since, last + 1) if month % 12 in timeline.lump_months)
    month = since
    while month <= last:
        in_force_then = timeline.at(month)
        if in_force_then is None:
            month += 1
            continue
        year = policy_year(in_force_then.policy.years, month)
        yield year.start
        end = in_force_then.policy.effective.last_month
        month = (year.end if end is None else min(year.end, end)) + 1
        yield month


def _dates(in_force: InForce) -> Iterator[int]:
    policy = in_force.policy
    yield policy.effective.first_month
    if policy.effective.last_month is not None:
        yield policy.effective.last_month + 1
    for day in (policy.attested.from_, policy.attested.to):
        if day is not None:
            yield from (month_of_day(day), month_of_day(day) + 1)
    for figures in policy.published.values():
        yield from _edges(figures)
    yield from _edges(policy.deductions)
    yield from (rule.on for rule in in_force.rollover if isinstance(rule, Merge))
