"""How an expense is paid (支付): the fund, the own account, the family, and cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.answer import Paid, Settled
from service.core.claim import Claim, claim
from service.core.links import Share, Slip
from service.core.month import day_in
from service.core.purse import Payment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.core.account import Bucket
    from service.core.expense import Bill, Expense
    from service.core.ledger import Ledger
    from service.core.passage import Passage
    from service.core.relatives import Relatives


class Till:
    """Where the money of a household is spent."""

    def __init__(self, passages: Sequence[Passage], relatives: Relatives) -> None:
        self.passages = passages
        self.relatives = relatives
        self.settled: list[Settled] = []

    def settle(self, expense: Expense) -> None:
        """Pay an expense or a bill on its day."""
        on, own = day_in(expense.on_month, expense.on_day), self.passages[expense.member].ledger
        slip = Slip(expense, on, own.policy_on(on))
        if expense.bill is None:
            shares: tuple[tuple[str, int], ...] = ((expense.category, expense.amount),)
            found, first = None, 0
        else:
            found = self._claim(slip, own, expense.bill)
            shares, first = found.shares, found.reimbursed.first
        cash = 0
        for place, (category, fen) in enumerate(shares):
            cash += self._pay(slip, own, category, fen if place else fen - first)
        own.purse.add(cash=cash)
        fund, steps = (0, ()) if found is None else (found.reimbursed.fund, found.steps)
        paid, passed_over = tuple(slip.paid), tuple(slip.passed_over)
        self.settled.append(Settled(expense, on, slip.in_force, fund, shares, steps, paid, passed_over, cash))

    @staticmethod
    def _claim(slip: Slip, own: Ledger, bill: Bill) -> Claim:
        """Bring a bill to the fund; what buckets paid before it goes on the slip."""
        found = claim(own, slip.in_force, slip.expense, bill, slip.on)
        if found.first is not None and found.first.rule is not None:
            _note(slip, found.shares[0][0], found.first.draws, found.first.rule)
        return found

    def _pay(self, slip: Slip, own: Ledger, category: str, amount: int) -> int:
        """Pay one share from the own account and the family; what nobody pays is cash, in fen."""
        if not amount:
            return 0
        note = slip.expense.note if slip.expense.bill is None else f"{category} {slip.expense.note}".rstrip()
        found = own.purse.draw(Payment(slip.in_force, slip.on, category, amount, note))
        if found.rule is not None:
            _note(slip, category, found.draws, found.rule)
        if found.why is not None and (found.why != "used_up" or own.has_account(slip.expense.on_month)):
            own.log.note(found.why, month=slip.expense.on_month, category=category)
        return self.relatives.pay(Share(slip, category, note), found.cash) if found.cash else 0


def _note(slip: Slip, category: str, draws: Sequence[tuple[Bucket, int]], rule: int) -> None:
    """Put on the slip what the own account paid."""
    basis = slip.in_force.basis("payments", rule)
    slip.paid += [Paid("own", slip.expense.member, bucket, category, fen, basis) for bucket, fen in draws]
