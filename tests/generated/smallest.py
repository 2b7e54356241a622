"""The smallest household that still shows what a case showed: lists lose one entry after another."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.generated.families import Family

Path = tuple[str | int, ...]


def smallest(case: Family, shows: Callable[[Family], bool]) -> Family:
    """The case without everything that is not needed for it to show something."""
    found, before = case, None
    while found != before:
        before = found
        for path in list(_entries(found._asdict())):
            smaller = _without(found, path)
            if smaller is not None and _still(shows, smaller):
                found = smaller
    return found


def _entries(node: Any, path: Path = ()) -> Iterator[Path]:
    """Where the entries of lists stand: the last of a list first, an entry before what is in it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _entries(value, (*path, key))
    elif isinstance(node, list):
        for place in reversed(range(len(node))):
            yield (*path, place)
            yield from _entries(node[place], (*path, place))


def _without(case: Family, path: Path) -> Family | None:
    """The case without one entry, unless what it stood in is gone."""
    whole = deepcopy(case._asdict())
    part: Any = whole
    try:
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]
    except (IndexError, KeyError):
        return None
    return Family(**whole)


def _still(shows: Callable[[Family], bool], case: Family) -> bool:
    try:
        return shows(case)
    except Exception:  # noqa: BLE001 - a case without sense shows nothing
        return False
