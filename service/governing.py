"""The life of a policy, one function for each act: who may, what is looked at, what the store then does.

Every error is one of the core's: NotFound, NotAllowed, SecondPersonRequired, StaleVersion, UnsoundPolicy,
PolicyOverlap, NotInForce, IdempotencyKeyReused, Refused and StoreAway.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from service.core.book import open_book
from service.core.errors import Fault, Refused, StaleVersion, UnsoundPolicy
from service.core.lifecycle import Act
from service.core.policy import Version, is_area
from service.review.report import Report, RunCase, review
from service.store import acts, audit, drafts
from service.store.acts import Created, Withdrawn
from service.store.audit import Entry
from service.store.documents import sha256
from service.store.drafts import Content, Draft, is_draft
from service.store.idempotency import Once
from service.store.transaction import transaction

__all__ = ["Created", "Draft", "Entry", "Once", "Report", "RunCase", "Withdrawn", "is_draft"]


async def create_draft(
    engine: AsyncEngine,
    person: str,
    document: Mapping[str, Any],
    *,
    follows: str | None = None,
    once: Once | None = None,
) -> Created:
    """A new draft of the person's, or the one that the same request has made before."""
    return await acts.create(engine, person, _content(document, follows), once)


async def show_draft(engine: AsyncEngine, draft_id: str) -> Draft:
    """A draft, whatever has become of it; NotFound if there is none."""
    async with transaction(engine) as connection:
        return await drafts.read(connection, draft_id)


async def list_drafts(
    engine: AsyncEngine, *, area: str | None = None, after: str = "", limit: int = 100
) -> list[Draft]:
    """Drafts that are neither published nor withdrawn, by id, beginning after one."""
    async with transaction(engine) as connection:
        return await drafts.listed(connection, area, after, limit)


async def replace_draft(
    engine: AsyncEngine,
    person: str,
    draft_id: str,
    seen: Collection[int],
    document: Mapping[str, Any],
    *,
    follows: str | None = None,
) -> Draft:
    """The draft as the person writes it now; StaleVersion unless its version is one that they have seen."""
    return await acts.replace(engine, person, draft_id, seen, _content(document, follows))


async def check_draft(
    engine: AsyncEngine, person: str, draft_id: str, known: Mapping[str, Version], run_case: RunCase
) -> tuple[Draft, Report]:
    """The draft, and all that a check finds out about it; nothing changes but the audit.

    `known` are versions read before, so that only new ones are read from Postgres.
    """
    draft = await show_draft(engine, draft_id)
    acts.allow(draft, Act.CHECK, person)
    report = await _review(engine, draft, known, run_case, compare=True)
    await acts.check(engine, person, draft, sound=report.sound, faults=len(report.faults))
    return draft, report


async def publish_draft(
    engine: AsyncEngine,
    person: str,
    draft_id: str,
    seen: Collection[int],
    known: Mapping[str, Version],
    run_case: RunCase,
) -> Draft:
    """The draft once it has become a policy: exactly what was seen, and what the check was about.

    Raises UnsoundPolicy with every fault that the check finds.
    """
    draft = await show_draft(engine, draft_id)
    acts.allow(draft, Act.PUBLISH, person)
    if draft.version not in seen:
        raise StaleVersion(draft.id, draft.version)
    report = await _review(engine, draft, known, run_case, compare=False)
    if report.faults or report.checked is None:
        raise UnsoundPolicy(report.faults)
    return await acts.publish(engine, person, draft, report.checked, report.shortened)


async def _review(
    engine: AsyncEngine, draft: Draft, known: Mapping[str, Version], run_case: RunCase, *, compare: bool
) -> Report:
    """The check of a draft against what is published at this moment, whatever memory holds."""
    book = open_book(await acts.versions(engine, known))
    return await review(
        book,
        draft.document,
        supersedes=draft.supersedes,
        follows=draft.follows,
        run_case=run_case,
        compare=compare,
    )


async def supersede_policy(
    engine: AsyncEngine,
    person: str,
    policy_id: str,
    document: Mapping[str, Any] | None = None,
    *,
    once: Once | None = None,
) -> Created:
    """A draft that is to take the place of a published policy; without a document, a copy of that one."""
    if document is not None:
        _readable(document)
    return await acts.supersede(engine, person, policy_id, document, once)


async def withdraw(
    engine: AsyncEngine, person: str, name: str, reason: str, *, restore: bool = True
) -> Withdrawn:
    """Takes back a draft, or a published policy; with `restore`, what its publication had ended returns."""
    if is_draft(name):
        return await acts.withdraw_draft(engine, person, name, reason)
    return await acts.withdraw_policy(engine, person, name, reason, restore=restore)


async def audit_trail(
    engine: AsyncEngine,
    *,
    after: int = 0,
    limit: int = 100,
    subject: str | None = None,
    area: str | None = None,
    actor: str | None = None,
    act: str | None = None,
) -> list[Entry]:
    """What was done, oldest first, beginning after a number."""
    async with transaction(engine) as connection:
        return await audit.read(
            connection, after=after, limit=limit, subject=subject, area=area, actor=actor, act=act
        )


def _content(document: Mapping[str, Any], follows: str | None) -> Content:
    _readable(document)
    return Content(document, follows)


def _readable(document: Mapping[str, Any]) -> None:
    """Refused unless a document can be kept: its area is one, and Postgres can hold all of it."""
    if not is_area(document.get("area")):
        raise Refused([Fault("/document/area", "area_form")])
    try:
        sha256(document)
    except UnsoundPolicy as error:
        faults = [replace(fault, pointer=f"/document{fault.pointer}") for fault in error.faults]
        raise Refused(faults) from error
    except ValueError as error:  # not a number, or half a character
        raise Refused([Fault("/document", "invalid", {"detail": str(error)})]) from error
