"""A key as it is held, and whether what somebody brings along is it."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import YibaoError
from service.store.tables import api_key

_FORM = re.compile(r"ybk_([0-9a-f]{16})_([0-9a-f]{64})")
_NO_HASH = hashlib.sha256(b"").hexdigest()  # of no key: a secret has 64 characters


class KeyRefused(YibaoError):
    """A key that opens nothing: `code` is key_unknown, key_revoked or key_expired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A key without what is secret of it."""

    id: str
    hash: str = field(repr=False)
    person: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None  # the key that it was rotated to


def parse(text: str) -> tuple[str, str]:
    """The id and the secret of a key as it was shown; KeyRefused if it cannot be one."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise KeyRefused("key_unknown")
    return found[1], found[2]


def check(key: Key | None, secret: str, now: datetime) -> Key:
    """The key, if the secret is its own and it is in use; takes as long for an id that nobody has."""
    fits = hmac.compare_digest(_NO_HASH if key is None else key.hash, hash_of(secret))
    if key is None or not fits:
        raise KeyRefused("key_unknown")
    if key.revoked_at is not None:
        raise KeyRefused("key_revoked")
    if key.expires_at is not None and key.expires_at <= now:
        raise KeyRefused("key_expired")
    return key


def hash_of(secret: str) -> str:
    """What is kept of a secret: of 256 random bits nothing can be guessed, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def find(connection: AsyncConnection, key_id: str) -> Key | None:
    """The key of an id, in use or not."""
    row = (await connection.execute(select(api_key).where(api_key.c.id == key_id))).one_or_none()
    return None if row is None else key_of(row)


async def read_all(connection: AsyncConnection) -> dict[str, Key]:
    """Every key by its id, those that are no longer in use too."""
    rows = await connection.execute(select(api_key).order_by(api_key.c.issued_at, api_key.c.id))
    return {row.id: key_of(row) for row in rows}


async def any_in_use(connection: AsyncConnection) -> bool:
    """Whether there is a key that opens anything now."""
    lasting = or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > func.clock_timestamp())
    query = select(exists().where(api_key.c.revoked_at.is_(None), lasting))
    found: bool = (await connection.execute(query)).scalar_one()
    return found


def key_of(row: Row[*tuple[Any, ...]]) -> Key:
    """The key that a row holds."""
    held = row._asdict()
    return Key(**held | {"scopes": tuple(held["scopes"])})
