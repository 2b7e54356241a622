"""A bill (医疗费) brought to the pooling fund: which rule, on which facts, each line with its basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core import telling
from service.core.account import Basis
from service.core.bill import category_of, looks_back, rule_for, series_of_bills
from service.core.member import Status
from service.core.purse import Payment
from service.core.reimbursement import declared, reimburse, uninsured, within_scope

if TYPE_CHECKING:
    from datetime import date

    from service.core.bill import Reimbursed, Step
    from service.core.expense import Bill, Expense
    from service.core.ledger import Ledger
    from service.core.member import Spell
    from service.core.payment import Draw
    from service.core.policy import InForce


class Claim(NamedTuple):
    """What the fund pays of a bill, line by line, and what buckets paid before it."""

    reimbursed: Reimbursed
    steps: tuple[tuple[Step, Basis | None], ...]
    first: Draw | None

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """The person's own shares by category, in fen."""
        return tuple((category.value, fen) for category, fen in self.reimbursed.own)


def claim(ledger: Ledger, in_force: InForce, expense: Expense, bill: Bill, on: date) -> Claim:
    """Bring a bill to the fund of the member's own scheme; what is missing is noted as a fault."""
    month, used = expense.on_month, ledger.purse.account.used
    spell = ledger.leg.member.spell_at(month)
    if bill.fund is not None:
        return _counted(ledger, declared(bill, used), None)
    if spell is None or spell.status is Status.NONE or spell.unpaid:
        owed = spell is not None and spell.unpaid
        ledger.log.note("no_fund_in_arrears" if owed else "no_fund_not_insured", "warning", month=month)
        return _counted(ledger, uninsured(bill, used), None)
    return _by_rule(ledger, in_force, expense, bill, on, spell)


def _by_rule(
    ledger: Ledger, in_force: InForce, expense: Expense, bill: Bill, on: date, spell: Spell
) -> Claim:
    """Settle a bill by the first rule that fits the member, the setting and the day."""
    month, rules = expense.on_month, in_force.policy.bills
    facts = ledger.schedule.earnings.facts(month, in_force, spell)
    index = rule_for(rules, ledger.leg.member, spell, bill.setting, on, facts.age)
    if index is None:
        ledger.log.fault(f"{expense.pointer}/bill/fund", "unknown_parameter", policy=in_force.id)
        return Claim(uninsured(bill), (), None)
    rule, basis = rules[index], Basis(in_force.id, f"/bills/{index}", rules[index].source)
    cost = within_scope(rule, bill) if rule.account_first else 0
    category = category_of(bill.setting)
    payment = Payment(in_force, on, category, cost, f"{category} {expense.note}".rstrip())
    first = ledger.purse.could_pay(payment, rule.account_first) if rule.account_first else None
    available = 0 if first is None else cost - first.cash
    lines = ledger.purse.lines(month, in_force, frozenset(series_of_bills(rule)))
    found = reimburse(rule, bill, ledger.purse.account.used, lines, available)
    for place, code in found.wants:
        ledger.log.fault(f"{expense.pointer}/bill/{place}", code, policy=in_force.id)
    for code in found.assumed:
        ledger.log.note(code, month=month, policy=in_force.id)
    if ledger.used_unknown and looks_back(rule) and ledger.in_first_year(month):
        ledger.log.note("assumed_nothing_used", "warning", month=month, policy=in_force.id)
    telling.trust(ledger.log, month, in_force, rule.source)
    made = _counted(ledger, found, basis)
    if first is None or not found.first:
        return made
    return made._replace(first=first._replace(draws=ledger.purse.take(payment, first, found.first)))


def _counted(ledger: Ledger, found: Reimbursed, basis: Basis | None) -> Claim:
    """Carry what the policy year has used, and give every line that rests on a rule its basis."""
    ledger.purse.account.used = dict(found.used)
    ledger.purse.add(fund=found.fund)
    lines = tuple(
        (step, basis._replace(rule=basis.rule + step.rule) if basis is not None and step.rule else None)
        for step in found.steps
    )
    return Claim(found, lines, None)
