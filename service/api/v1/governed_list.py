"""Lists of policies: the published ones from memory, drafts as the store gives them; by id, page by page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.api.v1.answering import Effective
from service.api.v1.listing import days_document, holds, title_document
from service.api.v1.queries import PoliciesQuery
from service.api.v1.shown import Names
from service.core.errors import Fault, Refused
from service.core.lifecycle import State
from service.core.policy import Version
from service.governing import Draft

_DAYS, _NAMES = TypeAdapter(Effective), TypeAdapter(Names)


def published(versions: Mapping[str, Version], query: PoliciesQuery) -> dict[str, Any]:
    """The page of policies that were in a state by an instant, or are now."""
    after = query.cursor or ""
    found = [versions[name] for name in sorted(versions) if name > after and _fits(versions[name], query)]
    items = [_policy_item(version, query.as_of) for version in found[: query.limit]]
    return _page(items, len(found) > query.limit)


def drafts(found: Sequence[Draft], limit: int) -> dict[str, Any]:
    """The page of drafts, of which one more than the limit was looked for."""
    return _page([_draft_item(draft) for draft in found[:limit]], len(found) > limit)


def refuse_days_of_drafts(query: PoliciesQuery) -> None:
    """Refused where drafts are asked for by what only published policies have."""
    asked = {"/as_of": query.as_of, "/on": query.on}
    if faults := [Fault(pointer, "not_of_drafts") for pointer, value in asked.items() if value is not None]:
        raise Refused(faults)


def _page(items: list[dict[str, Any]], more: bool) -> dict[str, Any]:
    return {"items": items, "next": items[-1]["id"] if more else None}


def _fits(version: Version, query: PoliciesQuery) -> bool:
    return (
        _state(version, query.as_of) is query.state
        and query.area in (None, version.policy.area)
        and (query.on is None or holds(version.policy.effective, query.on))
    )


def _state(version: Version, as_of: datetime | None) -> State | None:
    """Where a policy stood at an instant, or stands now; None before it was published."""
    if as_of is not None and as_of < version.published_from:
        return None
    return State.PUBLISHED if _ended(version, as_of) is None else version.state


def _ended(version: Version, as_of: datetime | None) -> datetime | None:
    """When its publication ended, as far as was known at the instant."""
    ended = version.published_to
    return None if ended is not None and as_of is not None and as_of < ended else ended


def _policy_item(version: Version, as_of: datetime | None) -> dict[str, Any]:
    ended = _ended(version, as_of)
    return {
        "id": version.id,
        "area": version.policy.area,
        "state": _state(version, as_of),
        "effective": days_document(version.policy.effective),
        "title": title_document(version),
        "grade": version.grade,
        "sha256": version.sha256,
        "published_from": version.published_from.isoformat(),
        "published_to": None if ended is None else ended.isoformat(),
        "author": version.author,
        "approver": version.approver,
    }


def _draft_item(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "area": draft.area,
        "state": draft.state,
        "effective": _readable(_DAYS, _days(draft.document.get("effective"))),
        "title": _readable(_NAMES, draft.document.get("title")),
        "grade": None,
        "sha256": draft.sha256,
        "published_from": None,
        "published_to": None,
        "author": draft.authors[-1],
        "approver": None,
        "version": draft.version,
        "changed_at": draft.changed_at.isoformat(),
        "supersedes": draft.supersedes,
        "follows": draft.follows,
    }


def _days(value: object) -> object:
    """A document may leave out that its policy has no last day; a list tells it."""
    return {"to": None, **value} if isinstance(value, dict) else value


def _readable(kind: TypeAdapter[Any], value: object) -> object:
    """A part of a draft's document, where it is of its shape already."""
    try:
        kind.validate_python(value)
    except ValidationError:
        return None
    return value
