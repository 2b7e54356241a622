"""What can be wrong, as the domain says it: no status codes, no sentences for people."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place of a document.

    `pointer` is a JSON pointer into the document, `code` is stable, `values` fill the sentence.
    """

    pointer: str
    code: str
    values: dict[str, str] = field(default_factory=dict)


class YibaoError(Exception):
    """The root of everything this service refuses."""


class Refused(YibaoError):
    """A question that cannot be answered as asked; every fault found is in `faults`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(f"{fault.pointer} {fault.code}" for fault in faults))
        self.faults = tuple(faults)


class UnsoundPolicy(YibaoError):
    """A policy document that may not be published; every fault found is in `faults`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(f"{fault.pointer} {fault.code}" for fault in faults))
        self.faults = tuple(faults)


class PolicyOverlap(YibaoError):
    """Another published policy of the area is in force on some of the same days."""


class NotFound(YibaoError):
    """No area or policy of that name has been published."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what} {name}")
        self.what = what
        self.name = name


class NotReady(YibaoError):
    """No snapshot of the published policies has been loaded yet."""
