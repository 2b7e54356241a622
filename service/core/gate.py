"""Gates (门槛): what must hold before money of the account may be used, and drawing buckets in order.

The same gates stand before the account's own payments and before what it pays for a relative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, assert_never

from service.core.account import Bucket
from service.core.written import BY_KIND, Fen

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Line:
    """A line of money: a number of the policy, or a series it publishes per year."""

    amount: Fen | None = None
    series: str | None = None


@dataclass(frozen=True, slots=True)
class Above:
    """Only what the bucket holds above the line may pay (超过部分)."""

    bucket: Bucket
    line: Line
    kind: Literal["above"] = "above"


@dataclass(frozen=True, slots=True)
class TotalAbove:
    """Only what the whole account holds above the line may pay."""

    line: Line
    kind: Literal["total_above"] = "total_above"


@dataclass(frozen=True, slots=True)
class Reserve:
    """The bucket must hold more than `above`; `keep` stays in it; small costs are not paid."""

    bucket: Bucket
    above: Fen
    keep: Fen
    cost_at_least: Fen
    kind: Literal["reserve"] = "reserve"


@dataclass(frozen=True, slots=True)
class YearlyCap:
    """At most so much in a policy year by this rule."""

    amount: Fen
    kind: Literal["yearly_cap"] = "yearly_cap"


@dataclass(frozen=True, slots=True)
class Choice:
    """Amounts that may be paid from a balance on."""

    from_: Fen
    amounts: tuple[Fen, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The expense must be one of the amounts offered for what the bucket holds (分档)."""

    bucket: Bucket
    steps: tuple[Choice, ...]
    kind: Literal["choices"] = "choices"


@dataclass(frozen=True, slots=True)
class NotAdvanced:
    """What was credited to the bucket in advance for this policy year may not be used (当年预划部分)."""

    bucket: Bucket
    kind: Literal["not_advanced"] = "not_advanced"


Gate = Annotated[Above | TotalAbove | Reserve | YearlyCap | Choices | NotAdvanced, BY_KIND]


def drawn(
    order: tuple[Bucket, ...], amount: int, held: Mapping[Bucket, int]
) -> tuple[tuple[Bucket, int], ...]:
    """The amount taken from the buckets in order, none below zero."""
    draws = []
    for bucket in order:
        drawn = min(amount, max(0, held.get(bucket, 0)))
        if drawn:
            draws.append((bucket, drawn))
            amount -= drawn
    return tuple(draws)


def most(
    gates: tuple[Gate, ...],
    amount: int,
    held: Mapping[Bucket, int],
    used: int,
    lines: Mapping[str, int],
) -> int:
    """The most of an amount that all the gates together let the account pay, in fen.

    `used` is what has been counted against a yearly cap in the policy year; `lines` are the published
    lines of the month. A line that nobody published stays shut.
    """
    return min((_allowed(gate, amount, held, used, lines) for gate in gates), default=amount)


def capped(gates: tuple[Gate, ...]) -> bool:
    """Whether what passes the gates in a policy year is counted."""
    return any(isinstance(gate, YearlyCap) for gate in gates)


def series_of(gates: tuple[Gate, ...]) -> list[str]:
    """The published series that the gates ask for."""
    lines = (getattr(gate, "line", None) for gate in gates)
    return [line.series for line in lines if line is not None and line.series is not None]


def _allowed(gate: Gate, amount: int, held: Mapping[Bucket, int], used: int, lines: Mapping[str, int]) -> int:
    """The most that a gate lets the account pay of an expense."""
    match gate:
        case Above(bucket=bucket, line=line):
            return _over(held.get(bucket, 0), line, lines)
        case TotalAbove(line=line):
            return _over(sum(held.values()), line, lines)
        case Reserve(bucket=bucket, above=above, keep=keep, cost_at_least=least):
            balance = held.get(bucket, 0)
            return max(0, balance - keep) if balance > above and amount >= least else 0
        case YearlyCap(amount=cap):
            return max(0, cap - used)
        case Choices(bucket=bucket, steps=steps):
            offered = [step for step in steps if step.from_ <= held.get(bucket, 0)]
            return amount if offered and amount in offered[-1].amounts else 0
        case NotAdvanced(bucket=bucket):
            return max(0, held.get(bucket, 0) - lines.get(advanced_line(bucket), 0))
        case _:
            assert_never(gate)


def _over(balance: int, line: Line, lines: Mapping[str, int]) -> int:
    at = line.amount if line.series is None else lines.get(line.series)
    return 0 if at is None else max(0, balance - at)


def advanced_line(bucket: Bucket) -> str:
    """The name under which `lines` holds what the policy year's advance brought to a bucket."""
    return f"advanced.{bucket}"
