"""Drafts of policies: written again and again under a version, until they are published or withdrawn."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import NotFound
from service.core.lifecycle import DRAFT_ID, State, authors_with
from service.store.documents import sha256
from service.store.policies import Changed
from service.store.tables import draft

_ID = re.compile(DRAFT_ID)


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy as somebody writes it (草稿); nobody is answered from it."""

    id: str
    state: State  # draft, published or withdrawn
    version: int  # rises by one whenever it is written
    area: str
    document: Mapping[str, Any]
    sha256: str
    authors: tuple[str, ...]  # everyone who wrote something of it, the last one last
    supersedes: str | None  # the policy whose place its publication takes
    follows: str | None  # the policy which its publication ends the day before it begins
    created_at: datetime
    changed_at: datetime
    published_as: str | None  # the policy it has become
    began: tuple[str, ...]  # every policy whose publication began with its own
    ended: tuple[str, ...]  # and every one whose publication ended


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody writes in a draft; of the document only the area is known to be readable."""

    document: Mapping[str, Any]
    follows: str | None = None
    supersedes: str | None = None


def is_draft(name: str) -> bool:
    """Whether an id is of a draft, and not of a published policy."""
    return _ID.fullmatch(name) is not None


async def create(connection: AsyncConnection, person: str, content: Content) -> Draft:
    """A new draft of the person's."""
    row = _written(content) | {
        "id": f"draft-{secrets.token_hex(16)}",
        "authors": [person],
        "supersedes": content.supersedes,
        "created_at": func.clock_timestamp(),
    }
    found = await connection.execute(insert(draft).values(row).returning(draft))
    return _draft(found.one())


async def read(connection: AsyncConnection, draft_id: str, *, to_change: bool = False) -> Draft:
    """A draft, or NotFound; one that is to be changed is kept from others until the transaction ends."""
    query = select(draft).where(draft.c.id == draft_id)
    row = None
    if is_draft(draft_id):
        row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    if row is None:
        raise NotFound("policy", draft_id)
    return _draft(row)


async def replace(connection: AsyncConnection, held: Draft, person: str, content: Content) -> Draft:
    """The draft as the person writes it, one version on; it must have been read to be changed."""
    authors = authors_with(held.authors, person)
    row = _written(content) | {"version": held.version + 1, "authors": authors}
    return await _update(connection, held.id, row)


async def publish(connection: AsyncConnection, held: Draft, changed: Changed) -> Draft:
    """The draft as one that has become a policy: the first that began with it."""
    row = {
        "state": State.PUBLISHED.value,
        "published_as": changed.began[0],
        "began": changed.began,
        "ended": changed.ended,
        "changed_at": changed.at,
    }
    return await _update(connection, held.id, row)


async def withdraw(connection: AsyncConnection, held: Draft) -> Draft:
    """The draft as one that will never be published."""
    row = {"state": State.WITHDRAWN.value, "changed_at": func.clock_timestamp()}
    return await _update(connection, held.id, row)


async def listed(connection: AsyncConnection, area: str | None, after: str, limit: int) -> list[Draft]:
    """Open drafts by id, those after an id, of an area or of all; at most `limit`."""
    query = select(draft).where(draft.c.state == State.DRAFT.value, draft.c.id > after)
    if area is not None:
        query = query.where(draft.c.area == area)
    rows = await connection.execute(query.order_by(draft.c.id).limit(limit))
    return [_draft(row) for row in rows]


async def behind(connection: AsyncConnection, policy_id: str) -> Draft | None:
    """The draft whose publication began a policy; None of what the catalogue published, or what came back."""
    query = select(draft).where(draft.c.began.contains([policy_id]))
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _draft(row)


def _written(content: Content) -> dict[str, Any]:
    return {
        "area": content.document["area"],
        "document": content.document,
        "sha256": sha256(content.document),
        "follows": content.follows,
        "changed_at": func.clock_timestamp(),
    }


async def _update(connection: AsyncConnection, draft_id: str, row: Mapping[str, Any]) -> Draft:
    changed = update(draft).where(draft.c.id == draft_id).values(row).returning(draft)
    return _draft((await connection.execute(changed)).one())


def _draft(row: Row[*tuple[Any, ...]]) -> Draft:
    return _of(row._asdict())


def _of(held: dict[str, Any]) -> Draft:
    lists = {name: tuple(held[name]) for name in ("authors", "began", "ended")}
    return Draft(**held | lists | {"state": State(held["state"])})


def to_json(held: Draft) -> str:
    """A draft as text, from which the very same is read again."""
    return json.dumps(asdict(held), default=datetime.isoformat, ensure_ascii=False)


def from_json(text: str) -> Draft:
    """The draft of a text that was made of one."""
    held: dict[str, Any] = json.loads(text)
    instants = {name: datetime.fromisoformat(held[name]) for name in ("created_at", "changed_at")}
    return _of(held | instants)
