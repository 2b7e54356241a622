"""What if: the policies of an area with a merge patch on them, or a document given in place of an area."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from service.asked import unique
from service.core.book import Book, open_book
from service.core.errors import Fault, Refused, UnsoundPolicy
from service.core.patching import patched, touches, whole
from service.core.policy import NATIONAL_AREA, Effective, Timeline, Version
from service.store.documents import Checked, checked

MARK = "~"
"""Stands in the id of every supposed version, and in that of no published one."""

_DIGITS = 8  # of the document's sha256 in an id
_NEVER = datetime.max.replace(tzinfo=UTC)  # what is only supposed is published at no time
_HELD = 32  # how many suppositions are kept
_LONGEST = 65_536  # characters of JSON of a supposed document; a check of more would hold everybody up
_ITEMS = 100  # of a list in it; the longest shipped document has 15 kB, the longest list ten

Document = Mapping[str, Any]


def is_supposed(policy_id: str) -> bool:
    """Whether a policy was never published but supposed by a question."""
    return MARK in policy_id


def suppose(
    book: Book,
    area: str | None,
    overrides: Document | None,
    policy: Document | None,
    first: int | None,
    last: int | None,
) -> Book:
    """The book with what a question supposes of its area; its id stays that of what is published.

    `overrides` patch every version of the area in force in the months asked for, or the `policy` that
    stands in place of the area. Refused names every fault of them; where the months cannot be read,
    those that every version would have.
    """
    if book.national is None or (policy is None and (overrides is None or area not in book.areas)):
        return book
    texts = _text("/overrides", overrides), _text("/policy", policy)
    timeline = None if policy is not None or area is None else book.areas[area]
    names = () if timeline is None else _in_force(timeline, first, last)
    asked = _Supposition(book.id, area, *texts, names, book, overrides, policy)
    if timeline is not None and not names:
        _refuse(_common(asked, timeline))
        return book
    found = _supposed(asked)
    if isinstance(found, Refused):
        raise Refused(found.faults)
    areas = {**book.areas, found.area: found.timeline}
    return replace(book, areas=areas, versions={**book.versions, **found.versions})


@dataclass(frozen=True, slots=True)
class _Supposition:
    """What is supposed of which book; equal where the same follows from it."""

    book_id: str
    area: str | None
    patch: str
    instead: str
    names: tuple[str, ...]  # of the versions that are patched
    book: Book = field(compare=False)
    overrides: Document | None = field(compare=False)
    policy: Document | None = field(compare=False)


class _Found(NamedTuple):
    area: str
    timeline: Timeline
    versions: Mapping[str, Version]


def _text(pointer: str, document: Document | None) -> str:
    """The document as text, by which it is known again; Refused where it is too long."""
    text = "" if document is None else json.dumps(document, ensure_ascii=False)
    if len(text) > _LONGEST:
        raise Refused([Fault(pointer, "document_too_large", {"most": str(_LONGEST)})])
    return text


def _in_force(timeline: Timeline, first: int | None, last: int | None) -> tuple[str, ...]:
    """The versions in force in any of the months."""
    if first is None or last is None:
        return ()
    return tuple(each.id for each in timeline.policies if _meets(each.policy.effective, first, last))


def _meets(effective: Effective, first: int, last: int) -> bool:
    ends = effective.last_month
    return first <= last and effective.first_month <= last and (ends is None or first <= ends)


@lru_cache(maxsize=_HELD)
def _supposed(asked: _Supposition) -> _Found | Refused:
    """The area as it is supposed to be, or why it cannot; a fault is told more than once."""
    try:
        return _opened(asked)
    except Refused as refused:
        return Refused(refused.faults)  # without the frames that it was raised in


def _opened(asked: _Supposition) -> _Found:
    book = asked.book
    faults: list[Fault] = []
    new: list[Version] = []
    given = [book.versions[name] for name in asked.names] if asked.policy is None else [None]
    for version in given:
        found = _checked(asked, version)
        if isinstance(found, Checked):
            new.append(_version(found, version))
        else:
            faults += found
    _refuse(faults)
    area = new[0].policy.area
    others = book.areas[area].policies if asked.policy is None else ()
    kept = [book.versions[each.id] for each in others if each.id not in asked.names]
    _refuse(_overlaps([*kept, *new]))
    known = [replace(each, published_to=None) for each in (book.national, *kept, *new) if each is not None]
    return _Found(area, open_book(known).areas[area], {each.id: each for each in new})


def _common(asked: _Supposition, timeline: Timeline) -> list[Fault]:
    """The faults that every version of the area would have under the patch."""
    several = [_checked(asked, asked.book.versions[each.id]) for each in timeline.policies]
    listed = [[] if isinstance(found, Checked) else found for found in several]
    places = [{(fault.pointer, fault.code) for fault in faults} for faults in listed]
    everywhere = set.intersection(*places)
    return [fault for fault in listed[0] if (fault.pointer, fault.code) in everywhere]


def _checked(asked: _Supposition, version: Version | None) -> Checked | list[Fault]:
    """The document that is supposed, checked as one to be published; or what is wrong with it, and where."""
    given = asked.policy if version is None else version.document
    faults: list[Fault] = []
    document: Any = whole(given if asked.overrides is None else patched(given, asked.overrides), faults)
    if given is not None and document.get("area") != given.get("area"):
        faults.append(Fault("/area", "area_stays"))
    elif document.get("area") == NATIONAL_AREA:
        faults.append(Fault("/area", "national_stays"))
    try:
        _refuse(_excess(document, ""))
        found = checked(document)
    except (Refused, UnsoundPolicy) as unsound:
        at = {fault.pointer for fault in faults}
        faults += [fault for fault in unsound.faults if fault.pointer not in at]
    else:
        if not faults:
            return found
    return [_placed(fault, asked) for fault in faults]


def _excess(value: object, at: str) -> Iterator[Fault]:
    """Lists of so many items, or of one twice, that to check them would take long."""
    if isinstance(value, list):
        if len(value) > _ITEMS:
            yield Fault(at, "too_many", {"most": str(_ITEMS)})
        named = [each for each in value if isinstance(each, str)]
        if len(set(named)) < len(named):
            yield Fault(at, "item_given_twice")
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in inside:
        yield from _excess(inner, f"{at}/{step}")


def _placed(fault: Fault, asked: _Supposition) -> Fault:
    """A fault of the supposed document at the part of the question that can mend it."""
    patches = asked.overrides is not None and (
        asked.policy is None or touches(asked.overrides, fault.pointer)
    )
    return replace(fault, pointer=f"{'/overrides' if patches else '/policy'}{fault.pointer}")


def _version(found: Checked, version: Version | None) -> Version:
    """A supposed version; its id tells its content."""
    digest = found.sha256[:_DIGITS]
    if version is None:
        first = found.policy.effective.from_
        name = f"{found.policy.area}@{first if first == 'unknown' else first.isoformat()}"
        document = dict(found.document)
        return Version(
            f"{name}{MARK}{digest}", found.policy, found.sha256, _NEVER, None, found.grade, document
        )
    return replace(
        version,
        id=f"{version.id}{MARK}{digest}",
        policy=found.policy,
        sha256=found.sha256,
        grade=found.grade,
        document=dict(found.document),
    )


def _overlaps(versions: Sequence[Version]) -> Iterator[Fault]:
    """Versions of which two would be in force on one day."""
    ordered = sorted(versions, key=lambda version: _first(version.policy.effective))
    for one, other in pairwise(ordered):
        last = one.policy.effective.to
        if last is None or last >= _first(other.policy.effective):
            values = {"policies": f"{one.id}, {other.id}"}
            yield Fault("/overrides/effective", "versions_overlap", values)


def _first(effective: Effective) -> date:
    return date.min if effective.from_ == "unknown" else effective.from_


def _refuse(faults: Iterable[Fault]) -> None:
    if found := unique(faults):
        raise Refused(found)
