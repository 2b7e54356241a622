"""Worked cases (算例) that a policy brings along: a question, and what must come out under its rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from service.core.errors import Fault

Ask = Literal["credits", "balances", "bills", "families", "closures", "quote"]


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One case: a sentence, a question without its area, and what must come out at dotted paths.

    `refused` names the places of the question that must be refused, each with its code; a case expects
    either an answer or a refusal.
    """

    case: str
    source: tuple[str, ...]
    ask: Ask
    question: dict[str, Any]
    expect: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    working: str | None = None


class Difference(NamedTuple):
    """What came out at a path, where something else was expected; a path that leads nowhere found None."""

    path: str
    expected: object
    found: object


class Outcome(NamedTuple):
    """What came of a case: it has passed if nothing differs and nothing is at fault."""

    case: str
    differences: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()  # of the question, where an answer was expected

    @property
    def passed(self) -> bool:
        """Whether everything came out as the case says."""
        return not self.differences and not self.faults
