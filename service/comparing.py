"""Scenarios against a baseline: what every month and the whole came to, and by how much two runs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.answer import Totals, by_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.core.account import Bucket
    from service.core.answer import Simulation


class Row(NamedTuple):
    """What a month came to, in fen, and what the account held at its end."""

    month: int
    totals: Totals
    closing: Mapping[Bucket, int]


class Difference(NamedTuple):
    """A month of one run less the same month of another; None where only one of them has the month."""

    month: int
    row: Row | None


def rows_of(simulation: Simulation) -> tuple[Row, ...]:
    """Every month of a run as a row."""
    months = by_year(simulation.months, frozenset(each.month for each in simulation.months))
    return tuple(Row(each.first, each.totals, each.closing) for each in months)


def differences(baseline: Sequence[Row], scenario: Sequence[Row]) -> Iterator[Difference]:
    """The rows of a scenario less those of its baseline, for every month that either has, in order."""
    before, after = ({row.month: row for row in rows} for rows in (baseline, scenario))
    for month in sorted(before.keys() | after.keys()):
        one, other = before.get(month), after.get(month)
        yield Difference(month, None if one is None or other is None else _less(other, one))


def _less(row: Row, other: Row) -> Row:
    buckets = dict.fromkeys((*row.closing, *other.closing))
    closing = {each: row.closing.get(each, 0) - other.closing.get(each, 0) for each in buckets}
    return Row(row.month, less(row.totals, other.totals), closing)


def less(totals: Totals, other: Totals) -> Totals:
    """The sums of one run less those of another."""
    return Totals(*(one - another for one, another in zip(totals, other, strict=True)))
