"""Whether the process lives, and whether it can answer; both without a word to Postgres."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from service.api.deps import operation_id, snapshots_of
from service.api.v1.shown import Alive, Readiness

router = APIRouter(tags=["operation"], generate_unique_id_function=operation_id)
_FRESH = {"cache-control": "no-store"}
_AWAY: dict[int | str, dict[str, Any]] = {
    503: {"model": Readiness, "description": "No snapshot with the policies of an area has been read yet"}
}


@router.get("/livez", response_model=Alive, summary="Does the process run?")
async def livez() -> JSONResponse:
    """Answers as long as the process runs, whatever else is away."""
    return JSONResponse({"status": "alive"}, headers=_FRESH)


@router.get("/readyz", response_model=Readiness, responses=_AWAY, summary="Can questions be answered?")
async def readyz(request: Request) -> JSONResponse:
    """Ready once published policies are held, and still so while Postgres is away."""
    snapshots = snapshots_of(request)
    age = snapshots.age
    book = None if age is None else snapshots.current.book()
    ready = book is not None and bool(book.areas)
    body = {
        "status": "ready" if ready else "not_ready",
        "store": "connected" if snapshots.live else "away",
        "snapshot": None if book is None else book.id,
        "policies": 0 if book is None else len(book.versions),
        "age_seconds": None if age is None else round(age, 3),
        "listening": snapshots.live,
    }
    return JSONResponse(body, 200 if ready else 503, _FRESH)
