"""Policy documents: JSON on one side, the core's records on the other, and every fault between them."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from service.core.check import check, grade_of
from service.core.errors import Fault, UnsoundPolicy
from service.core.policy import NATIONAL_AREA, National, Policy, is_area
from service.core.source import Grade

# A record's `from_` is written `from`, which Python keeps for itself.
_SHAPE = ConfigDict(extra="forbid", strict=True, alias_generator=lambda name: name.removesuffix("_"))
_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # after a backslash of its own it is only text
_CODES = {"missing": "required", "unexpected_keyword_argument": "unknown_field"}
_ALTERNATIVES = {"literal_error", "none_required"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that may be published, and what was found out about it on the way."""

    document: Mapping[str, Any]
    policy: Policy | National
    sha256: str
    grade: Grade


def checked(document: Mapping[str, Any]) -> Checked:
    """The document, if it may be published; UnsoundPolicy with every fault otherwise."""
    policy = read(document)
    grade = grade_of(policy)
    faults = check(policy)
    if not is_area(policy.area):
        faults.append(Fault("/area", "area_code_of_six_digits"))
    if grade is Grade.D and not faults:
        faults.append(Fault("/sources", "grade_d_alone"))
    if faults:
        raise UnsoundPolicy(faults)
    return Checked(document, policy, sha256(document), grade)


def read(document: Mapping[str, Any]) -> Policy | National:
    """The records that a document of the right shape stands for; UnsoundPolicy with every fault."""
    adapter = _national() if document.get("area") == NATIONAL_AREA else _policy()
    try:
        # As JSON, not as Python values: there a list may stand for a tuple, and yet nothing is coerced.
        return adapter.validate_json(b"[%b]" % canonical(document))[0]
    except ValidationError as error:
        raise UnsoundPolicy(_faults(error.errors(include_url=False), document)) from error


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one JSON text of a document: keys sorted, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if _NULL.search(text):  # JSON can say it, jsonb cannot hold it
        raise UnsoundPolicy([Fault("", "null_character")])
    return text.encode()


def sha256(document: Mapping[str, Any]) -> str:
    """The name of a document's content."""
    return hashlib.sha256(canonical(document)).hexdigest()


# Tuples of one: pydantic lets a configuration reach plain dataclasses only from something around them.
@cache
def _policy() -> TypeAdapter[tuple[Policy]]:
    return TypeAdapter(tuple[Policy], config=_SHAPE)


@cache
def _national() -> TypeAdapter[tuple[National]]:
    return TypeAdapter(tuple[National], config=_SHAPE)


def _faults(errors: Iterable[ErrorDetails], document: Mapping[str, Any]) -> list[Fault]:
    """One fault a place; `or "unknown"` is not said where the other alternative was clearly meant."""
    found: dict[str, Fault] = {}
    for error in errors:
        pointer = "".join(f"/{_escaped(step)}" for step in _steps(error["loc"][1:], document))
        code = _CODES.get(error["type"], error["type"])
        found.setdefault(pointer, Fault(pointer, code, {"message": error["msg"]}))
    return [fault for fault in found.values() if not (fault.code in _ALTERNATIVES and _deeper(fault, found))]


def _deeper(fault: Fault, found: Iterable[str]) -> bool:
    return any(pointer.startswith(f"{fault.pointer}/") for pointer in found)


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _steps(location: tuple[str | int, ...], document: Mapping[str, Any]) -> Iterator[str | int]:
    """The steps of a pydantic location that lead through the document, without the names of alternatives."""
    node: Any = document
    named = False  # whether the record's `kind` was already given, as pydantic does on entering it
    for index, step in enumerate(location):
        last = index == len(location) - 1
        match node:
            case {"kind": kind} if kind == step and not named:
                named = True
            case dict() if step in node or (last and _is_key(step)):
                yield step
                node, named = node.get(step), False
            case list() if isinstance(step, int):
                yield step
                node, named = node[step], False
            case _:
                pass


def _is_key(step: str | int) -> bool:
    # Alternatives are named like "literal['unknown']" or "tuple[Rule, ...]"; no key of ours is.
    return isinstance(step, str) and step.replace("_", "").isalnum() and step.islower()
