"""Rows of the audit: each carries the hash of the one before, so that none can be changed unnoticed.

The acts of BEGINNINGS and ENDINGS have a row of `policy` as their subject, one entry for each row that
begins or ends; no other entry uses them with a row of `policy`. What of the row their details tell is
held against it by `verify`: of a beginning all of OF_BEGINNING, of an ending all of OF_ENDING.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import audit, audit_head

BEGINNINGS = frozenset({"adopt", "publish", "restore"})  # adopt: published before there was an audit
ENDINGS = frozenset({"supersede", "withdraw"})
OF_BEGINNING = ("sha256", "grade", "author", "approver", "published_from")
OF_ENDING = ("published_to",)
NO_HASH = "0" * 64  # what the first row carries as the hash of the one before
_APPENDERS = 7_316_102  # the advisory lock of those who append; taken after the publishers' one


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, before it is written down; never anything secret in `details`."""

    actor: str
    act: str
    subject: str  # the draft, policy or key that it was done with
    area: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit."""

    seq: int  # from 1, without a gap
    at: datetime
    actor: str
    act: str
    subject: str
    area: str | None
    details: Mapping[str, Any]
    previous: str  # the hash of the entry before
    hash: str  # of everything else


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: whoever notes it elsewhere can see later that the chain is still the same."""

    seq: int
    hash: str


async def append(
    connection: AsyncConnection,
    actor: str,
    act: str,
    subject: str,
    area: str | None,
    details: Mapping[str, Any],
) -> Entry:
    """Writes down one deed in the caller's transaction, which does and tells it or neither."""
    [entry] = await append_all(connection, [Deed(actor, act, subject, area, details)])
    return entry


async def append_all(connection: AsyncConnection, deeds: Sequence[Deed]) -> list[Entry]:
    """Writes down deeds in order, in the caller's transaction; others who append wait for its end."""
    if not deeds:
        return []
    # A statement of its own: the next one must see what those who held the lock have committed.
    await connection.execute(select(func.pg_advisory_xact_lock(_APPENDERS)))
    seq, previous, at = await _end(connection)
    entries: list[Entry] = []
    for number, deed in enumerate(deeds, seq + 1):
        entries.append(_linked(number, at, deed, previous))
        previous = entries[-1].hash
    await connection.execute(insert(audit), [_row(entry) for entry in entries])
    return entries


async def head(connection: AsyncConnection) -> Head:
    """The end of the chain; of an empty one, number 0 and 64 zeros."""
    found = await connection.execute(select(audit_head.c.seq, audit_head.c.hash))
    row = found.one_or_none()
    return Head(0, NO_HASH) if row is None else Head(*row)


async def _end(connection: AsyncConnection) -> tuple[int, str, datetime]:
    """The last row's number and hash, and now by the database's clock, but not before that row."""
    last = select(audit.c.at).where(audit.c.seq == audit_head.c.seq).scalar_subquery()
    now = func.greatest(func.clock_timestamp(), func.transaction_timestamp(), last)
    found = await connection.execute(select(audit_head.c.seq, audit_head.c.hash, now))
    seq, previous, at = found.one()
    return seq, previous, at


def _linked(seq: int, at: datetime, deed: Deed, previous: str) -> Entry:
    told = (deed.actor, deed.act, deed.subject, deed.area)
    hashed = hash_of(seq, instant(at), *told, canonical(deed.details), previous)
    return Entry(seq, at, *told, deed.details, previous, hashed)


def fingerprint(text: str) -> str:
    """How the audit tells one secret from another without saying anything of either."""
    return hashlib.sha256(text.encode()).hexdigest()


def _row(entry: Entry) -> dict[str, Any]:
    held = {name: getattr(entry, name) for name in audit.columns.keys()}  # noqa: SIM118 - not a dictionary
    return held | {"details": canonical(entry.details)}


def instant(at: datetime) -> str:
    """The one text of an instant: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(details: Mapping[str, Any]) -> str:
    """The one JSON text of details: keys sorted, no spaces."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(
    seq: int,
    at: str,
    actor: str,
    act: str,
    subject: str,
    area: str | None,
    details: str,
    previous: str,
) -> str:
    """The hash of a row; the database computes the same one (`audit_hash`) and takes no other."""
    told = [seq, at, actor, act, subject, area, details, previous]
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def read(
    connection: AsyncConnection,
    *,
    after: int = 0,
    limit: int = 100,
    subject: str | None = None,
    area: str | None = None,
    actor: str | None = None,
    act: str | None = None,
) -> list[Entry]:
    """The entries after a number, oldest first, of all that were asked for at most `limit`."""
    query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
    wanted = {"subject": subject, "area": area, "actor": actor, "act": act}
    for name, value in wanted.items():
        if value is not None:
            query = query.where(audit.c[name] == value)
    return [_entry(row) for row in await connection.execute(query)]


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    held = row._asdict()
    return Entry(**held | {"details": json.loads(held["details"])})
