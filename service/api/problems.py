"""Everything that goes wrong, told as RFC 9457 problems: one table from errors to status codes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.api.faults import sentences
from service.api.language import TAGS, Language, language_of
from service.api.shape import shape_faults
from service.core.errors import Fault, NotFound, NotReady, Refused

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2

_TITLES: Mapping[str, tuple[str, str]] = {
    "invalid_request": ("请求有误", "The request is not valid"),
    "bad_request": ("无法读懂请求", "The request cannot be read"),
    "not_found": ("没有找到", "Not found"),
    "method_not_allowed": ("不支持该方法", "The method is not allowed here"),
    "too_large": ("请求太大", "The request is too large"),
    "unsupported_media_type": ("请求体须为 application/json", "The body must be application/json"),
    "not_ready": ("服务尚未就绪", "The service is not ready"),
    "internal_error": ("服务内部错误", "An error inside the service"),
    "refused": ("请求被拒绝", "The request was refused"),
}
_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    500: "internal_error",
    503: "not_ready",
}


_DECLARED = {
    404: "No such area or policy has been published",
    413: "The body is larger than 1 MiB",
    415: "The body is not application/json",
    422: "The question is not valid; every fault is named",
    503: "The published policies have not been read yet; Retry-After tells when to try again",
}


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of an address, as the contract declares them."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _DECLARED[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem before it is written; `detail` is in Chinese and in English."""

    status: int
    detail: tuple[str, str]
    faults: tuple[Fault, ...] = ()


def of_faults(faults: Sequence[Fault]) -> Problem:
    """One problem that names every fault."""
    count = len(faults)
    english = "1 fault was found." if count == 1 else f"{count} faults were found."
    return Problem(422, (f"发现 {count} 处错误。", english), tuple(faults))


def write(problem: Problem, instance: str, language: Language) -> bytes:
    """The body of the answer."""
    which = 1 if language == "en" else 0
    code = _CODES.get(problem.status, "refused")
    body: dict[str, object] = {
        "type": f"urn:yibao-balance:problem:{code}",
        "title": _TITLES[code][which],
        "status": problem.status,
        "detail": problem.detail[which],
        "instance": instance,
        "code": code,
        "faults": [_fault(fault, which) for fault in problem.faults],
    }
    # A lone surrogate from a request's own key is not UTF-8; it is shown as its escape.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


def _fault(fault: Fault, which: int) -> dict[str, object]:
    both = sentences(fault)
    texts = {"zh": both[0], "en": both[1]}
    return {"pointer": fault.pointer, "code": fault.code, "text": both[which], "texts": texts}


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response to the request."""
    language = language_of(request)
    return Response(
        write(problem, request.scope["path"], language),
        problem.status,
        {**(headers or {}), "content-language": TAGS[language], "cache-control": "no-store"},
        MEDIA_TYPE,
    )


async def _refused(request: Request, error: Exception) -> Response:
    faults = error.faults if isinstance(error, Refused) else ()
    return answer(request, of_faults(faults))


async def _shape(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    # The first step of a place says path, query or header; pointers begin inside it.
    return answer(request, of_faults(shape_faults(found, skip=1)))


async def _not_found(request: Request, error: Exception) -> Response:
    what, name = (error.what, error.name) if isinstance(error, NotFound) else ("", "")
    fault = Fault(f"/{what}", f"unknown_{what}", {what: name})
    return answer(request, Problem(404, sentences(fault), (fault,)))


async def _not_ready(request: Request, _error: Exception) -> Response:
    detail = (
        "尚未读到已发布的政策，请稍后再试。",
        "The published policies have not been read yet; try again soon.",
    )
    return answer(request, Problem(503, detail), {"retry-after": str(RETRY_SECONDS)})


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    detail = _DETAILS.get(error.status_code, (error.detail, error.detail))
    return answer(request, Problem(error.status_code, detail), error.headers)


_DETAILS = {
    404: ("没有这个地址。", "There is no such address."),
    405: ("这个地址不支持该方法。", "This address does not support the method."),
    413: ("请求体最大 1 MiB。", "A body of at most 1 MiB is taken."),
    415: (
        "请用 content-type: application/json 发送请求体。",
        "Send the body as content-type: application/json.",
    ),
}


async def _internal(request: Request, _error: Exception) -> Response:
    # The error itself is raised again after this answer, and logged by the server.
    return answer(request, Problem(500, ("出错的是服务，不是请求。", "The service failed, not the request.")))


def add_handlers(app: FastAPI) -> None:
    """The one table from errors to problems."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _shape)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(NotReady, _not_ready)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)
