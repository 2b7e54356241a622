"""What a member is credited in which month: a pure function of policies and declared facts.

It never looks at a balance, so any month can be asked alone: a settlement replays the policy year
that ended instead of remembering it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.advance import Advances
from service.core.credit import Advance, Monthly, Once, YearlyLump, delay_of, gives_account
from service.core.crediting import Credited, Taken, credit, deductions
from service.core.earning import Earned, Earnings
from service.core.month import day_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from service.core.facts import Log
    from service.core.member import Member, Spell
    from service.core.policy import Timeline


class Schedule:
    """The credits of one member under one timeline."""

    def __init__(self, timeline: Timeline, member: Member, log: Log, changes: frozenset[int]) -> None:
        self.earnings = Earnings(timeline, member, log, changes)
        self.advances = Advances(self.earnings)
        self.log = log
        self._advances = any(in_force.advances for in_force in timeline.policies)
        policies = timeline.policies
        self._made_up_in = [spell for spell in member.spells if spell.unpaid and spell.back_paid is not None]
        self._delays = sorted({0}.union(*(p.delays | p.extra_delays for p in policies)))

    def credited(self, month: int) -> list[Credited]:
        """The credits posted in the month, before any settlement."""
        found = [
            self._posted(month, delay, earned)
            for delay in self._delays
            for earned in self._lines(month - delay, delay)
        ]
        if self._made_up_in:
            found += self._made_up(month)
        if self._advances:
            found += [self.advances.taken_back(month), self.advances.posted(month)]
        return [credited for credited in found if credited is not None]

    def outstanding(self, month: int, on: date) -> list[Credited]:
        """The credits earned by the end of the month and not posted by then, brought forward to a day."""
        late = [delay for delay in self._delays if delay]
        months = range(month + 1, month + 1 + max(late, default=0))
        found = [
            self._posted(later, delay, earned)
            for later in months
            for delay in late
            if later - delay <= month
            for earned in self._lines(later - delay, delay)
        ]
        found += [made_up for later in months for made_up in self._made_up(later, paid_by=month)]
        return [credited._replace(on=on, day=on.day) for credited in found if credited is not None]

    def taken_from_account(self, month: int) -> list[Taken]:
        """The deductions that the account owes in the month, before looking at its balance."""
        earned = self.earnings.of(month)
        if earned is None or not gives_account(earned.rule):
            return []
        return deductions(earned, "account", 1)

    @staticmethod
    def repeats(credited: Sequence[Credited]) -> bool:
        """Whether the credits of a month come again the month after, if nothing changes."""
        return all(isinstance(one.earned.rule.posting, Monthly) for one in credited)

    def _made_up(self, month: int, paid_by: int | None = None) -> Iterator[Credited]:
        """The credits of months whose contributions were made up for (补缴), as the policy has it."""
        for spell in self._made_up_in:
            if paid_by is not None and (spell.back_paid or 0) > paid_by:
                continue
            paid, last = spell.back_paid or 0, spell.end if spell.end is not None else spell.back_paid or 0
            if not paid <= month <= paid + self._delays[-1]:
                continue
            for made_up in range(spell.start, min(last, paid) + 1):
                earned = self.earnings.made_up(made_up)
                if earned is not None and paid + delay_of(earned.rule.posting) == month:
                    yield from self._of_back_payment(month, made_up, spell, earned)

    def _of_back_payment(self, month: int, made_up: int, spell: Spell, earned: Earned) -> Iterator[Credited]:
        in_force = self.earnings.timeline.at(month) or earned.in_force
        rule, assumed = in_force.back_payment, in_force.back_payment_assumed
        then, now = self.earnings.year(made_up), self.earnings.year(month)
        earlier = then is not None and now is not None and then.start < now.start
        if spell.contributions in assumed or (earlier and "earlier_years_into" in assumed):
            self.log.note("assumed_back_payment", month=month, policy=in_force.id)
        if rule.credited(spell.contributions) is False:
            self.log.note("back_payment_not_credited", "warning", month=month, policy=in_force.id)
            return
        found = self._made_up_for(month, made_up, earned)
        if found is None:
            return
        if earlier and rule.earlier_years_into != "unknown":
            found = found._replace(portions=((rule.earlier_years_into, found.net),))
        yield found

    def _made_up_for(self, month: int, made_up: int, earned: Earned) -> Credited | None:
        """What a month made up for brings; a sum credited once comes with the month it belongs to."""
        match earned.rule.posting:
            case YearlyLump() as posting:
                found = self._lump(made_up, earned, posting)
                return None if found is None else found._replace(on=day_in(month, found.day))
            case Once() if not self.earnings.begins(made_up):
                return None
            case Advance() if self.earnings.year(made_up) == self.earnings.year(month):
                return None  # the settlement counts it
            case Advance(joiners="next_month" | "unknown") if self.earnings.joins(made_up):
                return None
            case _:
                return credit(earned, month, (made_up, made_up))

    def _lines(self, month: int, delay: int) -> list[Earned]:
        """What the month earns by the first rule and the additional ones, where any is so late."""
        in_force = self.earnings.timeline.at(month)
        if in_force is None:
            return []
        first = self.earnings.of(month) if delay in in_force.delays else None
        extras = self.earnings.extras(month) if delay in in_force.extra_delays else []
        return ([] if first is None else [first]) + extras

    def _posted(self, month: int, delay: int, earned: Earned) -> Credited | None:
        """What was earned so many months before, if the rule posts it in this month."""
        since = month - delay
        match earned.rule.posting:
            case Monthly() as posting if delay_of(posting) == delay:
                return credit(earned, month, (since, since))
            case Once() as posting if delay_of(posting) == delay and self.earnings.begins(since):
                return credit(earned, month, (since, since))
            case YearlyLump() as posting if delay == 0:
                return self._lump(month, earned, posting)
            case _:
                return None

    def _lump(self, month: int, earned: Earned, posting: YearlyLump) -> Credited | None:
        """A yearly sum, in one month of the policy year, for the months of it that the policy holds."""
        year, on = earned.facts.year, posting.month
        holds = earned.in_force.policy.effective
        first = max(year.start, holds.first_month)
        last = year.end if holds.last_month is None else min(year.end, holds.last_month)
        later = 0 if on == "unknown" else (on - 1 - year.start) % 12
        if month != max(first, year.start + later):
            return None
        if on == "unknown":
            self.log.note("assumed_posting_month", month=month, policy=earned.in_force.id)
        return credit(earned, month, (first, last))
