"""Why the simulated figure is what it is: what the rules say of the member, and what may not be paid."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Balances, Basis, PostingKind
from service.core.checkout import Counter, check_out
from service.core.course import course, stays_of
from service.core.credit import rule_for
from service.core.diagnose_codes import RANK
from service.core.diagnose_seen import journal
from service.core.expense import Expense
from service.core.gate import capped
from service.core.member import Status
from service.core.month import month_of_day
from service.core.purse import counted_under

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.core.account import Bucket, Notice
    from service.core.answer import Simulation
    from service.core.diagnose_seen import Wanted
    from service.core.diagnose_trial import Doubt
    from service.core.policy import InForce

_OF_CREDIT = ("no_account_", "not_credited", "gap_no_credit")
_OF_PAYMENT = ("used_up", "gate_not_met", "category_not_payable", "prior_years_only")
_OF_KIND = {
    "rolled_over": PostingKind.ROLLOVER,
    "negative_after_true_up": PostingKind.TRUE_UP,
    "cleared_on_transfer": PostingKind.TRANSFER_OUT,
    "posted_after_spending": PostingKind.CREDIT,
}


class Own(NamedTuple):
    """Something that makes the figure what it is, as the rules say it."""

    code: str
    month: int | None
    basis: Basis | None
    values: tuple[tuple[str, str], ...]


class Refusal(NamedTuple):
    """What the account pays of something wanted, in fen, and why not all; no code where it pays all."""

    wanted: Wanted
    pays: int
    code: str
    basis: Basis | None


def reasons(doubt: Doubt, simulation: Simulation) -> list[Own]:
    """What the simulation tells that a person asks after, each code once, by rank."""
    found: dict[str, Own] = {}
    for own in (*_told(doubt, simulation), *_taken_back(doubt, simulation)):
        found.setdefault(own.code, own)
    return sorted(found.values(), key=lambda own: RANK[own.code])


def _told(doubt: Doubt, simulation: Simulation) -> Iterator[Own]:
    for notice in simulation.notices:
        if notice.code in RANK and (notice.month is None or notice.month <= doubt.last):
            code = notice.code
            if code == "gap_no_credit" and _was_retired(doubt, notice):
                code = "ended_with_death"
            yield Own(code, notice.month, _basis(doubt, simulation, notice), notice.values)


def _was_retired(doubt: Doubt, notice: Notice) -> bool:
    """Whether a retirement ended before a month and nothing follows it."""
    spells = doubt.declared.member.spells
    if not spells or notice.month is None or spells[-1].end is None:
        return False
    return spells[-1].status is Status.RETIRED and spells[-1].end < notice.month


def _taken_back(doubt: Doubt, simulation: Simulation) -> Iterator[Own]:
    for posting in journal(simulation, doubt.observed.on):
        if posting.kind is PostingKind.TRUE_UP and posting.amount < 0:
            yield Own("advance_taken_back", month_of_day(posting.on), posting.basis, ())


def _basis(doubt: Doubt, simulation: Simulation, notice: Notice) -> Basis | None:
    """The rule behind a notice, where there is one."""
    month = notice.month if notice.month is not None else doubt.last
    in_force = next((m.in_force for m in simulation.months if m.month == month), None)
    if in_force is None:
        return None
    if notice.code in _OF_KIND:
        postings = (p for m in simulation.months for p in m.postings if m.month == month)
        kind = _OF_KIND[notice.code]
        return next((p.basis for p in postings if p.kind is kind), None)
    if notice.code in _OF_PAYMENT:
        return payment_basis(in_force, dict(notice.values).get("category", ""))
    if notice.code == "deduction_taken":
        taken = (t for m in simulation.months if m.month == month for t in m.credit.taken)
        return next((t.basis for t in taken), None)
    if notice.code == "below_minimum_years" and in_force.policy.minimum_years:
        last = len(in_force.policy.minimum_years) - 1
        return Basis(in_force.id, f"/minimum_years/{last}", in_force.policy.minimum_years[last].source)
    return _credit_basis(doubt, in_force, month) if notice.code.startswith(_OF_CREDIT) else None


def _credit_basis(doubt: Doubt, in_force: InForce, month: int) -> Basis | None:
    """The rule that gives the member of a month nothing: the area's, or the national one."""
    member = doubt.declared.member
    spell = member.spell_at(month)
    if spell is None:
        return None
    for rules, name in (
        (in_force.policy.credits, in_force.id),
        (in_force.national.credits, in_force.national_id),
    ):
        place = rule_for(rules, member, spell)
        if place is not None:
            return Basis(name, f"/credits/{place}", rules[place].source)
    return None


def payment_basis(in_force: InForce, category: str) -> Basis | None:
    """The rule of payment for a category."""
    for place, rule in enumerate(in_force.payments):
        if category in rule.category:
            return in_force.basis("payments", place)
    return None


def refusal(doubt: Doubt, simulation: Simulation, held: Mapping[Bucket, int], wanted: Wanted) -> Refusal:
    """What of something wanted the account would pay on the day from what it holds, and why not all."""
    on, last = doubt.observed.on, doubt.last
    here = next(month for month in simulation.months if month.month == last)
    used = _used(doubt, simulation)
    member = replace(doubt.declared.member, opening=Balances(dict(held), used=used))
    stays = [stay for stay in stays_of(doubt.declared, doubt.first) if stay.since <= last]
    declared = replace(doubt.declared, member=member, area=stays[-1].area)
    expense = Expense(last, on.day, wanted.category, wanted.amount, wanted.category, "/observed/wanted")
    person = course(declared, doubt.book, last, last).person
    paid = check_out(Counter((person,), expense, deposit_rates=doubt.deposit_rates))
    pays = wanted.amount - paid.settled.cash
    if not paid.settled.cash:
        return Refusal(wanted, pays, "", payment_basis(here.in_force, wanted.category))
    told = {notice.code for notice in paid.notices[0]}
    code = next((each for each in _OF_PAYMENT if each in told), "")
    if code:
        return Refusal(wanted, pays, code, payment_basis(here.in_force, wanted.category))
    own = reasons(doubt, simulation)  # where there is no account, nothing is said of the payment
    why = next((each for each in own if each.code.startswith("no_account")), None)
    return (
        Refusal(wanted, pays, "used_up", None) if why is None else Refusal(wanted, pays, why.code, why.basis)
    )


def _used(doubt: Doubt, simulation: Simulation) -> dict[str, int]:
    """What yearly caps have counted by the day: up to the month, and of its payments before the day."""
    here = next(month for month in simulation.months if month.month == doubt.last)
    used = dict(here.resume.used)
    for posting in here.postings:
        if posting.kind is not PostingKind.PAYMENT or posting.on > doubt.observed.on:
            continue
        rule = here.in_force.payments[int(posting.basis.rule.rpartition("/")[2])]
        if capped(rule.gates):
            key = counted_under(rule)
            used[key] = used.get(key, 0) - posting.amount
    return used
