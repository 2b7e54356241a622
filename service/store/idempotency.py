"""Requests that name themselves by an Idempotency-Key: done once, and then answered as before."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import IdempotencyKeyReused
from service.store.tables import idempotency

KEPT = timedelta(days=7)
_CLAIMS = 7_316_103  # advisory locks of two numbers: this one, and one of the person and the key


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is to be done once, however often it is sent."""

    key: str
    sha256: str  # of the address and the body

    @classmethod
    def of(cls, key: str, address: str, body: bytes) -> "Once":
        """The request of a key: another address or another body is another request."""
        return cls(key, hashlib.sha256(address.encode() + b"\n" + body).hexdigest())


async def claim(connection: AsyncConnection, person: str, key: str, request_sha256: str) -> str | None:
    """What was answered to the person's request of this key before; None to whoever is the first.

    Who else comes with the same key waits until the caller's transaction ends. Raises
    IdempotencyKeyReused where the key has been used for another request.
    """
    lock = func.pg_advisory_xact_lock(_CLAIMS, func.hashtext(f"{person}\n{key}"))
    await connection.execute(select(lock))
    await connection.execute(delete(idempotency).where(idempotency.c.at < func.clock_timestamp() - KEPT))
    found = await connection.execute(
        select(idempotency.c.request_sha256, idempotency.c.answer).where(
            idempotency.c.person == person, idempotency.c.key == key
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    if row.request_sha256 != request_sha256:
        raise IdempotencyKeyReused
    answer: str = row.answer
    return answer


async def keep(connection: AsyncConnection, person: str, key: str, request_sha256: str, answer: str) -> None:
    """Keeps the answer to a request that was claimed in the same transaction."""
    row = {"person": person, "key": key, "request_sha256": request_sha256, "answer": answer}
    await connection.execute(insert(idempotency).values(row | {"at": func.clock_timestamp()}))
