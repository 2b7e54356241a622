"""Drafts, publications and withdrawals as answers: bytes that nobody may keep, with the ETag of a draft."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from service.api.v1.listing import encoded
from service.core.lifecycle import State
from service.governing import Created, Draft, Withdrawn


def private(body: bytes, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """An answer for the caller alone."""
    return Response(body, status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def draft_answer(draft: Draft) -> Response:
    """A draft as it is; one that is over has no ETag: nothing of it can be changed, by whatever If-Match."""
    headers = {"etag": _etag(draft)} if draft.state is State.DRAFT else {}
    return private(encoded(draft_document(draft)), headers)


def created_answer(created: Created) -> Response:
    """A draft as it was made, by this request or by an earlier one of the same key."""
    draft = created.draft
    replayed = {"idempotency-replayed": "true"} if created.replayed else {}
    headers = {"etag": _etag(draft), "location": f"/v1/policies/{draft.id}", **replayed}
    return private(encoded(draft_document(draft)), headers, 201)


def publication_answer(draft: Draft, approver: str) -> Response:
    """What the publication of a draft brought about."""
    told = {
        "id": draft.published_as,
        "area": draft.area,
        "state": draft.state,
        "draft": draft.id,
        "sha256": draft.sha256,
        "authors": draft.authors,
        "approver": approver,
        "began": draft.began,
        "ended": draft.ended,
    }
    return private(encoded(told))


def withdrawal_answer(withdrawn: Withdrawn) -> Response:
    """What was taken back, and what came back for it."""
    told = {
        "id": withdrawn.id,
        "area": withdrawn.area,
        "state": State.WITHDRAWN,
        "began": withdrawn.began,
        "ended": withdrawn.ended,
    }
    return private(encoded(told))


def draft_document(draft: Draft) -> dict[str, Any]:
    """A draft with its document."""
    return {
        "id": draft.id,
        "area": draft.area,
        "state": draft.state,
        "version": draft.version,
        "sha256": draft.sha256,
        "author": draft.authors[-1],
        "authors": draft.authors,
        "supersedes": draft.supersedes,
        "follows": draft.follows,
        "created_at": draft.created_at.isoformat(),
        "changed_at": draft.changed_at.isoformat(),
        "published_as": draft.published_as,
        "document": draft.document,
    }


def _etag(draft: Draft) -> str:
    return f'"{draft.version}"'
