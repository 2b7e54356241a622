"""Keys are issued, rotated and revoked, each with its row in the audit and a word to those who hold keys."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import NotFound
from service.core.lifecycle import OPERATOR, Scope, may_be_named
from service.store.audit import chain
from service.store.keys.held import Key, KeyRefused, hash_of, key_of
from service.store.policies import CHANNEL
from service.store.tables import api_key


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key; `text` is the whole of it, known here and nowhere else."""

    key: Key
    text: str = field(repr=False)


async def issue(
    connection: AsyncConnection,
    person: str,
    scopes: Sequence[Scope],
    *,
    lasting: timedelta | None = None,
    actor: str = OPERATOR,
) -> Issued:
    """A new key, in the caller's transaction; ValueError for a name that nobody can have, or no scope."""
    if not may_be_named(person):
        raise ValueError(f"{person!r} cannot be the name of a person")
    if not scopes:
        raise ValueError("a key needs a scope")
    issued = await _insert(connection, person, sorted({scope.value for scope in scopes}), lasting)
    await _tell(connection, actor, "issue_key", issued.key.id, told_of(issued.key))
    return issued


async def rotate(
    connection: AsyncConnection, key_id: str, *, grace: timedelta, actor: str = OPERATOR
) -> Issued:
    """A new key of the same person and scopes, lasting as long; the old one goes on for the grace.

    NotFound if there is no such key, KeyRefused if it is not in use, ValueError if it was rotated before.
    """
    old, now = await _held(connection, key_id)
    if old.revoked_at is not None:
        raise KeyRefused("key_revoked")
    if old.replaced_by is not None:
        raise ValueError(f"{key_id} was rotated to {old.replaced_by} already")
    if old.expires_at is not None and old.expires_at <= now:
        raise KeyRefused("key_expired")
    lasting = None if old.expires_at is None else old.expires_at - old.issued_at
    issued = await _insert(connection, old.person, list(old.scopes), lasting)
    ending = now + grace if old.expires_at is None else min(old.expires_at, now + grace)
    await _change(connection, key_id, {"expires_at": ending, "replaced_by": issued.key.id})
    await _tell(connection, actor, "issue_key", issued.key.id, told_of(issued.key))
    details = {"replaced_by": issued.key.id, "expires_at": chain.instant(ending)}
    await _tell(connection, actor, "rotate_key", key_id, details)
    return issued


async def revoke(connection: AsyncConnection, key_id: str, *, actor: str = OPERATOR) -> Key:
    """Ends a key for ever, in the caller's transaction; once is enough. NotFound if there is no such key."""
    held, now = await _held(connection, key_id)
    if held.revoked_at is not None:
        return held
    revoked = await _change(connection, key_id, {"revoked_at": now})
    await _tell(connection, actor, "revoke_key", key_id, {"person": held.person})
    return revoked


async def _held(connection: AsyncConnection, key_id: str) -> tuple[Key, datetime]:
    """A key, which nobody else changes until the transaction ends, and now by the database's clock."""
    row = (
        await connection.execute(select(api_key).where(api_key.c.id == key_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("key", key_id)
    now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return key_of(row), now


async def _insert(
    connection: AsyncConnection, person: str, scopes: Sequence[str], lasting: timedelta | None
) -> Issued:
    key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    row = {
        "id": key_id,
        "hash": hash_of(secret),
        "person": person,
        "scopes": list(scopes),
        "issued_at": now,
        "expires_at": None if lasting is None else now + lasting,
    }
    made = (await connection.execute(insert(api_key).values(row).returning(api_key))).one()
    return Issued(key_of(made), f"ybk_{key_id}_{secret}")


async def _change(connection: AsyncConnection, key_id: str, values: dict[str, Any]) -> Key:
    changed = update(api_key).where(api_key.c.id == key_id).values(values).returning(api_key)
    return key_of((await connection.execute(changed)).one())


async def _tell(
    connection: AsyncConnection, actor: str, act: str, key_id: str, details: dict[str, Any]
) -> None:
    await chain.append(connection, actor, act, key_id, None, details)
    await connection.execute(select(func.pg_notify(CHANNEL, "")))


def told_of(key: Key) -> dict[str, Any]:
    """What the audit says of a key: enough to see another one put in its place, nothing to open with."""
    return {
        "person": key.person,
        "scopes": list(key.scopes),
        "expires_at": None if key.expires_at is None else chain.instant(key.expires_at),
        "fingerprint": chain.fingerprint(key.hash),
    }
