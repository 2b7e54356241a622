"""Contributions not paid in time (欠缴, 漏保), what making them up brings (补缴), and the years required."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from service.core.account import Bucket
from service.core.member import Contributions, Sex
from service.core.written import Month

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class BackPayment:
    """What a back payment (补缴) brings to the account: credits of the months made up for, or nothing.

    It differs for months in arrears and for months in which nobody had enrolled the member. Credits
    of earlier policy years may go to another bucket than those of the year at hand.
    """

    source: tuple[str, ...]
    in_arrears: bool | Literal["unknown"] = "unknown"
    not_enrolled: bool | Literal["unknown"] = "unknown"
    earlier_years_into: Bucket | Literal["unknown"] = "unknown"

    def credited(self, contributions: Contributions) -> bool | Literal["unknown"]:
        """Whether months of that kind are credited once they are made up for."""
        return self.in_arrears if contributions is Contributions.IN_ARREARS else self.not_enrolled


@dataclass(frozen=True, slots=True)
class MinimumYears:
    """Years of contribution required of whoever retires from a month on (最低缴费年限).

    `below` says what becomes of the credit of a retiree who has fewer.
    """

    male: int
    female: int
    source: tuple[str, ...]
    from_: Month | None = None
    below: Literal["no_credit", "credited", "unknown"] = "unknown"

    def required(self, sex: Sex) -> int:
        """Years required, by sex."""
        return self.male if sex is Sex.MALE else self.female


def minimum_years(rows: Sequence[MinimumYears], retired_from: int) -> int | None:
    """The index of the row for whoever retires in the month; None where none is published for it."""
    found = [i for i, row in enumerate(rows) if row.from_ is None or row.from_ <= retired_from]
    return found[-1] if found else None
