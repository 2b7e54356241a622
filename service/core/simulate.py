"""The simulation: the rules in their order, month by month; only this module moves a balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.core import accrual, telling
from service.core.account import Balances, Bucket, Posting, PostingKind
from service.core.answer import (
    NO_CREDIT,
    CreditMonth,
    CreditOfMonth,
    CreditTable,
    MonthOf,
    Simulation,
    by_year,
    hold_the_laws,
    summed_up,
    together,
)
from service.core.change import changes
from service.core.crediting import Credited, Taken
from service.core.errors import Fault, Refused
from service.core.facts import Log
from service.core.gate import capped
from service.core.month import day_in, days_in, month_of_day, month_text
from service.core.payment import pay
from service.core.published import figure
from service.core.rollover import roll_over
from service.core.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from service.core.expense import Expense
    from service.core.member import Member
    from service.core.payment import PaymentRule
    from service.core.policy import InForce, Timeline


KEY_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a member under an area's policies, from one month to another."""

    timeline: Timeline
    member: Member
    first: int
    last: int
    expenses: tuple[Expense, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


def simulate(question: Question) -> Simulation:
    """Answer a question; Refused names every fault that the rules find in it."""
    run = _Run(question)
    months = tuple(run.month(month) for month in range(question.first, question.last + 1))
    run.refuse_faults()
    hold_the_laws(months)
    years = by_year(months, run.year_starts)
    policies = tuple({m.in_force.id: m.in_force for m in months}.values())
    notices = tuple(run.log.notices.values())
    return Simulation(months, years, together(years), policies, notices)


def credit_table(question: Question) -> CreditTable:
    """The credits alone, without the account; Refused names every fault found."""
    run = _Run(question)
    months = tuple(run.credit_month(m) for m in range(question.first, question.last + 1))
    run.refuse_faults()
    policies = tuple({m.in_force.id: m.in_force for m in months}.values())
    return CreditTable(months, policies, tuple(run.log.notices.values()))


def uncovered(timeline: Timeline, first: int, last: int) -> int | None:
    """The first month of a range in which no policy of the area is in force, if there is one."""
    month = first
    while month <= last:
        in_force = timeline.at(month)
        if in_force is None:
            return month
        until = in_force.policy.effective.last_month
        month = last + 1 if until is None else until + 1
    return None


class _Run:
    """The state of one run: the balances, and the postings of the month at hand."""

    def __init__(self, question: Question) -> None:
        self.question = question
        gap = uncovered(question.timeline, question.first, question.last)
        if gap is not None:
            pointer = "/from" if gap == question.first else "/to"
            raise Refused([Fault(pointer, "no_policy_in_force", {"month": month_text(gap)})])
        self.changes = changes(question.timeline, question.member, question.first, question.last)
        self.log = Log(question.first, question.last)
        self.schedule = Schedule(question.timeline, question.member, self.log, self.changes)
        self.year_starts = frozenset(m for m in self.changes if self.schedule.earnings.year_starts(m))
        self.policy = self.in_force(question.first)
        self.rates = self.policy.rates.with_declared(question.deposit_rates)
        self.factors: accrual.Factors | None = None
        self.told_interest = ""
        self.account = question.member.opening.copy()
        self.held = self.account.held
        self.postings: list[Posting] = []
        self.credited: list[Credited] = []
        self.owed: list[Taken] = []
        self.summary = NO_CREDIT
        self.cash = 0
        self.trued_up = False
        # Interest accrued before the run is in the opening only where a `resume` was given back.
        self.earlier_unknown = not self.account.interest and any(self.held.values())
        self.expenses: dict[int, list[Expense]] = {}
        for expense in sorted(question.expenses, key=lambda e: (e.on_month, e.on_day)):
            self.expenses.setdefault(expense.on_month, []).append(expense)

    def refuse_faults(self) -> None:
        """Raise what the rules found missing, all of it at once."""
        if self.log.faults:
            raise Refused(tuple(self.log.faults.values()))

    def in_force(self, month: int) -> InForce:
        """The policy of a month that is known to be covered."""
        found = self.question.timeline.at(month)
        if found is None:
            raise AssertionError(month)
        return found

    def month(self, month: int) -> MonthOf:
        """A month in its order: the year's start, the credit, the expenses, the interest."""
        changed = month in self.changes
        if changed:
            self.policy, self.factors = self.in_force(month), None
            for bucket in self.policy.policy.buckets:
                self.held.setdefault(bucket, 0)
        self.postings, self.cash = [], 0
        opening = dict(self.held)
        if changed and month > self.question.first:
            self.start(month)
        resume = Balances(dict(self.held), self.account.interest, self.account.used)
        started = len(self.postings)
        credit = self.credit(month, changed=changed)
        for expense in self.expenses.get(month, ()):
            self.pay(expense)
        self.accrue(month, resume.held, started)
        if self.trued_up and min(self.held.values(), default=0) < 0:
            self.log.note("negative_after_true_up", "warning", month=month)
        if changed or month == self.question.last:
            telling.credit(self.log, month, self.policy, self.schedule.earnings.of(month))
        closing = dict(self.held)
        opening = {**dict.fromkeys(closing, 0), **opening} if len(closing) > len(opening) else opening
        postings = tuple(self.postings)
        return MonthOf(month, self.policy, opening, closing, credit, postings, self.cash, resume)

    def credit_month(self, month: int) -> CreditMonth:
        """The credits of a month as they fall due, whatever the account holds."""
        self.policy = self.in_force(month)
        starts = month in self.year_starts and month > self.question.first
        settled = self.schedule.advances.settled(month) if starts else None
        found = self.schedule.credited(month)
        true_ups = [c for c in (*found, settled) if c and c.kind is PostingKind.TRUE_UP]
        owed = tuple(self.schedule.taken_from_account(month))
        telling.credit(self.log, month, self.policy, self.schedule.earnings.of(month))
        true_up = sum(c.net for c in true_ups)
        return CreditMonth(month, self.policy, summed_up(found, owed, true_up))

    def post(self, posting: Posting) -> None:
        """The only place where a balance moves."""
        self.held[posting.bucket] = self.held.get(posting.bucket, 0) + posting.amount
        self.trued_up |= posting.kind is PostingKind.TRUE_UP
        self.postings.append(posting)

    def start(self, month: int) -> None:
        """What a policy year's first day brings: interest, settlement, rollover."""
        before, starts = self.in_force(month - 1), month in self.year_starts
        if starts:
            self.post_interest(before, day_in(month, 1))
            self.account.interest = accrual.next_year(self.account.interest)
            self.account.used = {}
            if settled := self.schedule.advances.settled(month):
                self.post_credit(settled)
        self.roll_over(month, before, year_starts=starts)
        if starts and self.postings:
            telling.assumed(self.log, month, before, "assumed_policy_year")
        if self.policy is not before:
            self.roll_over(month, self.policy, year_starts=False)
        if starts and before.interest.method == "flat_on_settlement":
            self.post_flat_interest(month, before)

    def roll_over(self, month: int, in_force: InForce, *, year_starts: bool) -> None:
        """Post what moves between buckets on the first day of the month."""
        for move in roll_over(in_force.rollover, month, self.held, year_starts=year_starts):
            basis = in_force.basis("rollover", move.rule)
            on, kind = day_in(month, 1), PostingKind.ROLLOVER
            self.post(Posting(on, kind, move.bucket, -move.amount, basis))
            self.post(Posting(on, kind, move.into, move.amount, basis))
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
            true_up = sum(p.amount for p in self.postings if p.kind is PostingKind.TRUE_UP)
            self.summary = summed_up(self.credited, taken, true_up)
        if self.summary.taken and (taken or not repeated):
            self.log.note("deduction_taken", month=month)
        return self.summary

    def post_credit(self, credited: Credited) -> None:
        """Post a credit, an advance or a settlement to its buckets."""
        for bucket, fen in credited.portions:
            self.post(
                Posting(credited.on, credited.kind, bucket, fen, credited.earned.basis, credited.months)
            )

    def deduct(self, month: int, owed: Taken) -> Taken:
        """Take a deduction from the account, never more than it holds, on the day of the last credit."""
        on = max((credited.on for credited in self.credited), default=day_in(month, 1))
        left = owed.amount
        for bucket in (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS):
            fen = min(left, max(0, self.held.get(bucket, 0)))
            if fen:
                self.post(Posting(on, PostingKind.DEDUCTION, bucket, -fen, owed.basis))
                left -= fen
        if left:
            self.log.note("deduction_not_covered", month=month)
        return owed._replace(amount=owed.amount - left)

    def pay(self, expense: Expense) -> None:
        """Pay an expense from the buckets that may pay it; the rest is cash."""
        on = day_in(expense.on_month, expense.on_day)
        in_force = self.question.timeline.on(on) or self.in_force(expense.on_month)
        account, rules = self.account, in_force.payments
        used = {i: account.used.get(_key(rule), 0) for i, rule in enumerate(rules) if capped(rule.gates)}
        lines = self.lines(expense.on_month, in_force)
        drawn = pay(rules, on, expense.category, expense.amount, self.held, used, lines)
        self.cash += drawn.cash
        telling.assumed(self.log, expense.on_month, in_force, "assumed_payment_rules")
        if drawn.why is not None:
            self.log.note(drawn.why, month=expense.on_month, category=expense.category)
        if drawn.rule is None:
            return
        basis, note = in_force.basis("payments", drawn.rule), expense.note or expense.category
        if drawn.rule in used:
            paid = used[drawn.rule] + expense.amount - drawn.cash
            account.used = {**account.used, _key(rules[drawn.rule]): paid}
        for bucket, fen in drawn.draws:
            self.post(Posting(on, PostingKind.PAYMENT, bucket, -fen, basis, None, note))
        if drawn.draws and any(credited.on > on for credited in self.credited):
            self.log.note("posted_after_spending", month=expense.on_month)

    def lines(self, month: int, in_force: InForce) -> dict[str, int]:
        """The published lines that gates ask for, in fen; one that nobody gave is left out and said."""
        found = {}
        for series in sorted(in_force.lines):
            rows = in_force.policy.published.get(series, ())
            declared = self.question.member.parameters.get(series)
            value, extrapolated = figure(rows, month, declared)
            if value is None:
                telling.unknown(self.log, month, in_force, f"figures/{series}")
            else:
                found[series] = value
            if extrapolated:
                telling.extrapolated(self.log, month, in_force, series)
        return found

    def accrue(self, month: int, held: Mapping[Bucket, int], started: int) -> None:
        """Accrue the month's interest, and post it where the policy says at the month's end."""
        policy, state = self.policy, self.account.interest
        if policy.counts_days:
            spans = self.spans(held, started)
            accrued = accrual.accrue(policy.interest, policy.terms, self.rates, month, spans, state)
            self.account.interest, missing = accrued
        else:
            if self.factors is None or not self.factors.lasting:
                self.factors = accrual.factors(policy.terms, self.rates, month)
            self.account.interest = accrual.accrue_at_month_end(self.factors, self.held, state)
            missing = self.factors.missing
        holds = len(self.postings) > started or any(held.values())
        if missing and holds:
            telling.rates(self.log, month, policy, missing)
        if policy.assumed and policy.id != self.told_interest and holds:
            self.told_interest = policy.id
            telling.assumed(self.log, month, policy, "assumed_interest_rate")
            telling.assumed(self.log, month, policy, "assumed_interest_method")
        posted = policy.interest.posted
        year_ends = posted == "year_end" and self.schedule.earnings.year_ends(month)
        if accrual.falls_due(policy.interest, month, year_ends=year_ends):
            self.post_interest(policy, day_in(month, days_in(month)))

    def spans(self, held: Mapping[Bucket, int], started: int) -> dict[Bucket, accrual.Span]:
        """How each bucket moved on which day since the month's first postings."""
        moves: dict[Bucket, list[tuple[int, int]]] = {bucket: [] for bucket in self.held}
        for posting in self.postings[started:]:
            moves[posting.bucket].append((posting.on.day, posting.amount))
        return {b: accrual.Span(held.get(b, 0), tuple(moves[b])) for b in moves}

    def post_interest(self, in_force: InForce, on: date) -> None:
        """Post what has accrued; the part of a fen left over lapses."""
        if self.earlier_unknown and not self.begins_accruing(in_force):
            self.log.note("assumed_no_earlier_interest", month=month_of_day(on), policy=in_force.id)
        self.earlier_unknown = False
        for bucket, fen in accrual.due(in_force.interest, self.account.interest).items():
            self.post(Posting(on, PostingKind.INTEREST, bucket, fen, in_force.interest_basis))
        self.account.interest = accrual.posted(self.account.interest)

    def begins_accruing(self, in_force: InForce) -> bool:
        """Whether interest posted under the policy began to accrue with the run's first month."""
        rule, first = in_force.interest, self.question.first
        if rule.method == "flat_on_settlement":
            return True
        by_quarter = rule.posted == "quarterly" and rule.year is None
        return first % 3 == 0 if by_quarter else self.schedule.earnings.year_starts(first)

    def post_flat_interest(self, month: int, in_force: InForce) -> None:
        """Post interest once on the balance that was settled and rolled over."""
        on, held = day_in(month, 1), self.held.get(Bucket.PRIOR_YEARS, 0)
        fen, missing = accrual.flat(in_force.interest, self.rates, on, held)
        telling.rates(self.log, month, in_force, missing)
        if fen:
            basis = in_force.interest_basis
            self.post(Posting(on, PostingKind.INTEREST, Bucket.PRIOR_YEARS, fen, basis))


def _key(rule: PaymentRule) -> str:
    """The name under which what a rule has paid in a policy year is carried.

    It is the categories it pays, so that a new version of the policy goes on counting.
    """
    return ".".join(rule.category)[:KEY_LENGTH]
