"""One member's account through the months, each in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core import accrual, telling
from service.core.account import Balances, Basis, Bucket, Posting, PostingKind
from service.core.answer import NO_CREDIT, NOTHING_SPENT, CreditMonth, MonthOf, summed_up
from service.core.bearing import Bearing, Since
from service.core.change import changes
from service.core.closing import AllMoney, payable
from service.core.credit import gives_account
from service.core.crediting import Credited, Taken
from service.core.facts import Log
from service.core.gate import NotAdvanced, advanced_line, drawn
from service.core.month import day_in, month_of_day
from service.core.purse import Purse
from service.core.rollover import roll_over
from service.core.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from service.core.answer import CreditOfMonth
    from service.core.family import AtTheTill
    from service.core.leg import Brought, Leaving, Leg
    from service.core.policy import InForce
    from service.core.purse import Draws, Payment


# No source says which money leaves first where only some of it may: the oldest.
_LEAVES_FIRST = (Bucket.PRIOR_YEARS, Bucket.HEALTH, Bucket.CURRENT_YEAR)


class Ledger:
    """The state of one account, and of the month at hand."""

    def __init__(self, leg: Leg, deposit_rates: Mapping[str, Fraction]) -> None:
        self.leg = leg
        self.changes = changes(leg.timeline, leg.member, leg.first, leg.last)
        self.log = Log(leg.first, leg.last)
        self.schedule = Schedule(leg.timeline, leg.member, self.log, self.changes)
        self.year_starts = frozenset(m for m in self.changes if self.schedule.earnings.year_starts(m))
        self.policy = self.in_force(leg.first)
        rates = self.policy.rates.with_declared(deposit_rates)
        self.purse = Purse(leg.member.opening, leg.member.parameters, self.log)
        self.bearing = Bearing(self.purse, self.schedule, rates, leg.first)
        self.credited: list[Credited] = []
        self.owed: list[Taken] = []
        self.summary = NO_CREDIT
        self.opening: dict[Bucket, int] = {}
        self.since = Since(self.purse.held, 0)
        self.paid_out = 0  # what left the account with its member, in fen
        self.resume = self.purse.account
        # What the fund paid before the run is in the opening only where it was declared or given back.
        self.used_unknown = leg.first not in self.year_starts and not any(
            key.startswith("bill.") for key in self.purse.account.used
        )

    def in_force(self, month: int) -> InForce:
        """The policy of a month that is known to be covered."""
        found = self.leg.timeline.at(month)
        if found is None:
            raise AssertionError(month)
        return found

    def policy_on(self, on: date) -> InForce:
        """The policy of a day; on a day before one comes into force, the month's."""
        return self.leg.timeline.on(on) or self.policy

    def has_account(self, month: int) -> bool:
        """Whether there is an account that could pay: it holds something, or the month's rule gives one."""
        earned = self.schedule.earnings.of(month)
        return any(self.purse.held.values()) or (earned is not None and gives_account(earned.rule))

    def in_first_year(self, month: int) -> bool:
        """Whether the month lies in the policy year in which the run begins."""
        year = self.schedule.earnings.year(month)
        return year is not None and year.start <= self.leg.first

    def begin(self, month: int, brought: Brought | None = None) -> None:
        """A month's beginning in its order: the year's first day, then the credit.

        Money `brought` from another area comes on the first day of the first month.
        """
        purse, changed = self.purse, month in self.changes
        if changed:
            self.open(month)
        purse.postings, purse.spent = [], NOTHING_SPENT
        self.opening = dict(purse.held)
        if brought is not None:
            kind, bucket = PostingKind.TRANSFER_IN, Bucket.PRIOR_YEARS
            purse.post(Posting(day_in(month, 1), kind, bucket, brought.amount, brought.basis))
        elif changed and month > self.leg.first:
            self.start(month)
        self.resume = Balances(dict(purse.held), purse.account.interest, purse.account.used)
        self.since = Since(self.resume.held, len(purse.postings))
        self.credit(month, changed=changed)

    def open(self, month: int) -> None:
        """Bring the month's policy into force, with the buckets that it has."""
        self.policy, self.bearing.factors = self.in_force(month), None
        for bucket in self.policy.policy.buckets:
            self.purse.held.setdefault(bucket, 0)

    def end(self, month: int, leaving: Leaving | None = None) -> MonthOf:
        """A month's end: the interest, and where the member leaves the settlement of the account."""
        purse = self.purse
        closed_on = leaving.on if leaving is not None and leaving.settles else None
        if leaving is not None and leaving.settles:
            self.settle(month, leaving)
        elif leaving is not None:
            self.pay_out(leaving)
        self.bearing.accrue(month, self.policy, self.since, closed_on)
        if purse.trued_up and min(purse.held.values(), default=0) < 0:
            self.log.note("negative_after_true_up", "warning", month=month)
        if leaving is not None and leaving.settles:
            self.bearing.post(self.policy, leaving.on)
            self.pay_out(leaving)
        if month in self.changes or month == self.leg.last:
            earnings = self.schedule.earnings
            telling.credit(self.log, month, self.policy, earnings.of(month), earnings.withheld(month))
        closing, opening = dict(purse.held), self.opening
        opening = {**dict.fromkeys(closing, 0), **opening} if len(closing) > len(opening) else opening
        postings = tuple(purse.postings)
        return MonthOf(month, self.policy, opening, closing, self.summary, postings, purse.spent, self.resume)

    def credit_month(self, month: int) -> CreditMonth:
        """The credits of a month as they fall due, whatever the account holds."""
        self.policy = self.in_force(month)
        starts = month in self.year_starts and month > self.leg.first
        settled = self.schedule.advances.settled(month) if starts else None
        found = self.schedule.credited(month)
        true_ups = [c for c in (*found, settled) if c and c.kind is PostingKind.TRUE_UP]
        owed = tuple(self.schedule.taken_from_account(month))
        earnings = self.schedule.earnings
        telling.credit(self.log, month, self.policy, earnings.of(month), earnings.withheld(month))
        true_up = sum(c.net for c in true_ups)
        return CreditMonth(month, self.policy, summed_up(found, owed, true_up))

    def start(self, month: int) -> None:
        """What a policy year's first day brings: interest, settlement, rollover."""
        before, starts = self.in_force(month - 1), month in self.year_starts
        if starts:
            self.bearing.post(before, day_in(month, 1))
            self.purse.account.interest = accrual.next_year(self.purse.account.interest)
            self.purse.year_starts()
            if settled := self.schedule.advances.settled(month):
                self.post_credit(settled)
        self.roll_over(month, before, year_starts=starts)
        if starts and self.purse.postings:
            telling.assumed(self.log, month, before, "assumed_policy_year")
        if self.policy is not before:
            self.roll_over(month, self.policy, year_starts=False)
        if starts and before.interest.method == "flat_on_settlement":
            self.bearing.post_flat(month, before)

    def roll_over(self, month: int, in_force: InForce, *, year_starts: bool) -> None:
        """Post what moves between buckets on the first day of the month."""
        for move in roll_over(in_force.rollover, month, self.purse.held, year_starts=year_starts):
            basis = in_force.basis("rollover", move.rule)
            on, kind = day_in(month, 1), PostingKind.ROLLOVER
            self.purse.post(Posting(on, kind, move.bucket, -move.amount, basis))
            self.purse.post(Posting(on, kind, move.into, move.amount, basis))
            telling.assumed(self.log, month, in_force, "assumed_rollover")
            self.log.note("rolled_over", month=month)

    def credit(self, month: int, *, changed: bool) -> CreditOfMonth:
        """Post the credits of the month, then what the account owes.

        Where nothing changed since the month before, its credits are posted again a month later.
        """
        repeated = not changed and self.schedule.repeats(self.credited)
        if repeated:
            self.credited = [credited.a_month_later() for credited in self.credited]
        else:
            self.credited = self.schedule.credited(month)
        if changed:
            self.owed = self.schedule.taken_from_account(month)
        for credited in self.credited:
            self.post_credit(credited)
        taken = tuple(t for owed in self.owed if (t := self.deduct(month, owed)).amount)
        if repeated and not self.owed and not self.summary.true_up:
            self.summary = self.summary.a_month_later()
        else:
            true_up = sum(p.amount for p in self.purse.postings if p.kind is PostingKind.TRUE_UP)
            self.summary = summed_up(self.credited, taken, true_up)
        if self.summary.taken and (taken or not repeated):
            self.log.note("deduction_taken", month=month)
        return self.summary

    def post_credit(self, credited: Credited) -> None:
        """Post a credit, an advance or a settlement to its buckets."""
        for bucket, fen in credited.portions:
            self.purse.post(
                Posting(credited.on, credited.kind, bucket, fen, credited.earned.basis, credited.months)
            )

    def deduct(self, month: int, owed: Taken) -> Taken:
        """Take a deduction from the account, never more than it holds, on the day of the last credit."""
        on = max((credited.on for credited in self.credited), default=day_in(month, 1))
        left = owed.amount
        for bucket in (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS):
            fen = min(left, max(0, self.purse.free().get(bucket, 0)))
            if fen:
                self.purse.post(Posting(on, PostingKind.DEDUCTION, bucket, -fen, owed.basis))
                left -= fen
        if left:
            self.log.note("deduction_not_covered", month=month)
        return owed._replace(amount=owed.amount - left)

    def give(self, payment: Payment, rule: AtTheTill, basis: Basis, limit: int) -> tuple[Draws, bool]:
        """Pay for a relative within a limit: what is drawn, and whether a gate kept anything shut."""
        month = month_of_day(payment.on)
        buckets = [gate.bucket for gate in rule.gates if isinstance(gate, NotAdvanced)]
        advanced = {advanced_line(b): self.schedule.advances.brought(month, b) for b in buckets}
        return self.purse.give(payment, rule, basis, limit, advanced)

    def settle(self, month: int, leaving: Leaving) -> None:
        """Post what is still to come and take back what was advanced for the months after."""
        outstanding = self.schedule.outstanding(month, leaving.on)
        kept = leaving.advance == "kept"
        taken_back = None if kept else self.schedule.advances.closed(month, leaving.on)
        if taken_back and leaving.advance == "unknown":
            self.log.note("assumed_advance_taken_back", month=month, policy=leaving.basis.policy)
        if self.policy.interest.method == "flat_on_settlement":
            self.log.note("assumed_no_interest_on_leaving", month=month, policy=self.policy.id)
        if any(s.unpaid and (s.back_paid or 0) > month for s in self.leg.member.spells):
            self.log.note("back_payment_not_credited", "warning", month=month, policy=self.policy.id)
        self.purse.bring_forward(leaving.on)
        for credited in (*outstanding, *([taken_back] if taken_back else [])):
            self.post_credit(credited)
        if outstanding or taken_back:
            self.credited = [*self.credited, *outstanding]
            true_up = sum(p.amount for p in self.purse.postings if p.kind is PostingKind.TRUE_UP)
            self.summary = summed_up(self.credited, self.summary.taken_from_account, true_up)

    def pay_out(self, leaving: Leaving) -> None:
        """Post what leaves, of what the account holds on the day; a debt moves along with a transfer."""
        held = self.purse.held_on(leaving.on)
        total = sum(held.values())
        if isinstance(leaving.money, AllMoney) and (total > 0 or leaving.kind is PostingKind.TRANSFER_OUT):
            draws = tuple((bucket, fen) for bucket, fen in held.items() if fen)
        else:
            amount = payable(leaving.money, total, leaving.credited_before)
            if amount is None:
                self.log.fault("/credited_before", "fact_required", policy=leaving.basis.policy)
            elif (leaving.credited_before or 0) > max(0, total):
                self.log.fault("/credited_before", "more_than_held", policy=leaving.basis.policy)
            draws = drawn(_LEAVES_FIRST, amount or 0, held)
        for bucket, fen in draws:
            self.purse.post(Posting(leaving.on, leaving.kind, bucket, -fen, leaving.basis))
        self.paid_out = sum(fen for _, fen in draws)
