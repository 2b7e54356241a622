"""What to know besides the faults of a document: what is in its way, and what it would leave open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from service.core.book import Book
from service.core.policy import Effective, National, Policy, Version
from service.review.succession import Place

Days = tuple[date, date]
"""A first and a last day; `date.min` and `date.max` where there is none."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckNotice:
    """Something to know before a document is published; an `error` keeps it from that."""

    code: str
    severity: Literal["info", "warning", "error"]
    policies: tuple[str, ...] = ()
    days: tuple[Days, ...] = ()


def notices(
    book: Book, policy: Policy | National, place: Place, shortened: Policy | National | None
) -> tuple[CheckNotice, ...]:
    """All that there is to say of a document that is to be published on top of a book at its place."""
    held = [version for version in book.versions.values() if version.policy.area == policy.area]
    return tuple(_notices(held, policy, place, shortened))


def _notices(
    held: Sequence[Version], policy: Policy | National, place: Place, shortened: Policy | National | None
) -> Iterator[CheckNotice]:
    if place.overlaps:
        yield CheckNotice("policy_overlap", "error", place.overlaps)
    if place.gone:
        yield CheckNotice("not_in_force", "error", place.gone)
    if not held:
        yield CheckNotice("new_area", "warning")
    if isinstance(policy, National):  # answers for all days, whatever its own are
        return
    stay = [each.policy.effective for each in held if each.id not in place.ended]
    come = [each.effective for each in (policy, shortened) if each is not None]
    lost = {each.id: tuple(_left(_days(each.policy.effective), [*stay, *come])) for each in held}
    if any(lost.values()):
        days = tuple(sorted(each for of_one in lost.values() for each in of_one))
        names = tuple(name for name, of_one in lost.items() if of_one)
        yield CheckNotice("days_without_policy", "warning", names, days)
    begins = policy.effective.from_
    if begins != "unknown" and begins.day > 1:
        yield CheckNotice("counts_from_next_month", "info")


def _left(days: Days, covered: Sequence[Effective]) -> Iterator[Days]:
    """What is left of some days without those on which any of the others is in force."""
    first, last = days
    for begins, ends in sorted(map(_days, covered)):
        if ends < first or begins > last:
            continue
        if begins > first:
            yield first, begins - _DAY
        if ends >= last:
            return
        first = ends + _DAY
    yield first, last


def _days(effective: Effective) -> Days:
    begins = date.min if effective.from_ == "unknown" else effective.from_
    return begins, date.max if effective.to is None else effective.to
