"""Everything that goes wrong, told as RFC 9457 problems: one table from errors to codes."""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from service.api.faults import sentences
from service.api.language import TAGS, Language, language_of
from service.api.problem_words import ACTS, INSTEAD, PROBLEMS, STATES, Both
from service.api.shape import shape_faults
from service.core import errors
from service.core.errors import Fault, NotFound, YibaoError
from service.core.lifecycle import NotAllowed, SecondPersonRequired

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
REALM = 'realm="yibao-balance"'

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
_DECLARED = {
    401: "No credentials, or none that are taken; the code says why",
    403: "The caller may not do this; the code says what is needed",
    404: "No such area or policy has been published",
    409: "The state of the policy, or of the others of its area, does not allow it",
    412: "The draft has changed since the version that If-Match names",
    413: "The body is larger than 1 MiB",
    415: "The body is not application/json",
    422: "The question is not valid; every fault is named",
    428: "If-Match is missing",
    503: "What is needed has not been read yet, or is away; Retry-After tells when to try again",
}


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of an address, as the contract declares them."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _DECLARED[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


class Rejected(YibaoError):
    """A request refused at the edge, by the code of a problem; `values` fill its detail."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem before it is written; `detail` is in Chinese and in English."""

    code: str
    status: int
    detail: Both
    faults: tuple[Fault, ...] = ()
    policies: tuple[str, ...] = ()  # what stands in the way, for programs


def problem(
    code: str, *, faults: Sequence[Fault] = (), policies: Sequence[str] = (), **values: str | Both
) -> Problem:
    """The problem of a code, its detail filled in."""
    told = PROBLEMS[code]
    zh = {name: value if isinstance(value, str) else value[0] for name, value in values.items()}
    en = {name: value if isinstance(value, str) else value[1] for name, value in values.items()}
    detail = (told.detail[0].format_map(zh), told.detail[1].format_map(en))
    return Problem(code, told.status, detail, tuple(faults), tuple(policies))


def of_faults(faults: Sequence[Fault], code: str = "invalid_request") -> Problem:
    """One problem that names every fault."""
    count = len(faults)
    english = "1 fault was" if count == 1 else f"{count} faults were"
    return problem(code, faults=faults, count=(str(count), english))


def write(problem: Problem, instance: str, language: Language) -> bytes:
    """The body of the answer."""
    which = 1 if language == "en" else 0
    body: dict[str, object] = {
        "type": f"urn:yibao-balance:problem:{problem.code}",
        "title": PROBLEMS[problem.code].title[which],
        "status": problem.status,
        "detail": problem.detail[which],
        "instance": instance,
        "code": problem.code,
        "faults": [_fault(fault, which) for fault in problem.faults],
    }
    if problem.policies:
        body["policies"] = problem.policies
    # A lone surrogate from a request's own key is not UTF-8; it is shown as its escape.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


def _fault(fault: Fault, which: int) -> dict[str, object]:
    both = sentences(fault)
    texts = {"zh": both[0], "en": both[1]}
    return {"pointer": fault.pointer, "code": fault.code, "text": both[which], "texts": texts}


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response to the request."""
    language = language_of(request)
    told = {**(headers or {}), **_headers(problem)}
    return Response(
        write(problem, request.scope["path"], language),
        problem.status,
        {**told, "content-language": TAGS[language], "cache-control": "no-store"},
        MEDIA_TYPE,
    )


def _headers(problem: Problem) -> dict[str, str]:
    """What the status asks for besides: how to show who one is, and when to come again."""
    if problem.status == 401:  # noqa: PLR2004 - RFC 9110: a 401 names a challenge
        wrong = ', error="invalid_token"' if problem.code.startswith("token_") else ""
        return {"www-authenticate": f"ApiKey {REALM}, Bearer {REALM}{wrong}"}
    if problem.status == 503:  # noqa: PLR2004
        return {"retry-after": str(RETRY_SECONDS)}
    return {}


def _overlap(error: errors.PolicyOverlap) -> Problem:
    return problem(
        "policy_overlap", policies=error.policies, these=(_listed(error, "、"), _listed(error, ", "))
    )


def _listed(error: errors.PolicyOverlap, joint: str) -> str:
    return joint.join(error.policies) or str(error)


def _wrong_state(error: NotAllowed) -> Problem:
    instead = ("", "")
    if error.instead is not None:
        instead = (INSTEAD[0].format(policy=error.instead), INSTEAD[1].format(policy=error.instead))
    state, act = STATES[error.state], ACTS[error.act]
    policies = () if error.instead is None else (error.instead,)
    return problem(
        "wrong_state", policies=policies, policy=error.policy, state=state, act=act, instead=instead
    )


def _not_found(error: NotFound) -> Problem:
    fault = Fault(f"/{error.what}", f"unknown_{error.what}", {error.what: error.name})
    return Problem("not_found", 404, sentences(fault), (fault,))


def _http(error: HTTPException) -> Problem:
    code = _CODES.get(error.status_code, "refused")
    return replace(problem(code, said=error.detail), status=error.status_code)


# The one table from errors to problems. Pointers of a request begin inside its path, query or header.
_TELLS: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Rejected: lambda error: problem(error.code, **error.values),
    errors.Refused: lambda error: of_faults(error.faults),
    RequestValidationError: lambda error: of_faults(shape_faults(error.errors(), skip=1)),
    errors.UnsoundPolicy: lambda error: of_faults(error.faults, "unsound_policy"),
    errors.NotFound: _not_found,
    errors.NotReady: lambda _: problem("not_ready"),
    errors.StoreAway: lambda _: problem("store_away"),
    errors.PolicyOverlap: _overlap,
    errors.NotInForce: lambda error: problem("not_in_force", policies=(error.policy,), policy=error.policy),
    errors.StaleVersion: lambda error: problem(
        "stale_version", draft=error.draft, version=str(error.version)
    ),
    errors.IdempotencyKeyReused: lambda _: problem("idempotency_key_reused"),
    NotAllowed: _wrong_state,
    SecondPersonRequired: lambda error: problem("second_person_required", policy=error.policy),
    HTTPException: _http,
    # The error itself is raised again after this answer, and logged by the server.
    Exception: lambda _: problem("internal_error"),
}


def add_handlers(app: FastAPI) -> None:
    """Has every error answered by its problem."""
    for kind, tell in _TELLS.items():
        app.add_exception_handler(kind, _answering(tell))


def _answering(
    tell: Callable[[Any], Problem],
) -> Callable[[Request, Exception], Coroutine[Any, Any, Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004
            headers = {"allow": _allowed(request)}
        return answer(request, tell(error), headers)

    return handle


def _allowed(request: Request) -> str:
    """The methods of an address: the router names those of one route, and several share an address."""
    app: FastAPI = request.app
    of_address = [route for route in app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in of_address for method in getattr(route, "methods", ())}))
