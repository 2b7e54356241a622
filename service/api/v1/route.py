"""The route of questions: bytes in, validated once; bytes out, validated never; every fault at once.

FastAPI's own handler would decode the body, validate the answer and encode it again; for a year of
months that is more work than the simulation. The contract still comes from the endpoint's signature.
"""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, get_type_hints

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.api.deps import book_of
from service.api.language import TAGS, Language, language_of
from service.api.security import admit
from service.api.v1.answered import answered
from service.api.v1.comparisons import ComparisonsQuestion
from service.api.v1.posed import BookAt
from service.api.v1.reading import asks_of
from service.api.v1.scenarios import compared
from service.api.v1.schemas import BODY_MOST

_HEADERS: dict[Language, dict[str, str]] = {
    language: {"content-language": tag, "cache-control": "no-store"} for language, tag in TAGS.items()
}


class QuestionRoute(APIRoute):
    """A route whose endpoint is the contract alone: the type of its `question` says how it is answered."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that takes the place of FastAPI's own."""
        answer = _answering(get_type_hints(self.endpoint)["question"])

        async def handle(request: Request) -> Response:
            await admit(request)
            body, language = await body_of(request), language_of(request)
            written = await answer(body, partial(book_of, request), language)
            return Response(written, 200, _HEADERS[language], "application/json")

        return handle


def _answering(kind: type) -> Callable[[bytes, BookAt, Language], Coroutine[Any, Any, bytes]]:
    """What answers a question of a kind: at once, but for scenarios, between which others have their turn."""
    if kind is ComparisonsQuestion:
        return compared
    ask = asks_of(kind)

    async def at_once(body: bytes, book_at: BookAt, language: Language) -> bytes:
        return answered(ask, body, book_at, language)

    return at_once


async def body_of(request: Request) -> bytes:
    """The bytes of a JSON body that is not too large."""
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
