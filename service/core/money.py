"""Money is integer fen inside and yuan text outside; this is the only place that rounds."""

import re
from fractions import Fraction

YUAN_PATTERN = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{2})?$"
SIGNED_YUAN_PATTERN = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{2})?$"
RATE_PATTERN = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"

Exact = int | Fraction
"""An exact amount in fen that is not rounded yet; whole ones stay integers, which is faster."""

_YUAN = re.compile(SIGNED_YUAN_PATTERN, re.ASCII)


def parse_yuan(text: str) -> int:
    """Fen of a yuan text: `"1234.50"` and `"1234"` are read, nothing else; ValueError otherwise."""
    if _YUAN.fullmatch(text) is None:
        raise ValueError(text)
    whole, _, cents = text.lstrip("-").partition(".")
    fen = int(whole) * 100 + int(cents or 0)
    return -fen if text.startswith("-") else fen


def yuan(fen: int) -> str:
    """The yuan text of an amount in fen, always with two decimals."""
    if fen < 0:
        return "-" + yuan(-fen)
    return f"{fen // 100}.{fen % 100:02d}"


def round_half_up(exact: Exact) -> int:
    """The whole fen nearest to an exact amount; a half goes away from zero.

    Python's `round` and `quantize` are half-even, which no policy means.
    """
    if isinstance(exact, int):
        return exact
    if exact < 0:
        return -round_half_up(-exact)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
