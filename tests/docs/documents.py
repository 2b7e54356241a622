"""What a policy document may contain, found by walking the core's own records."""

import types
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from enum import EnumType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from service.core.policy import National, Policy
from service.core.written import BY_KIND

Record = type[Any]
Hint = Any


def records() -> list[Record]:
    """Every record that a document may contain, outermost first."""
    found: dict[Record, None] = {}
    waiting: list[Record] = [Policy, National]
    while waiting:
        record = waiting.pop(0)
        if record not in found:
            found[record] = None
            waiting += [each for hint in hints(record).values() for each in _records_in(hint)]
    return list(found)


def hints(record: Record) -> dict[str, Hint]:
    """The types of a record's fields."""
    return get_type_hints(record, include_extras=True)


def kind_of(record: Record) -> str | None:
    """The word that tells the record apart in its union, if it is in one."""
    held: dict[str, Field[Any]] = record.__dataclass_fields__
    return str(held["kind"].default) if "kind" in held else None


def unions() -> list[tuple[Record, ...]]:
    """Every closed union of records, each once."""
    found: dict[tuple[Record, ...], None] = {}
    for record in records():
        for hint in hints(record).values():
            found |= dict.fromkeys(_unions_in(hint))
    return list(found)


def enumerations() -> list[EnumType]:
    """Every closed list of words that records share."""
    found: dict[EnumType, None] = {}
    for record in records():
        for hint in hints(record).values():
            found |= dict.fromkeys(leaf for leaf in _leaves(hint) if isinstance(leaf, EnumType))
    return list(found)


def options(record: Record) -> set[str]:
    """The words that a record's own fields choose from, besides its kind."""
    own = [hint for name, hint in hints(record).items() if name != "kind"]
    literals = [leaf for hint in own for leaf in _leaves(hint) if _origin(leaf) is Literal]
    return {str(option) for literal in literals for option in get_args(literal)}


def names(record: Record) -> list[str]:
    """The fields of a record as a document writes them, without its kind."""
    return [each.name.removesuffix("_") for each in fields(record) if each.name != "kind"]


def _origin(hint: Hint) -> Any:
    """What a type was made with: typing's own words, which its stubs do not tell apart."""
    return get_origin(hint)


def _inner(hint: Hint) -> tuple[Hint, ...]:
    """The types that a type is made of."""
    origin = _origin(hint)
    if origin is Annotated:
        return get_args(hint)[:1]
    if origin in {tuple, dict, list, Union, types.UnionType}:
        return tuple(each for each in get_args(hint) if each is not ...)
    return ()


def _leaves(hint: Hint) -> Iterator[Hint]:
    inner = _inner(hint)
    if not inner:
        yield hint
    for each in inner:
        yield from _leaves(each)


def _records_in(hint: Hint) -> list[Record]:
    return [leaf for leaf in _leaves(hint) if isinstance(leaf, type) and is_dataclass(leaf)]


def _unions_in(hint: Hint) -> Iterator[tuple[Record, ...]]:
    if _origin(hint) is Annotated and BY_KIND in get_args(hint)[1:]:
        yield tuple(_records_in(hint))
        return
    for each in _inner(hint):
        yield from _unions_in(each)
