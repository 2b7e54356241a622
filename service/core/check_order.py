"""Rules that stand in each other's way: hidden by an earlier one, overlapping it, or leaving a hole.

Where the first rule that fits counts, a narrow rule before a wide one is how exceptions are written.
A rule that could never count, and two rules neither of which is the exception of the other, are mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from service.core.errors import Fault
from service.core.expense import ItemClass, Tier
from service.core.family import AtTheTill
from service.core.member import MemberClass, Status
from service.core.policy import Policy

if TYPE_CHECKING:
    from datetime import date

    from service.core.bill import BillRule, Ratio, Scope
    from service.core.credit import Deduction
    from service.core.policy import National
    from service.core.who import Who

Span = tuple[int, int]
"""Whole numbers from one to another, both included: days, months, ages, or fen."""

ROWS_MOST = 500
"""How many rules are held against each other, each counted once for everything it is named after."""

_LEAST, _MOST = -(10**15), 10**15
_EVERY_STATUS = frozenset(Status)
_EVERY_CLASS = frozenset({None, *MemberClass})
_EVERY_TIER = frozenset({None, *Tier})
_EVERY_ITEM = frozenset({None, *ItemClass})


class Row(NamedTuple):
    """What a rule is for: one of each of the sets, and a number within each of the spans.

    `pointer` leads to what is named if the rule is hidden, and `froms` to where each of its spans begins.
    """

    pointer: str
    sets: tuple[frozenset[object], ...]
    spans: tuple[Span, ...]
    froms: tuple[str, ...]


def faults(document: Policy | National) -> Iterator[Fault]:
    """What is wrong with the order of a document's rules."""
    listed = list(tables(document))
    deductions = len(document.deductions) if isinstance(document, Policy) else 0
    if sum(map(len, listed)) + deductions > ROWS_MOST:
        yield Fault("", "too_many_rules", {"most": str(ROWS_MOST)})
        return
    for rows in listed:
        yield from _in_the_way(rows)
        yield from _holes(rows)
    if isinstance(document, Policy):
        yield from _taken_twice(document)
        yield from _holes_of_tiers(document)


def tables(document: Policy | National) -> Iterator[list[Row]]:
    """The sets of rules of which the first that fits counts, each row cut up by what it is named after."""
    credits_ = [
        Row(f"/credits/{i}", _who(rule.who), (_cohort(rule.who),), (f"/credits/{i}/who/retired_from",))
        for i, rule in enumerate(document.credits)
    ]
    yield credits_
    yield list(_payments(document))
    yield list(_closing(document))
    yield list(_family(document))
    if isinstance(document, Policy):
        yield [row for i, rule in enumerate(document.bills) for row in _bill(f"/bills/{i}", rule)]
        for i, rule in enumerate(document.bills):
            yield [row for k, line in enumerate(rule.scope) for row in _scope(f"/bills/{i}/scope/{k}", line)]
            yield list(_deductible(f"/bills/{i}/deductible", rule))
            yield list(_ratios(f"/bills/{i}/ratios", rule))
    else:
        yield [
            Row(f"/retirement/{i}", (frozenset({rule.retirement}),), (), ())
            for i, rule in enumerate(document.retirement)
        ]


def _payments(document: Policy | National) -> Iterator[Row]:
    for i, rule in enumerate(() if document.payments == "unknown" else document.payments):
        for k, category in enumerate(rule.category):
            at = f"/payments/{i}"
            days = _days(rule.from_, rule.to)
            yield Row(f"{at}/category/{k}", (frozenset({category}),), (days,), (f"{at}/from",))


def _closing(document: Policy | National) -> Iterator[Row]:
    for i, rule in enumerate(document.closing):
        for k, reason in enumerate(rule.reason):
            sets = frozenset({reason}), frozenset(rule.status) or _EVERY_STATUS
            days = _days(rule.from_, rule.to)
            yield Row(f"/closing/{i}/reason/{k}", sets, (days,), (f"/closing/{i}/from",))


def _family(document: Policy | National) -> Iterator[Row]:
    for i, rule in enumerate(() if document.family == "unknown" else document.family):
        whose: frozenset[object] = _EVERY_STATUS
        if isinstance(rule, AtTheTill) and rule.beneficiary:
            whose = frozenset(rule.beneficiary)
        sets = frozenset({rule.kind}), frozenset(rule.relations), frozenset(rule.category), whose
        yield Row(f"/family/{i}", sets, (_days(rule.from_, rule.to),), (f"/family/{i}/from",))


def _bill(at: str, rule: BillRule) -> Iterator[Row]:
    for k, setting in enumerate(rule.settings):
        spans = _cohort(rule.who), _between(rule.from_age, rule.to_age), _days(rule.from_, rule.to)
        froms = f"{at}/who/retired_from", f"{at}/from_age", f"{at}/from"
        yield Row(f"{at}/settings/{k}", (frozenset({setting}), *_who(rule.who)), spans, froms)


def _scope(at: str, line: Scope) -> Iterator[Row]:
    above = None if line.unit_price_above is None else line.unit_price_above + 1
    prices = _between(above, line.unit_price_up_to)
    for k, name in enumerate(line.item_class):
        yield Row(f"{at}/item_class/{k}", (frozenset({name}),), (prices,), (f"{at}/unit_price_above",))


def _deductible(at: str, rule: BillRule) -> Iterator[Row]:
    for i, row in enumerate(() if rule.deductible == "unknown" else rule.deductible):
        for k, tier in enumerate(row.tier):
            yield Row(f"{at}/{i}/tier/{k}", (frozenset({tier}),), (), ())


def _ratios(at: str, rule: BillRule) -> Iterator[Row]:
    for i, row in enumerate(rule.ratios):
        tiers = frozenset(row.tier) or _EVERY_TIER
        sets = tiers, frozenset(row.item_class) or _EVERY_ITEM
        yield Row(f"{at}/{i}", sets, (_costs(row),), (f"{at}/{i}/above",))


def _costs(row: Ratio) -> Span:
    return _between(row.above, None if row.up_to is None else row.up_to - 1)


def _holes_of_tiers(policy: Policy) -> Iterator[Fault]:
    """Costs between two ratios of a tier that no ratio holds, whichever tiers each of them names besides."""
    for i, rule in enumerate(policy.bills):
        rows = list(_ratios(f"/bills/{i}/ratios", rule))
        for tier in Tier:
            of_tier = [
                row._replace(sets=(frozenset({tier}), row.sets[1])) for row in rows if tier in row.sets[0]
            ]
            yield from (replace(fault, code="cost_bands_must_follow") for fault in _holes(of_tier))


def _who(who: Who) -> tuple[frozenset[object], frozenset[object]]:
    return frozenset(who.status), frozenset(who.class_) or _EVERY_CLASS


def _cohort(who: Who) -> Span:
    return _between(who.retired_from, None if who.retired_before is None else who.retired_before - 1)


def _days(first: date | None, last: date | None) -> Span:
    return _between(None if first is None else first.toordinal(), None if last is None else last.toordinal())


def _between(low: int | None, high: int | None) -> Span:
    return (_LEAST if low is None else low, _MOST if high is None else high)


def _in_the_way(rows: Sequence[Row]) -> Iterator[Fault]:
    """Rows that never count, or that an earlier one takes a part of without being its exception."""
    for one, later in combinations(rows, 2):
        if not all(a & b for a, b in zip(one.sets, later.sets, strict=True)):
            continue
        if not all(_meet(a, b) for a, b in zip(one.spans, later.spans, strict=True)):
            continue
        if _covers(one, later):
            yield Fault(later.pointer, "never_counts", {"rule": one.pointer})
            continue
        for a, b, begins in zip(one.spans, later.spans, later.froms, strict=True):
            if not _holds(a, b) and not _holds(b, a):
                yield Fault(begins, "overlaps_earlier_rule", {"rule": one.pointer})


def _holes(rows: Sequence[Row]) -> Iterator[Fault]:
    """Numbers between two rules for the same that no rule is for."""
    told: dict[str, None] = {}
    for place in range(len(rows[0].spans) if rows else 0):
        for alike in _alike(rows, place):
            for one, next_ in pairwise(sorted(alike, key=lambda row: row.spans[place])):
                hole = one.spans[place][1] + 1, next_.spans[place][0] - 1
                if hole[0] <= hole[1] and not any(_fills(each, one, place, hole) for each in rows):
                    told[next_.froms[place]] = None
    yield from (Fault(pointer, "leaves_a_hole") for pointer in told)


def _alike(rows: Sequence[Row], place: int) -> Iterable[list[Row]]:
    """The rows that are for the same but for one of the spans."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        rest = tuple(span for k, span in enumerate(row.spans) if k != place)
        groups.setdefault((row.sets, rest), []).append(row)
    return groups.values()


def _fills(row: Row, of: Row, place: int, hole: Span) -> bool:
    """Whether a row is for some of what lies in a hole."""
    if not all(a & b for a, b in zip(row.sets, of.sets, strict=True)):
        return False
    spans = [(a, hole if k == place else b) for k, (a, b) in enumerate(zip(row.spans, of.spans, strict=True))]
    return all(_meet(a, b) for a, b in spans)


def _covers(one: Row, other: Row) -> bool:
    return all(a >= b for a, b in zip(one.sets, other.sets, strict=True)) and all(
        _holds(a, b) for a, b in zip(one.spans, other.spans, strict=True)
    )


def _holds(one: Span, other: Span) -> bool:
    return one[0] <= other[0] and other[1] <= one[1]


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _taken_twice(policy: Policy) -> Iterator[Fault]:
    """Every deduction that holds is taken: two of one name for the same people and months are too many."""
    rows = [
        (deduction.name.zh, Row(f"/deductions/{i}", _who(deduction.who), _months(deduction), ()))
        for i, deduction in enumerate(policy.deductions)
    ]
    for (name, one), (other, later) in combinations(rows, 2):
        sets = all(a & b for a, b in zip(one.sets, later.sets, strict=True))
        spans = all(_meet(a, b) for a, b in zip(one.spans, later.spans, strict=True))
        if name == other and sets and spans:
            yield Fault(later.pointer, "taken_twice", {"rule": one.pointer})


def _months(deduction: Deduction) -> tuple[Span, Span]:
    return _between(deduction.from_, deduction.to), _cohort(deduction.who)
