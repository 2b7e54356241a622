"""The place of a policy among those of its area: what is in its way, what it ends, what was before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from service.core.book import Book, open_book
from service.core.policy import Effective, National, Policy, Version, stem
from service.store.documents import Checked

_NUMBER = re.compile(r"\.([0-9]+)$")
_DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)  # what is only looked at is published at no time


class Place(NamedTuple):
    """Where a document stands among the open policies of its area.

    `ended` are the ids that its publication ends; `shortened` is the document that takes the place of the
    one it follows; `before` is the policy that it is compared with.
    """

    overlaps: tuple[str, ...]
    gone: tuple[str, ...]
    ended: tuple[str, ...]
    follows: Version | None
    shortened: Mapping[str, Any] | None
    before: Version | None


def place(book: Book, policy: Policy | National, supersedes: str | None, follows: str | None) -> Place:
    """The place of a policy that is to supersede one open policy of its area and to follow another."""
    held = {version.id: version for version in _of_area(book, policy.area)}
    gone = tuple(name for name in (supersedes, follows) if name is not None and name not in held)
    followed = None if follows is None else held.get(follows)
    # Of the national document one answers for all days: none follows it, and none stands beside it.
    alone = isinstance(policy, National)
    shortened = None if followed is None or alone else _shortened(followed, policy.effective)
    ended = [] if supersedes is None else [supersedes]
    if followed is not None and shortened is not None:
        ended.append(followed.id)
    overlaps = tuple(
        version.id
        for version in held.values()
        if version.id not in ended and (alone or _overlap(version.policy.effective, policy.effective))
    )
    before = held.get(supersedes or "") or followed or _earlier(held.values(), policy.effective)
    return Place(overlaps, gone, tuple(ended), followed, shortened, before)


def next_id(book: Book, policy: Policy | National) -> str:
    """The id that the next version of the area and first day would have, as far as open policies tell."""
    name = f"{policy.area}@{policy.effective.from_}"
    numbers = [
        int(found[1]) if (found := _NUMBER.search(version.id)) else 1
        for version in _of_area(book, policy.area)
        if stem(version.id) == name
    ]
    return f"{name}.{max(numbers) + 1}" if numbers else name


def published(book: Book, found: Place, document: Checked, shortened: Checked | None, name: str) -> Book:
    """The book as it would be; what is in the way is left out of it."""
    left_out = {*found.ended, *found.overlaps}
    added = [_version(name, document)]
    if shortened is not None and found.follows is not None:
        added.append(_version(f"{found.follows.id}~", shortened))
    kept = [version for version in book.versions.values() if version.id not in left_out]
    return book_of(book, document.policy.area, [*kept, *added])


def book_of(book: Book, area: str, versions: Iterable[Version]) -> Book:
    """A book in which one area has other versions; all others are taken over as they are."""
    listed = list(versions)
    if book.national is None or area == book.national.policy.area:
        return open_book(listed)
    opened = open_book([v for v in listed if v.policy.area == area or v.id == book.national.id])
    others = {name: timeline for name, timeline in book.areas.items() if name != area}
    return replace(opened, areas={**others, **opened.areas}, versions={v.id: v for v in listed})


def carried_on(book: Book, before: Version, policy: Policy | National) -> Book | None:
    """The book in which a policy that is over when another begins had not ended; None where it is not over.

    It goes on as long as no third one takes its place.
    """
    begins = policy.effective.from_
    if begins == "unknown" or _last(before.policy.effective) >= begins:
        return None
    others = [version for version in book.versions.values() if version.id != before.id]
    firsts = [_first(each.policy.effective) for each in others if each.policy.area == policy.area]
    until = min((first - _DAY for first in firsts if first > begins), default=None)
    longer = replace(before.policy, effective=replace(before.policy.effective, to=until))
    return book_of(book, policy.area, [*others, replace(before, policy=longer)])


def _version(name: str, document: Checked) -> Version:
    return Version(
        id=name,
        policy=document.policy,
        sha256=document.sha256,
        published_from=_NEVER,
        published_to=None,
        grade=document.grade,
        document=dict(document.document),
    )


def _of_area(book: Book, area: str) -> list[Version]:
    return [version for version in book.versions.values() if version.policy.area == area]


def _shortened(followed: Version, effective: Effective) -> dict[str, Any] | None:
    """The document that ends the day before; None where it begins too late, or ends before by itself."""
    own = followed.policy.effective
    if effective.from_ == "unknown" or _first(own) >= effective.from_ or _last(own) < effective.from_:
        return None
    until = {**_as_object(followed.document["effective"]), "to": (effective.from_ - _DAY).isoformat()}
    return {**followed.document, "effective": until}


def _as_object(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _earlier(held: Iterable[Version], effective: Effective) -> Version | None:
    """The policy in force on the first day, else the last one that began before it."""
    begun = [each for each in held if _first(each.policy.effective) <= _first(effective)]
    return max(begun, key=lambda each: _first(each.policy.effective), default=None)


def _overlap(one: Effective, other: Effective) -> bool:
    return _first(one) <= _last(other) and _first(other) <= _last(one)


def _first(effective: Effective) -> date:
    return date.min if effective.from_ == "unknown" else effective.from_


def _last(effective: Effective) -> date:
    return date.max if effective.to is None else effective.to
