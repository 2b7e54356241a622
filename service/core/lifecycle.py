"""The life of a policy: who may do what with it, and what becomes of it; one table says all of it."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.core.errors import YibaoError


class State(StrEnum):
    """Where a policy stands."""

    DRAFT = "draft"  # 草稿: may be written again; nobody is answered from it
    PUBLISHED = "published"  # 已发布: in use, and never changed
    SUPERSEDED = "superseded"  # 已更正: another version has taken its place
    WITHDRAWN = "withdrawn"  # 已撤回: taken back; a withdrawn draft was never published


class Act(StrEnum):
    """What somebody does with a policy, as the audit names it."""

    CREATE = "create"
    REPLACE = "replace"
    CHECK = "check"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


class Scope(StrEnum):
    """What a caller may do."""

    DRAFT = "policy:draft"
    PUBLISH = "policy:publish"
    AUDIT = "audit:read"
    SIMULATE = "simulate"  # asked for only where an operator has closed the simulations


@dataclass(frozen=True, slots=True)
class Move:
    """What an act does to a policy in a state, and what it asks of who does it."""

    to: State
    scopes: tuple[Scope, ...]  # any of them is enough
    second_person: bool = False  # whether it must be somebody who wrote nothing of the policy


_WRITER = (Scope.DRAFT,)
_READER = (Scope.DRAFT, Scope.PUBLISH)
_APPROVER = (Scope.PUBLISH,)

MOVES: Mapping[tuple[State | None, Act], Move] = {
    (None, Act.CREATE): Move(State.DRAFT, _WRITER),
    (State.DRAFT, Act.REPLACE): Move(State.DRAFT, _WRITER),
    (State.DRAFT, Act.CHECK): Move(State.DRAFT, _READER),
    (State.DRAFT, Act.PUBLISH): Move(State.PUBLISHED, _APPROVER, second_person=True),
    (State.DRAFT, Act.WITHDRAW): Move(State.WITHDRAWN, _READER),
    # Asking for a correction changes nothing yet: a draft is made, and its publication supersedes.
    (State.PUBLISHED, Act.SUPERSEDE): Move(State.PUBLISHED, _WRITER),
    (State.PUBLISHED, Act.WITHDRAW): Move(State.WITHDRAWN, _APPROVER, second_person=True),
}
"""Every move there is; a state and an act that are not here do not go together."""


class NotAllowed(YibaoError):
    """An act that does not go with the state in which the policy is; `instead` is open in its place."""

    def __init__(self, policy: str, state: State, act: Act, instead: str | None = None) -> None:
        super().__init__(f"{policy} is {state}: {act}")
        self.policy, self.state, self.act, self.instead = policy, state, act, instead


class SecondPersonRequired(YibaoError):
    """Who wrote something of a policy wants to publish or to withdraw it."""

    def __init__(self, policy: str, person: str) -> None:
        super().__init__(f"{policy}: {person}")
        self.policy, self.person = policy, person


def move(policy: str, state: State, act: Act, person: str, authors: tuple[str, ...] = ()) -> Move:
    """The move that an act is; NotAllowed or SecondPersonRequired if it may not be done."""
    found = MOVES.get((state, act))
    if found is None:
        raise NotAllowed(policy, state, act)
    if found.second_person and any(same_person(person, author) for author in authors):
        raise SecondPersonRequired(policy, person)
    return found


POLICY_ID = r"[0-9]{6}@(unknown|[0-9]{4}-[0-9]{2}-[0-9]{2})(\.[1-9][0-9]{0,5})?"
"""The pattern of a published policy's id: area, first day, which version of the two."""

DRAFT_ID = r"draft-[0-9a-f]{32}"
"""The pattern of a draft's id, which no published policy has."""

CATALOGUE = "catalogue"
"""The author of what is shipped, which was reviewed before it was and has no approver."""

OPERATOR = "operator"
"""Whoever runs the commands, in the audit."""

PERSON_MOST = 200
"""Characters in the name of a person."""


def may_be_named(person: str) -> bool:
    """Whether somebody may act under a name: one that can be told from all others in a list."""
    plain = person.isprintable() and person == person.strip() and 0 < len(person) <= PERSON_MOST
    return plain and not any(same_person(person, reserved) for reserved in (CATALOGUE, OPERATOR))


def authors_with(authors: Iterable[str], person: str) -> tuple[str, ...]:
    """Everyone who wrote something, the last one last, once a person has written too."""
    return (*(author for author in authors if not same_person(author, person)), person)


def same_person(one: str, other: str) -> bool:
    """Whether two names are of one person: neither case nor the width of letters tells people apart."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
