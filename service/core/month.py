"""A month is one integer (year * 12 + month - 1), so that a span of months is a range."""

import re
from calendar import monthrange
from datetime import date
from functools import cache

MONTH_PATTERN = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
DAY_PATTERN = r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

_MONTH = re.compile(MONTH_PATTERN, re.ASCII)
_DAY = re.compile(DAY_PATTERN, re.ASCII)


def month_of(year: int, month: int) -> int:
    """The month number of a calendar month (1 to 12)."""
    return year * 12 + month - 1


def parse_month(text: str) -> int:
    """The month number of `"2026-01"`; ValueError otherwise."""
    if _MONTH.fullmatch(text) is None:
        raise ValueError(text)
    return month_of(int(text[:4]), int(text[5:]))


def parse_day(text: str) -> date:
    """The day of `"2026-01-15"`; ValueError for another form or a day the calendar lacks."""
    if _DAY.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


@cache
def month_text(month: int) -> str:
    """`"2026-01"` of a month number."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


@cache
def days_in(month: int) -> int:
    """How many days the month has."""
    return monthrange(month // 12, month % 12 + 1)[1]


@cache
def day_in(month: int, day: int) -> date:
    """That day of the month, or its last day where the month is shorter."""
    return date(month // 12, month % 12 + 1, min(day, days_in(month)))


def month_of_day(day: date) -> int:
    """The month number a day lies in."""
    return day.year * 12 + day.month - 1
