"""One bill at the counter (结算窗口): paid from what is held; nothing is credited or accrued."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from service.core.errors import Refused
from service.core.laws import hold_the_laws_of_bills
from service.core.links import Links
from service.core.passage import Passage
from service.core.relatives import Relatives
from service.core.till import Till

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from service.core.account import Bucket, Notice
    from service.core.answer import Settled
    from service.core.expense import Expense
    from service.core.family import Link
    from service.core.passage import Person
    from service.core.policy import InForce


@dataclass(frozen=True, slots=True)
class Counter:
    """A bill to be paid now: the first person's, the others may pay by their links; each has one leg."""

    people: tuple[Person, ...]
    expense: Expense
    links: tuple[Link, ...] = ()
    deposit_rates: Mapping[str, Fraction] = field(default_factory=dict)


class CheckedOut(NamedTuple):
    """How the bill was paid, and what each account held before and after, in fen."""

    settled: Settled
    before: tuple[Mapping[Bucket, int], ...]
    after: tuple[Mapping[Bucket, int], ...]
    policies: tuple[InForce, ...]
    notices: tuple[tuple[Notice, ...], ...]  # of each person


def check_out(counter: Counter) -> CheckedOut:
    """Pay a bill from balances as they are; Refused names every fact that the rules lack."""
    month = counter.expense.on_month
    passages = [Passage(person, counter.deposit_rates) for person in counter.people]
    for passage in passages:
        ledger = passage.ledger
        ledger.open(month)
        if not ledger.policy.attested(month):
            ledger.log.note("policy_extrapolated", "warning", month=month, policy=ledger.policy.id)
    before = tuple(dict(passage.ledger.purse.held) for passage in passages)
    till = Till(passages, Relatives(Links(passages, counter.links)))
    till.settle(counter.expense)
    faults = tuple({(f.pointer, f.code): f for passage in passages for f in passage.faults()}.values())
    if faults:
        raise Refused(faults)
    hold_the_laws_of_bills(till.settled)
    return CheckedOut(
        till.settled[0],
        before,
        tuple(dict(passage.ledger.purse.held) for passage in passages),
        tuple({p.ledger.policy.id: p.ledger.policy for p in passages}.values()),
        tuple(passage.notices() for passage in passages),
    )
