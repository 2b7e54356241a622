"""One credit on one day: rounded once, less what is taken from it, split over the buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.account import Basis, Bucket, PostingKind
from service.core.amount import worth
from service.core.credit import Advance, Deduction
from service.core.money import Exact, round_half_up
from service.core.month import day_in, month_of_day
from service.core.who import is_for

if TYPE_CHECKING:
    from datetime import date

    from service.core.earning import Earned


class Taken(NamedTuple):
    """A deduction and how much of it was taken, in fen."""

    deduction: Deduction
    basis: Basis
    amount: int


class Credited(NamedTuple):
    """A credit or a settlement: gross, what was taken from it, and the buckets the net goes to."""

    on: date
    day: int  # the day the rule names, also where a month is too short for it
    kind: PostingKind
    months: tuple[int, int]
    gross: int
    taken: tuple[Taken, ...]
    portions: tuple[tuple[Bucket, int], ...]
    earned: Earned

    @property
    def net(self) -> int:
        """What is posted, in fen."""
        return sum(fen for _, fen in self.portions)

    def a_month_later(self) -> Credited:
        """The same credit for the month after."""
        on, _, kind, (first, last), gross, taken, portions, earned = self
        later = day_in(month_of_day(on) + 1, self.day)
        return Credited(later, self.day, kind, (first + 1, last + 1), gross, taken, portions, earned)


def credit(
    earned: Earned, month: int, months: tuple[int, int], kind: PostingKind = PostingKind.CREDIT
) -> Credited | None:
    """The credit posted in a month for a span of months; None where it comes to nothing."""
    count = months[1] - months[0] + 1
    gross = round_half_up(earned.amount * count)
    if gross <= 0:
        return None
    taken, left = [], gross
    for owed in deductions(earned, "credit", count):
        taken.append(owed._replace(amount=min(owed.amount, left)))
        left -= taken[-1].amount
    day = _day(earned, month)
    return Credited(
        day_in(month, day), day, kind, months, gross, tuple(taken), _portions(earned, count, left), earned
    )


def deductions(earned: Earned, taken_from: Literal["credit", "account"], count: int) -> list[Taken]:
    """What the policy takes from the member's credit or account for some months, each rounded."""
    in_force = earned.in_force
    if not earned.basis.rule.startswith("/credits"):
        return []  # an additional line: what is deducted is deducted from the first
    return [
        Taken(
            deduction,
            Basis(in_force.id, f"/deductions/{index}", deduction.source),
            round_half_up(worth(deduction.amount, earned.facts) * count),
        )
        for index, deduction in enumerate(in_force.policy.deductions)
        if deduction.taken_from == taken_from
        and deduction.holds(earned.month)
        and is_for(deduction.who, earned.facts.member, earned.facts.spell)
    ]


def _day(earned: Earned, month: int) -> int:
    """The day the rule posts on, or the national one where no source names it."""
    posting = earned.rule.posting
    if isinstance(posting, Advance):
        return 1
    if posting.day == "unknown":
        earned.facts.log.note("assumed_posting_day", month=month, policy=earned.in_force.id)
        return earned.in_force.national.posting_day
    return posting.day


def by_bucket(earned: Earned) -> dict[Bucket, Exact]:
    """What a month is due in each bucket, in exact fen: the portions named, then the rest."""
    due: dict[Bucket, Exact] = {}
    left = earned.amount
    for portion in earned.rule.split:
        due[portion.bucket] = min(left, worth(portion.amount, earned.facts))
        left -= due[portion.bucket]
    due[Bucket.CURRENT_YEAR] = due.get(Bucket.CURRENT_YEAR, 0) + left
    return due


def _portions(earned: Earned, count: int, net: int) -> tuple[tuple[Bucket, int], ...]:
    """The net by bucket: the portions that the rule names, the rest to the current year."""
    portions, left = [], net
    for portion in earned.rule.split:
        fen = min(left, round_half_up(worth(portion.amount, earned.facts) * count))
        portions.append((portion.bucket, fen))
        left -= fen
    portions.append((Bucket.CURRENT_YEAR, left))
    return tuple(portion for portion in portions if portion[1])
