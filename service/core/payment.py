"""Paying an expense: which buckets may pay which category, in draw order, behind which gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Bucket
from service.core.expense import Category
from service.core.gate import Gate, drawn, most
from service.core.written import Day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class PaymentRule:
    """One line of the payment table: categories, buckets in draw order, gates, sources."""

    category: tuple[Category, ...]
    order: tuple[Bucket, ...]
    source: tuple[str, ...]
    gates: tuple[Gate, ...] = ()
    from_: Day | None = None
    to: Day | None = None

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on the day; without dates, as long as its policy is."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on <= self.to)


class Draw(NamedTuple):
    """What an expense takes from which bucket, in fen; the rest is cash."""

    draws: tuple[tuple[Bucket, int], ...]
    cash: int
    rule: int | None  # the place of the payment rule in the policy
    why: str | None  # the notice code where the account may not pay all that it could


def pay(
    rules: tuple[PaymentRule, ...],
    on: date,
    category: str,
    amount: int,
    held: Mapping[Bucket, int],
    used: Mapping[int, int],
    lines: Mapping[str, int],
) -> Draw:
    """How an expense of a category, on a day, is paid from what the account holds.

    `used` is what each rule with a yearly cap, by its place, has paid in the policy year; `lines`
    are the published lines of the month. A line that nobody published stays shut.
    """
    index = next((i for i, rule in enumerate(rules) if category in rule.category and rule.holds(on)), None)
    if index is None:
        return Draw((), amount, None, "category_not_payable")
    rule = rules[index]
    open_to = most(rule.gates, amount, held, used.get(index, 0), lines)
    draws = drawn(rule.order, min(amount, open_to), held)
    cash = amount - sum(fen for _, fen in draws)
    return Draw(draws, cash, index, _why(rule, cash, amount - open_to, held))


def _why(rule: PaymentRule, cash: int, barred: int, held: Mapping[Bucket, int]) -> str | None:
    if not cash:
        return None
    if barred > 0:
        return "gate_not_met"
    if Bucket.CURRENT_YEAR not in rule.order and held.get(Bucket.CURRENT_YEAR, 0) > 0:
        return "prior_years_only"
    return "used_up"
