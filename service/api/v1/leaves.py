"""The leaves of every document of version 1: each has one schema, whether it is read or written."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import TypeAliasType

from service.core import month as months
from service.core import written
from service.core.money import yuan
from service.core.written import Written

INSTANT_PATTERN = (
    r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
TIME_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_LABEL = r"^[^\x00-\x1f\x7f-\x9f]{1,64}$"
_CARRIED = r"^-?(0|[1-9][0-9]{0,39})$"


@dataclass(frozen=True, slots=True)
class Told:
    """Gives whatever is wrong with a leaf one code, whose sentence shows the right form."""

    code: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), custom_error_type=self.code, custom_error_message=self.code
        )


def _month_or_day(text: str) -> date:
    """A day as written, or the first day of a month."""
    return months.parse_day(text) if len(text) > len("2026-01") else months.parse_day(f"{text}-01")


def _minute(text: str) -> int:
    """The minute of the day."""
    return int(text[:2]) * 60 + int(text[3:])


def _label(text: str) -> str:
    if re.fullmatch(_LABEL, text) is None:
        raise ValueError(text)
    return text


Yuan = TypeAliasType(
    "Yuan",
    Annotated[
        written.Fen,
        Told("yuan_form"),
        Field(
            description='Money in yuan, as text, not negative: "1234.50"; a request may leave the fen out.'
        ),
    ],
)
SignedYuan = TypeAliasType(
    "SignedYuan",
    Annotated[
        written.SignedFen,
        Told("signed_yuan_form"),
        Field(description='Money in yuan, as text, that may be negative: "-12.00".'),
    ],
)
Rate = TypeAliasType(
    "Rate",
    Annotated[
        written.Rate,
        Told("rate_form"),
        Field(description='A ratio from 0 to 1, as text: "0.02".'),
    ],
)
Month = TypeAliasType(
    "Month", Annotated[written.Month, Told("month_form"), Field(description='A calendar month: "2026-01".')]
)
Day = TypeAliasType(
    "Day", Annotated[written.Day, Told("day_form"), Field(description='A calendar day: "2026-01-15".')]
)
MonthOrDay = TypeAliasType(
    "MonthOrDay",
    Annotated[
        date,
        Written(months.MONTH_PATTERN[:-1] + r"(-(0[1-9]|[12][0-9]|3[01]))?$", _month_or_day, "2026-01"),
        Told("month_or_day_form"),
        Field(description="A month, or a day of it."),
    ],
)
TimeOfDay = TypeAliasType(
    "TimeOfDay",
    Annotated[
        int,
        Written(TIME_PATTERN, _minute, "10:30"),
        Told("time_form"),
        Field(description='An hour and minute of the day: "10:30".'),
    ],
)
Instant = TypeAliasType(
    "Instant",
    Annotated[
        datetime,
        Written(INSTANT_PATTERN, datetime.fromisoformat, "2026-01-15T08:00:00Z"),
        Told("instant_form"),
        Field(description="An instant (RFC 3339) with its offset."),
    ],
)
AreaCode = TypeAliasType(
    "AreaCode",
    Annotated[
        str,
        Written(r"^[0-9]{6}$", str, "110000"),
        Told("area_form"),
        Field(description="Six-digit division code (GB/T 2260) of a pooling area (统筹区)."),
    ],
)
Label = TypeAliasType(
    "Label",
    Annotated[
        str,
        Written(_LABEL, _label, "me"),
        Told("label_form"),
        Field(
            description="A name of the caller's own, given back as it came; nothing that identifies a person."
        ),
    ],
)
Carried = TypeAliasType(
    "Carried",
    Annotated[
        int,
        Written(_CARRIED, int, "1314000000"),
        Told("carried_form"),
        Field(description="A whole number, as text: too long for a JSON number."),
    ],
)
Key = TypeAliasType(
    "Key",
    Annotated[
        str,
        Written(r"^[A-Za-z0-9_./@#-]{1,120}$", str, "prior_years"),
        Told("label_form"),
        Field(description="The name of something carried from month to month."),
    ],
)

AMOUNT_MOST = 10_000_000_000  # fen; 600 months of such amounts still fit the pattern of an answer
RATE_MOST = Fraction(15, 100)  # a year, compounded over 600 months, likewise


def _not_too_much(fen: int) -> int:
    if abs(fen) > AMOUNT_MOST:
        raise PydanticCustomError("too_large", "", {"le": yuan(AMOUNT_MOST)})
    return fen


def _not_too_high(rate: Fraction) -> Fraction:
    if rate > RATE_MOST:
        raise PydanticCustomError("too_large", "", {"le": "0.15"})
    return rate


Amount = Annotated[Yuan, AfterValidator(_not_too_much)]
"""Money that a question declares: at most a hundred million yuan."""

SignedAmount = Annotated[SignedYuan, AfterValidator(_not_too_much)]
"""The same, which may be negative."""

DeclaredRate = Annotated[Rate, AfterValidator(_not_too_high)]
"""A deposit rate that a question declares: at most fifteen per cent a year."""
