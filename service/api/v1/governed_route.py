"""The route of acts: who asks comes first, then the bounded body and the headers, all faults at once."""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, get_type_hints

from fastapi import Header, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from service import usecases
from service.api.deps import versions_of
from service.api.problems import Rejected
from service.api.security import Caller, administration_of, authorise
from service.api.v1.governed import Nothing
from service.api.v1.governed_reading import header_faults, read, versions_seen
from service.api.v1.route import body_of
from service.core.errors import Fault, Refused
from service.core.lifecycle import MOVES, Act, NotAllowed, Scope, State
from service.core.policy import stem
from service.governing import is_draft, show_draft

ACTS: Mapping[str, Act] = {
    "create_policy": Act.CREATE,
    "replace_policy": Act.REPLACE,
    "check_policy": Act.CHECK,
    "publish_policy": Act.PUBLISH,
    "supersede_policy": Act.SUPERSEDE,
    "withdraw_policy": Act.WITHDRAW,
}
"""Which operation is which act."""

_NOTHING: TypeAdapter[BaseModel] = TypeAdapter(Nothing)
_OF_DRAFTS = (Act.REPLACE, Act.CHECK, Act.PUBLISH)
READERS = (Scope.DRAFT, Scope.PUBLISH)  # who may see drafts

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description='The ETag of the draft as it was read: `"3"`. Required: without it 428, stale 412.',
        examples=['"1"'],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 64 printable ASCII characters of the caller's own. The same request with the same "
        "key is done once; its answer is repeated for 7 days.",
        examples=["2027-retirees-1"],
    ),
]

Every = Annotated[
    bool,
    Query(alias="all", description="Also the samples for which nothing changes; 200 of a kind at most."),
]


def scopes_of(act: Act, policy: str | None = None) -> tuple[Scope, ...]:
    """The scopes any of which lets a caller try an act on what an id names; without an id, on anything."""
    state = None if policy is None else State.DRAFT if policy.startswith("draft-") else State.PUBLISHED
    found = MOVES.get((state, act))
    if found is not None:
        return found.scopes
    of_act = [move.scopes for (_, of), move in MOVES.items() if of is act]
    return tuple(dict.fromkeys(scope for scopes in of_act for scope in scopes))


class GovernedRoute(APIRoute):
    """A route whose endpoint does one act of a policy's life, for a caller who may do such acts."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that takes the place of FastAPI's own, which would read any body of anybody."""
        endpoint, act = self.endpoint, ACTS[self.name]
        names, asked = inspect.signature(endpoint).parameters, get_type_hints(endpoint).get("asked")
        adapter: TypeAdapter[BaseModel] | None = None if asked is None else TypeAdapter(asked)

        async def handle(request: Request) -> Response:
            scopes = scopes_of(act, request.path_params.get("policy"))
            request.scope["caller"] = await authorise(request, *scopes)
            await _refuse_other_kind(request, act)
            given = {**request.path_params, **_headers(request), "every": _every(request), "request": request}
            given["asked"] = await _asked(request, adapter)
            try:
                response: Response = await endpoint(**{name: given[name] for name in names})
            except NotAllowed as refused:
                raise _told(request, refused) from refused
            return response

        return handle


async def _refuse_other_kind(request: Request, act: Act) -> None:
    """NotAllowed where a policy is named for an act on drafts, or a draft for one on policies."""
    name: str = request.path_params.get("policy", "")
    if act is Act.SUPERSEDE and is_draft(name):
        draft = await show_draft(administration_of(request), name)
        raise NotAllowed(name, draft.state, act)
    if act in _OF_DRAFTS and not is_draft(name):
        raise NotAllowed(name, usecases.policy(versions_of(request), name).state, act)


def _told(request: Request, refused: NotAllowed) -> NotAllowed:
    """The refusal of an act on what was superseded, with the version that is open in its place, if any."""
    if refused.state is not State.SUPERSEDED:
        return refused
    name = stem(refused.policy)
    held = versions_of(request).values()
    found = [each.id for each in held if stem(each.id) == name and each.published_to is None]
    return NotAllowed(refused.policy, refused.state, refused.act, found[0] if found else None)


def caller_of(request: Request) -> Caller:
    """Who asks, once the route has let them in."""
    caller: Caller = request.scope["caller"]
    return caller


def seen(request: Request) -> frozenset[int]:
    """The versions that the caller has seen; Rejected without If-Match."""
    versions = versions_seen(request.headers)
    if versions is None:
        raise Rejected("if_match_required")
    return versions


def _every(request: Request) -> bool:
    """Whether `all` is asked for; Refused unless it says so in one word."""
    said = request.query_params.getlist("all")
    if len(said) > 1 or not {*said} <= {"true", "false"}:
        raise Refused([Fault("/all", "not_boolean")])
    return said == ["true"]


def _headers(request: Request) -> dict[str, str | None]:
    return {name: request.headers.get(name.replace("_", "-")) for name in ("if_match", "idempotency_key")}


async def _asked(request: Request, adapter: TypeAdapter[BaseModel] | None) -> BaseModel | None:
    """What the body asks, where the act has one; Refused names the faults of headers and body together."""
    faults: list[Fault] = [*header_faults(request.headers)]
    asked = None
    body = request.scope["body"] = await body_of(request)
    if adapter is not None or body.strip():  # what asks for nothing must not be taken for something
        try:
            asked = read(adapter or _NOTHING, body)
        except Refused as refused:
            faults += refused.faults
    if faults:
        raise Refused(faults)
    return asked
