"""The route of questions: bytes in, validated once; bytes out, validated never; every fault at once.

FastAPI's own handler would decode the body, validate the answer and encode it again; for a year of
months that is more work than the simulation. The contract still comes from the endpoint's signature.
"""

import inspect
import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.api.deps import book_of
from service.api.shape import pointer, shape_faults
from service.api.v1.checks import contradictions
from service.api.v1.gleaning import readable_parts
from service.api.v1.published import unpublished
from service.api.v1.reading import Asks, asks_of, parts_of
from service.api.v1.schemas import BODY_MOST, Question
from service.core.book import Book
from service.core.errors import Fault, Refused

Asked = TypeVar("Asked", bound=Question)
BookAt = Callable[[datetime | None], Book]


class QuestionRoute(APIRoute):
    """A route whose endpoint takes a question and the request it came in, and answers bytes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that takes the place of FastAPI's own."""
        endpoint = self.endpoint
        if not inspect.iscoroutinefunction(endpoint):
            raise TypeError(f"{endpoint.__name__} must be async: a thread costs more than the answer")
        kind: type[Question] = get_type_hints(endpoint)["question"]
        adapter, asks = TypeAdapter(kind), asks_of(kind)

        async def handle(request: Request) -> Response:
            body = await body_of(request)
            question = read(adapter, asks, body, lambda as_of: book_of(request, as_of))
            try:
                response: Response = await endpoint(question, request)
            except Refused as refused:
                # What is looked up first must not hide what the rules would have asked for.
                parts, faults = parts_of(question), list(refused.faults)
                more = unpublished(book_of(request, parts.as_of), parts, faults)
                raise Refused([*faults, *more]) from refused
            return response

        return handle


async def body_of(request: Request) -> bytes:
    """The bytes of a JSON body that is not too large; kept in the request for who asks again."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > BODY_MOST:
        raise HTTPException(413)
    message = await request.receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _rest(request, body)
    if len(body) > BODY_MOST:
        raise HTTPException(413)
    if body and not _is_json(request.headers.get("content-type", "")):
        raise HTTPException(415)
    request.scope["body"] = body
    return body


async def _rest(request: Request, begun: bytes) -> bytes:
    body, more = bytearray(begun), True
    while more and len(body) <= BODY_MOST:
        message = await request.receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _is_json(content_type: str) -> bool:
    name = content_type.partition(";")[0].strip().lower()
    return name == "application/json" or (name.startswith("application/") and name.endswith("+json"))


def read(adapter: TypeAdapter[Asked], asks: Asks, body: bytes, book_at: BookAt) -> Asked:
    """The question in a body; Refused names every fault of shape and sense that can be told by now."""
    if not body.strip():
        raise Refused([Fault("", "body_required")])
    try:
        question = adapter.validate_json(body)
    except ValidationError as error:
        raise Refused(_faults(error, asks, body, book_at)) from error
    parts = parts_of(question)
    faults = [*contradictions(parts), *repeated_keys(body)]
    if faults:
        raise Refused([*faults, *unpublished(book_at(parts.as_of), parts, faults)])
    return question


def _faults(error: ValidationError, asks: Asks, body: bytes, book_at: BookAt) -> list[Fault]:
    """The faults of shape, and all others that the rest of the body shows."""
    faults = shape_faults(error.errors(include_url=False, include_input=False))
    if any(fault.code == "json_invalid" for fault in faults):
        return faults
    parts = readable_parts(asks, body)
    at = {fault.pointer for fault in faults}
    faults += [fault for fault in contradictions(parts) if fault.pointer not in at]
    faults += repeated_keys(body)
    return [*faults, *unpublished(book_at(parts.as_of), parts, faults)]


def repeated_keys(body: bytes) -> list[Fault]:
    """The keys given twice in one object: of two values no reader could say which was meant."""
    repeats = False

    def pairs(given: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        held = dict(given)
        repeats = repeats or len(held) < len(given)
        return held

    json.loads(body, object_pairs_hook=pairs)
    return _find_repeats(json.loads(body, object_pairs_hook=_Pairs), ()) if repeats else []


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written."""


def _find_repeats(value: object, at: tuple[int | str, ...]) -> list[Fault]:
    faults = []
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, inner in value:
            if key in seen:
                faults.append(Fault(pointer((*at, key)), "duplicate_key", {"key": key}))
            seen.add(key)
            faults += _find_repeats(inner, (*at, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            faults += _find_repeats(inner, (*at, place))
    return faults
