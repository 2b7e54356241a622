"""The advance (预划, 预注) of a policy year, what is taken back, and its settlement (清算).

Everything is replayed from the declared facts, so that any month can be asked alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from service.core.account import PostingKind
from service.core.credit import Advance
from service.core.crediting import Credited, credit
from service.core.money import round_half_up
from service.core.month import day_in

if TYPE_CHECKING:
    from service.core.earning import Earned, Earnings


class Advances:
    """The advances of one member."""

    def __init__(self, earnings: Earnings) -> None:
        self.earnings = earnings

    def posted(self, month: int) -> Credited | None:
        """The advance posted in the month for the rest of its policy year."""
        head = self._head(month)
        if head is None:
            return None
        if isinstance(head.rule.posting, Advance) and head.rule.posting.joiners == "unknown":
            self.earnings.log.note("assumed_joining_month", month=month, policy=head.in_force.id)
        return credit(head, month, (month, head.facts.year.end), PostingKind.ADVANCE)

    def taken_back(self, month: int) -> Credited | None:
        """What a leaver was advanced beyond what was due, taken back in the month after.

        A change of rule within the year settles the old advance in the same way.
        """
        before, now = self._due_under(month - 1), self._due_under(month)
        if before is None or self.earnings.year_starts(month):
            return None
        if now is not None and now.rule is before.rule:
            return None
        posting = before.rule.posting
        if now is None and isinstance(posting, Advance) and posting.leavers != "claw_back":
            return None
        first = month - 1
        while self._head(first) is None:
            first -= 1
        advance = self.posted(first)
        due = round_half_up(self._due(first, month - 1))
        difference = due - (0 if advance is None else advance.gross)
        return _true_up(month, (first, month - 1), difference, before)

    def settled(self, month: int) -> Credited | None:
        """The settlement of the policy year that ended before the month, if it moves money."""
        if self.earnings.year(month - 1) is None:
            return None
        months = range(self._began(month - 1), month)
        last = next((e for m in reversed(months) if (e := self._due_under(m)) is not None), None)
        if last is None:
            return None
        posted = sum(c.gross for m in months for c in (self.posted(m), self.taken_back(m)) if c)
        difference = round_half_up(self._due(months.start, month - 1)) - posted
        return _true_up(month, (months.start, month - 1), difference, last)

    def _began(self, month: int) -> int:
        """The month in which the policy year at hand began.

        Where a policy with other years came into force on the way, that is not its own year's first.
        """
        earnings = self.earnings
        while not earnings.year_starts(month) and earnings.year(month - 1) is not None:
            month -= 1
        return month

    def _due_under(self, month: int) -> Earned | None:
        """What the month is due under a rule that credits the year in advance.

        Where joiners are credited from the next month, the month of joining is not due.
        """
        in_force = self.earnings.timeline.at(month)
        if in_force is None or not in_force.advances:
            return None
        earned = self.earnings.of(month)
        if earned is None or not isinstance(earned.rule.posting, Advance):
            return None
        later = earned.rule.posting.joiners != "this_month"
        return None if later and self.earnings.joins(month) else earned

    def _due(self, first: int, last: int) -> Fraction:
        """What the months were due, in exact fen."""
        under = (self._due_under(month) for month in range(first, last + 1))
        return sum((earned.amount for earned in under if earned is not None), Fraction(0))

    def _head(self, month: int) -> Earned | None:
        """The month an advance is posted in: a policy year's first, or the first under a rule."""
        earned = self._due_under(month)
        if earned is None or earned.facts.year.start == month:
            return earned
        before = self._due_under(month - 1)
        return earned if before is None or before.rule is not earned.rule else None


def _true_up(month: int, months: tuple[int, int], difference: int, last: Earned) -> Credited | None:
    """A settlement posted on the first day: a shortfall is added, an excess taken."""
    posting = last.rule.posting
    if not difference or not isinstance(posting, Advance):
        return None
    bucket = posting.shortfall_into if difference > 0 else posting.excess_from
    portions = ((bucket, difference),)
    return Credited(day_in(month, 1), 1, PostingKind.TRUE_UP, months, difference, (), portions, last)
