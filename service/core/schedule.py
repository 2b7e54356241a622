"""What a member is credited in which month: a pure function of policies and declared facts.

It never looks at a balance, so any month can be asked alone: a settlement replays the policy year
that ended instead of remembering it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.advance import Advances
from service.core.credit import Monthly, Once, YearlyLump, gives_account, lag_of
from service.core.crediting import Credited, Taken, credit, deductions
from service.core.earning import Earned, Earnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.core.facts import Log
    from service.core.member import Member
    from service.core.policy import Timeline


class Schedule:
    """The credits of one member under one timeline."""

    def __init__(self, timeline: Timeline, member: Member, log: Log, changes: frozenset[int]) -> None:
        self.earnings = Earnings(timeline, member, log, changes)
        self.advances = Advances(self.earnings)
        self.log = log
        self._lags = _lags(timeline)
        self._waits = _waits(timeline)

    def credited(self, month: int) -> list[Credited]:
        """The credits posted in the month, before any settlement."""
        found = [
            *(self._monthly(month, month - lag) for lag in self._lags),
            *(self._lump(month, earned) for earned in self._first_and_extras(month)),
            self.advances.taken_back(month),
            self.advances.posted(month),
            *(self._extra(month, extra) for lag in self._lags for extra in self._extras(month - lag)),
            *self._once(month),
        ]
        return [credited for credited in found if credited is not None]

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

    def _monthly(self, month: int, earned_in: int) -> Credited | None:
        in_force = self.earnings.timeline.at(earned_in)
        if in_force is None or month - earned_in not in in_force.lags:
            return None
        earned = self.earnings.of(earned_in)
        if earned is None or not isinstance(earned.rule.posting, Monthly):
            return None
        if lag_of(earned.rule.posting) != month - earned_in:
            return None
        return credit(earned, month, (earned_in, earned_in))

    def _lump(self, month: int, earned: Earned | None) -> Credited | None:
        """A yearly sum, in the one month of the policy year; a year may be longer than twelve months."""
        if earned is None or not isinstance(earned.rule.posting, YearlyLump):
            return None
        year, on = earned.facts.year, earned.rule.posting.month
        later = 0 if on == "unknown" else (on - 1 - year.start) % 12
        if month != year.start + later:
            return None
        if on == "unknown":
            self.log.note("assumed_posting_month", month=month, policy=earned.in_force.id)
        return credit(earned, month, (year.start, year.end))

    def _first_and_extras(self, month: int) -> list[Earned | None]:
        return [self.earnings.of(month), *self.earnings.extras(month)]

    def _extras(self, earned_in: int) -> list[Earned]:
        return [e for e in self.earnings.extras(earned_in) if isinstance(e.rule.posting, Monthly)]

    def _extra(self, month: int, extra: Earned) -> Credited | None:
        posting = extra.rule.posting
        if not isinstance(posting, Monthly) or lag_of(posting) != month - extra.month:
            return None
        return credit(extra, month, (extra.month, extra.month))

    def _once(self, month: int) -> list[Credited | None]:
        """The one-off credits that fall due in the month."""
        return [
            credit(earned, month, (month - wait, month - wait))
            for wait in self._waits
            if self.earnings.begins(month - wait)
            for earned in self.earnings.extras(month - wait)
            if isinstance(earned.rule.posting, Once) and earned.rule.posting.after_months == wait
        ]


def _lags(timeline: Timeline) -> tuple[int, ...]:
    """Every lag that some rule of the timeline has."""
    return tuple(sorted({0}.union(*(in_force.lags for in_force in timeline.policies))))


def _waits(timeline: Timeline) -> tuple[int, ...]:
    """After how many months some rule of the timeline credits a one-off sum."""
    extras = (rule for in_force in timeline.policies for rule in in_force.policy.extras)
    return tuple(sorted({rule.posting.after_months for rule in extras if isinstance(rule.posting, Once)}))
