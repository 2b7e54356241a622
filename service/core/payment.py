"""Paying an expense: which buckets may pay which category, in draw order, behind which gates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, assert_never

from service.core.account import Bucket
from service.core.written import BY_KIND, Day, Fen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class Category(StrEnum):
    """What an expense is for."""

    OUTPATIENT_COPAY = "outpatient_copay"  # 门诊自付
    INPATIENT_COPAY = "inpatient_copay"  # 住院自付
    CLASS_B_COPAY = "class_b_copay"  # 自理
    SELF_PAY = "self_pay"  # 自费
    PHARMACY = "pharmacy"  # 定点药店购药
    DEVICE = "device"  # 医疗器械
    VACCINE = "vaccine"  # 非免疫规划疫苗
    FAMILY_DOCTOR = "family_doctor"  # 家庭医生签约
    CHECKUP = "checkup"  # 健康体检
    RESIDENT_PREMIUM = "resident_premium"  # 居民医保缴费
    COMMERCIAL_PREMIUM = "commercial_premium"  # 商业健康保险
    LONG_TERM_CARE_PREMIUM = "long_term_care_premium"  # 长期护理保险
    FITNESS = "fitness"  # 健身


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


Gate = Annotated[Above | TotalAbove | Reserve | YearlyCap | Choices, BY_KIND]


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


def capped(rule: PaymentRule) -> bool:
    """Whether what the rule pays in a policy year is counted."""
    return any(isinstance(gate, YearlyCap) for gate in rule.gates)


def series_of(rule: PaymentRule) -> list[str]:
    """The published series that the gates of a rule ask for."""
    lines = (getattr(gate, "line", None) for gate in rule.gates)
    return [line.series for line in lines if line is not None and line.series is not None]


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
    allowed = min(
        (_allowed(gate, amount, held, used.get(index, 0), lines) for gate in rule.gates),
        default=amount,
    )
    draws = _drawn(rule.order, min(amount, allowed), held)
    cash = amount - sum(fen for _, fen in draws)
    return Draw(draws, cash, index, _why(rule, cash, amount - allowed, held))


def _drawn(
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


def _why(rule: PaymentRule, cash: int, barred: int, held: Mapping[Bucket, int]) -> str | None:
    if not cash:
        return None
    if barred > 0:
        return "gate_not_met"
    if Bucket.CURRENT_YEAR not in rule.order and held.get(Bucket.CURRENT_YEAR, 0) > 0:
        return "prior_years_only"
    return "used_up"


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
        case _:
            assert_never(gate)


def _over(balance: int, line: Line, lines: Mapping[str, int]) -> int:
    at = line.amount if line.series is None else lines.get(line.series)
    return 0 if at is None else max(0, balance - at)
