"""The audit as it is read over the web: who did what with which policy, in the order in which it was done."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from service import governing
from service.api.deps import operation_id
from service.api.problems import declared
from service.api.security import administration_of, authorise
from service.api.v1.answering import Answer
from service.api.v1.governed_render import private
from service.api.v1.leaves import AreaCode, Instant
from service.api.v1.listing import encoded
from service.api.v1.queries import AuditQuery
from service.core.lifecycle import Scope
from service.governing import Entry

router = APIRouter(prefix="/v1", tags=["administration"], generate_unique_id_function=operation_id)


class AuditEntry(Answer):
    """One row of the audit (审计)."""

    seq: int = Field(ge=1, description="From 1, without a gap.")
    at: Instant
    actor: str = Field(description="A person; `catalogue` for what was shipped, `operator` for commands.")
    act: str = Field(
        description="`create`, `replace`, `check`, `publish`, `supersede`, `withdraw`, `restore`, `adopt`, "
        "`issue_key`, `rotate_key`, `revoke_key`."
    )
    subject: str = Field(description="The draft, the policy or the key that it was done with.")
    area: AreaCode | None
    details: dict[str, object]
    previous: str = Field(description="The hash of the row before; of the first, 64 zeros.")
    hash: str = Field(description="Of everything else of the row (SHA-256).")


class AuditAnswer(Answer):
    """Some rows, oldest first; `next` is where to go on, as `after`."""

    items: list[AuditEntry]
    next: str | None


@router.get(
    "/audit",
    response_model=AuditAnswer,
    summary="Read the audit",
    responses=declared(401, 403, 422, 503),
)
async def list_audit(request: Request, query: Annotated[AuditQuery, Query()]) -> Response:
    """Who did what, oldest first; every row carries the hash of the one before."""
    await authorise(request, Scope.AUDIT)
    found = await governing.audit_trail(
        administration_of(request),
        after=query.after,
        limit=query.limit + 1,
        subject=query.subject,
        area=query.area,
        actor=query.actor,
        act=query.act,
    )
    items = [_item(entry) for entry in found[: query.limit]]
    more = len(found) > query.limit
    return private(encoded({"items": items, "next": str(items[-1]["seq"]) if more else None}))


def _item(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "act": entry.act,
        "subject": entry.subject,
        "area": entry.area,
        "details": entry.details,
        "previous": entry.previous,
        "hash": entry.hash,
    }
