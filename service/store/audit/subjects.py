"""The policies, drafts and keys, held against what the audit tells of them."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.lifecycle import Act, State, authors_with
from service.store import documents
from service.store.audit.chain import BEGINNINGS, ENDINGS, OF_BEGINNING, OF_ENDING
from service.store.audit.chain import instant as written
from service.store.tables import api_key, audit, draft, policy

_AT_ONCE = 20  # documents in memory
_ENDED_AS = {"supersede": "superseded", "withdraw": "withdrawn"}
_DRAFT_ACTS = (Act.CREATE.value, Act.REPLACE.value, Act.WITHDRAW.value)
_OF_DRAFTS = ("version", "sha256", "supersedes", "follows")
_KEY_ACTS = ("issue_key", "rotate_key", "revoke_key")
_OF_KEYS = ("person", "scopes", "expires_at", "replaced_by", "fingerprint")
_INSTANTS = {"published_from", "published_to", "expires_at"}

_OF_ENTRY = ("seq", "actor", "act", "details")

Told = list[tuple[int, str, Mapping[str, Any]]]  # of one subject: number, act and details of each entry


def instant(column: ColumnElement[Any]) -> ColumnElement[str]:
    """The one text of an instant, made by Postgres of whatever it holds."""
    return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')


async def policies(connection: AsyncConnection) -> AsyncIterator[str]:
    """What of the published policies is not as the audit tells."""
    held = {
        "area": policy.c.area,
        "document": policy.c.document,
        "sha256": policy.c.sha256,
        "grade": policy.c.grade,
        "author": policy.c.author,
        "approver": policy.c.approver,
        "ended_as": policy.c.ended_as,
        "published_from": instant(func.lower(policy.c.published)),
        "published_to": instant(func.upper(policy.c.published)),
        "first": cast(func.lower(policy.c.effective), Text),
        "last": cast(func.upper(policy.c.effective) - 1, Text),
    }
    # A draft is withdrawn too; only the ids of policies have an @.
    of_policies = (audit.c.act.in_(BEGINNINGS | ENDINGS), func.strpos(audit.c.subject, "@") > 0)
    async with connection.stream(_with_told(policy, held, of_policies)) as rows:
        async for row in rows:
            for finding in _policy(row, _told(row)):
                yield f"policy {row.subject}: {finding}"


async def drafts(connection: AsyncConnection) -> AsyncIterator[str]:
    """What of the drafts is not as the audit tells: who wrote one may not publish it."""
    told_of_publication = select(audit.c.seq).where(
        audit.c.act == Act.PUBLISH.value,
        audit.c.subject == draft.c.published_as,
        func.strpos(audit.c.details, draft.c.id) > 0,
    )
    held = {
        "document": draft.c.document,
        "sha256": draft.c.sha256,
        "version": draft.c.version,
        "authors": draft.c.authors,
        "supersedes": draft.c.supersedes,
        "follows": draft.c.follows,
        "state": draft.c.state,
        "published": told_of_publication.exists(),
    }
    of_drafts = (audit.c.act.in_(_DRAFT_ACTS), func.strpos(audit.c.subject, "@") == 0)
    async with connection.stream(_with_told(draft, held, of_drafts)) as rows:
        async for row in rows:
            for finding in _draft(row, _told(row)):
                yield f"{row.subject}: {finding}"


async def keys(connection: AsyncConnection) -> AsyncIterator[str]:
    """What of the keys is not as the audit tells."""
    held = {
        "fingerprint": func.encode(func.sha256(func.convert_to(api_key.c.hash, "UTF8")), "hex"),
        "person": api_key.c.person,
        "scopes": api_key.c.scopes,
        "expires_at": instant(api_key.c.expires_at),
        "replaced_by": api_key.c.replaced_by,
        "revoked": api_key.c.revoked_at.is_not(None),
    }
    async with connection.stream(_with_told(api_key, held, (audit.c.act.in_(_KEY_ACTS),))) as rows:
        async for row in rows:
            for finding in _key(row, _told(row)):
                yield f"key {row.subject}: {finding}"


def _with_told(
    table: Table, held: Mapping[str, ColumnElement[Any]], of_these: Iterable[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    """Every row of a table beside what the audit tells of it; and of rows that are gone, what it tells."""
    entries = (
        select(
            audit.c.subject,
            *(
                func.array_agg(aggregate_order_by(audit.c[name], audit.c.seq)).label(f"told_{name}")
                for name in _OF_ENTRY
            ),
        )
        .where(*of_these)
        .group_by(audit.c.subject)
        .subquery()
    )
    both: FromClause = table.join(entries, entries.c.subject == table.c.id, full=True)
    subject = func.coalesce(table.c.id, entries.c.subject)
    told = [entries.c[f"told_{name}"] for name in _OF_ENTRY]
    columns = [column.label(name) for name, column in held.items()]
    query = select(subject.label("subject"), table.c.id.label("held"), *columns, *told).select_from(both)
    return query.order_by(subject).execution_options(yield_per=_AT_ONCE)


def _told(row: Row[*tuple[Any, ...]]) -> Told:
    if row.told_seq is None:
        return []
    entries = zip(row.told_seq, row.told_act, row.told_details, strict=True)
    return [(seq, act, _details(text)) for seq, act, text in entries]


def _details(text: str) -> Mapping[str, Any]:
    """The details of an entry; those of one that was changed may be anything."""
    try:
        details = json.loads(text)
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


def _policy(row: Row[*tuple[Any, ...]], told: Told) -> Iterator[str]:
    begins = [each for each in told if each[1] in BEGINNINGS]
    if row.held is None:
        yield f"it is gone, though row {told[0][0]} of the audit tells of it"
        return
    if not begins:
        yield "no row of the audit tells of its publication"
    for seq, _, _ in begins[1:]:
        yield f"row {seq} of the audit tells of its publication once more"
    yield from _content(row, begins)
    yield from _end(row, told)


def _content(row: Row[*tuple[Any, ...]], begins: Told) -> Iterator[str]:
    if documents.sha256(row.document) != row.sha256:
        yield "its document is not the one of its sha256"
    if row.area != row.subject.partition("@")[0]:
        yield "its area is not the one of its id"
    if not _same_days(row):
        yield "it is in force on other days than its document says"
    for seq, _, details in begins[:1]:
        yield from _differences(seq, details, OF_BEGINNING, row)


def _same_days(row: Row[*tuple[Any, ...]]) -> bool:
    match row.document:
        case {"effective": {"from": first, **rest}}:
            return (row.first or "unknown", row.last) == (first, rest.get("to"))
        case _:
            return False


def _end(row: Row[*tuple[Any, ...]], told: Told) -> Iterator[str]:
    ends = [
        (seq, _ENDED_AS.get(act) or details["ended_as"], details)
        for seq, act, details in told
        if act in _ENDED_AS or details.get("ended_as") is not None
    ]
    for seq, _, _ in ends[1:]:
        yield f"row {seq} of the audit tells of its end once more"
    match ends, row.published_to:
        case [], str():
            yield "no row of the audit tells of its end"
        case [(seq, _, _), *_], None:
            yield f"row {seq} of the audit tells of its end, but it is published still"
        case [(seq, ended_as, details), *_], str():
            yield from _differences(seq, {**details, "ended_as": ended_as}, (*OF_ENDING, "ended_as"), row)
        case _:
            pass


def _draft(row: Row[*tuple[Any, ...]], told: Told) -> Iterator[str]:
    if row.held is None:
        yield f"it is gone, though row {told[0][0]} of the audit tells of it"
        return
    acts = [act for _, act, _ in told]
    if acts[:1] != [Act.CREATE]:
        yield "no row of the audit tells of its making"
        return
    if documents.sha256(row.document) != row.sha256:
        yield "its document is not the one of its sha256"
    written = [each for each in told if each[1] != Act.WITHDRAW]
    seq, _, details = written[-1]
    yield from _differences(seq, {**dict.fromkeys(_OF_DRAFTS), **details}, _OF_DRAFTS, row)
    writers = [actor for actor, act in zip(row.told_actor, acts, strict=True) if act != Act.WITHDRAW]
    authors: tuple[str, ...] = reduce(authors_with, writers, ())
    if tuple(row.authors) != authors:
        yield "its authors are not those who wrote it by the audit"
    withdrawn = row.state == State.WITHDRAWN
    if withdrawn != (Act.WITHDRAW in acts):
        yield "it is withdrawn and the audit does not tell" if withdrawn else "its withdrawal was undone"
    if row.state == State.PUBLISHED and not row.published:
        yield "no row of the audit tells of its publication"


def _key(row: Row[*tuple[Any, ...]], told: Told) -> Iterator[str]:
    if row.held is None:
        yield f"it is gone, though row {told[0][0]} of the audit tells of it"
        return
    acts = [act for _, act, _ in told]
    if acts[:1] != ["issue_key"]:
        yield "no row of the audit tells of its issue"
        return
    if row.revoked != ("revoke_key" in acts):
        yield "it is revoked and the audit does not tell" if row.revoked else "its revocation was undone"
    # What a later entry tells of a key takes the place of what an earlier one told.
    latest = dict.fromkeys(_OF_KEYS) | {
        name: value for *_, details in told for name, value in details.items()
    }
    yield from _differences(told[0][0], latest, _OF_KEYS, row)


def _differences(
    seq: int, told: Mapping[str, Any], names: Iterable[str], row: Row[*tuple[Any, ...]]
) -> Iterator[str]:
    """What the audit tells differently, or not at all."""
    for name in names:
        if name not in told:
            yield f"row {seq} of the audit does not tell its {name}"
        elif _plain(name, told[name]) != getattr(row, name):
            yield f"its {name} is not the one that row {seq} of the audit tells of"


def _plain(name: str, value: Any) -> Any:
    """A value as the row has it: an instant may be written in other ways than the one of the chain."""
    try:
        return written(datetime.fromisoformat(value)) if name in _INSTANTS else value
    except (TypeError, ValueError):
        return value
