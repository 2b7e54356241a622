"""The simulation: the rules in their order, month by month; only this module moves a balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core import interest
from service.core.account import Balances, Basis, Bucket, Notice, Posting, PostingKind
from service.core.amount import Nothing
from service.core.credit import Monthly
from service.core.errors import Fault, Refused
from service.core.facts import Log
from service.core.month import day_in, days_in, month_of_day, month_text
from service.core.payment import pay
from service.core.published import ended, latest
from service.core.rollover import roll_over
from service.core.schedule import Credited, Earned, Schedule, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from service.core.member import Expense, Member
    from service.core.policy import InForce, Timeline


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a member under an area's policies, from one month to another."""

    timeline: Timeline
    member: Member
    first: int
    last: int
    expenses: tuple[Expense, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


class CreditOfMonth(NamedTuple):
    """What was credited in a month, in fen; `months` are those it is for.

    `true_up` is what settlements and claw-backs moved in the month; it is not part of `net`.
    """

    gross: int
    taken: tuple[Taken, ...]
    net: int
    months: tuple[int, int] | None
    earned: tuple[Earned, ...]
    true_up: int


class MonthOf(NamedTuple):
    """One month of the account. `resume` starts a run at this month with the same outcome."""

    month: int
    in_force: InForce
    opening: Mapping[Bucket, int]
    closing: Mapping[Bucket, int]
    credit: CreditOfMonth
    postings: tuple[Posting, ...]
    resume: Balances


class Totals(NamedTuple):
    """Sums in fen; `credited` is net of deductions and includes settlements."""

    credited: int = 0
    interest: int = 0
    paid_from_account: int = 0
    paid_by_family: int = 0
    cash: int = 0


class YearOf(NamedTuple):
    """The months asked for of one policy year."""

    first: int
    last: int
    opening: Mapping[Bucket, int]
    closing: Mapping[Bucket, int]
    totals: Totals


class Simulation(NamedTuple):
    """The whole answer."""

    months: tuple[MonthOf, ...]
    years: tuple[YearOf, ...]
    totals: Totals
    policies: tuple[InForce, ...]
    notices: tuple[Notice, ...]


def simulate(question: Question) -> Simulation:
    """Answer a question; Refused names every fault that the rules find in it."""
    run = _Run(question)
    months = tuple(run.month(month) for month in range(question.first, question.last + 1))
    if run.log.faults:
        raise Refused(tuple(run.log.faults.values()))
    _hold_the_laws(months)
    years = _years(run, months)
    totals = Totals(*(sum(year.totals[i] for year in years) for i in range(len(Totals._fields))))
    policies = tuple({m.in_force.id: m.in_force for m in months}.values())
    return Simulation(months, years, totals, policies, tuple(run.log.notices.values()))


class CreditMonth(NamedTuple):
    """One month of a credit table."""

    month: int
    in_force: InForce
    credit: CreditOfMonth


class CreditTable(NamedTuple):
    """The credits of a range of months, without the account."""

    months: tuple[CreditMonth, ...]
    policies: tuple[InForce, ...]
    notices: tuple[Notice, ...]


def credit_table(question: Question) -> CreditTable:
    """The credits alone; Refused names every fault that the rules find in the question."""
    run = _Run(question)
    months = []
    for month in range(question.first, question.last + 1):
        settled = run.schedule.settled(month) if run.schedule.year_starts(month) else None
        found = run.schedule.credited(month) + ([settled] if settled else [])
        owed = tuple(run.schedule.taken_from_account(month))
        run.tell_credit(month, run.in_force(month))
        months.append(CreditMonth(month, run.in_force(month), _summary(found, owed)))
    if run.log.faults:
        raise Refused(tuple(run.log.faults.values()))
    policies = tuple({m.in_force.id: m.in_force for m in months}.values())
    return CreditTable(tuple(months), policies, tuple(run.log.notices.values()))


def uncovered(timeline: Timeline, first: int, last: int) -> list[int]:
    """The months of a range in which no policy of the area is in force."""
    return [month for month in range(first, last + 1) if timeline.at(month) is None]


class _Run:
    """The state of one run: the balances, and the postings of the month at hand."""

    def __init__(self, question: Question) -> None:
        self.question = question
        gaps = uncovered(question.timeline, question.first, question.last)
        if gaps:
            pointer = "/from" if gaps[0] == question.first else "/to"
            at = month_text(gaps[0])
            raise Refused([Fault(pointer, "no_policy_in_force", {"month": at})])
        self.log = Log(question.first, question.last)
        self.schedule = Schedule(question.timeline, question.member, self.log)
        self.account = question.member.opening.copy()
        self.postings: list[Posting] = []
        self.cash: dict[int, int] = {}
        self.expenses: dict[int, list[Expense]] = {}
        for expense in sorted(question.expenses, key=lambda e: (e.on_month, e.on_day)):
            self.expenses.setdefault(expense.on_month, []).append(expense)

    def in_force(self, month: int) -> InForce:
        """The policy of a month that is known to be covered."""
        found = self.question.timeline.at(month)
        if found is None:
            raise AssertionError(month)
        return found

    def month(self, month: int) -> MonthOf:
        """A month in its order: the year's start, the credit, the expenses, the interest."""
        in_force = self.in_force(month)
        for bucket in in_force.policy.buckets:
            self.account.held.setdefault(bucket, 0)
        opening, self.postings = dict(self.account.held), []
        if month > self.question.first:
            self.start(month, in_force)
        resume, started = self.account.copy(), len(self.postings)
        credit = self.credit(month)
        for expense in self.expenses.get(month, ()):
            self.pay(expense)
        self.accrue(month, in_force, resume.held, self.postings[started:])
        self.tell(month, in_force)
        closing = dict(self.account.held)
        return MonthOf(month, in_force, opening, closing, credit, tuple(self.postings), resume)

    def post(self, posting: Posting) -> None:
        """The only place where a balance moves."""
        self.account.held[posting.bucket] = self.account.held.get(posting.bucket, 0) + posting.amount
        self.postings.append(posting)

    def start(self, month: int, in_force: InForce) -> None:
        """What a policy year's first day brings: interest, settlement, rollover."""
        before = self.in_force(month - 1)
        starts = self.schedule.year_starts(month)
        if starts:
            self.post_interest(before, day_in(month, 1))
            self.end_interest_year()
            self.account.used.clear()
        settled = self.schedule.settled(month) if starts else None
        if settled is not None and settled.net > 0:
            self.post_credit(settled)
        self.roll_over(month, before, year_starts=starts)
        if in_force is not before:
            self.roll_over(month, in_force, year_starts=False)
        if settled is not None and settled.net < 0:
            self.post_credit(settled)
        if starts and before.interest.method == "flat_on_settlement":
            self.post_flat_interest(month, before)

    def roll_over(self, month: int, in_force: InForce, *, year_starts: bool) -> None:
        """Post what moves between buckets on the first day of the month."""
        for move in roll_over(in_force.rollover, month, self.account.held, year_starts=year_starts):
            basis = _basis(in_force, "rollover", move.rule)
            on, kind = day_in(month, 1), PostingKind.ROLLOVER
            self.post(Posting(on, kind, move.bucket, -move.amount, basis))
            self.post(Posting(on, kind, move.into, move.amount, basis))
            self.note_assumed(month, in_force, "assumed_rollover")
            self.log.note("rolled_over", month=month)

    def credit(self, month: int) -> CreditOfMonth:
        """Post the credits of the month, then what the account owes."""
        found = self.schedule.credited(month)
        for credited in found:
            self.post_credit(credited)
        taken = [self.deduct(month, owed) for owed in self.schedule.taken_from_account(month)]
        settled = sum(p.amount for p in self.postings if p.kind is PostingKind.TRUE_UP)
        return _summary(found, tuple(t for t in taken if t.amount))._replace(true_up=settled)

    def post_credit(self, credited: Credited) -> None:
        """Post a credit, an advance or a settlement to its buckets."""
        for bucket, fen in credited.portions:
            self.post(
                Posting(credited.on, credited.kind, bucket, fen, credited.earned.basis, credited.months)
            )

    def deduct(self, month: int, owed: Taken) -> Taken:
        """Take a deduction from the account, never more than it holds."""
        left = owed.amount
        for bucket in (Bucket.CURRENT_YEAR, Bucket.PRIOR_YEARS):
            fen = min(left, max(0, self.account.held.get(bucket, 0)))
            if fen:
                on = self.postings[-1].on if self.postings else day_in(month, 1)
                self.post(Posting(on, PostingKind.DEDUCTION, bucket, -fen, owed.basis))
                left -= fen
        return owed._replace(amount=owed.amount - left)

    def pay(self, expense: Expense) -> None:
        """Pay an expense from the buckets that may pay it; the rest is cash."""
        on = day_in(expense.on_month, expense.on_day)
        in_force = self.question.timeline.on(on) or self.in_force(expense.on_month)
        lines = {
            name: row.value
            for name, rows in in_force.policy.published.items()
            if (row := latest(rows, expense.on_month)) is not None and not ended(row, expense.on_month)
        }
        account = self.account
        drawn = pay(in_force.payments, expense.category, expense.amount, account.held, account.used, lines)
        self.cash[expense.on_month] = self.cash.get(expense.on_month, 0) + drawn.cash
        self.note_assumed(expense.on_month, in_force, "assumed_payment_rules")
        if drawn.why is not None:
            self.log.note(drawn.why, month=expense.on_month, category=expense.category)
        if drawn.rule is None:
            return
        basis = _basis(in_force, "payments", drawn.rule)
        key, note = f"{basis.policy}#{basis.rule}", expense.note or expense.category
        for bucket, fen in drawn.draws:
            account.used[key] = account.used.get(key, 0) + fen
            self.post(Posting(on, PostingKind.PAYMENT, bucket, -fen, basis, None, note))
        late = [p for p in self.postings if p.kind is PostingKind.CREDIT and p.on > on]
        if drawn.draws and late:
            self.log.note("posted_after_spending", month=expense.on_month)

    def accrue(self, month: int, in_force: InForce, held: Mapping[Bucket, int], moved: list[Posting]) -> None:
        """Accrue the month's interest, and post it where the policy says at the month's end."""
        moves: dict[Bucket, list[tuple[int, int]]] = {bucket: [] for bucket in Bucket}
        for posting in moved:
            moves[posting.bucket].append((posting.on.day, posting.amount))
        spans = {b: interest.Span(held.get(b, 0), tuple(moves[b])) for b in Bucket}
        rates = interest.Rates(in_force.national.deposit_rates, self.question.deposit_rates)
        accrued = interest.accrue(in_force.interest, rates, month, spans, self.account.interest)
        self.account.interest = accrued.state
        self.note_rates(month, in_force, accrued.missing)
        if any(held.values()) or moved:
            self.note_assumed(month, in_force, "assumed_interest_rate")
            self.note_assumed(month, in_force, "assumed_interest_method")
        year = self.schedule.year(month)
        if year is not None and interest.falls_due(in_force.interest, month, year.end):
            self.post_interest(in_force, day_in(month, days_in(month)))

    def post_interest(self, in_force: InForce, on: date) -> None:
        """Post what has accrued; the part of a fen left over lapses."""
        if in_force.interest.method == "flat_on_settlement":
            return
        for bucket, fen in interest.due(in_force.interest, self.account.interest).items():
            self.post(Posting(on, PostingKind.INTEREST, bucket, fen, _interest_basis(in_force)))
        for key in [*(bucket.value for bucket in Bucket), interest.OTHERWISE]:
            self.account.interest.pop(key, None)

    def post_flat_interest(self, month: int, in_force: InForce) -> None:
        """Post interest once on the balance that was settled and rolled over."""
        on, held = day_in(month, 1), self.account.held.get(Bucket.PRIOR_YEARS, 0)
        rates = interest.Rates(in_force.national.deposit_rates, self.question.deposit_rates)
        fen, missing = interest.flat(in_force.interest, rates, on, held)
        self.note_rates(month, in_force, missing)
        if fen:
            basis = _interest_basis(in_force)
            self.post(Posting(on, PostingKind.INTEREST, Bucket.PRIOR_YEARS, fen, basis))

    def end_interest_year(self) -> None:
        """Forget what the year's average is made of; the next year counts anew."""
        for key in (interest.CARRIED, interest.DAY_SUM, interest.DAYS):
            self.account.interest.pop(key, None)

    def note_rates(self, month: int, in_force: InForce, missing: frozenset[str]) -> None:
        """Say which deposit rates nobody published for the month, and how to declare them."""
        for term in sorted(missing):
            parameter = f"/parameters/deposit_rates/{term}"
            self.log.note(
                "unknown_parameter",
                "warning",
                month=month,
                policy=in_force.id,
                parameter=parameter,
            )

    def note_assumed(self, month: int, in_force: InForce, code: str) -> None:
        """Say that a national default stands in for what the policy leaves unknown."""
        if code in in_force.assumed:
            self.log.note(code, month=month, policy=in_force.id)

    def tell(self, month: int, in_force: InForce) -> None:
        """Say what a reader of the month must know."""
        if any(fen < 0 for fen in self.account.held.values()):
            self.log.note("negative_after_true_up", "warning", month=month)
        if any(p.kind is PostingKind.DEDUCTION for p in self.postings):
            self.log.note("deduction_taken", month=month)
        self.tell_credit(month, in_force)

    def tell_credit(self, month: int, in_force: InForce) -> None:
        """Say why nothing is credited, and how far the rule that is can be trusted."""
        if not _attested(in_force, month):
            self.log.note("policy_extrapolated", "warning", month=month, policy=in_force.id)
        earned = self.schedule.earned(month)
        if earned is None:
            self.log.note("gap_no_credit", month=month)
        elif isinstance(earned.rule.amount, Nothing):
            self.log.note(earned.rule.amount.because, month=month, policy=in_force.id)
        elif isinstance(earned.rule.posting, Monthly):
            self.tell_monthly(earned, in_force)

    def tell_monthly(self, earned: Earned, in_force: InForce) -> None:
        """Say what is assumed of the posting, and what is earned but not yet posted."""
        lag = earned.rule.posting.lag_months  # type: ignore[union-attr]
        if lag == "unknown":
            self.log.note("assumed_posting_lag", month=earned.month, policy=in_force.id)
        elif earned.month + lag > self.question.last:
            self.log.note("not_yet_credited", month=earned.month)


def _attested(in_force: InForce, month: int) -> bool:
    """Whether a source says that the policy held in the month."""
    attested = in_force.policy.attested
    if attested.from_ is not None and month < month_of_day(attested.from_):
        return False
    return attested.to is None or month <= month_of_day(attested.to)


def _basis(in_force: InForce, rules: Literal["rollover", "payments"], index: int) -> Basis:
    """The place and sources of a rule, in the area's policy or where it is silent the national."""
    own = getattr(in_force.policy, rules)
    if own == "unknown":
        found = getattr(in_force.national, rules)[index]
        return Basis(in_force.national_id, f"/{rules}/{index}", found.source)
    return Basis(in_force.id, f"/{rules}/{index}", own[index].source)


def _interest_basis(in_force: InForce) -> Basis:
    own = in_force.policy.interest
    if own == "unknown":
        return Basis(in_force.national_id, "/interest", in_force.national.interest.source)
    return Basis(in_force.id, "/interest", own.source)


def _summary(found: list[Credited], owed: tuple[Taken, ...]) -> CreditOfMonth:
    """The credits of a month in one line; settlements apart."""
    posted = [c for c in found if c.kind is not PostingKind.TRUE_UP]
    taken = tuple(t for c in posted for t in c.taken) + owed
    gross = sum(c.gross for c in posted)
    net = gross - sum(t.amount for t in taken)
    spans = [c.months for c in posted]
    months = (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None
    true_up = sum(c.net for c in found if c.kind is PostingKind.TRUE_UP)
    return CreditOfMonth(gross, taken, net, months, tuple(c.earned for c in posted), true_up)


_CREDITED = (
    PostingKind.CREDIT,
    PostingKind.ADVANCE,
    PostingKind.TRUE_UP,
    PostingKind.DEDUCTION,
)


def _years(run: _Run, months: tuple[MonthOf, ...]) -> tuple[YearOf, ...]:
    """The months grouped by policy year."""
    groups: list[list[MonthOf]] = []
    for month in months:
        if not groups or run.schedule.year_starts(month.month):
            groups.append([])
        groups[-1].append(month)
    return tuple(
        YearOf(g[0].month, g[-1].month, g[0].opening, g[-1].closing, _totals(run, g)) for g in groups
    )


def _totals(run: _Run, months: list[MonthOf]) -> Totals:
    credited = earned = paid = 0
    for month in months:
        for posting in month.postings:
            if posting.kind in _CREDITED:
                credited += posting.amount
            elif posting.kind is PostingKind.INTEREST:
                earned += posting.amount
            elif posting.kind is PostingKind.PAYMENT:
                paid -= posting.amount
    cash = sum(run.cash.get(month.month, 0) for month in months)
    return Totals(credited, earned, paid, 0, cash)


def _hold_the_laws(months: tuple[MonthOf, ...]) -> None:
    """The laws of the account, asserted on every answer: closing is opening plus postings."""
    for month in months:
        held = dict(month.opening)
        rolled = 0
        for posting in month.postings:
            held[posting.bucket] = held.get(posting.bucket, 0) + posting.amount
            if posting.kind is PostingKind.ROLLOVER:
                rolled += posting.amount
        if rolled or any(held.get(b, 0) != fen for b, fen in month.closing.items()):
            raise AssertionError(month_text(month.month))
