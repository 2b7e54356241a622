"""Reads what the administration is asked: bodies that the store can keep, and the headers of a change."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import Headers

from service.api.shape import pointer, shape_faults
from service.api.v1.posed import repeated_keys
from service.core.errors import Fault, Refused

Asked = TypeVar("Asked", bound=BaseModel)

KEY_MOST = 64
WHOLE_MOST = 2**53 - 1  # what every reader of JSON takes for the same number (RFC 7493)

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_VERSION = re.compile(r'(?<!W/)"([1-9][0-9]{0,17})"')
_KEY = re.compile(rf"[\x20-\x7e]{{1,{KEY_MOST}}}")


def read(adapter: TypeAdapter[Asked], body: bytes) -> Asked:
    """What a body asks; Refused names every fault of its shape, and all that no store could keep."""
    if not body.strip():
        raise Refused([Fault("", "body_required")])
    faults: list[Fault] = []
    asked: Asked | None = None
    try:
        asked = adapter.validate_json(body)
    except ValidationError as error:
        faults = shape_faults(error.errors(include_url=False, include_input=False))
        if any(fault.code == "json_invalid" for fault in faults):
            raise Refused(faults) from error
    at = {fault.pointer for fault in faults}
    faults += repeated_keys(body)
    faults += [fault for fault in unkept(json.loads(body)) if fault.pointer not in at]
    if faults or asked is None:
        raise Refused(faults)
    return asked


def unkept(value: Any, at: tuple[int | str, ...] = ()) -> Iterator[Fault]:
    """What JSON can say and a policy cannot: fractions, numbers past all readers, null characters."""
    match value:
        case float():
            yield Fault(pointer(at), "not_integer")
        case int() if abs(value) > WHOLE_MOST:
            yield Fault(pointer(at), "number_too_large", {"most": str(WHOLE_MOST)})
        case str() if "\0" in value:
            yield Fault(pointer(at), "null_character")
        case list():
            for place, inner in enumerate(value):
                yield from unkept(inner, (*at, place))
        case dict():
            for key, inner in value.items():
                if "\0" in key:
                    yield Fault(pointer((*at, key)), "null_character")
                yield from unkept(inner, (*at, key))
        case _:
            pass


def header_faults(headers: Headers) -> Iterator[Fault]:
    """What is wrong with the form of If-Match and Idempotency-Key."""
    tags, keys = headers.getlist("if-match"), headers.getlist("idempotency-key")
    if tags and _TAGS.fullmatch(", ".join(tags)) is None:
        yield Fault("/If-Match", "if_match_form")
    if len(keys) > 1 or (keys and _KEY.fullmatch(keys[0]) is None):
        yield Fault("/Idempotency-Key", "idempotency_key_form", {"most": str(KEY_MOST)})


def versions_seen(headers: Headers) -> frozenset[int] | None:
    """The versions that If-Match names; None without one.

    A weak tag names none: it never matches where something is to be changed (RFC 9110, 13.1.1).
    """
    tags = headers.getlist("if-match")
    return frozenset(map(int, _VERSION.findall(", ".join(tags)))) if tags else None
