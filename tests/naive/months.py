"""Months as the text a person writes, and policy years by writing every one of them down."""

import json
from calendar import monthrange
from collections.abc import Mapping
from functools import cache
from typing import Any

Year = tuple[str, str]
ALL = [f"{year}-{month:02d}" for year in range(1980, 2060) for month in range(1, 13)]
PLACE = {month: place for place, month in enumerate(ALL)}


def moved(month: str, by: int) -> str:
    """The month so many months later, or earlier."""
    return ALL[PLACE[month] + by]


def through(first: str, last: str) -> list[str]:
    """The months from one to another, both included."""
    return ALL[PLACE[first] : PLACE[last] + 1]


def days(month: str) -> list[str]:
    """The days of a month."""
    return [f"{month}-{day:02d}" for day in range(1, monthrange(int(month[:4]), int(month[5:]))[1] + 1)]


def day(month: str, number: int) -> str:
    """That day of the month, or its last one."""
    return days(month)[min(number, len(days(month))) - 1]


def year_of(rule: Mapping[str, Any] | None, month: str) -> Year:
    """The policy year of a month: found in the list of all policy years there are."""
    return _years(json.dumps(rule))[month]


@cache
def _years(rule: str) -> dict[str, Year]:
    match json.loads(rule):
        case {"kind": "listed", "ranges": ranges}:
            listed = [(each["from"], each["to"]) for each in ranges]
        case {"kind": "yearly", "month": month}:
            listed = [(f"2000-{month:02d}", moved(f"2000-{month:02d}", 11))]
        case _:
            listed = [("2000-01", "2000-12")]
    while PLACE[listed[0][0]] >= 12:
        listed.insert(0, (moved(listed[0][0], -12), moved(listed[0][0], -1)))
    while PLACE[listed[-1][1]] + 12 < len(ALL):
        listed.append((moved(listed[-1][1], 1), moved(listed[-1][1], 12)))
    return {month: year for year in listed for month in through(*year)}
