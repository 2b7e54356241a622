"""Interest on an account through the months: accrued every month, posted where the policy says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core import accrual, telling
from service.core.account import Bucket, Posting, PostingKind
from service.core.month import day_in, days_in, month_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from service.core.accrual import Rates
    from service.core.policy import InForce
    from service.core.purse import Purse
    from service.core.schedule import Schedule


class Since(NamedTuple):
    """What a month begins with after its first day's postings: balances, and how many postings there were."""

    held: Mapping[Bucket, int]
    postings: int


class Bearing:
    """The interest of one account from the first month of a run on."""

    def __init__(self, purse: Purse, schedule: Schedule, rates: Rates, first: int) -> None:
        self.purse = purse
        self.log = purse.log
        self.schedule = schedule
        self.rates = rates
        self.first = first
        self.factors: accrual.Factors | None = None
        self.told_interest = ""
        # Interest accrued before the run is in the opening only where a `resume` was given back.
        self.earlier_unknown = not purse.account.interest and any(purse.held.values())

    def accrue(self, month: int, policy: InForce, since: Since, leaves: date | None) -> None:
        """Accrue the month's interest, and post it where the policy says at the month's end.

        Money that leaves before the month's last day bears interest to that day where days count,
        and none where the balance at the month's end does.
        """
        state, held = self.purse.account.interest, since.held
        if leaves is not None and leaves.day == days_in(month) and policy.interest.method != "daily_product":
            leaves = None
        if leaves is not None and not policy.counts_days:
            return
        if policy.counts_days:
            spans = self._spans(since, leaves)
            accrued = accrual.accrue(policy.interest, policy.terms, self.rates, month, spans, state)
            self.purse.account.interest, missing = accrued
            if leaves is not None:
                spans = self._spans(since, None)
                stayed = accrual.accrue(policy.interest, policy.terms, self.rates, month, spans, state)
                self.purse.account.interest = accrual.unspent(accrued.state, stayed.state)
        else:
            if self.factors is None or not self.factors.lasting:
                self.factors = accrual.factors(policy.terms, self.rates, month)
            self.purse.account.interest = accrual.accrue_at_month_end(self.factors, self.purse.held, state)
            missing = self.factors.missing
        holds = len(self.purse.postings) > since.postings or any(held.values())
        if missing and holds:
            telling.rates(self.log, month, policy, missing)
        if policy.assumed and policy.id != self.told_interest and holds:
            self.told_interest = policy.id
            telling.assumed(self.log, month, policy, "assumed_interest_rate")
            telling.assumed(self.log, month, policy, "assumed_interest_method")
        posted = policy.interest.posted
        year_ends = posted == "year_end" and self.schedule.earnings.year_ends(month)
        if accrual.falls_due(policy.interest, month, year_ends=year_ends):
            self.post(policy, day_in(month, days_in(month)))

    def _spans(self, since: Since, leaves: date | None) -> dict[Bucket, accrual.Span]:
        """How each bucket moved on which day since the month's first postings."""
        moves: dict[Bucket, list[tuple[int, int]]] = {bucket: [] for bucket in self.purse.held}
        for posting in self.purse.postings[since.postings :]:
            moves[posting.bucket].append((posting.on.day, posting.amount))
        if leaves is not None:
            for bucket, fen in self.purse.held.items():
                moves[bucket].append((leaves.day, -fen))
        return {b: accrual.Span(since.held.get(b, 0), tuple(moves[b])) for b in moves}

    def post(self, in_force: InForce, on: date) -> None:
        """Post what has accrued; the part of a fen left over lapses."""
        if self.earlier_unknown and not self._begins(in_force):
            self.log.note("assumed_no_earlier_interest", month=month_of_day(on), policy=in_force.id)
        self.earlier_unknown = False
        for bucket, fen in accrual.due(in_force.interest, self.purse.account.interest).items():
            self.purse.post(Posting(on, PostingKind.INTEREST, bucket, fen, in_force.interest_basis))
        self.purse.account.interest = accrual.posted(self.purse.account.interest)

    def _begins(self, in_force: InForce) -> bool:
        """Whether interest posted under the policy began to accrue with the run's first month."""
        rule, first = in_force.interest, self.first
        if rule.method == "flat_on_settlement":
            return True
        by_quarter = rule.posted == "quarterly" and rule.year is None
        return first % 3 == 0 if by_quarter else self.schedule.earnings.year_starts(first)

    def post_flat(self, month: int, in_force: InForce) -> None:
        """Post interest once on the balance that was settled and rolled over."""
        on, held = day_in(month, 1), self.purse.held.get(Bucket.PRIOR_YEARS, 0)
        fen, missing = accrual.flat(in_force.interest, self.rates, on, held)
        telling.rates(self.log, month, in_force, missing)
        if fen:
            basis = in_force.interest_basis
            self.purse.post(Posting(on, PostingKind.INTEREST, Bucket.PRIOR_YEARS, fen, basis))
