"""One member's account through the months; only this module moves a balance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from service.core import accrual, telling
from service.core.account import Balances, Basis, Bucket, Posting, PostingKind
from service.core.answer import NO_CREDIT, NOTHING_SPENT, CreditMonth, MonthOf, Spent, summed_up
from service.core.change import changes
from service.core.closing import AllMoney, payable
from service.core.crediting import Credited, Taken
from service.core.facts import Log
from service.core.gate import NotAdvanced, advanced_line, capped, drawn, most, series_of
from service.core.month import day_in, days_in, month_of_day
from service.core.payment import Draw, pay
from service.core.published import figure
from service.core.rollover import roll_over
from service.core.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from fractions import Fraction

    from service.core.answer import CreditOfMonth
    from service.core.closing import Money
    from service.core.family import AtTheTill
    from service.core.member import Member
    from service.core.payment import PaymentRule
    from service.core.policy import InForce, Timeline


KEY_LENGTH = 120
_LEAVES_FIRST = (Bucket.PRIOR_YEARS, Bucket.HEALTH, Bucket.CURRENT_YEAR)  # the oldest money
Draws = tuple[tuple[Bucket, int], ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """A member under the policies of one area, from one month to another."""

    timeline: Timeline
    member: Member
    first: int
    last: int
    pointer: str = ""  # where the move to the area stands in the request


class Payment(NamedTuple):
    """What an account is asked to pay: an amount in fen of a category, on a day, under a policy."""

    in_force: InForce
    on: date
    category: str
    amount: int
    note: str


class Brought(NamedTuple):
    """Money that comes from the account of another area, in fen."""

    amount: int
    basis: Basis


class Leaving(NamedTuple):
    """Money that leaves the account on a day, and as what kind of posting."""

    on: date
    kind: PostingKind
    basis: Basis
    settles: bool = True  # whether the account is settled first: it closes
    takes_back: bool = True  # whether the advance of the months after is taken back
    money: Money = AllMoney()
    credited_before: int | None = None  # fen, where the rule asks for it


@dataclass(slots=True)
class Frozen:
    """A quota held for a relative: what is left of it in fen, and the buckets it is drawn from."""

    order: tuple[Bucket, ...]
    left: int


class Ledger:
    """The state of one account: its balances, and the postings of the month at hand."""

    def __init__(self, leg: Leg, deposit_rates: Mapping[str, Fraction]) -> None:
        self.leg = leg
        self.changes = changes(leg.timeline, leg.member, leg.first, leg.last)
        self.log = Log(leg.first, leg.last)
        self.schedule = Schedule(leg.timeline, leg.member, self.log, self.changes)
        self.year_starts = frozenset(m for m in self.changes if self.schedule.earnings.year_starts(m))
        self.policy = self.in_force(leg.first)
        self.rates = self.policy.rates.with_declared(deposit_rates)
        self.factors: accrual.Factors | None = None
        self.told_interest = ""
        self.account = leg.member.opening.copy()
        self.held = self.account.held
        self.postings: list[Posting] = []
        self.credited: list[Credited] = []
        self.owed: list[Taken] = []
        self.summary = NO_CREDIT
        self.spent = NOTHING_SPENT
        self.opening: dict[Bucket, int] = {}
        self.resume = self.account
        self.started = 0
        self.frozen: dict[int, Frozen] = {}
        self.trued_up = False
        # What the fund paid before the run is in the opening only where it was declared or given back.
        self.used_unknown = leg.first not in self.year_starts and not any(
            key.startswith("bill.") for key in self.account.used
        )
        # Interest accrued before the run is in the opening only where a `resume` was given back.
        self.earlier_unknown = not self.account.interest and any(self.held.values())

    def in_force(self, month: int) -> InForce:
        """The policy of a month that is known to be covered."""
        found = self.leg.timeline.at(month)
        if found is None:
            raise AssertionError(month)
        return found

    def policy_on(self, on: date) -> InForce:
        """The policy of a day; on a day before one comes into force, the month's."""
        return self.leg.timeline.on(on) or self.policy

    def in_first_year(self, month: int) -> bool:
        """Whether the month lies in the policy year in which the run begins."""
        year = self.schedule.earnings.year(month)
        return year is not None and year.start <= self.leg.first

    def begin(self, month: int, brought: Brought | None = None) -> None:
        """A month's beginning in its order: the year's first day, then the credit.

        Money `brought` from another area comes on the first day of the first month.
        """
        changed = month in self.changes
        if changed:
            self.policy, self.factors = self.in_force(month), None
            for bucket in self.policy.policy.buckets:
                self.held.setdefault(bucket, 0)
        self.postings, self.spent = [], NOTHING_SPENT
        self.opening = dict(self.held)
        if brought is not None:
            kind, bucket = PostingKind.TRANSFER_IN, Bucket.PRIOR_YEARS
            self.post(Posting(day_in(month, 1), kind, bucket, brought.amount, brought.basis))
        elif changed and month > self.leg.first:
            self.start(month)
        self.resume = Balances(dict(self.held), self.account.interest, self.account.used)
        self.started = len(self.postings)
        self.credit(month, changed=changed)

    def end(self, month: int, leaving: Leaving | None = None) -> MonthOf:
        """A month's end: the interest, and where the member leaves the settlement of the account."""
        closes = leaving is not None and leaving.settles
        if leaving is not None and closes:
            self.settle(month, leaving)
        self.accrue(month, leaving if closes else None)
        if leaving is not None:
            self.pay_out(leaving)
        if self.trued_up and min(self.held.values(), default=0) < 0:
            self.log.note("negative_after_true_up", "warning", month=month)
        if month in self.changes or month == self.leg.last:
            earnings = self.schedule.earnings
            telling.credit(self.log, month, self.policy, earnings.of(month), earnings.withheld(month))
        closing, opening = dict(self.held), self.opening
        opening = {**dict.fromkeys(closing, 0), **opening} if len(closing) > len(opening) else opening
        postings = tuple(self.postings)
        return MonthOf(month, self.policy, opening, closing, self.summary, postings, self.spent, self.resume)

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

    def draw(self, payment: Payment, only: tuple[Bucket, ...] | None = None) -> Draw:
        """Pay from the buckets that may pay it, or from some of them; the rest is the draw's `cash`."""
        in_force = payment.in_force
        found = self.could_pay(payment, only)
        telling.assumed(self.log, month_of_day(payment.on), in_force, "assumed_payment_rules")
        if found.rule is None:
            return found
        rule = in_force.payments[found.rule]
        if capped(rule.gates):
            self.count(_key(rule), payment.amount - found.cash)
        basis = in_force.basis("payments", found.rule)
        self.spend(PostingKind.PAYMENT, found.draws, payment.on, basis, payment.note)
        return found

    def could_pay(self, payment: Payment, only: tuple[Bucket, ...] | None = None) -> Draw:
        """What the account would pay, without paying it."""
        in_force, rules = payment.in_force, payment.in_force.payments
        if only is not None:
            rules = tuple(replace(r, order=tuple(b for b in r.order if b in only)) for r in rules)
        used = {i: self.account.used.get(_key(rule), 0) for i, rule in enumerate(rules) if capped(rule.gates)}
        lines = self.lines(month_of_day(payment.on), in_force, in_force.lines)
        return pay(rules, payment.on, payment.category, payment.amount, self.free(), used, lines)

    def give(
        self, payment: Payment, rule: AtTheTill, basis: Basis
    ) -> tuple[tuple[tuple[Bucket, int], ...], bool]:
        """Pay for a relative: what is drawn from which bucket, and whether a gate kept anything shut."""
        month, key = month_of_day(payment.on), f"family.{'.'.join(rule.category)}"[:KEY_LENGTH]
        held, counted = self.free(), capped(rule.gates)
        lines = self.lines(month, self.policy, frozenset(series_of(rule.gates)))
        lines.update(self.advanced(month, rule))
        used = self.account.used.get(key, 0) if counted else 0
        open_to = most(rule.gates, payment.amount, held, used, lines)
        draws = drawn(rule.order, min(payment.amount, open_to), held)
        if counted:
            self.count(key, sum(fen for _, fen in draws))
        self.spend(PostingKind.FAMILY_PAYMENT, draws, payment.on, basis, payment.note)
        return draws, open_to < payment.amount

    def spend(
        self,
        kind: PostingKind,
        draws: Iterable[tuple[Bucket, int]],
        on: date,
        basis: Basis,
        note: str,
    ) -> None:
        """Post what was drawn from which bucket."""
        for bucket, fen in draws:
            self.post(Posting(on, kind, bucket, -fen, basis, None, note))
            if any(credited.on > on for credited in self.credited):
                self.log.note("posted_after_spending", month=month_of_day(on))

    def add(self, *, fund: int = 0, family: int = 0, cash: int = 0) -> None:
        """Add what others than the account paid for the member, in fen."""
        spent = self.spent
        self.spent = Spent(spent.fund + fund, spent.family + family, spent.cash + cash)

    def count(self, key: str, fen: int) -> None:
        """Count an amount against what the policy year allows."""
        if fen:
            self.account.used = {**self.account.used, key: self.account.used.get(key, 0) + fen}

    def free(self) -> Mapping[Bucket, int]:
        """What the account holds and has not promised to a relative by a quota."""
        if not self.frozen:
            return self.held
        free = dict(self.held)
        for quota in self.frozen.values():
            for bucket, fen in drawn(quota.order, quota.left, free):
                free[bucket] -= fen
        return free

    def advanced(self, month: int, rule: AtTheTill) -> dict[str, int]:
        """What the policy year's advance brought to the buckets of which a rule leaves it out."""
        buckets = [gate.bucket for gate in rule.gates if isinstance(gate, NotAdvanced)]
        return {advanced_line(b): self.schedule.advances.brought(month, b) for b in buckets}

    def settle(self, month: int, leaving: Leaving) -> None:
        """Post what is still to come and take back what was advanced for the months after."""
        outstanding = self.schedule.outstanding(month, leaving.on)
        taken_back = self.schedule.advances.closed(month, leaving.on) if leaving.takes_back else None
        for credited in (*outstanding, *([taken_back] if taken_back else [])):
            self.post_credit(credited)
        if outstanding or taken_back:
            self.credited = [*self.credited, *outstanding]
            true_up = sum(p.amount for p in self.postings if p.kind is PostingKind.TRUE_UP)
            self.summary = summed_up(self.credited, self.summary.taken_from_account, true_up)

    def pay_out(self, leaving: Leaving) -> None:
        """Post the interest due, and what leaves; a debt moves along with a transfer."""
        if leaving.settles:
            self.post_interest(self.policy, leaving.on)
        total = sum(self.held.values())
        if isinstance(leaving.money, AllMoney) and (total > 0 or leaving.kind is PostingKind.TRANSFER_OUT):
            draws = tuple((bucket, fen) for bucket, fen in self.held.items() if fen)
        else:
            amount = payable(leaving.money, total, leaving.credited_before)
            if amount is None:
                self.log.fault("/credited_before", "fact_required", policy=leaving.basis.policy)
            draws = drawn(_LEAVES_FIRST, amount or 0, self.held)
        for bucket, fen in draws:
            self.post(Posting(leaving.on, leaving.kind, bucket, -fen, leaving.basis))

    def lines(self, month: int, in_force: InForce, wanted: frozenset[str]) -> dict[str, int]:
        """The published lines that rules ask for, in fen; one that nobody gave is left out and said."""
        found = {}
        for series in sorted(wanted):
            rows = in_force.policy.published.get(series, ())
            declared = self.leg.member.parameters.get(series)
            value, extrapolated = figure(rows, month, declared)
            if value is None:
                telling.unknown(self.log, month, in_force, f"figures/{series}")
            else:
                found[series] = value
            if extrapolated:
                telling.extrapolated(self.log, month, in_force, series)
        return found

    def accrue(self, month: int, leaving: Leaving | None = None) -> None:
        """Accrue the month's interest, and post it where the policy says at the month's end.

        Money that leaves before the month's last day bears interest to that day where days count,
        and none where the balance at the month's end does.
        """
        policy, state, held = self.policy, self.account.interest, self.resume.held
        if leaving is not None and leaving.on.day < days_in(month) and not policy.counts_days:
            return
        if policy.counts_days:
            spans = self.spans(held, leaving)
            accrued = accrual.accrue(policy.interest, policy.terms, self.rates, month, spans, state)
            self.account.interest, missing = accrued
        else:
            if self.factors is None or not self.factors.lasting:
                self.factors = accrual.factors(policy.terms, self.rates, month)
            self.account.interest = accrual.accrue_at_month_end(self.factors, self.held, state)
            missing = self.factors.missing
        holds = len(self.postings) > self.started or any(held.values())
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

    def spans(self, held: Mapping[Bucket, int], leaving: Leaving | None) -> dict[Bucket, accrual.Span]:
        """How each bucket moved on which day since the month's first postings."""
        moves: dict[Bucket, list[tuple[int, int]]] = {bucket: [] for bucket in self.held}
        for posting in self.postings[self.started :]:
            moves[posting.bucket].append((posting.on.day, posting.amount))
        if leaving is not None:
            for bucket, fen in self.held.items():
                moves[bucket].append((leaving.on.day, -fen))
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
        rule, first = in_force.interest, self.leg.first
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
