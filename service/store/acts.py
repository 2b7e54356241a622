"""What people do with policies: each act is one transaction, and its rows of the audit are part of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.core import lifecycle
from service.core.errors import Fault, NotFound, Refused, StaleVersion
from service.core.lifecycle import Act, NotAllowed, State
from service.core.policy import Version
from service.store import audit, drafts, idempotency, policies, turnover
from service.store.audit import Deed
from service.store.documents import Checked
from service.store.drafts import Content, Draft
from service.store.idempotency import Once
from service.store.policies import Beginning
from service.store.transaction import transaction


@dataclass(frozen=True, slots=True)
class Created:
    """A draft as it was made; `replayed` if an earlier request of the same key made it."""

    draft: Draft
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back, and every publication that began or ended by that."""

    id: str
    area: str
    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


def allow(draft: Draft, act: Act, person: str) -> None:
    """NotAllowed or SecondPersonRequired where the person may not do that with the draft as it stands."""
    if draft.state is not State.DRAFT:  # what became of it has an id of its own
        raise NotAllowed(draft.id, draft.state, act)
    lifecycle.move(draft.id, draft.state, act, person, draft.authors)


async def versions(engine: AsyncEngine, known: Mapping[str, Version]) -> list[Version]:
    """Every row ever published, as of now; only those not known yet are fetched whole."""
    async with transaction(engine) as connection:
        return await policies.read_versions(connection, known)


async def create(engine: AsyncEngine, person: str, content: Content, once: Once | None = None) -> Created:
    """A new draft; the one made before where the same request was sent before."""
    async with transaction(engine) as connection:
        if made := await _made(connection, person, once):
            return Created(made, replayed=True)
        return Created(await _create(connection, person, content, once))


async def supersede(
    engine: AsyncEngine,
    person: str,
    policy_id: str,
    document: Mapping[str, Any] | None = None,
    once: Once | None = None,
) -> Created:
    """A new draft that is to take the place of a published policy; without a document, a copy of that one."""
    async with transaction(engine) as connection:
        if made := await _made(connection, person, once):
            return Created(made, replayed=True)
        held = await _published(connection, policy_id)
        lifecycle.move(policy_id, held.state, Act.SUPERSEDE, person)
        content = Content(held.document if document is None else document, supersedes=policy_id)
        return Created(await _create(connection, person, content, once))


async def _made(connection: AsyncConnection, person: str, once: Once | None) -> Draft | None:
    """The draft that the same request has made before."""
    answer = None if once is None else await idempotency.claim(connection, person, once.key, once.sha256)
    return None if answer is None else drafts.from_json(answer)


async def _create(connection: AsyncConnection, person: str, content: Content, once: Once | None) -> Draft:
    await _must_exist(connection, content.follows)
    draft = await drafts.create(connection, person, content)
    await _tell(connection, person, Act.CREATE, draft)
    if once is not None:
        await idempotency.keep(connection, person, once.key, once.sha256, drafts.to_json(draft))
    return draft


async def _must_exist(connection: AsyncConnection, follows: str | None) -> None:
    if follows is not None and not await policies.read_some(connection, [follows]):
        raise Refused([Fault("/follows", "unknown_policy", {"policy": follows})])


async def _published(connection: AsyncConnection, policy_id: str) -> Version:
    """A policy that was published once, whatever has become of it."""
    if policies.is_id(policy_id):
        held = (await policies.read_some(connection, [policy_id])).get(policy_id)
        if held is not None:
            return held
    raise NotFound("policy", policy_id)


async def _tell(connection: AsyncConnection, person: str, act: Act, draft: Draft, **more: object) -> None:
    """One row of the audit on a draft."""
    named = {"supersedes": draft.supersedes, "follows": draft.follows}
    details = {"version": draft.version, "sha256": draft.sha256, **named, **more}
    told = {name: value for name, value in details.items() if value is not None}
    await audit.append(connection, person, act.value, draft.id, draft.area, told)


async def replace(
    engine: AsyncEngine, person: str, draft_id: str, seen: Collection[int], content: Content
) -> Draft:
    """The draft as the person writes it now; StaleVersion unless its version is one that they have seen."""
    async with transaction(engine) as connection:
        held = await drafts.read(connection, draft_id, to_change=True)
        allow(held, Act.REPLACE, person)
        _must_be_fresh(held, seen)
        await _must_exist(connection, content.follows)
        draft = await drafts.replace(connection, held, person, content)
        await _tell(connection, person, Act.REPLACE, draft)
    return draft


def _must_be_fresh(held: Draft, seen: Collection[int]) -> None:
    if held.version not in seen:
        raise StaleVersion(held.id, held.version)


async def check(engine: AsyncEngine, person: str, draft: Draft, *, sound: bool, faults: int) -> None:
    """Writes down that the person has had the draft checked, and how that went."""
    async with transaction(engine) as connection:
        await _tell(connection, person, Act.CHECK, draft, sound=sound, faults=faults)


async def withdraw_draft(engine: AsyncEngine, person: str, draft_id: str, reason: str) -> Withdrawn:
    """Gives a draft up."""
    async with transaction(engine) as connection:
        held = await drafts.read(connection, draft_id, to_change=True)
        allow(held, Act.WITHDRAW, person)
        draft = await drafts.withdraw(connection, held)
        await _tell(connection, person, Act.WITHDRAW, draft, reason=reason)
    return Withdrawn(draft.id, draft.area)


async def publish(
    engine: AsyncEngine, person: str, seen: Draft, content: Checked, shortened: Checked | None = None
) -> Draft:
    """The draft once it has become a policy, with what its publication began and ended.

    `seen` is the draft as it was checked; `shortened` the document of the policy that it follows, with
    its new last day, or None where that policy ends by itself before. Raises StaleVersion where the
    draft is not that any more, NotInForce and PolicyOverlap where what is published does not let it.
    """
    async with transaction(engine) as connection:
        await policies.take_turn(connection)
        held = await drafts.read(connection, seen.id, to_change=True)
        allow(held, Act.PUBLISH, person)
        _must_be_fresh(held, [seen.version] if content.sha256 == held.sha256 else [])
        ends, begins = await turnover.of_publication(connection, held, person, content, shortened)
        changed = await policies.change(connection, ends, begins)
        draft = await drafts.publish(connection, held, changed)
        await audit.append_all(connection, list(_published_deeds(person, draft, begins, changed.at)))
    return draft


def _published_deeds(person: str, draft: Draft, begins: Sequence[Beginning], at: datetime) -> Iterator[Deed]:
    """One deed for each row that ended, and one for each that began, which tells all of the act."""
    ended = {"by": draft.published_as, "published_to": at.isoformat()}
    for policy_id in draft.ended:
        yield Deed(person, "supersede", policy_id, draft.area, ended)
    act = {name: getattr(draft, name) for name in ("version", "authors", "began", "ended")}
    for policy_id, each in zip(draft.began, begins, strict=True):
        details = policies.told(each, at) | act | {"draft": draft.id}
        yield Deed(person, "publish", policy_id, draft.area, details)


async def withdraw_policy(
    engine: AsyncEngine, person: str, policy_id: str, reason: str, *, restore: bool
) -> Withdrawn:
    """Ends the publication of a policy; with `restore`, what that publication had ended comes back.

    What else the publication had begun then ends too. Raises NotInForce where some of that has ended
    already, PolicyOverlap where what would come back meets something newer.
    """
    async with transaction(engine) as connection:
        await policies.take_turn(connection)
        held = await _published(connection, policy_id)
        origin = await turnover.origin(connection, held)
        lifecycle.move(policy_id, held.state, Act.WITHDRAW, person, origin.authors)
        ends, begins = await turnover.of_withdrawal(connection, held, origin if restore else None)
        changed = await policies.change(connection, ends, begins)
        gone = Withdrawn(policy_id, held.policy.area, changed.began, changed.ended)
        deeds = _withdrawn_deeds(person, gone, reason, begins, changed.at)
        await audit.append_all(connection, list(deeds))
    return gone


def _withdrawn_deeds(
    person: str, gone: Withdrawn, reason: str, begins: Sequence[Beginning], at: datetime
) -> Iterator[Deed]:
    """One deed for each row that ended, and one for each that came back."""
    act = {"withdrawn": gone.id, "reason": reason, "began": gone.began, "ended": gone.ended}
    for policy_id in gone.ended:
        yield Deed(person, "withdraw", policy_id, gone.area, act | {"published_to": at.isoformat()})
    for policy_id, each in zip(gone.began, begins, strict=True):
        yield Deed(person, "restore", policy_id, gone.area, policies.told(each, at) | act)
