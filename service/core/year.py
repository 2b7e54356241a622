"""The policy year (医保年度): a dated range that is not always twelve months."""

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, assert_never

from service.core.written import BY_KIND, Month


class PolicyYear(NamedTuple):
    """The first and last month of a policy year."""

    start: int
    end: int

    @property
    def months(self) -> int:
        """How many months the year has."""
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """January to December."""

    source: tuple[str, ...]
    kind: Literal["calendar"] = "calendar"


@dataclass(frozen=True, slots=True)
class Yearly:
    """Twelve months from the same month every year."""

    month: int  # 1 to 12
    source: tuple[str, ...]
    kind: Literal["yearly"] = "yearly"


@dataclass(frozen=True, slots=True)
class Range:
    """One published policy year, first and last month included."""

    from_: Month
    to: Month


@dataclass(frozen=True, slots=True)
class Listed:
    """Years published one by one: 15-, 18- and 8-month years existed.

    After the last one, years of twelve months follow from the month after its end.
    """

    ranges: tuple[Range, ...]
    source: tuple[str, ...]
    kind: Literal["listed"] = "listed"


@dataclass(frozen=True, slots=True)
class UnknownYears:
    """The sources do not say; the calendar year is assumed."""

    kind: Literal["unknown"] = "unknown"


Years = Annotated[Calendar | Yearly | Listed | UnknownYears, BY_KIND]


def policy_year(years: Years, month: int) -> PolicyYear:
    """The policy year that the month lies in."""
    match years:
        case Calendar() | UnknownYears():
            return _twelve(month, 0)
        case Yearly(month=first):
            return _twelve(month, first - 1)
        case Listed(ranges=ranges):
            return _listed(ranges, month)
        case _:
            assert_never(years)


def _twelve(month: int, offset: int) -> PolicyYear:
    start = month - (month - offset) % 12
    return PolicyYear(start, start + 11)


def _listed(ranges: tuple[Range, ...], month: int) -> PolicyYear:
    for year in ranges:
        if year.from_ <= month <= year.to:
            return PolicyYear(year.from_, year.to)
    anchor = ranges[-1].to + 1 if month > ranges[-1].to else ranges[0].from_
    return _twelve(month, anchor % 12)
