"""Whether the audit is whole, and whether the policies, drafts and keys are those it tells of."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.audit import subjects
from service.store.audit.chain import NO_HASH, Head, hash_of
from service.store.tables import audit, audit_head

_AT_ONCE = 500  # rows in memory
_TOLD = ("actor", "act", "subject", "area", "details", "previous")


async def verify(connection: AsyncConnection, noted: Head | None = None) -> list[str]:
    """One sentence for each thing that is not as it was written down; none if all is sound.

    `noted` is a head that was noted elsewhere: a chain that was made anew from end to end is found
    by nothing else. The transaction must see one state throughout if others may write meanwhile.
    """
    return [finding async for finding in findings(connection, noted)]


async def findings(connection: AsyncConnection, noted: Head | None = None) -> AsyncIterator[str]:
    """The same one by one; memory does not grow with the audit."""
    async for finding in _chain(connection, noted):
        yield finding
    async for finding in subjects.policies(connection):
        yield finding
    if await sees_drafts(connection):
        async for finding in subjects.drafts(connection):
            yield finding
    async for finding in subjects.keys(connection):
        yield finding


async def sees_drafts(connection: AsyncConnection) -> bool:
    """Whether the role may read drafts, without which they are not looked at; the reader's may not."""
    seen: bool = (await connection.execute(select(func.has_table_privilege("draft", "SELECT")))).scalar_one()
    return seen


async def _chain(connection: AsyncConnection, noted: Head | None) -> AsyncIterator[str]:
    before = Head(0, NO_HASH)
    # As text, for what somebody wrote there by hand may be no instant that Python knows.
    at = subjects.instant(audit.c.at).label("instant")
    turned_back = (audit.c.at < func.lag(audit.c.at).over(order_by=audit.c.seq)).label("turned_back")
    told = [audit.c[name] for name in ("seq", *_TOLD, "hash")]
    query = select(*told, at, turned_back).order_by(audit.c.seq).execution_options(yield_per=_AT_ONCE)
    async with connection.stream(query) as rows:
        async for row in rows:
            for finding in (*_row(row, before), *_noted(row, noted)):
                yield finding
            before = Head(row.seq, row.hash)
    for finding in _head(before, await _held_head(connection), noted):
        yield finding


def _row(row: Row[*tuple[Any, ...]], before: Head) -> Iterator[str]:
    actor, act, subject, area, details, previous = (getattr(row, name) for name in _TOLD)
    if row.hash != hash_of(row.seq, row.instant, actor, act, subject, area, details, previous):
        yield f"row {row.seq} was changed, or moved here from another place: its hash is not of its content"
    if row.seq != before.seq + 1:
        yield _missing(before.seq + 1, row.seq - 1)
    elif row.previous != before.hash:
        yield f"row {row.seq} does not follow row {before.seq}: one of them was put in another's place"
    if row.turned_back:
        yield f"row {row.seq} is older than the row before it"


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _noted(row: Row[*tuple[Any, ...]], noted: Head | None) -> Iterator[str]:
    if noted is not None and (row.seq, row.hash) != (noted.seq, noted.hash) and row.seq == noted.seq:
        yield f"row {row.seq} is not the one that was noted: the chain was made anew"


async def _held_head(connection: AsyncConnection) -> Head | None:
    found = (await connection.execute(select(audit_head.c.seq, audit_head.c.hash))).one_or_none()
    return None if found is None else Head(*found)


def _head(last: Head, held: Head | None, noted: Head | None) -> Iterator[str]:
    known = max(each.seq for each in (held, noted, last) if each is not None)
    if known > last.seq:
        yield _missing(last.seq + 1, known) + " at the end"
    if held is None:
        yield "the head of the audit is missing"
    elif held.seq <= last.seq and held != last:
        yield f"the head of the audit does not fit: it names row {held.seq}, the last one is row {last.seq}"
