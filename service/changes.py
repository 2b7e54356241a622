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
    return Changes(tuple(_changed(before, after, "", (), ())), patch)


def _changed(old: Any, new: Any, pointer: str, was: Trail, now: Trail) -> Iterator[Change]:
    """The changes below a place: `was` leads to it in the older document, `now` in the newer one."""
    if _same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and old.get("kind") == new.get("kind"):
        yield from _of_object(old, new, pointer, was, now)
    elif _of_records(old) and _of_records(new) and (old or new):
        yield from _of_list(old, new, pointer, was, now)
    else:
        yield Change(pointer, "replaced", old, new, now)


def _of_object(
    old: Mapping[str, Any], new: Mapping[str, Any], pointer: str, was: Trail, now: Trail
) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        at = f"{pointer}/{_escaped(key)}"
        if key not in new:
            yield Change(at, "removed", old[key], None, (*was, (key, old[key])))
        elif key not in old:
            yield Change(at, "added", None, new[key], (*now, (key, new[key])))
        else:
            below = (*was, (key, old[key])), (*now, (key, new[key]))
            yield from _changed(old[key], new[key], at, *below)


def _of_list(
    old: Sequence[Any], new: Sequence[Any], pointer: str, was: Trail, now: Trail
) -> Iterator[Change]:
    """Items are matched in order by what tells them apart; as many others as there were take their places."""
    told = [_told_by(item) for item in old], [_told_by(item) for item in new]
    for act, from_, to, begins, ends in SequenceMatcher(None, *told, autojunk=False).get_opcodes():
        paired = act == "equal" or (act == "replace" and _alike(old[from_:to], new[begins:ends]))
        if paired:
            for one, other in zip(range(from_, to), range(begins, ends), strict=True):
                below = (*was, (one, old[one])), (*now, (other, new[other]))
                yield from _changed(old[one], new[other], f"{pointer}/{other}", *below)
            continue
        for place in range(from_, to):
            trail = (*was, (place, old[place]))
            yield Change(f"{pointer}/{place}", "removed", old[place], None, trail)
        for place in range(begins, ends):
            trail = (*now, (place, new[place]))
            yield Change(f"{pointer}/{place}", "added", None, new[place], trail)


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


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
