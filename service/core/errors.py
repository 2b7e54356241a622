"""What can be wrong, as the domain says it: no status codes, no sentences for people."""

from collections.abc import Sequence
from dataclasses import dataclass, field


def escaped(name: object) -> str:
    """A name as one step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


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
    """Other published policies of the area are in force on some of the same days: `policies`, if known."""

    def __init__(self, message: str, policies: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.policies = tuple(policies)


class NotInForce(YibaoError):
    """A policy that an act builds on is not published any more, or is of another area."""

    def __init__(self, policy: str) -> None:
        super().__init__(policy)
        self.policy = policy


class StaleVersion(YibaoError):
    """Somebody has changed the draft since the version that the caller saw; `version` is the present one."""

    def __init__(self, draft: str, version: int) -> None:
        super().__init__(f"{draft} is at version {version}")
        self.draft, self.version = draft, version


class IdempotencyKeyReused(YibaoError):
    """The Idempotency-Key has been used by the same person for another request."""


class StoreAway(YibaoError):
    """Postgres cannot be reached, or was lost on the way: what was begun may not have been done."""


class NotPermitted(StoreAway):
    """Postgres is there, but does not let us in or not do this; for who asks it is as if it were away."""


class NotFound(YibaoError):
    """No area or policy of that name has been published."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what} {name}")
        self.what = what
        self.name = name


class NotReady(YibaoError):
    """No snapshot of the published policies has been loaded yet."""
