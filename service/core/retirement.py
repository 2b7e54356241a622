"""The statutory retirement month (法定退休年龄), which has risen step by step since 2025."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from service.core.written import Month

if TYPE_CHECKING:
    from collections.abc import Sequence

_YEAR = 12


class RetirementKind(StrEnum):
    """Whose retirement age: by the age under the old rule."""

    MALE = "male"  # 男职工, 原 60 岁
    FEMALE_55 = "female_55"  # 原 55 岁退休的女职工
    FEMALE_50 = "female_50"  # 原 50 岁退休的女职工


@dataclass(frozen=True, slots=True)
class RetirementAge:
    """The statutory age of a kind: an old one, and a rise by one month for every few months.

    The step is counted from the month in which the person would have retired under the old age;
    `from_` is the first such month that is delayed. `to_age` is where the rise ends.
    """

    retirement: RetirementKind
    from_: Month
    from_age: int  # full years
    to_age: int  # full years
    step_months: int
    source: tuple[str, ...]


class StatutoryRetirement(NamedTuple):
    """The statutory retirement month and how it comes about; ages in months."""

    birth_month: int
    kind: RetirementKind
    old_age: int
    old_month: int
    delay: int  # months later than under the old age
    age: int
    month: int
    rule: int  # the place of the rule in the national document


def statutory(
    rules: Sequence[RetirementAge], birth_month: int, kind: RetirementKind
) -> StatutoryRetirement | None:
    """The statutory retirement month under the first rule of the kind; None where no rule is of it."""
    place = next((index for index, rule in enumerate(rules) if rule.retirement is kind), None)
    if place is None:
        return None
    rule = rules[place]
    old_age = rule.from_age * _YEAR
    old_month = birth_month + old_age
    late = delay(rule, old_month)
    return StatutoryRetirement(
        birth_month, kind, old_age, old_month, late, old_age + late, old_month + late, place
    )


def delay(rule: RetirementAge, old_month: int) -> int:
    """By how many months whoever would have retired in the month retires later.

    The first `step_months` months from the beginning of the rise on are delayed by one month, the
    next by two, up to the age at which the rise ends.
    """
    if old_month < rule.from_:
        return 0
    return min((old_month - rule.from_) // rule.step_months + 1, rise(rule))


def rise(rule: RetirementAge) -> int:
    """By how many months the age rises in all."""
    return (rule.to_age - rule.from_age) * _YEAR
