"""The check of a document to be published: faults, what it meets in the book, cases, and what it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.core.book import Book
from service.core.errors import Fault, UnsoundPolicy
from service.core.policy import Policy
from service.core.worked import Outcome, WorkedCase
from service.review import before_after, notices, succession
from service.review.before_after import BeforeAfter
from service.review.changes import Changes, changes_between
from service.review.notices import CheckNotice
from service.store.documents import Checked, checked

RunCase = Callable[[WorkedCase, str, Book], Outcome]
"""Runs a worked case of an area on a book, through the same doors as a question from outside."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about a document. Only what is `sound` may be published.

    `overlaps` are open policies of the area that are in force on some of its days and that it neither
    supersedes nor can follow; `gone` are those named by `supersedes` and `follows` that are not open.
    `shortened` is the document of the policy that it follows, with its new last day; None where that
    policy ends by itself before. `before` is the id of the policy that `changes` are counted from.
    """

    faults: tuple[Fault, ...]
    checked: Checked | None = None
    overlaps: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    shortened: Checked | None = None
    cases: tuple[Outcome, ...] = ()
    before: str | None = None
    changes: Changes | None = None
    before_after: BeforeAfter | None = None
    notices: tuple[CheckNotice, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing keeps the document from being published."""
        return not (self.faults or self.overlaps or self.gone)


async def review(
    book: Book,
    document: Mapping[str, Any],
    *,
    supersedes: str | None = None,
    follows: str | None = None,
    policy_id: str | None = None,
    run_case: RunCase,
    compare: bool = True,
) -> Report:
    """Look at a document as it would be published on top of a book; the event loop is never held for long.

    `supersedes` and `follows` are ids of open policies: the one it takes the place of, the one that it
    ends the day before its own first day. `policy_id` is the id that it will have, where that is known.
    `compare` asks for the changes and the before/after too, which publishing does not need.
    """
    try:
        found = checked(document)
    except UnsoundPolicy as unsound:
        return Report(tuple(unsound.faults))
    place = succession.place(book, found.policy, supersedes, follows)
    faults: list[Fault] = []
    shortened = None
    if place.shortened is not None:
        try:
            shortened = checked(place.shortened)
        except UnsoundPolicy as unsound:
            faults += [replace(fault, pointer=f"/follows{fault.pointer}") for fault in unsound.faults]
    name = policy_id or succession.next_id(book, found.policy)
    after = succession.published(book, place, found, shortened, name)
    cases = await _run_cases(found, after, run_case)
    faults += [_differs(number, each) for number, each in enumerate(cases) if not each.passed]
    told = notices.notices(book, found.policy, place, None if shortened is None else shortened.policy)
    report = Report(tuple(faults), found, place.overlaps, place.gone, shortened, cases, notices=told)
    if not compare:
        return report
    before = place.before
    return replace(
        report,
        before=None if before is None else before.id,
        changes=None if before is None else changes_between(before.document, document),
        before_after=await before_after.compare(book, after, found.policy, name, before),
    )


async def _run_cases(found: Checked, book: Book, run_case: RunCase) -> tuple[Outcome, ...]:
    outcomes = []
    for case in found.policy.cases if isinstance(found.policy, Policy) else ():
        outcomes.append(run_case(case, found.policy.area, book))
        await asyncio.sleep(0)
    return tuple(outcomes)


def _differs(number: int, outcome: Outcome) -> Fault:
    return Fault(f"/cases/{number}", "case_differs", {"case": outcome.case})
