"""Publishing policies and reading what was published; the caller's transaction holds it all together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import PolicyOverlap, UnsoundPolicy, YibaoError
from service.core.policy import Effective, Version
from service.core.source import Grade
from service.store import documents
from service.store.documents import Checked
from service.store.tables import policy

CHANNEL = "policy_published"
_PUBLISHERS = 7_316_101  # the advisory lock of those who publish
_CONFLICTS = {"23P01", "23505"}  # exclusion_violation, unique_violation
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)  # the least by which two instants of Postgres differ


class UnreadablePolicy(YibaoError):
    """A published row that this release cannot read: one newer than itself published it."""


class Act(StrEnum):
    """What publishing did with one document."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The row that holds a document now; `corrects` is the row that held another one until now."""

    id: str
    act: Act
    corrects: str | None = None


async def publish(connection: AsyncConnection, given: Sequence[Checked], author: str) -> list[Outcome]:
    """Publishes documents in the caller's transaction, which the caller commits; one outcome each, in order.

    A document that is in force already, to the letter, is left alone. Another one of the same area
    and the same first day is corrected by it: the old row's publication ends as the new one's begins.
    Raises PolicyOverlap where two policies would be in force at once; the transaction is then lost.
    """
    # Publishers take turns, so that the loser of a race meets the exclusion constraint, not a deadlock.
    await connection.execute(select(func.pg_advisory_xact_lock(_PUBLISHERS)))
    held = await _held(connection, {each.policy.area for each in given})
    outcomes = [_outcome(each, held.get(_name(each), [])) for each in given]
    if all(outcome.act is Act.UNCHANGED for outcome in outcomes):
        return outcomes
    moment = await _moment(connection)
    # First every end, then every beginning: a version that now ends may arrive with its successor.
    for outcome in outcomes:
        if outcome.corrects is not None:
            await _close(connection, outcome.corrects, moment)
    for outcome, each in zip(outcomes, given, strict=True):
        if outcome.act is not Act.UNCHANGED:
            await _insert(connection, outcome.id, each, author, moment)
    await connection.execute(select(func.pg_notify(CHANNEL, "")))
    return outcomes


def _name(each: Checked) -> str:
    """What the id of every version of this area and first day begins with."""
    first = each.policy.effective.from_
    return f"{each.policy.area}@{first if first == 'unknown' else first.isoformat()}"


async def _held(connection: AsyncConnection, areas: set[str]) -> dict[str, list[Row[str, str, bool]]]:
    """The rows of the areas by name, oldest first: id, sha256, whether published still."""
    open_ended = func.upper_inf(policy.c.published)
    rows = await connection.execute(
        select(policy.c.id, policy.c.sha256, open_ended)
        .where(policy.c.area.in_(areas))
        .order_by(func.lower(policy.c.published))
    )
    held: dict[str, list[Row[str, str, bool]]] = {}
    for row in rows:
        held.setdefault(row[0].partition(".")[0], []).append(row)
    return held


def _outcome(each: Checked, rows: Sequence[Row[str, str, bool]]) -> Outcome:
    number = f".{len(rows) + 1}" if rows else ""
    for held_id, held_sha256, open_ended in rows:
        if open_ended and held_sha256 == each.sha256:
            return Outcome(held_id, Act.UNCHANGED)
        if open_ended:
            return Outcome(_name(each) + number, Act.CORRECTED, held_id)
    return Outcome(_name(each) + number, Act.PUBLISHED)


async def _moment(connection: AsyncConnection) -> datetime:
    """Now by the database's clock, after every instant of publication even if that clock was set back."""
    latest = select(func.max(func.lower(policy.c.published)) + _TICK).scalar_subquery()
    moment: datetime = (
        await connection.execute(select(func.greatest(func.clock_timestamp(), latest)))
    ).scalar_one()
    return moment


async def _close(connection: AsyncConnection, policy_id: str, moment: datetime) -> None:
    ended = func.tstzrange(func.lower(policy.c.published), moment)
    await connection.execute(
        update(policy).where(policy.c.id == policy_id).values(published=ended, ended_as="superseded")
    )


async def _insert(
    connection: AsyncConnection, policy_id: str, each: Checked, author: str, moment: datetime
) -> None:
    row = {
        "id": policy_id,
        "area": each.policy.area,
        "effective": _days(each.policy.effective),
        "published": Range(moment, None),
        "document": each.document,
        "sha256": each.sha256,
        "grade": each.grade.value,
        "author": author,
    }
    try:
        await connection.execute(insert(policy).values(row))
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) not in _CONFLICTS:
            raise
        raise PolicyOverlap(
            f"{policy_id}: another policy of the area is in force on some of its days"
        ) from error


def _days(effective: Effective) -> Range[date]:
    """The days of a policy; one whose first day is unknown reaches back without end."""
    first = None if effective.from_ == "unknown" else effective.from_
    return Range(first, None if effective.to is None else effective.to + _DAY)


async def read_versions(connection: AsyncConnection, known: Mapping[str, Version]) -> list[Version]:
    """Every row ever published; only rows not known yet are fetched whole and parsed.

    That is enough because of a row nothing changes but the end of its publication.
    Raises UnreadablePolicy.
    """
    began, ended = func.lower(policy.c.published), func.upper(policy.c.published)
    stamps = (await connection.execute(select(policy.c.id, began, ended).order_by(policy.c.id))).all()
    fresh = [policy_id for policy_id, _, _ in stamps if policy_id not in known]
    rows = await connection.execute(select(policy).where(policy.c.id.in_(fresh))) if fresh else ()
    versions = {**known, **{row.id: _version(row) for row in rows}}
    return [
        replace(versions[policy_id], published_from=published_from, published_to=published_to)
        for policy_id, published_from, published_to in stamps
    ]


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
    )
