"""What an account holds and what may be taken from it; only a purse moves a balance."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from service.core import telling
from service.core.account import Balances, Basis, Bucket, Posting, PostingKind
from service.core.answer import NOTHING_SPENT, Spent
from service.core.gate import capped, drawn, most, series_of
from service.core.month import month_of_day
from service.core.payment import Draw, pay
from service.core.published import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from service.core.facts import Log
    from service.core.family import AtTheTill
    from service.core.payment import PaymentRule
    from service.core.policy import InForce

KEY_LENGTH = 120
QUOTA = "quota."  # under which `used` carries what a quota still holds
_BUCKETS = "|".join(Bucket)
_CARRIED = re.compile(
    rf"{QUOTA}(?P<link>\d+)\.(?P<since>\d{{4}}-\d\d-\d\d)\.(?P<order>(?:{_BUCKETS})(?:\.(?:{_BUCKETS}))*)",
    re.ASCII,
)
Draws = tuple[tuple[Bucket, int], ...]


class Payment(NamedTuple):
    """What an account is asked to pay: an amount in fen of a category, on a day, under a policy."""

    in_force: InForce
    on: date
    category: str
    amount: int
    note: str


class Frozen(NamedTuple):
    """A quota held for a relative: since when, the buckets it is drawn from, what is left of it in fen."""

    since: str  # a day
    order: tuple[Bucket, ...]
    left: int

    def key(self, link: int) -> str:
        """The name under which `used` carries it: what was held stays so, whatever the rules say later."""
        return ".".join((f"{QUOTA}{link}", self.since, *self.order))


class Purse:
    """The balances of one account, what it has promised and used, and the postings of the month at hand."""

    def __init__(self, opening: Balances, parameters: Mapping[str, int], log: Log) -> None:
        self.account = opening.copy()
        self.held = self.account.held
        self.parameters = parameters
        self.log = log
        self.postings: list[Posting] = []
        self.spent = NOTHING_SPENT
        self.frozen: dict[int, Frozen] = {}
        self.trued_up = False

    def post(self, posting: Posting) -> None:
        """The only place where a balance moves."""
        self.held[posting.bucket] = self.held.get(posting.bucket, 0) + posting.amount
        self.trued_up |= posting.kind is PostingKind.TRUE_UP
        self.postings.append(posting)

    def draw(self, payment: Payment, only: tuple[Bucket, ...] | None = None) -> Draw:
        """Pay from the buckets that may pay it, or from some of them; the rest is the draw's `cash`."""
        in_force = payment.in_force
        found = self.could_pay(payment, only)
        telling.assumed(self.log, month_of_day(payment.on), in_force, "assumed_payment_rules")
        if found.rule is None:
            return found
        rule = in_force.payments[found.rule]
        if capped(rule.gates):
            self.count(counted_under(rule), payment.amount - found.cash)
        basis = in_force.basis("payments", found.rule)
        self.spend(PostingKind.PAYMENT, found.draws, payment.on, basis, payment.note)
        return found

    def take(self, payment: Payment, found: Draw, amount: int) -> Draws:
        """Pay the first part of what the account could pay, in fen; no gate is asked twice."""
        if found.rule is None:
            return ()
        rule = payment.in_force.payments[found.rule]
        draws = first_of(found.draws, amount)
        if capped(rule.gates):
            self.count(counted_under(rule), sum(fen for _, fen in draws))
        basis = payment.in_force.basis("payments", found.rule)
        self.spend(PostingKind.PAYMENT, draws, payment.on, basis, payment.note)
        return draws

    def could_pay(self, payment: Payment, only: tuple[Bucket, ...] | None = None) -> Draw:
        """What the account would pay, without paying it."""
        in_force, rules = payment.in_force, payment.in_force.payments
        if only is not None:
            rules = tuple(replace(r, order=tuple(b for b in r.order if b in only)) for r in rules)
        used = {
            i: self.account.used.get(counted_under(rule), 0)
            for i, rule in enumerate(rules)
            if capped(rule.gates)
        }
        lines = self.lines(month_of_day(payment.on), in_force, in_force.lines)
        return pay(rules, payment.on, payment.category, payment.amount, self.free(), used, lines)

    def give(
        self, payment: Payment, rule: AtTheTill, basis: Basis, limit: int, advanced: Mapping[str, int]
    ) -> tuple[Draws, bool]:
        """Pay for a relative: what is drawn from which bucket, and whether a gate kept anything shut.

        Gates look at what is to be paid; the holder's own `limit` cuts what they let through.
        """
        month, key = month_of_day(payment.on), f"family.{'.'.join(rule.category)}"[:KEY_LENGTH]
        held, counted = self.free(), capped(rule.gates)
        lines = {**self.lines(month, payment.in_force, frozenset(series_of(rule.gates))), **advanced}
        used = self.account.used.get(key, 0) if counted else 0
        open_to = most(rule.gates, payment.amount, held, used, lines)
        draws = drawn(rule.order, min(payment.amount, limit, open_to), held)
        could = sum(max(0, held.get(bucket, 0)) for bucket in rule.order)
        if counted:
            self.count(key, sum(fen for _, fen in draws))
        self.spend(PostingKind.FAMILY_PAYMENT, draws, payment.on, basis, payment.note)
        return draws, open_to < min(payment.amount, limit, could)

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
            if any(p.on > on and p.kind is PostingKind.CREDIT for p in self.postings):
                self.log.note("posted_after_spending", month=month_of_day(on))

    def add(self, *, fund: int = 0, family: int = 0, cash: int = 0) -> None:
        """Add what others than the account paid for the member, in fen."""
        spent = self.spent
        self.spent = Spent(spent.fund + fund, spent.family + family, spent.cash + cash)

    def held_on(self, on: date) -> dict[Bucket, int]:
        """What the account holds on a day of the month at hand: without what is posted later."""
        held = dict(self.held)
        for posting in self.postings:
            if posting.on > on:
                held[posting.bucket] -= posting.amount
        return held

    def bring_forward(self, on: date) -> None:
        """Date what is posted later in the month on the day on which the account closes."""
        self.postings = [p._replace(on=on) if p.on > on else p for p in self.postings]

    def year_starts(self) -> None:
        """Forget what the policy year that ended had used; a quota is no matter of the year."""
        used = self.account.used
        self.account.used = {key: fen for key, fen in used.items() if key.startswith(QUOTA)} if used else used

    def count(self, key: str, fen: int) -> None:
        """Count an amount against what the policy year allows."""
        if fen:
            self.account.used = {**self.account.used, key: self.account.used.get(key, 0) + fen}

    def freeze(self, link: int, quota: Frozen) -> None:
        """Hold an amount for a relative; what is held is carried from month to month."""
        self.frozen[link] = quota
        self.account.used = {**self.account.used, quota.key(link): quota.left}

    def release(self, link: int) -> None:
        """Hold nothing any more for a relative."""
        quota = self.frozen.pop(link, None)
        if quota is not None:
            key = quota.key(link)
            self.account.used = {name: fen for name, fen in self.account.used.items() if name != key}

    def quotas_carried(self) -> list[tuple[int, Frozen]]:
        """What a `resume` says was held when the run began, by link: the first to be held comes first."""
        found = []
        for key, fen in self.account.used.items():
            if told := _CARRIED.fullmatch(key):
                order = dict.fromkeys(map(Bucket, told["order"].split(".")))
                found.append((int(told["link"]), Frozen(told["since"], tuple(order), fen)))
        return sorted(found, key=lambda each: (each[1].since, each[0]))

    def free(self) -> Mapping[Bucket, int]:
        """What the account holds and has not promised to a relative by a quota."""
        return self._laid()[0] if self.frozen else self.held

    def promised(self, link: int) -> Draws:
        """Where what a quota holds lies, in fen: never more than there is, after those held before it."""
        return self._laid()[1].get(link, ())

    def _laid(self) -> tuple[Mapping[Bucket, int], Mapping[int, Draws]]:
        """What is free, and where each quota lies: the first to be held has the first choice of buckets."""
        free, lies = dict(self.held), dict[int, Draws]()
        for link, quota in self.frozen.items():
            lies[link] = drawn(quota.order, quota.left, free)
            for bucket, fen in lies[link]:
                free[bucket] -= fen
        return free, lies

    def lines(self, month: int, in_force: InForce, wanted: frozenset[str]) -> dict[str, int]:
        """The published lines that rules ask for, in fen; one that nobody gave is left out and said."""
        found = {}
        for series in sorted(wanted):
            rows = in_force.policy.published.get(series, ())
            declared = self.parameters.get(series)
            value, extrapolated = figure(rows, month, declared)
            if value is None:
                telling.unknown(self.log, month, in_force, f"figures/{series}")
            else:
                found[series] = value
            if extrapolated:
                telling.extrapolated(self.log, month, in_force, series)
        return found


def first_of(draws: Draws, amount: int) -> Draws:
    """The first part of several draws, as much as an amount, in fen."""
    found = []
    for bucket, fen in draws:
        found.append((bucket, min(fen, amount)))
        amount -= found[-1][1]
    return tuple((bucket, fen) for bucket, fen in found if fen)


def counted_under(rule: PaymentRule) -> str:
    """The name under which what a rule has paid in a policy year is carried.

    It is the categories it pays, so that a new version of the policy goes on counting.
    """
    return ".".join(rule.category)[:KEY_LENGTH]
