"""Answers to GET: an entity tag, how long they keep, and 304 where the caller has them already."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from service.api.language import TAGS, Language

_KEPT_SECONDS = 60


def cached(request: Request, body: bytes, language: Language) -> Response:
    """The answer, or 304 if the caller's copy is the same."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "etag": tag,
        "cache-control": f"{_kept_by(request)}, max-age={_KEPT_SECONDS}",
        "vary": "accept-language",
        "content-language": TAGS[language],
    }
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


def _kept_by(request: Request) -> str:
    """Who may keep the answer: only whoever asked, where somebody had to be let in."""
    return "private" if "caller" in request.scope else "public"


def _holds(header: str, tag: str) -> bool:
    """Whether If-None-Match names the tag; a weak one counts, as RFC 9110 says of this header."""
    names = [name.strip().removeprefix("W/") for name in header.split(",")]
    return "*" in names or tag in names
