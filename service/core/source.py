"""Where a rule comes from (政策依据), and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.core.written import Day


class Grade(StrEnum):
    """How good a source is."""

    A = "A"  # an official page
    B = "B"  # a repost of an official text, or press
    C = "C"  # one aggregator or local guide
    D = "D"  # unreliable: never enough alone


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a rule; a document number or a date that nobody saw stays unknown."""

    title: str
    publisher: str
    grade: Grade
    number: str | Literal["unknown"] = "unknown"  # 文号
    date: Day | Literal["unknown"] = "unknown"
    address: str | None = None  # only where it is official
    note: str | None = None


def best(sources: tuple[Source, ...]) -> Grade:
    """The best grade among the sources of one rule."""
    return min((source.grade for source in sources), default=Grade.D)


def worst(grades: tuple[Grade, ...]) -> Grade:
    """The grade of a whole that is no better than its weakest rule."""
    return max(grades, default=Grade.D)
