"""The addresses at which policies are looked up: published ones by everybody, drafts by those who may."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service import governing, usecases
from service.api.deps import operation_id, versions_of
from service.api.language import language_of
from service.api.problems import declared
from service.api.security import administration_of, authorise
from service.api.v1 import governed_list
from service.api.v1.cached import cached
from service.api.v1.governed_render import draft_answer, private
from service.api.v1.governed_route import READERS
from service.api.v1.governed_shown import DraftAnswer, PoliciesAnswer
from service.api.v1.listing import encoded, policy_document
from service.api.v1.queries import NoQuery, PoliciesQuery
from service.api.v1.shown import PolicyAnswer
from service.core.lifecycle import State
from service.governing import is_draft

PolicyPath = Annotated[
    str,
    Path(description="Area and first day of effect; or the id of a draft.", examples=["110000@2022-09-01"]),
]

router = APIRouter(
    prefix="/v1/policies",
    tags=["policies"],
    responses=declared(401, 403, 422, 503),
    generate_unique_id_function=operation_id,
)


@router.get("", response_model=PoliciesAnswer, summary="List policies")
async def list_policies(request: Request, query: Annotated[PoliciesQuery, Query()]) -> Response:
    """Policies by id without their documents: those published, superseded or withdrawn, or drafts."""
    if query.state is not State.DRAFT:
        document = governed_list.published(versions_of(request), query)
        return cached(request, encoded(document), language_of(request))
    await authorise(request, *READERS)
    governed_list.refuse_days_of_drafts(query)
    found = await governing.list_drafts(
        administration_of(request), area=query.area, after=query.cursor or "", limit=query.limit + 1
    )
    return private(encoded(governed_list.drafts(found, query.limit)))


@router.get(
    "/{policy}", response_model=PolicyAnswer | DraftAnswer, summary="Show a policy", responses=declared(404)
)
async def show_policy(request: Request, policy: PolicyPath, _query: Annotated[NoQuery, Query()]) -> Response:
    """One policy as it is stored, with its sources; also one that has been corrected since, or a draft."""
    if is_draft(policy):
        await authorise(request, *READERS)
        return draft_answer(await governing.show_draft(administration_of(request), policy))
    version = usecases.policy(versions_of(request), policy)
    return cached(request, encoded(policy_document(version)), language_of(request))
