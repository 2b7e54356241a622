"""The statutory retirement month (法定退休年龄), which has risen step by step since 2025."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from service.core.written import Month


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
