"""Reads the worked cases: sentences with a source, a question and what must come out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter

from service.catalogue import written

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One case as it is written; a key that is not one of these is refused.

    `refused` names the places of the question that must be refused, each with its code.
    """

    case: str
    source: dict[str, str]
    working: str | int
    ask: Literal["credits", "balances", "bills", "families", "closures", "diagnoses", "quote", "retirement"]
    question: dict[str, Any]
    expect: dict[str, Any] = field(default_factory=dict)
    not_expect: dict[str, Any] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    policies: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A case that expects nothing cannot fail, and what is refused has no answer."""
        answered = bool(self.expect or self.not_expect or self.absent or self.notices)
        if answered == bool(self.refused):
            raise ValueError(f"expect an answer or a refusal of: {self.case}")


def cases(path: Path) -> list[WorkedCase]:
    """The cases of a file."""
    # Of a tuple, so that the configuration reaches the plain dataclass in it.
    adapter = TypeAdapter(tuple[list[WorkedCase]], config=ConfigDict(extra="forbid"))
    return adapter.validate_python((written.read(path),))[0]


def files() -> list[Path]:
    """Every file of cases."""
    return sorted(FOLDER.glob("*.yaml"))
