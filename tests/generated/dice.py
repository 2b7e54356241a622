"""Choices by chance, or by Hypothesis without a strategy for each: making those costs more than drawing."""

from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@cache
def _numbers(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


class Dice(NamedTuple):
    """What a case is drawn with; everything shrinks towards the first option and the lowest number."""

    number: Callable[[int, int], int]  # a whole number, both ends included

    @classmethod
    def drawn(cls, draw: st.DrawFn) -> "Dice":
        """Dice of Hypothesis, which tries what it tried before with changes, and shrinks what fails."""
        return cls(lambda low, high: draw(_numbers(low, high)))

    @classmethod
    def cast(cls, seed: str) -> "Dice":
        """Dice that fall the same way for the same seed; no two cases have anything to do with each other."""
        return cls(Random(seed).randint)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; what shall come up more often is listed more often."""
        return options[self.number(0, len(options) - 1)]

    def one_in(self, sides: int) -> bool:
        """Whether something happens that does in one of so many cases."""
        return self.number(1, sides) == sides

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """So many different ones of the options, as far as there are, in any order."""
        left = list(options)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(self.number(least, most)) if left]

    def order(self, options: Sequence[T]) -> list[T]:
        """All of the options, in any order."""
        return self.some(options, len(options), len(options))

    def yuan(self, most: int) -> str:
        """An amount of money up to so many fen; a third of them are whole yuan, few are nothing."""
        if self.one_in(3):
            return str(self.number(1, most // 100))
        fen = self.number(self.number(0, 1), most)
        return f"{fen // 100}.{fen % 100:02d}"
