"""One member's way through the months, from the account in one area to the account in the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.account import Basis, PostingKind
from service.core.closing import Reason, rule_for
from service.core.ledger import Ledger
from service.core.leg import Brought, Leaving
from service.core.member import Status
from service.core.month import day_in, days_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from service.core.account import Notice
    from service.core.answer import MonthOf
    from service.core.errors import Fault
    from service.core.leg import Leg


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a household: a name, the areas lived in one after another, what the wallet holds in fen."""

    legs: tuple[Leg, ...]  # in order, without a gap
    name: str = ""
    wallet: int = 0


class Passage:
    """The accounts of one person, one after another; each is settled before the next begins."""

    def __init__(self, person: Person, deposit_rates: Mapping[str, Fraction]) -> None:
        self.person = person
        self.ledgers = [Ledger(leg, deposit_rates) for leg in person.legs]
        self.months: list[MonthOf] = []
        self.wallet = person.wallet
        self.ledger = self.ledgers[0]  # the account of the month at hand
        self._later = self.ledgers[1:]
        self._brought: Brought | None = None

    @property
    def area(self) -> str:
        """The area in which the member is insured in the month at hand."""
        return self.ledger.leg.timeline.area

    def begin(self, month: int) -> None:
        """A month's beginning."""
        if month > self.ledger.leg.last:
            self.ledger = self._later.pop(0)
        brought, self._brought = self._brought, None
        self.ledger.begin(month, brought)

    def end(self, month: int) -> None:
        """A month's end; at the last month before a move the account is settled and cleared."""
        leg = self.ledger.leg
        leaving = self._leaving(month) if leg.moves and month == leg.last else None
        ended = self.ledger.end(month, leaving)
        if leaving is not None:
            moved = self.ledger.paid_out
            self._brought = Brought(moved, leaving.basis) if moved else None
            self.ledger.log.note("cleared_on_transfer", month=month, area=leg.timeline.area)
        self.months.append(ended)

    def _leaving(self, month: int) -> Leaving:
        """How the account is closed for a transfer to the next area, on the month's last day."""
        ledger, on = self.ledger, day_in(month, days_in(month))
        policy = ledger.policy_on(on)
        rules = policy.closing()
        spell = ledger.leg.member.spell_at(month)
        status = Status.NONE if spell is None else spell.status
        index = rule_for(tuple(rule for _, rule in rules), Reason.TRANSFER_OUT, status, on)
        if index is None:
            basis = Basis(policy.id, "", ())  # the whole document is silent
            ledger.log.note("assumed_transfer", month=month, policy=policy.id)
            return Leaving(on, PostingKind.TRANSFER_OUT, basis)
        basis, rule = rules[index]
        if basis.policy != policy.id:
            ledger.log.note("assumed_closing_rule", month=month, policy=policy.id)
        if rule.allowed is False:
            ledger.log.fault(ledger.leg.moves, "transfer_not_allowed", policy=basis.policy)
        return Leaving(on, PostingKind.TRANSFER_OUT, basis, advance=rule.advance)

    def faults(self) -> Iterator[Fault]:
        """What the rules found missing or contradictory in what is declared of the person."""
        for ledger in self.ledgers:
            yield from ledger.log.faults.values()

    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know about the person's accounts, each said once."""
        if len(self.ledgers) == 1:
            return tuple(self.ledger.log.notices.values())
        notices = [notice for ledger in self.ledgers for notice in ledger.log.notices.values()]
        first = {(notice.code, notice.values): notice for notice in reversed(notices)}
        return tuple({(n.code, n.values): first[n.code, n.values] for n in notices}.values())

    def year_starts(self) -> frozenset[int]:
        """The months in which a policy year starts, or the account in another area."""
        starts = {month for ledger in self.ledgers for month in ledger.year_starts}
        return frozenset(starts | {ledger.leg.first for ledger in self.ledgers})
