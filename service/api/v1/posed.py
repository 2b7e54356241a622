"""A question read once from its bytes; every fault of shape and sense that shows by then is told at once."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from service.api.shape import pointer, shape_faults
from service.api.v1.checks import contradictions
from service.api.v1.gleaning import readable_parts
from service.api.v1.published import unpublished
from service.api.v1.reading import Asks, parts_of
from service.api.v1.schemas import Question
from service.core.book import Book
from service.core.errors import Fault, Refused

Posed = TypeVar("Posed", bound=Question)
BookAt = Callable[[datetime | None], Book]


def read(adapter: TypeAdapter[Posed], asks: Asks, body: bytes, book_at: BookAt) -> Posed:
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
        raise Refused([*faults, *unpublished(book_at(parts.head.as_of), parts, faults)])
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
    return [*faults, *unpublished(book_at(parts.head.as_of), parts, faults)]


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
