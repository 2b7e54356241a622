"""How the leaves and unions of a document are written: the marks a reader of documents looks for.

The core imports nothing but the standard library. A mark is plain data that answers the one
question a pydantic adapter asks of an annotation (`__get_pydantic_core_schema__`), so that each
record of a policy is declared once and read, checked and published in the contract from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, get_args

from service.core import money, month


@dataclass(frozen=True, slots=True)
class Written:
    """A leaf written as text of one pattern and read by one function."""

    pattern: str
    read: Callable[[str], object]
    example: str

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> Mapping[str, Any]:
        """Text of the pattern, then the value."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": self.read},
            "schema": {"type": "str", "pattern": self.pattern, "strict": True},
            "metadata": {"pydantic_js_extra": {"examples": [self.example]}},
        }


class ByKind:
    """A closed union of records told apart by their field `kind`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Mapping[str, Any]:
        """A tagged union, so that a fault names the one record that was meant."""
        records = get_args(source)
        kinds = {record.__dataclass_fields__["kind"].default: record for record in records}
        choices = {kind: handler.generate_schema(record) for kind, record in kinds.items()}
        return {"type": "tagged-union", "discriminator": "kind", "choices": choices}


BY_KIND = ByKind()

Fen = Annotated[int, Written(money.YUAN_PATTERN, money.parse_yuan, "1234.50")]
"""An amount of money, not negative; written in yuan."""

SignedFen = Annotated[int, Written(money.SIGNED_YUAN_PATTERN, money.parse_yuan, "-12.00")]
"""An amount of money that may be negative; written in yuan."""

Rate = Annotated[Fraction, Written(money.RATE_PATTERN, Fraction, "0.02")]
"""An exact ratio from 0 to 1, at most six decimals; written as a decimal."""

Month = Annotated[int, Written(month.MONTH_PATTERN, month.parse_month, "2026-01")]
"""A month number; written as year and month."""

Day = Annotated[date, Written(month.DAY_PATTERN, month.parse_day, "2026-01-15")]
"""A calendar day."""
