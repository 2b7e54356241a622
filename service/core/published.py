"""Figures of the law that are published per year: wages, pensions, lines, base bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from service.core.written import Fen, Month


class Row(Protocol):
    """Anything published for a span of months; without an end, until the next one begins."""

    @property
    def from_(self) -> int:
        """The first month."""

    @property
    def to(self) -> int | None:
        """The last month, if one was published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published amount of money and the months it holds for."""

    from_: Month
    value: Fen
    source: tuple[str, ...]
    to: Month | None = None


AnyRow = TypeVar("AnyRow", bound=Row)


def latest(rows: Sequence[AnyRow], month: int) -> AnyRow | None:
    """The last row that began by the month; it may have ended before."""
    found = None
    for row in rows:
        if row.from_ > month:
            break
        found = row
    return found


def ended(row: Row, month: int) -> bool:
    """Whether the month lies past what was published."""
    return row.to is not None and month > row.to


def figure(rows: Sequence[Figure], month: int, declared: int | None) -> tuple[int | None, bool]:
    """The figure of a month in fen, and whether it was published for an earlier one.

    What a question declares goes before a figure that has ended; None where nobody says.
    """
    row = latest(rows, month)
    if row is None or (declared is not None and ended(row, month)):
        return declared, False
    return row.value, ended(row, month)
