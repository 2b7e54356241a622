"""Accruing interest (计息) day by day or month by month, exactly.

Accrued interest is an integer in parts of a fen, so that it can be carried: a rate is in
millionths a year, and a year has 12 months, 360 or 365 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple, assert_never

from service.core.account import Bucket
from service.core.interest import (
    DepositRate,
    IfUnspent,
    Interest,
    NoInterest,
    OfDeposit,
    OfNumber,
    Term,
    UnknownRate,
)
from service.core.month import day_in, days_in, month_of_day

MILLIONTHS = 1_000_000
PARTS_OF_YEAR = 26_280  # divisible by 12, 360 and 365
PARTS_OF_MONTH = PARTS_OF_YEAR // 12
UNIT = MILLIONTHS * PARTS_OF_YEAR
"""How many parts of a fen accrued interest is counted in."""


class Span(NamedTuple):
    """A bucket's balance through one month: what it began with and how it moved on which day."""

    opening: int
    moves: tuple[tuple[int, int], ...]  # day of the month, fen

    @property
    def closing(self) -> int:
        """The balance at the end of the month."""
        return self.opening + sum(fen for _, fen in self.moves)

    def day_sum(self, first: int, last: int) -> int:
        """The sum of the balances at the end of each day, in fen times days."""
        moved = sum(fen * max(0, last - max(day, first) + 1) for day, fen in self.moves)
        return self.opening * (last - first + 1) + moved

    def bearing(self, first: int, last: int) -> int:
        """The same over the days on which the balance is positive: a negative one bears no interest."""
        if not self.moves:
            return max(0, self.opening) * (last - first + 1)
        total, balance, since = 0, self.opening, first
        for day, fen in sorted(self.moves):
            if since < day <= last:
                total += max(0, balance) * (day - since)
                since = day
            balance += fen if day <= last else 0
        return total + max(0, balance) * (last - since + 1)


class Rates(NamedTuple):
    """Deposit rates in millionths a year: the national table, and what a question declares."""

    table: tuple[DepositRate, ...]
    declared: Mapping[str, Fraction]
    settled_from: date  # from this day on the last row of each term counts
    settled: Mapping[str, int]

    @classmethod
    def of(cls, table: tuple[DepositRate, ...]) -> Rates:
        """The rates of a table; what is declared counts for days before a term's first row."""
        settled: dict[str, int] = {row.term: int(row.rate * MILLIONTHS) for row in table}
        return cls(table, {}, max((r.from_ for r in table), default=date.max), settled)

    def with_declared(self, declared: Mapping[str, Fraction]) -> Rates:
        """The same rates, with what a question declares."""
        return self._replace(declared=declared) if declared else self

    def on(self, term: Term, day: date) -> int | None:
        """The rate of a deposit term on a day; None where nobody says."""
        if day >= self.settled_from and term in self.settled:
            return self.settled[term]
        found = self.declared.get(term)
        for row in self.table:
            if row.term == term and row.from_ <= day:
                found = row.rate
        return None if found is None else int(found * MILLIONTHS)


class Accrual(NamedTuple):
    """The state after a month; `missing` names the terms nobody published a rate for."""

    state: dict[str, int]
    missing: frozenset[str]


OTHERWISE = "otherwise"
CARRIED = "carried"
DAY_SUM = "day_sum"
DAYS = "days"
LOW = "low"

_BUCKETS = tuple(Bucket)
_ACCRUED = frozenset({*map(str, Bucket), OTHERWISE})
_AVERAGED = frozenset({CARRIED, DAY_SUM, DAYS})


Terms = tuple[tuple[Bucket, str, Term | int], ...]
"""The buckets that bear interest, each with its key in the state and a deposit term or a rate."""


def terms_of(rule: Interest) -> Terms:
    """What each bucket bears under a rule; a bucket may accrue under two keys until it is posted."""
    return tuple((bucket, key, term) for bucket in Bucket for key, term in _rates_of(rule, bucket))


def counts_days(rule: Interest) -> bool:
    """Whether the rule asks for more of a month than the balances at its end."""
    by_month_end = rule.method == "month_end_product" and rule.year is None
    return not by_month_end or isinstance(rule.prior_years, IfUnspent)


class Factors(NamedTuple):
    """What a fen held at a month's end adds to the state, by bucket and key."""

    by_key: tuple[tuple[Bucket, str, int], ...]
    missing: frozenset[str]
    lasting: bool  # whether no later month has others


def factors(terms: Terms, rates: Rates, month: int) -> Factors:
    """The factors of a month in which only the balances at its end count."""
    last = day_in(month, days_in(month))
    found = [(b, key, rates.on(term, last) if isinstance(term, str) else term) for b, key, term in terms]
    missing = frozenset(
        str(term) for (_, _, term), (*_, rate) in zip(terms, found, strict=True) if rate is None
    )
    by_key = tuple((bucket, key, (rate or 0) * PARTS_OF_MONTH) for bucket, key, rate in found)
    return Factors(by_key, missing, last >= rates.settled_from)


def accrue_at_month_end(
    factors: Factors, held: Mapping[Bucket, int], state: Mapping[str, int]
) -> dict[str, int]:
    """What `accrue` does where only the balances at the month's end count, as they usually do."""
    after = dict(state)
    after.pop(LOW, None)
    for bucket, key, factor in factors.by_key:
        fen = held.get(bucket, 0)
        if fen > 0:
            after[key] = after.get(key, 0) + fen * factor
    return after


def accrue(
    rule: Interest,
    terms: Terms,
    rates: Rates,
    month: int,
    spans: Mapping[Bucket, Span],
    state: Mapping[str, int],
) -> Accrual:
    """Add a month's interest on every bucket to what has accrued; a negative bucket bears none."""
    after = dict(state)
    if rule.year is None or rule.method == "flat_on_settlement":
        after.pop(LOW, None)
    if rule.method == "flat_on_settlement":
        return Accrual(after, frozenset())
    missing: set[str] = set()
    counted = _interest_spans(rule, month, spans, after)
    for bucket, key, term in terms:
        span = counted.get(bucket)
        if span is not None and (span.opening or span.moves):
            gained, gap = _gained(rule, rates, month, span, term)
            after[key] = after.get(key, 0) + gained
            missing |= gap
    if isinstance(rule.prior_years, IfUnspent):
        _count_days(month, spans, after)
    return Accrual(after, frozenset(missing))


def due(rule: Interest, state: Mapping[str, int]) -> dict[Bucket, int]:
    """The interest to post on each bucket, in fen, rounded half up."""
    drawn_upon = isinstance(rule.prior_years, IfUnspent) and (
        state.get(DAY_SUM, 0) < state.get(CARRIED, 0) * state.get(DAYS, 0)
    )
    found = {}
    for bucket in _BUCKETS:
        key = OTHERWISE if drawn_upon and bucket is Bucket.PRIOR_YEARS else bucket
        fen = (2 * state.get(key, 0) + UNIT) // (2 * UNIT)
        if fen > 0:
            found[bucket] = fen
    return found


def flat(rule: Interest, rates: Rates, on: date, held: int) -> tuple[int, frozenset[str]]:
    """Interest posted once on a settled balance, in fen, and the terms that nobody published."""
    fen, missing = 0, set()
    for _, term in _rates_of(rule, Bucket.PRIOR_YEARS):
        rate = rates.on(term, on) if isinstance(term, str) else term
        if rate is None:
            missing.add(str(term))
        fen = (2 * max(0, held) * (rate or 0) + MILLIONTHS) // (2 * MILLIONTHS)
        break
    return fen, frozenset(missing)


def posted(state: Mapping[str, int]) -> dict[str, int]:
    """The state after what had accrued was posted."""
    return {key: value for key, value in state.items() if key not in _ACCRUED}


def next_year(state: Mapping[str, int]) -> dict[str, int]:
    """The state in which a policy year starts: what the average was made of is forgotten."""
    return {key: value for key, value in state.items() if key not in _AVERAGED}


def unspent(left: Mapping[str, int], stayed: Mapping[str, int]) -> dict[str, int]:
    """The state of an account that is left: leaving ends the days, and is no spending of what was there."""
    averaged = _AVERAGED | {LOW}
    return {
        **{key: value for key, value in left.items() if key not in averaged},
        **{key: value for key, value in stayed.items() if key in averaged},
    }


def falls_due(rule: Interest, month: int, *, year_ends: bool) -> bool:
    """Whether interest is posted at the end of the month."""
    if rule.method == "flat_on_settlement":
        return False
    if rule.posted == "quarterly":
        return month % 3 == 2  # noqa: PLR2004 - March, June, September, December
    return rule.posted == "year_end" and year_ends


def _rates_of(rule: Interest, bucket: Bucket) -> list[tuple[str, Term | int]]:
    """The state keys a bucket accrues under, each with a deposit term or a rate in millionths."""
    chosen = {
        Bucket.CURRENT_YEAR: rule.current_year,
        Bucket.PRIOR_YEARS: rule.prior_years,
        Bucket.HEALTH: rule.health,
    }[bucket]
    match chosen:
        case OfDeposit(term=term):
            return [(bucket.value, term)]
        case OfNumber(rate=rate):
            return [(bucket.value, int(rate * MILLIONTHS))]
        case IfUnspent(term=term, otherwise=otherwise):
            other: Term = "demand" if otherwise == "unknown" else otherwise
            return [(bucket.value, term), (OTHERWISE, other)]
        case NoInterest() | UnknownRate():
            return []
        case _:
            assert_never(chosen)


def _gained(rule: Interest, rates: Rates, month: int, span: Span, term: Term | int) -> tuple[int, set[str]]:
    """Parts of a fen earned in the month, and the terms without a published rate."""
    last = days_in(month)
    if rule.method == "month_end_product":
        rate = rates.on(term, day_in(month, last)) if isinstance(term, str) else term
        gained = max(0, span.closing) * (rate or 0) * PARTS_OF_MONTH
        return gained, {str(term)} if rate is None else set()
    gained, missing = 0, set()
    part = PARTS_OF_YEAR // (360 if rule.days_per_year == "unknown" else rule.days_per_year)
    for first, until, rate in _stretches(rates, month, last, term):
        if rate is None:
            missing.add(str(term))
        gained += span.bearing(first, until) * (rate or 0) * part
    return gained, missing


def _stretches(rates: Rates, month: int, last: int, term: Term | int) -> list[tuple[int, int, int | None]]:
    """The days of the month cut where the rate changes."""
    if not isinstance(term, str):
        return [(1, last, term)]
    changes = {row.from_.day for row in rates.table if month_of_day(row.from_) == month}
    firsts = sorted({1} | changes)
    ends = [day - 1 for day in firsts[1:]] + [last]
    return [(a, b, rates.on(term, day_in(month, a))) for a, b in zip(firsts, ends, strict=True)]


def _interest_spans(
    rule: Interest, month: int, spans: Mapping[Bucket, Span], state: dict[str, int]
) -> Mapping[Bucket, Span]:
    """The balances that interest is counted on, where the interest year is not the policy year.

    What was held when the interest year began and has not been spent since is the least total
    since then: current money is drawn first.
    """
    if rule.year is None:
        return spans
    both = (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS)
    total = Span(sum(spans[b].opening for b in both), tuple(sorted(m for b in both for m in spans[b].moves)))
    split = _split(total, state.get(LOW, spans[Bucket.PRIOR_YEARS].opening), _turn(rule, month))
    carried, low = split
    state[LOW] = low
    rest = Span(
        total.opening - carried.opening,
        tuple(sorted(total.moves + tuple((day, -fen) for day, fen in carried.moves))),
    )
    return {**spans, Bucket.CURRENT_YEAR: rest, Bucket.PRIOR_YEARS: carried}


def _turn(rule: Interest, month: int) -> int | None:
    """The day of this month on which a new interest year begins, if it does."""
    year = rule.year
    return year.day if year is not None and month % 12 + 1 == year.month else None


def _split(total: Span, low: int, turn: int | None) -> tuple[Span, int]:
    """The carried part of a total, which no evening's total undercuts, and what is left of it at the end."""
    carried, balance, moves = low, total.opening, []
    for day in sorted({1, turn or 1, *(day for day, _ in total.moves)}):
        if day == turn:
            moves.append((day, balance - carried))
            carried = balance
        balance += sum(fen for on, fen in total.moves if on == day)
        if balance < carried:
            moves.append((day, balance - carried))
            carried = balance
    return Span(low, tuple(moves)), carried


def _count_days(month: int, spans: Mapping[Bucket, Span], state: dict[str, int]) -> None:
    """Count what the average daily balance of the year is made of."""
    days = days_in(month)
    state.setdefault(CARRIED, spans[Bucket.PRIOR_YEARS].opening)
    state[DAY_SUM] = state.get(DAY_SUM, 0) + sum(s.day_sum(1, days) for s in spans.values())
    state[DAYS] = state.get(DAYS, 0) + days
