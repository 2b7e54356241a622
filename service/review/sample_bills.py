"""Sample bills: each status, class and age band that the rules on bills tell apart, by setting and tier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from service.core.bill import BillRule, caps_of
from service.core.expense import Bill, Item, ItemClass, Setting, Tier
from service.core.month import month_of_day
from service.core.policy import InForce
from service.core.published import latest
from service.review.sample_rules import Rules, groups
from service.review.samples import Sample, age_of, bands, born, declare, starts

_TOTALS = {
    Setting.OUTPATIENT: (500_00, 3_000_00, 10_000_00),
    Setting.INPATIENT: (5_000_00, 30_000_00, 200_000_00),
    Setting.PHARMACY: (300_00, 3_000_00),
}
_LINE = 100_000_00  # where a series that a cap names has no figure
_DAY = 15


class SampleBill(NamedTuple):
    """A sample bill of a sample member, on the fifteenth of a month."""

    sample: Sample
    month: int
    bill: Bill

    @property
    def day(self) -> int:
        """The day of the month."""
        return _DAY


def bills(in_force: Sequence[InForce], area: str, first: int, last: int) -> Iterator[SampleBill]:
    """The sample bills of an area under policies of it, in months from the first to the last."""
    for rules in groups(in_force):
        of_them = [rule for each in in_force for rule in each.policy.bills if rules.are_for(rule.who)]
        for sample in _samples(rules, of_them, area, first, last):
            for setting in Setting:
                here = [rule for rule in of_them if setting in rule.settings]
                for month in _months(here, first, last):
                    yield from (SampleBill(sample, month, bill) for bill in _bills(here, setting))


def _samples(rules: Rules, of_them: Sequence[BillRule], area: str, first: int, last: int) -> Iterator[Sample]:
    """One member for every age band and cohort of retirement."""
    if not of_them:
        return
    turns = {rule.from_age for rule in of_them} | {
        rule.to_age + 1 for rule in of_them if rule.to_age is not None
    }
    whos = [rule.who for rule in of_them]
    cohorts = {month for who in whos for month in (who.retired_from, who.retired_before) if month is not None}
    for ages in bands(rules.status, (turn for turn in turns if turn is not None)):
        age = age_of(rules.status, ages)
        for start in starts(rules.status, age, cohorts, first):
            member = declare(rules, born(age, first), (start, None, None), first)
            figures = {**member.parameters, **dict.fromkeys(_unpublished(rules, of_them, first), _LINE)}
            yield Sample(area, replace(member, parameters=figures), age, ages, first, last, bool(cohorts))


def _unpublished(rules: Rules, of_them: Sequence[BillRule], month: int) -> Iterator[str]:
    for series in sorted({cap.line.series or "" for rule in of_them for cap in caps_of(rule)} - {""}):
        tables = [each.policy.published.get(series, ()) for each in rules.in_force]
        if any(latest(table, month) is None for table in tables):
            yield series


def _months(here: Sequence[BillRule], first: int, last: int) -> list[int]:
    """The first month, and those with which dated rules begin or end."""
    if not here:
        return []
    days = [day for rule in here for day in (rule.from_, rule.to) if day is not None]
    turns = {month for day in days for month in (month_of_day(day), month_of_day(day) + 1)}
    return sorted({first, *(month for month in turns if first < month <= last)})


def _bills(here: Sequence[BillRule], setting: Setting) -> Iterator[Bill]:
    """Some sums at every tier that the rules tell apart; with items where they look at items."""
    for tier in _tiers(here, setting):
        for total in _TOTALS[setting]:
            items = _items(here, total)
            yield Bill(total, 0 if items else total, 0, 0, setting, tier, items)


def _tiers(here: Sequence[BillRule], setting: Setting) -> list[Tier | None]:
    if setting is Setting.PHARMACY:
        return [None]
    told = {tier for rule in here for row in rule.ratios for tier in row.tier}
    told |= {tier for rule in here for cap in caps_of(rule) for tier in cap.tier}
    told |= {t for rule in here if rule.deductible != "unknown" for row in rule.deductible for t in row.tier}
    return [tier for tier in Tier if tier in told] or [None]


def _items(here: Sequence[BillRule], total: int) -> tuple[Item, ...]:
    told = {name for rule in here for row in rule.ratios for name in row.item_class}
    told |= {name for rule in here for line in rule.scope for name in line.item_class}
    listed = [name for name in ItemClass if name in told]
    if listed and len(listed) < len(ItemClass):
        listed.append(next(name for name in ItemClass if name not in told))
    shares = [total // len(listed)] * len(listed) if listed else []
    if shares:
        shares[0] += total - sum(shares)
    return tuple(Item(name, fen, fen) for name, fen in zip(listed, shares, strict=True))
