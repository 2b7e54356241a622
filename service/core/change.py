"""The months in which anything that a credit depends on may change.

Between two of them every month is like the one before, so a run works out only these. A month too
many costs a little time; a month too few would be wrong, and the property tests look for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.amount import parts
from service.core.credit import Advance, Once, YearlyLump, delay_of
from service.core.month import month_of_day
from service.core.rollover import Merge
from service.core.year import policy_year

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.core.amount import Amount
    from service.core.credit import CreditRule
    from service.core.member import Member
    from service.core.policy import InForce, Timeline


def dated(policies: Iterable[InForce]) -> tuple[int, ...]:
    """The months in which the documents of a timeline themselves change something."""
    found: set[int] = set()
    for in_force in policies:
        found.update(_dates(in_force))
    return tuple(sorted(found))


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


def changes(timeline: Timeline, member: Member, first: int, last: int) -> frozenset[int]:
    """The months of a run that must be worked out anew; the first always is."""
    late = timeline.delays[-1]
    since = first - late
    sources = {since, *(m for m in timeline.dated if since <= m <= last)}
    for spell in member.spells:
        sources.update((spell.start, spell.end + 1) if spell.end is not None else (spell.start,))
    sources.update(_yearly(timeline, member.birth_month, since, last))
    found = {m + delay for m in sources for delay in timeline.delays if first <= m + delay <= last}
    return frozenset(found | {first})


def _yearly(timeline: Timeline, birth: int | None, since: int, last: int) -> Iterator[int]:
    """Birthdays, the first months of policy years, and the months of yearly credits."""
    calendar = {0} | ({birth % 12} if birth is not None else set())
    for in_force in timeline.policies:
        for rule in (*in_force.policy.credits, *in_force.policy.extras):
            if isinstance(rule.posting, YearlyLump) and isinstance(rule.posting.month, int):
                calendar.add(rule.posting.month - 1)
    for month in range(since, last + 1):
        if month % 12 in calendar:
            yield month
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
    tables = [*policy.published.values(), getattr(policy.base, "bounds", ()), policy.deductions]
    for table in tables:
        for row in table:
            yield from (m for m in (row.from_, None if row.to is None else row.to + 1) if m)
    yield from (rule.on for rule in in_force.rollover if isinstance(rule, Merge))
