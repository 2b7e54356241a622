"""Settling a bill with the pooling fund (统筹基金): what the fund pays, step by step, and what is left.

The fund's sum is exact until the end and rounded once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.core.bill import Reimbursed, Step, banded, caps_of, category_of, counter, tier_of
from service.core.capping import capped
from service.core.expense import Category
from service.core.money import Exact, round_half_up
from service.core.settling import Settling, account_first, beyond, deductible_on, parts_of, pieces_of, shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.core.bill import BillRule, Counted
    from service.core.expense import Bill


def reimburse(
    rule: BillRule, bill: Bill, used: Mapping[str, int], lines: Mapping[str, int], available: int
) -> Reimbursed:
    """What the fund pays of a bill under the rule that fits it, and what is left to the person, in fen.

    `used` are the counters of the policy year, `lines` the published series that caps name, `available`
    is what the buckets of `account_first` could pay now. Where `wants` names a missing fact, nothing is
    settled: the fund pays 0 and the counters stay.
    """
    settling = Settling(rule, bill, used)
    pieces = list(pieces_of(settling))
    exact = sum(piece.cost for piece in pieces)
    in_scope = round_half_up(exact)
    settling.steps += _makes_up(bill, in_scope, "/scope" if bill.items and rule.scope else "")
    first = account_first(settling, in_scope, int(exact), available)
    deductible = deductible_on(settling, exact - first)
    parts = list(parts_of(settling, beyond(pieces, first + deductible), deductible))
    shared(settling, parts)
    within = capped(settling, parts, deductible, lines)
    if settling.wants:
        wants = tuple(settling.wants)
        return Reimbursed(0, _own(bill, in_scope, 0), first, tuple(settling.steps), used, wants, ())
    fund = round_half_up(settling.fund)
    steps = (*settling.steps, Step("fund", in_scope, fund), Step("own_share", bill.total, bill.total - fund))
    after = _counted_on(bill, used, cost=in_scope - first, deductible=deductible, fund=within)
    return Reimbursed(fund, _own(bill, in_scope, fund), first, steps, after, (), _assumed(rule))


def within_scope(rule: BillRule, bill: Bill) -> int:
    """What of a bill a rule puts within the scope, in whole fen: all that buckets may pay before the fund."""
    return int(sum(piece.cost for piece in pieces_of(Settling(rule, bill, {}))))


def declared(bill: Bill, used: Mapping[str, int]) -> Reimbursed:
    """A bill on which the fund's part is printed: no rule is asked, and the year's counters go on."""
    fund, in_scope = bill.fund or 0, _whole(bill)
    steps = (
        *_makes_up(bill, in_scope),
        Step("declared_fund", in_scope, fund),
        Step("own_share", bill.total, bill.total - fund),
    )
    after = _counted_on(bill, used, cost=in_scope, fund=fund)
    return Reimbursed(fund, _own(bill, in_scope, fund), 0, steps, after, (), ())


def uninsured(bill: Bill, used: Mapping[str, int] | None = None) -> Reimbursed:
    """A bill that no fund shares in; it leaves the counters of the year as they are."""
    in_scope = _whole(bill)
    steps = (
        *_makes_up(bill, in_scope),
        Step("no_fund", in_scope, 0),
        Step("own_share", bill.total, bill.total),
    )
    return Reimbursed(0, _own(bill, in_scope, 0), 0, steps, used or {}, (), ())


def _whole(bill: Bill) -> int:
    """The cost in scope where no rule splits the items."""
    return sum(item.amount for item in bill.items) if bill.items else bill.in_scope


def _copay(bill: Bill, in_scope: int) -> int:
    """The class B co-pay: what the bill says, and what the scope leaves of its items."""
    return bill.class_b_copay + (sum(item.amount for item in bill.items) - in_scope if bill.items else 0)


def _makes_up(bill: Bill, in_scope: int, rule: str = "") -> Iterator[Step]:
    """What the bill is made up of."""
    yield Step("total", bill.total, bill.total)
    if bill.self_pay:
        yield Step("self_pay", bill.total, bill.self_pay)
    if copay := _copay(bill, in_scope):
        yield Step("class_b_copay", bill.total, copay, rule=rule)
    yield Step("in_scope", bill.total, in_scope, rule=rule)


def _own(bill: Bill, in_scope: int, fund: int) -> tuple[tuple[Category, int], ...]:
    """The person's shares. A printed fund's part may exceed the scope; it is then taken from the next."""
    own = []
    for category, cost in (
        (category_of(bill.setting), in_scope),
        (Category.CLASS_B_COPAY, _copay(bill, in_scope)),
        (Category.SELF_PAY, bill.self_pay),
    ):
        paid = min(fund, cost)
        fund -= paid
        own.append((category, cost - paid))
    return tuple((category, fen) for category, fen in own if fen)


def _counted_on(bill: Bill, used: Mapping[str, int], **more: Exact) -> Mapping[str, int]:
    """The counters of the year after the bill."""
    after = dict(used)
    names: tuple[Counted, ...] = ("cost", "deductible", "fund")
    for name in names:
        if fen := round_half_up(more.get(name, 0)):
            key = counter(bill.setting, tier_of(bill), name)
            after[key] = after.get(key, 0) + fen
    return after


def _assumed(rule: BillRule) -> tuple[str, ...]:
    """The notices for what the sources of a rule do not say and its figures depend on."""
    on_cost = any(cap.counts == "cost" for cap in caps_of(rule))
    counted_on = rule.bands == "unknown" and rule.deductible and (on_cost or banded(rule))
    unsaid = {
        "assumed_bill_bands": counted_on or (rule.bands_per == "unknown" and banded(rule)),
        "assumed_bill_deductible": rule.deductible_per == "unknown" and rule.deductible,
        "assumed_no_cap": rule.caps == "unknown",
    }
    return tuple(code for code, holds in unsaid.items() if holds)
