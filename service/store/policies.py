"""What is published and what was: dated twice, never in force twice, never changed.

Whatever changes what is published goes through `change`: some publications end and others begin,
in one transaction, at one instant.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, true, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import NotInForce, PolicyOverlap, StoreAway, UnsoundPolicy
from service.core.lifecycle import POLICY_ID, State
from service.core.policy import NATIONAL_AREA, Effective, Version
from service.core.source import Grade
from service.store import documents
from service.store.documents import Checked
from service.store.tables import policy

CHANNEL = "policy_published"
_ID = re.compile(POLICY_ID)
_PUBLISHERS = 7_316_101  # the advisory lock of those who publish
_CONFLICTS = {"23P01", "23505"}  # exclusion_violation, unique_violation
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)  # the least by which two instants of Postgres differ


class UnreadablePolicy(StoreAway):
    """A published row that this release cannot read: one newer than itself published it, and can."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A document whose publication begins, and who answers for it."""

    content: Checked
    author: str
    approver: str | None

    @property
    def area(self) -> str:
        return self.content.policy.area

    @property
    def name(self) -> str:
        """What the id of every version of this area and first day begins with."""
        first = self.content.policy.effective.from_
        return f"{self.area}@{first if first == 'unknown' else first.isoformat()}"


@dataclass(frozen=True, slots=True)
class Ending:
    """A policy whose publication ends, and why: superseded or withdrawn."""

    id: str
    ended_as: State


@dataclass(frozen=True, slots=True)
class Changed:
    """What was done, at one instant; `began` has the ids of the beginnings, in order."""

    at: datetime
    began: tuple[str, ...]
    ended: tuple[str, ...]


def is_id(name: str) -> bool:
    """Whether a text has the form of a published policy's id."""
    return _ID.fullmatch(name) is not None


def told(each: Beginning, at: datetime) -> dict[str, object]:
    """A beginning as the audit tells it."""
    effective = each.content.policy.effective
    return {
        "published_from": at.isoformat(),
        "sha256": each.content.sha256,
        "grade": each.content.grade.value,
        "author": each.author,
        "approver": each.approver,
        "effective": {
            "from": str(effective.from_),
            "to": None if effective.to is None else effective.to.isoformat(),
        },
    }


def days(effective: Effective) -> Range[date]:
    """The days of a policy; one whose first day is unknown reaches back without end."""
    first = None if effective.from_ == "unknown" else effective.from_
    return Range(first, None if effective.to is None else effective.to + _DAY)


async def take_turn(connection: AsyncConnection) -> None:
    """Waits until nobody else publishes, and keeps others waiting until the transaction ends.

    Publishers take turns, so that the loser of a race meets what the winner did, not a deadlock.
    """
    await connection.execute(select(func.pg_advisory_xact_lock(_PUBLISHERS)))


async def change(connection: AsyncConnection, ends: Sequence[Ending], begins: Sequence[Beginning]) -> Changed:
    """Ends and begins publications in the caller's transaction.

    Raises NotInForce where one that is to end has ended already, and PolicyOverlap where two
    policies would be in force at once; the transaction is then to be given up.
    """
    await take_turn(connection)
    await _must_be_open(connection, [each.id for each in ends])
    moment = await _moment(connection)
    # First every end, then every beginning: a version that now ends may arrive with its successor.
    for each in ends:
        await _end(connection, each, moment)
    began = [await _begin(connection, each, moment) for each in begins]
    await connection.execute(select(func.pg_notify(CHANNEL, "")))
    return Changed(moment, tuple(began), tuple(each.id for each in ends))


async def _must_be_open(connection: AsyncConnection, ids: Sequence[str]) -> None:
    query = select(policy.c.id).where(policy.c.id.in_(ids), func.upper_inf(policy.c.published))
    found = set((await connection.execute(query)).scalars()) if ids else set()
    for policy_id in ids:
        if policy_id not in found:
            raise NotInForce(policy_id)


async def _moment(connection: AsyncConnection) -> datetime:
    """Now by the database's clock, after every instant of publication even if that clock was set back."""
    began, ended = func.lower(policy.c.published), func.upper(policy.c.published)
    latest = select(func.greatest(func.max(began), func.max(ended)) + _TICK).scalar_subquery()
    moment: datetime = (
        await connection.execute(
            select(func.greatest(func.clock_timestamp(), func.transaction_timestamp(), latest))
        )
    ).scalar_one()
    return moment


async def _end(connection: AsyncConnection, each: Ending, moment: datetime) -> None:
    published = func.tstzrange(func.lower(policy.c.published), moment)
    row = {"published": published, "ended_as": each.ended_as.value}
    await connection.execute(update(policy).where(policy.c.id == each.id).values(row))


async def _begin(connection: AsyncConnection, each: Beginning, moment: datetime) -> str:
    """Publishes a document under the next id of its name."""
    effective = days(each.content.policy.effective)
    await _must_be_free(connection, each, effective)
    policy_id = await _next_id(connection, each.name)
    row = {
        "id": policy_id,
        "area": each.area,
        "effective": effective,
        "published": Range(moment, None),
        "document": each.content.document,
        "sha256": each.content.sha256,
        "grade": each.content.grade.value,
        "author": each.author,
        "approver": each.approver,
    }
    try:
        await connection.execute(insert(policy).values(row))
    except IntegrityError as error:  # somebody published without taking turns
        if getattr(error.orig, "sqlstate", None) not in _CONFLICTS:
            raise
        raise PolicyOverlap(f"{policy_id}: some of its days are taken") from error
    return policy_id


async def _must_be_free(connection: AsyncConnection, each: Beginning, effective: Range[date]) -> None:
    """Names who is in the way: after the constraint has refused, nothing could be read any more."""
    # Of the national document one answers for all days: another one would be in use instead of it.
    days_taken = true() if each.area == NATIONAL_AREA else policy.c.effective.overlaps(effective)
    query = select(policy.c.id).where(
        policy.c.area == each.area, days_taken, func.upper_inf(policy.c.published)
    )
    taken = list((await connection.execute(query.order_by(policy.c.id))).scalars())
    if taken:
        message = f"{each.name}: in force on some of its days: {', '.join(taken)}"
        raise PolicyOverlap(message, taken)


async def _next_id(connection: AsyncConnection, name: str) -> str:
    numbered = or_(policy.c.id == name, policy.c.id.startswith(f"{name}.", autoescape=True))
    held = (await connection.execute(select(func.count()).where(numbered))).scalar_one()
    return f"{name}.{held + 1}" if held else name


async def read_versions(connection: AsyncConnection, known: Mapping[str, Version]) -> list[Version]:
    """Every row ever published; only rows not known yet are fetched whole and parsed.

    That is enough because of a row nothing changes but the end of its publication.
    Raises UnreadablePolicy.
    """
    began, ended = func.lower(policy.c.published), func.upper(policy.c.published)
    stamps = (
        await connection.execute(select(policy.c.id, began, ended, policy.c.ended_as).order_by(policy.c.id))
    ).all()
    versions = {**known, **await read_some(connection, [row[0] for row in stamps if row[0] not in known])}
    return [
        replace(
            versions[policy_id],
            published_from=published_from,
            published_to=published_to,
            ended_as=None if ended_as is None else State(ended_as),
        )
        for policy_id, published_from, published_to, ended_as in stamps
    ]


async def read_some(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Version]:
    """The rows of these ids, parsed; those that do not exist are left out. Raises UnreadablePolicy."""
    rows = await connection.execute(select(policy).where(policy.c.id.in_(ids))) if ids else ()
    return {row.id: _version(row) for row in rows}


async def read_ended(connection: AsyncConnection, area: str, at: datetime) -> list[Version]:
    """The versions of an area whose publication ended at an instant: in one act, for each has its own."""
    ended = (policy.c.area == area, func.upper(policy.c.published) == at)
    rows = await connection.execute(select(policy).where(*ended).order_by(policy.c.id))
    return [_version(row) for row in rows]


def _version(row: Row[*tuple[Any, ...]]) -> Version:
    try:
        parsed = documents.read(row.document)
    except UnsoundPolicy as error:
        raise UnreadablePolicy(f"{row.id}: {error}") from error
    published: Range[datetime] = row.published
    if published.lower is None:
        raise UnreadablePolicy(f"{row.id}: no beginning of publication")
    return Version(
        id=row.id,
        policy=parsed,
        sha256=row.sha256,
        published_from=published.lower,
        published_to=published.upper,
        grade=Grade(row.grade),
        document=row.document,
        author=row.author,
        approver=row.approver,
        ended_as=None if row.ended_as is None else State(row.ended_as),
    )
