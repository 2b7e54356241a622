"""What changed from one policy document to another: place by place, and as a JSON Patch (RFC 6902)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

import jsonpatch

Trail = tuple[tuple[str | int, Any], ...]
"""The steps from a document down to a place, each with the value it leads to."""

_TELLING = (
    *("kind", "case", "name", "reason", "who", "status", "settings", "category", "relations"),
    *("retirement", "term", "tier", "item_class", "series", "bucket", "counts", "per"),
)
"""What an item of a list is told from its neighbours by; its numbers and its sources may change."""

_BEGINNINGS = ("from", "from_age", "above", "unit_price_above")


class Change(NamedTuple):
    """One place that changed; what was added has no `before`, what was removed no `after`.

    The pointer of what was removed leads into the older document, every other into the newer one.
    """

    pointer: str
    change: Literal["added", "removed", "replaced"]
    before: Any
    after: Any
    trail: Trail


class Changes(NamedTuple):
    """All that changed, in the order of the document, and the patch that makes the one of the other."""

    items: tuple[Change, ...]
    patch: list[dict[str, Any]]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What changed from one document to another of the same shape; nothing if they say the same."""
    patch: list[dict[str, Any]] = list(jsonpatch.make_patch(before, after))
    return Changes(tuple(_changed(before, after, (), ())), patch)


def _changed(old: Any, new: Any, was: Trail, now: Trail) -> Iterator[Change]:
    """The changes below a place: `was` leads to it in the older document, `now` in the newer one."""
    if _same(old, new):
        return
    if not (_objects(old, new) or _lists(old, new)):
        yield Change(_pointer(now), "replaced", old, new, now)
        return
    removed, added, paired = _matched(old, new)
    for key in removed:
        trail = (*was, (key, old[key]))
        yield Change(_pointer(trail), "removed", old[key], None, trail)
    for key in added:
        trail = (*now, (key, new[key]))
        yield Change(_pointer(trail), "added", None, new[key], trail)
    for one, other in paired:
        below = (*was, (one, old[one])), (*now, (other, new[other]))
        yield from _changed(old[one], new[other], *below)


def _matched(old: Any, new: Any) -> tuple[list[Any], list[Any], list[tuple[Any, Any]]]:
    """The keys or places that only the older one has, only the newer one, and both."""
    if isinstance(old, Mapping):
        both = [(key, key) for key in old if key in new]
        return [key for key in old if key not in new], [key for key in new if key not in old], both
    removed: list[Any] = []
    added: list[Any] = []
    paired: list[tuple[Any, Any]] = []
    told = [_told_by(item) for item in old], [_told_by(item) for item in new]
    for act, from_, to, begins, ends in SequenceMatcher(None, *told, autojunk=False).get_opcodes():
        if act == "equal" or (act == "replace" and _alike(old[from_:to], new[begins:ends])):
            paired += zip(range(from_, to), range(begins, ends), strict=True)
        else:
            removed += range(from_, to)
            added += range(begins, ends)
    return removed, added, paired


def _objects(old: Any, new: Any) -> bool:
    """Whether both are records of one kind, so that their fields can be held against each other."""
    return isinstance(old, Mapping) and isinstance(new, Mapping) and old.get("kind") == new.get("kind")


def _lists(old: Any, new: Any) -> bool:
    """Whether both are lists of records; a list of words is one value."""
    return _of_records(old) and _of_records(new)


def _told_by(item: Mapping[str, Any]) -> str:
    """What an item is told by: whom or what it is for and where it begins, else all that it says."""
    told = {name: item[name] for name in (*_TELLING, *_BEGINNINGS) if name in item}
    return _text(told or item)


def _alike(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> bool:
    """Whether items took the places of as many others of the same kinds."""
    return [item.get("kind") for item in old] == [item.get("kind") for item in new]


def _of_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _same(old: Any, new: Any) -> bool:
    # As JSON: Python takes 1, 1.0 and true for the same.
    return old is new or _text(old) == _text(new)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _pointer(trail: Trail) -> str:
    return "".join(f"/{_escaped(step)}" for step, _ in trail)


def _escaped(key: str | int) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
