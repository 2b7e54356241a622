"""The addresses of a policy's life: written, checked, published by another person, corrected, taken back."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from service import governing
from service.api.deps import operation_id, snapshots_of, versions_of
from service.api.language import TAGS, language_of
from service.api.problems import declared
from service.api.security import administration_of
from service.api.v1 import examples
from service.api.v1.governed import Correction, DraftWritten, Withdrawal
from service.api.v1.governed_render import (
    created_answer,
    draft_answer,
    private,
    publication_answer,
    withdrawal_answer,
)
from service.api.v1.governed_route import Every, GovernedRoute, IdempotencyKey, IfMatch, caller_of, seen
from service.api.v1.governed_shown import DraftAnswer, PublicationAnswer, WithdrawalAnswer
from service.api.v1.listing import encoded
from service.api.v1.review import ReportAnswer, report_document
from service.api.v1.worked import run_case
from service.governing import Once

DraftPath = Annotated[str, Path(description="The id of a draft.", examples=["draft-" + 32 * "0"])]
PublishedPath = Annotated[str, Path(description="The id of a policy.", examples=["110000@2022-09-01"])]
EitherPath = Annotated[str, Path(description="The id of a draft or policy.", examples=["110000@2022-09-01"])]

_PATIENCE_SECONDS = 3.0  # with Postgres lost since the act, the answer does not wait for its return

_ETAG = {"description": "The version of the draft, to be sent as If-Match.", "schema": {"type": "string"}}
_LOCATION = {"description": "The address of the draft.", "schema": {"type": "string"}}
_REPLAYED = {
    "description": "`true` where an earlier request of the same Idempotency-Key made the draft.",
    "schema": {"type": "string"},
}
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"ETag": _ETAG, "Location": _LOCATION, "Idempotency-Replayed": _REPLAYED}}
}
_WRITTEN: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": _ETAG}}}

router = APIRouter(
    prefix="/v1/policies",
    tags=["administration"],
    route_class=GovernedRoute,
    responses=declared(401, 403, 422, 503),
    generate_unique_id_function=operation_id,
)


def _example(asked: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": asked}}}}


@router.post(
    "",
    status_code=201,
    response_model=DraftAnswer,
    summary="Draft a policy",
    responses={**_CREATED, **declared(413, 415)},
    openapi_extra=_example(examples.DRAFTED),
)
async def create_policy(
    request: Request, asked: DraftWritten, idempotency_key: IdempotencyKey = None
) -> Response:
    """Keeps a document as a draft, whatever is still wrong with it; nobody is answered from a draft."""
    made = await governing.create_draft(
        administration_of(request),
        caller_of(request).person,
        asked.document.plain(),
        follows=asked.follows,
        once=_once(request, idempotency_key),
    )
    return created_answer(made)


@router.put(
    "/{policy}",
    response_model=DraftAnswer,
    summary="Write a draft again",
    responses={**_WRITTEN, **declared(404, 409, 412, 413, 415, 428)},
    openapi_extra=_example(examples.DRAFTED),
)
async def replace_policy(
    request: Request,
    policy: DraftPath,
    asked: DraftWritten,
    if_match: IfMatch = None,  # noqa: ARG001 - for the contract; `seen` reads all of the header
) -> Response:
    """The whole draft as it is to be from now on; whoever writes it is one of its authors."""
    draft = await governing.replace_draft(
        administration_of(request),
        caller_of(request).person,
        policy,
        seen(request),
        asked.document.plain(),
        follows=asked.follows,
    )
    return draft_answer(draft)


@router.post(
    "/{policy}/check",
    response_model=ReportAnswer,
    summary="Check a draft",
    responses=declared(404, 409, 413, 415),
)
async def check_policy(request: Request, policy: DraftPath, every: Every = False) -> Response:
    """What publishing would say and bring: faults, worked cases, changes, and who gets how much more."""
    draft, report = await governing.check_draft(
        administration_of(request), caller_of(request).person, policy, versions_of(request), run_case
    )
    language = language_of(request)
    body = encoded(report_document(draft, report, language, every=every))
    return private(body, {"content-language": TAGS[language]})


@router.post(
    "/{policy}/publish",
    response_model=PublicationAnswer,
    summary="Publish a draft",
    responses=declared(404, 409, 412, 413, 415, 428),
)
async def publish_policy(
    request: Request,
    policy: DraftPath,
    if_match: IfMatch = None,  # noqa: ARG001 - for the contract; `seen` reads all of the header
) -> Response:
    """Puts a draft into use, for good: exactly the version that the caller has seen, who wrote none of it."""
    person = caller_of(request).person
    draft = await governing.publish_draft(
        administration_of(request), person, policy, seen(request), versions_of(request), run_case
    )
    await _in_use(request)
    return publication_answer(draft, person)


@router.post(
    "/{policy}/supersede",
    status_code=201,
    response_model=DraftAnswer,
    summary="Draft a correction",
    responses={**_CREATED, **declared(404, 409, 413, 415)},
    openapi_extra=_example(examples.CORRECTED),
)
async def supersede_policy(
    request: Request, policy: PublishedPath, asked: Correction, idempotency_key: IdempotencyKey = None
) -> Response:
    """A draft that will take the place of a published policy; answers as of before will stay as they were."""
    made = await governing.supersede_policy(
        administration_of(request),
        caller_of(request).person,
        policy,
        None if asked.document is None else asked.document.plain(),
        once=_once(request, idempotency_key),
    )
    return created_answer(made)


@router.post(
    "/{policy}/withdraw",
    response_model=WithdrawalAnswer,
    summary="Withdraw a policy or a draft",
    responses=declared(404, 409, 413, 415),
    openapi_extra=_example(examples.WITHDRAWN),
)
async def withdraw_policy(request: Request, policy: EitherPath, asked: Withdrawal) -> Response:
    """Takes a draft back, or a published policy: by a second person, and what it had ended returns."""
    withdrawn = await governing.withdraw(
        administration_of(request),
        caller_of(request).person,
        policy,
        asked.reason,
        restore=asked.restore,
    )
    await _in_use(request)
    return withdrawal_answer(withdrawn)


async def _in_use(request: Request) -> None:
    """Waits until this process answers by what was just done: whoever did it may ask at once."""
    await snapshots_of(request).caught_up(within=_PATIENCE_SECONDS)


def _once(request: Request, key: str | None) -> Once | None:
    """The request under its Idempotency-Key, if it has one."""
    return None if key is None else Once.of(key, request.url.path, request.scope["body"])
