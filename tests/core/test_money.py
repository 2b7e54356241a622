import re
from fractions import Fraction

import pytest

from service.core.money import parse_yuan, round_half_up, yuan


@pytest.mark.parametrize(
    ("text", "fen"), [("1234.50", 123450), ("1234", 123400), ("0.01", 1), ("-12.00", -1200)]
)
def test_yuan_are_read_with_and_without_fen(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["1.5", "1.234", "01", "1,000", "+1", " 1", "1e3", "１", "1234567890123", "1\n"]
)
def test_another_form_of_money_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        parse_yuan(text)


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (5, "0.05"), (123450, "1234.50"), (-5, "-0.05")])
def test_yuan_are_written_with_two_decimals(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("exact", "fen"),
    [("1/2", 1), ("3/2", 2), ("5/2", 3), ("49/100", 0), ("-1/2", -1), ("-5/2", -3), ("7", 7)],
)
def test_a_half_rounds_away_from_zero(exact: str, fen: int) -> None:
    assert round_half_up(Fraction(exact)) == fen
