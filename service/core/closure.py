"""Leaving (清算): what the account is settled to on a day, whether it may be taken, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core import telling
from service.core.account import Basis, Bucket, PostingKind
from service.core.closing import NoMoney, Reason, follows, rule_for
from service.core.errors import Refused
from service.core.ledger import Ledger
from service.core.leg import Leaving, Leg
from service.core.member import Status
from service.core.month import month_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from service.core.account import Notice, Posting
    from service.core.answer import MonthOf
    from service.core.closing import ClosingRule, Consequence
    from service.core.policy import InForce


@dataclass(frozen=True, slots=True)
class ClosingQuestion:
    """A member who leaves on a day for a reason; the leg ends with the month of the day."""

    leg: Leg
    on: date
    reason: Reason
    credited_before: int | None = None  # fen left of what was credited before the day the policy names
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


class Closure(NamedTuple):
    """What leaving brings, in fen; `postings` are those of the settlement and the payment on the day."""

    in_force: InForce
    allowed: Literal["yes", "no", "unknown"]
    rule: ClosingRule | None
    basis: Basis | None
    amount: int
    before: Mapping[Bucket, int]
    after: Mapping[Bucket, int]
    postings: tuple[Posting, ...]
    follows: tuple[Consequence, ...]
    months: tuple[MonthOf, ...]
    notices: tuple[Notice, ...]


def close(question: ClosingQuestion) -> Closure:
    """Answer what leaving brings; Refused names every fault that the rules find in the question."""
    leg, on = question.leg, question.on
    ledger, last = Ledger(leg, question.deposit_rates), month_of_day(on)
    months = []
    for month in range(leg.first, last):
        ledger.begin(month)
        months.append(ledger.end(month))
    ledger.begin(last)
    found = _rule(question, ledger)
    before = ledger.purse.held_on(on)
    earlier = {place for place, posting in enumerate(ledger.purse.postings) if posting.on <= on}
    months.append(ledger.end(last, None if found is None else _leaving(question, *found)))
    if ledger.log.faults:
        raise Refused(tuple(ledger.log.faults.values()))
    basis, rule = (None, None) if found is None else found
    # What an account that closes is credited early comes on the day; one that stays open goes on after it.
    since = (p for place, p in enumerate(ledger.purse.postings) if place not in earlier)
    postings = tuple(posting for posting in since if posting.on <= on)
    return Closure(
        ledger.policy,
        _allowed(rule),
        rule,
        basis,
        ledger.paid_out,
        before,
        ledger.purse.held_on(on),
        postings,
        follows(rule, question.reason),
        tuple(months),
        tuple(ledger.log.notices.values()),
    )


def _allowed(rule: ClosingRule | None) -> Literal["yes", "no", "unknown"]:
    if rule is None or rule.allowed == "unknown":
        return "unknown"
    return "yes" if rule.allowed else "no"


def _rule(question: ClosingQuestion, ledger: Ledger) -> tuple[Basis, ClosingRule] | None:
    """The rule for the reason, the member's status in the month, and the day."""
    spell = ledger.leg.member.spell_at(month_of_day(question.on))
    status = Status.NONE if spell is None else spell.status
    rules = ledger.policy_on(question.on).closing()
    index = rule_for(tuple(rule for _, rule in rules), question.reason, status, question.on)
    if index is None:
        return None
    policy, (basis, _) = ledger.policy_on(question.on), rules[index]
    if basis.policy == policy.id:
        telling.trust(ledger.log, month_of_day(question.on), policy, basis.sources)
    else:
        ledger.log.note("assumed_closing_rule", "warning", month=month_of_day(question.on), policy=policy.id)
    return rules[index]


def _leaving(question: ClosingQuestion, basis: Basis, rule: ClosingRule) -> Leaving | None:
    """How the money leaves, where the rule lets it; where nobody knows whether it may, none does."""
    if rule.allowed is not True or isinstance(rule.money, NoMoney):
        return None
    transfer = question.reason is Reason.TRANSFER_OUT
    return Leaving(
        question.on,
        PostingKind.TRANSFER_OUT if transfer else PostingKind.WITHDRAWAL,
        basis,
        settles=rule.account == "closes",
        advance=rule.advance,
        money=rule.money,
        credited_before=question.credited_before,
    )
