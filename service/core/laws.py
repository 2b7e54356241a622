"""The laws of the account, asserted on every answer before it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.account import PostingKind
from service.core.month import month_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.core.answer import MonthOf, Settled


def hold_the_laws(months: Sequence[MonthOf]) -> None:
    """Assert the laws of the account on an answer; AssertionError names the month that breaks one.

    Closing is opening plus postings in every bucket, a rollover sums to zero, and a payment never
    overdraws.
    """
    for month in months:
        held = dict(month.opening)
        rolled, overdrawn = 0, False
        for posting in month.postings:
            held[posting.bucket] = left = held.get(posting.bucket, 0) + posting.amount
            if posting.kind is PostingKind.ROLLOVER:
                rolled += posting.amount
            elif posting.kind is PostingKind.PAYMENT or posting.kind is PostingKind.FAMILY_PAYMENT:
                overdrawn |= left < 0
        if rolled or overdrawn or held != month.closing:
            raise AssertionError(month_text(month.month))


def hold_the_laws_of_bills(settled: Sequence[Settled]) -> None:
    """Assert that every expense is paid exactly once; AssertionError names the one that is not."""
    for each in settled:
        shares = sum(fen for _, fen in each.shares)
        paid = sum(line.amount for line in each.paid)
        whole = each.fund + shares == each.expense.amount and paid + each.cash == shares
        if not whole or min(each.fund, each.cash) < 0 or any(line.amount < 0 for line in each.paid):
            raise AssertionError(each.expense.pointer)
