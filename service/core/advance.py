"""The advance (预划, 预注) of a policy year, what is taken back, and its settlement (清算).

Everything is replayed from the declared facts, so that any month can be asked alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Bucket, PostingKind
from service.core.credit import Advance, CreditRule
from service.core.crediting import Credited, by_bucket, credit
from service.core.money import Exact, round_half_up
from service.core.month import day_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from service.core.earning import Earned, Earnings
    from service.core.member import Spell


class Parts(NamedTuple):
    """An amount in all, and of it the portions that a rule names; what is not named is the rest."""

    total: Exact
    named: Mapping[Bucket, Exact]


class Advances:
    """The advances of one member."""

    def __init__(self, earnings: Earnings) -> None:
        self.earnings = earnings

    def posted(self, month: int) -> Credited | None:
        """The advance posted in the month for the rest of its policy year."""
        head = self._head(month)
        if head is None:
            return None
        if _advance(head).joiners == "unknown" and self.earnings.joins(month - 1):
            self.earnings.log.note("assumed_joining_month", month=month, policy=head.in_force.id)
        return credit(head, month, (month, head.facts.year.end), PostingKind.ADVANCE)

    def taken_back(self, month: int) -> Credited | None:
        """What a leaver was advanced beyond what was due, taken back in the month after.

        A change of rule within the year settles the old advance in the same way.
        """
        first, before = self._replaced(month), self._due_under(month - 1)
        if first is None or before is None:
            return None
        return self._true_up(month, first, self._taken(month, first), before)

    def settled(self, month: int) -> Credited | None:
        """The settlement of the policy year that ended before the month, if it moves money."""
        if self.earnings.year(month - 1) is None:
            return None
        return self._settled(month, range(self._began(month - 1), month), month)

    def _settled(self, month: int, months: range, by: int) -> Credited | None:
        """The settlement of some months of a policy year, of what was paid before a month."""
        last = next((e for m in reversed(months) if (e := self._due_by(m, by)) is not None), None)
        if last is None:
            return None
        given = [self._given(m) for m in months]
        given += [self._taken(m, first) for m in months if (first := self._replaced(m)) is not None]
        return self._true_up(month, months.start, self._left(months, given, last, by), last)

    def closed(self, month: int, on: date) -> Credited | None:
        """The settlement when the account is closed: months after the month at hand are not due."""
        months = range(self._began(month), month + 1)
        settled = self._settled(month, months, month + 1)
        return None if settled is None else settled._replace(on=on, day=on.day, months=(months.start, month))

    def brought(self, month: int, bucket: Bucket) -> int:
        """What the advance of the policy year brought to a bucket and was not taken back, in fen.

        What a settlement within the year adds has been due, and is no advance.
        """
        months = range(self._began(month), month + 1)
        given = [_portion(self.posted(m), bucket) for m in months]
        return sum(given) + sum(min(0, _portion(self.taken_back(m), bucket)) for m in months)

    def _replaced(self, month: int) -> int | None:
        """The month of the advance that is taken back in this one, if one is."""
        if self.earnings.year_starts(month):
            return None
        before, now = self._due_under(month - 1), self._due_under(month)
        if before is None or (now is not None and alike(now.rule, before.rule)):
            return None
        if now is None and _advance(before).leavers != "claw_back":
            return None
        first = month - 1
        while self._head(first) is None:
            first -= 1
        return first

    def _taken(self, month: int, first: int) -> Parts:
        """What is taken back of the advance of a month."""
        last = self._due_under(month - 1)
        return (
            Parts(0, {})
            if last is None
            else self._left(range(first, month), [self._given(first)], last, month)
        )

    def _given(self, month: int) -> Parts:
        """What is advanced in the month."""
        credited = self.posted(month)
        return Parts(0, {}) if credited is None else _parts(credited.earned, dict(credited.portions))

    def _left(self, months: range, given: Sequence[Parts], last: Earned, by: int) -> Parts:
        """What months are due beyond what was given, in whole fen; portions by the last rule's names."""
        under = [earned for month in months if (earned := self._due_by(month, by)) is not None]
        due = _added([_parts(earned, by_bucket(earned)) for earned in under])
        before = _added(given)
        named = {
            portion.bucket: round_half_up(
                due.named.get(portion.bucket, 0) - before.named.get(portion.bucket, 0)
            )
            for portion in last.rule.split
        }
        return Parts(round_half_up(due.total - before.total), named)

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

    def _due_by(self, month: int, by: int) -> Earned | None:
        """What the month is due, also where it was in arrears and made up for before another month."""
        due = self._due_under(month)
        spell = self.earnings.member.spell_at(month)
        if due is not None or spell is None or not spell.unpaid or not self.settles(spell, month, by):
            return due
        earned = self.earnings.made_up(month)
        if earned is None or not isinstance(earned.rule.posting, Advance):
            return None
        later = earned.rule.posting.joiners != "this_month"
        return None if later and self.earnings.joins(month) else earned

    def settles(self, spell: Spell, month: int, by: int) -> bool:
        """Whether a month in arrears was made up for in its own policy year, and so is settled with it."""
        paid = spell.back_paid
        if paid is None or paid >= by or self.earnings.year(paid) != self.earnings.year(month):
            return False
        in_force = self.earnings.timeline.at(paid)
        return in_force is not None and in_force.back_payment.credited(spell.contributions) is not False

    def _head(self, month: int) -> Earned | None:
        """The month an advance is posted in: a policy year's first, or the first under a rule.

        Who left and comes back has the year's advance still, unless it was taken back on leaving.
        """
        earned = self._due_under(month)
        if earned is None or self.earnings.year_starts(month):
            return earned
        before = self._due_under(month - 1)
        if before is None and _advance(earned).leavers != "claw_back":
            since = range(self._began(month), month - 1)
            before = next((e for m in reversed(since) if (e := self._due_under(m)) is not None), None)
        return None if before is not None and alike(before.rule, earned.rule) else earned

    def _true_up(self, month: int, first: int, left: Parts, last: Earned) -> Credited | None:
        """What was due beyond what was given since a month, or given beyond what was due.

        A portion of the credit is settled in its own bucket; of the rest a shortfall is added where
        the rule says, and an excess taken from where it says.
        """
        gross, moved = round_half_up(left.total), {b: round_half_up(fen) for b, fen in left.named.items()}
        rest = gross - sum(moved.values())
        into = _advance(last).shortfall_into if rest > 0 else _advance(last).excess_from
        moved[into] = moved.get(into, 0) + rest
        portions = tuple((bucket, fen) for bucket, fen in moved.items() if fen)
        if not portions:
            return None
        if _advance(last).leavers == "unknown":
            self.earnings.log.note("assumed_settlement", month=month, policy=last.in_force.id)
        span = (first, month - 1)
        return Credited(day_in(month, 1), 1, PostingKind.TRUE_UP, span, gross, (), portions, last)


def alike(one: CreditRule, other: CreditRule) -> bool:
    """Whether two rules give the same in the same way, though they stand in two documents."""
    if one is other:
        return True
    return (one.who, one.amount, one.posting, one.split) == (
        other.who,
        other.amount,
        other.posting,
        other.split,
    )


def _advance(earned: Earned) -> Advance:
    posting = earned.rule.posting
    if not isinstance(posting, Advance):
        raise TypeError(earned.basis.rule)
    return posting


def _portion(credited: Credited | None, bucket: Bucket) -> int:
    """What a credit brought to a bucket, in fen; what it took is below zero."""
    return 0 if credited is None else dict(credited.portions).get(bucket, 0)


def _parts(earned: Earned, by_bucket: Mapping[Bucket, Exact]) -> Parts:
    named = {portion.bucket: by_bucket.get(portion.bucket, 0) for portion in earned.rule.split}
    return Parts(sum(by_bucket.values()), named)


def _added(several: Sequence[Parts]) -> Parts:
    named: dict[Bucket, Exact] = {}
    for parts in several:
        for bucket, fen in parts.named.items():
            named[bucket] = named.get(bucket, 0) + fen
    return Parts(sum(parts.total for parts in several), named)
