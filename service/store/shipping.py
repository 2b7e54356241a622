"""Publishing what is shipped: all of it or nothing, once, and never over what an officer did."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.lifecycle import CATALOGUE, State
from service.core.policy import stem
from service.store import audit, policies
from service.store.audit import Deed
from service.store.documents import Checked
from service.store.policies import Beginning, Ending
from service.store.tables import policy


class Act(StrEnum):
    """What publishing did with one document."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"
    LEFT = "left to its officers"  # somebody else has acted in the area, and the deployment undoes nothing


@dataclass(frozen=True, slots=True)
class Outcome:
    """The row that holds a document now; `corrects` is the row that held another one until now.

    Of a document that was LEFT, the name it would have been published by.
    """

    id: str
    act: Act
    corrects: str | None = None


async def publish(connection: AsyncConnection, given: Sequence[Checked]) -> list[Outcome]:
    """Publishes documents in the caller's transaction, which the caller commits; one outcome each, in order.

    A document that is in force already, to the letter, is left alone. Another one of the same area
    and the same first day is corrected by it: the old row's publication ends as the new one's begins.
    Raises PolicyOverlap where two policies would be in force at once; the transaction is then lost.
    """
    await policies.take_turn(connection)
    begins = [Beginning(each, CATALOGUE, None) for each in given]
    areas = {each.area for each in begins}
    governed, held = await _governed(connection, areas), await _held(connection, areas)
    outcomes = [_outcome(each, held.get(each.name), governed) for each in begins]
    todo = [index for index, outcome in enumerate(outcomes) if outcome.act in (Act.PUBLISHED, Act.CORRECTED)]
    if todo:
        ends = [
            Ending(corrects, State.SUPERSEDED) for index in todo if (corrects := outcomes[index].corrects)
        ]
        changed = await policies.change(connection, ends, [begins[index] for index in todo])
        for index, policy_id in zip(todo, changed.began, strict=True):
            outcomes[index] = replace(outcomes[index], id=policy_id)
        done = [(begins[index], outcomes[index]) for index in todo]
        await audit.append_all(connection, list(_deeds(done, changed.at)))
    return outcomes


async def _governed(connection: AsyncConnection, areas: Iterable[str]) -> set[str]:
    """The areas in which somebody else than the catalogue has published, superseded or withdrawn."""
    others = or_(
        policy.c.author != CATALOGUE,
        policy.c.approver.is_not(None),
        policy.c.ended_as == State.WITHDRAWN.value,
    )
    rows = await connection.execute(select(policy.c.area).where(policy.c.area.in_(areas), others).distinct())
    return set(rows.scalars())


async def _held(connection: AsyncConnection, areas: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What is published in the areas: id and sha256, by area and first day."""
    rows = await connection.execute(
        select(policy.c.id, policy.c.sha256).where(
            policy.c.area.in_(areas), func.upper_inf(policy.c.published)
        )
    )
    return {stem(policy_id): (policy_id, sha256) for policy_id, sha256 in rows}


def _outcome(each: Beginning, held: tuple[str, str] | None, governed: set[str]) -> Outcome:
    """What is to be done with a document; the id of a new row is not known yet."""
    if held is not None and held[1] == each.content.sha256:
        return Outcome(held[0], Act.UNCHANGED)
    if each.area in governed:
        return Outcome(each.name, Act.LEFT)
    if held is not None:
        return Outcome(each.name, Act.CORRECTED, held[0])
    return Outcome(each.name, Act.PUBLISHED)


def _deeds(done: Iterable[tuple[Beginning, Outcome]], at: datetime) -> Iterator[Deed]:
    """One deed for each row that ended, and one for each that began."""
    for each, outcome in done:
        if outcome.corrects is not None:
            ended = {"by": outcome.id, "published_to": at.isoformat()}
            yield Deed(CATALOGUE, "supersede", outcome.corrects, each.area, ended)
        yield Deed(CATALOGUE, "publish", outcome.id, each.area, policies.told(each, at))
