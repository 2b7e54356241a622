"""People who write, publish and withdraw policies, with the rights that they have in service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from service.core.lifecycle import State
from service.core.policy import Version
from service.store import acts, audit, db, drafts
from service.store.acts import Withdrawn
from service.store.documents import checked
from service.store.drafts import Content, Draft
from service.store.transaction import transaction
from tests.store.making import Document

AUTHOR, APPROVER = "Li Na", "Wang Fang"


def as_administrator(url: str) -> str:
    """The URL of the same database, with the rights of those who administer."""
    return f"{url}{'&' if '?' in url else '?'}role=yibao_administrator"


@dataclass(frozen=True, slots=True)
class Office:
    """Where policies are administered."""

    engine: AsyncEngine

    async def draft(self, document: Document, *, person: str = AUTHOR, follows: str | None = None) -> Draft:
        return (await acts.create(self.engine, person, Content(document, follows))).draft

    async def publish(
        self, draft: Draft, *, person: str = APPROVER, shortened: Document | None = None
    ) -> Draft:
        cut = None if shortened is None else checked(shortened)
        return await acts.publish(self.engine, person, draft, checked(draft.document), cut)

    async def published(self, document: Document, *, person: str = AUTHOR) -> str:
        """The id of a document that was drafted and published."""
        return str((await self.publish(await self.draft(document, person=person))).published_as)

    async def corrected(self, policy_id: str, document: Document, *, person: str = AUTHOR) -> str:
        """The id of what has taken the place of a policy."""
        made = await acts.supersede(self.engine, person, policy_id, document)
        return str((await self.publish(made.draft)).published_as)

    async def withdraw(self, policy_id: str, *, restore: bool = True, person: str = APPROVER) -> Withdrawn:
        return await acts.withdraw_policy(self.engine, person, policy_id, "for a reason", restore=restore)

    async def versions(self) -> dict[str, Version]:
        return {version.id: version for version in await acts.versions(self.engine, {})}

    async def states(self) -> dict[str, State]:
        return {name: version.state for name, version in (await self.versions()).items()}

    async def open(self) -> list[str]:
        return [name for name, state in (await self.states()).items() if state is State.PUBLISHED]

    async def read(self, draft_id: str) -> Draft:
        async with transaction(self.engine) as connection:
            return await drafts.read(connection, draft_id)

    async def deeds(self) -> list[tuple[str, str, str]]:
        """Who did what with what, in order."""
        async with transaction(self.engine) as connection:
            return [(each.actor, each.act, each.subject) for each in await audit.read(connection, limit=1000)]

    async def findings(self) -> list[str]:
        """What is wrong with the audit, and with what it tells of."""
        async with transaction(self.engine) as connection:
            return await audit.verify(connection)


@asynccontextmanager
async def office(url: str) -> AsyncIterator[Office]:
    """An office whose every act has a connection of its own."""
    engine = db.direct_engine(as_administrator(url))
    try:
        yield Office(engine)
    finally:
        await engine.dispose()


async def fetch(url: str, query: str, *values: object) -> list[asyncpg.Record]:
    """The rows of a query of the owner's."""
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query, *values))
    finally:
        await connection.close()


EVERYTHING = """
SELECT (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.id) FROM policy p) AS policies,
       (SELECT jsonb_agg(to_jsonb(d) ORDER BY d.id) FROM draft d) AS drafts,
       (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.seq) FROM audit a) AS audit,
       (SELECT jsonb_agg(to_jsonb(h)) FROM audit_head h) AS head
"""

IN_FORCE_TWICE = """
SELECT one.id, other.id FROM policy one JOIN policy other ON one.id < other.id AND one.area = other.area
AND one.effective && other.effective AND one.published && other.published
"""
