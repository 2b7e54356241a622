"""The rollover (结转): what moves between buckets when a policy year starts, or on one date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, assert_never

from service.core.account import Bucket
from service.core.written import BY_KIND, Fen, Month

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class All:
    """Everything in the bucket.

    A negative balance is made good by what it would be added to; the rest of it stays behind.
    """

    source: tuple[str, ...]
    bucket: Bucket = Bucket.CURRENT_YEAR
    into: Bucket = Bucket.PRIOR_YEARS
    kind: Literal["all"] = "all"


@dataclass(frozen=True, slots=True)
class Above:
    """What the bucket holds above an amount."""

    keep: Fen
    into: Bucket
    source: tuple[str, ...]
    bucket: Bucket = Bucket.PRIOR_YEARS
    kind: Literal["above"] = "above"


@dataclass(frozen=True, slots=True)
class Merge:
    """Everything in the bucket, once, on the first day of one month."""

    on: Month
    bucket: Bucket
    into: Bucket
    source: tuple[str, ...]
    kind: Literal["merge"] = "merge"


RolloverRule = Annotated[All | Above | Merge, BY_KIND]


class Move(NamedTuple):
    """Money that leaves one bucket for another, in fen; `rule` is its place in the policy."""

    bucket: Bucket
    into: Bucket
    amount: int
    rule: int


def roll_over(
    rules: tuple[RolloverRule, ...], month: int, held: Mapping[Bucket, int], *, year_starts: bool
) -> list[Move]:
    """The moves of the month, in the policy's order, each seeing those before it."""
    balance = dict(held)
    moves: list[Move] = []
    for index, rule in enumerate(rules):
        amount = _amount(rule, month, balance, year_starts=year_starts)
        if amount:
            moves.append(Move(rule.bucket, rule.into, amount, index))
            balance[rule.bucket] -= amount
            balance[rule.into] = balance.get(rule.into, 0) + amount
    return moves


def _amount(rule: RolloverRule, month: int, balance: Mapping[Bucket, int], *, year_starts: bool) -> int:
    held = balance.get(rule.bucket, 0)
    match rule:
        case All(into=into):
            if not year_starts:
                return 0
            return held if held > 0 else -min(-held, max(0, balance.get(into, 0)))
        case Above(keep=keep):
            return max(0, held - keep) if year_starts else 0
        case Merge(on=on):
            return held if month == on else 0
        case _:
            assert_never(rule)
