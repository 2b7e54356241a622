"""The laws of a settled bill, over generated rules and bills, and a dumber model beside them."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from service.core.account import Bucket
from service.core.bill import BillRule, Cap, Deductible, Ratio, Reimbursed, Scope, counter
from service.core.expense import Bill, Item, ItemClass, Setting, Tier
from service.core.gate import Line
from service.core.member import Status
from service.core.money import round_half_up
from service.core.reimbursement import declared, reimburse
from service.core.who import Who

FEN = st.integers(0, 400)
SHARES = st.integers(1, 100).map(lambda hundredths: Fraction(hundredths, 100))
TIERS = (Tier.ONE, Tier.TWO)
TIER = st.sampled_from(TIERS)
CLASSES = (ItemClass.CLASS_A, ItemClass.CLASS_B)


@st.composite
def ladders(draw: st.DrawFn, /, *tier: Tier) -> tuple[Ratio, ...]:
    """Rising bands; there may be none below the first, nor beyond the last."""
    bounds = sorted(draw(st.sets(st.integers(1, 500), min_size=1, max_size=3)))
    rows = [Ratio(draw(SHARES), above=low, up_to=up) for low, up in pairwise(bounds)]
    rows.insert(0, Ratio(draw(SHARES), up_to=bounds[0]))
    rows.append(Ratio(draw(SHARES), above=bounds[-1]))
    kept = rows[draw(st.integers(0, 1)) : len(rows) - draw(st.integers(0, 1))] or rows
    return tuple(replace(row, tier=tier) for row in kept)


@st.composite
def caps(draw: st.DrawFn) -> Cap:
    return Cap(
        Line(draw(FEN)),
        per=draw(st.sampled_from(("year", "visit"))),
        counts=draw(st.sampled_from(("fund", "cost"))),
        tier=draw(st.sampled_from(((), (Tier.ONE,)))),
    )


@st.composite
def rules(draw: st.DrawFn) -> BillRule:
    ladder = draw(ladders(Tier.ONE)) + draw(ladders())
    return BillRule(
        who=Who((Status.EMPLOYED,)),
        settings=(Setting.OUTPATIENT,),
        ratios=ladder,
        source=("notice",),
        deductible=draw(
            st.sampled_from(((), (Deductible(120),), (Deductible(40, (Tier.ONE,)), Deductible(90))))
        ),
        deductible_per=draw(st.sampled_from(("year", "visit"))),
        account_first=draw(st.sampled_from(((), (Bucket.CURRENT_YEAR,)))),
        bands=draw(st.sampled_from(("cost", "above_deductible", "unknown"))),
        bands_per=draw(st.sampled_from(("year", "visit", "unknown"))),
        caps=tuple(draw(st.lists(caps(), max_size=3))),
        above_cap=draw(st.none() | SHARES),
    )


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    scope, copay, self_pay = draw(FEN), draw(FEN), draw(FEN)
    return Bill(scope + copay + self_pay, scope, copay, self_pay, Setting.OUTPATIENT, draw(TIER))


@st.composite
def itemised(draw: st.DrawFn) -> Bill:
    item = st.builds(Item, st.sampled_from(CLASSES), FEN)
    items = tuple(draw(st.lists(item, min_size=1, max_size=5)))
    copay, self_pay = draw(FEN), draw(FEN)
    total = sum(each.amount for each in items) + copay + self_pay
    return Bill(total, 0, copay, self_pay, Setting.OUTPATIENT, draw(TIER), items)


@st.composite
def years(draw: st.DrawFn) -> dict[str, int]:
    used = {}
    for tier in TIERS:
        cost = draw(FEN)
        used[counter(Setting.OUTPATIENT, tier, "cost")] = cost
        used[counter(Setting.OUTPATIENT, tier, "deductible")] = draw(st.integers(0, cost))
        used[counter(Setting.OUTPATIENT, tier, "fund")] = draw(st.integers(0, cost))
    return used


PAID_BY = {"ratio", "item_cap", "cap", "above_cap"}


def holds(bill: Bill, found: Reimbursed) -> None:
    """What must be so of every bill that is settled."""
    in_scope = next(step.amount for step in found.steps if step.kind == "in_scope")
    own = sum(fen for _, fen in found.own)
    assert found.wants == ()
    assert bill.total == found.fund + own
    assert 0 <= found.fund <= in_scope - found.first
    assert all(fen > 0 for _, fen in found.own)
    assert sum(step.amount for step in found.steps if step.kind in PAID_BY) == found.fund
    assert [step.amount for step in found.steps[-2:]] == [found.fund, own]


@given(rules(), bills(), years(), FEN)
def test_a_bill_is_what_the_fund_and_the_person_pay_and_the_steps_add_up(
    rule: BillRule, bill: Bill, used: dict[str, int], available: int
) -> None:
    found = reimburse(rule, bill, used, {}, available)
    holds(bill, found)
    assert all(found.used[key] >= fen for key, fen in used.items())


@given(rules(), itemised(), SHARES, FEN, FEN)
def test_the_same_holds_of_items_with_a_scope_and_a_most_of_each(
    rule: BillRule, bill: Bill, share: Fraction, most: int, available: int
) -> None:
    scope = (Scope((ItemClass.CLASS_B,), share),)
    ratios = tuple(replace(row, item_most=most) for row in rule.ratios)
    holds(bill, reimburse(replace(rule, scope=scope, ratios=ratios), bill, {}, {}, available))


@given(rules(), bills(), years(), FEN)
def test_a_model_that_goes_fen_by_fen_says_the_same(
    rule: BillRule, bill: Bill, used: dict[str, int], available: int
) -> None:
    assert reimburse(rule, bill, used, {}, available).fund == fen_by_fen(rule, bill, used, available)


def fen_by_fen(rule: BillRule, bill: Bill, used: dict[str, int], available: int) -> int:
    """Go through the cost one fen at a time and ask of each whether the fund shares in it."""
    assert bill.tier is not None
    assert not isinstance(rule.caps, str)
    assert not isinstance(rule.deductible, str)
    first = min(available, bill.in_scope) if rule.account_first else 0
    row = next((row for row in rule.deductible if not row.tier or bill.tier in row.tier), Deductible(0))
    assert isinstance(row.amount, int)
    yearly = rule.deductible_per == "year"
    deductible = max(0, row.amount - (year(used, "deductible", TIERS) if yearly else 0))
    deductible = min(deductible, bill.in_scope - first)
    fund, nothing_left = Fraction(0), Fraction(0)
    for fen in range(bill.in_scope - first - deductible):
        share = share_of(
            rule, bill.tier, along(rule, used, TIERS, rule.bands_per != "visit", deductible) + fen
        )
        allowed = share
        for cap in rule.caps:
            tiers = cap.tier or TIERS
            assert cap.line.amount is not None
            if bill.tier not in tiers:
                continue
            if cap.counts == "cost":
                if along(rule, used, tiers, cap.per == "year", deductible) + fen >= cap.line.amount:
                    share = allowed = Fraction(0)
            else:
                paid = year(used, "fund", tiers) if cap.per == "year" else 0
                allowed = min(allowed, max(Fraction(0), cap.line.amount - paid - fund))
        fund += min(allowed, share)
        nothing_left += 1 - min(allowed, share) / share if share else 0
    above = Fraction(0) if rule.above_cap is None or rule.above_cap == "unknown" else rule.above_cap
    return round_half_up(fund + nothing_left * above)


def year(used: dict[str, int], what: str, tiers: tuple[Tier, ...]) -> int:
    return sum(fen for key, fen in used.items() if key.endswith(what) and key.split(".")[2] in tiers)


def along(
    rule: BillRule, used: dict[str, int], tiers: tuple[Tier, ...], yearly: bool, deductible: int
) -> int:
    """Where this bill's cost beyond the deductible begins."""
    if rule.bands == "above_deductible":
        return year(used, "cost", tiers) - year(used, "deductible", tiers) if yearly else 0
    return (year(used, "cost", tiers) if yearly else 0) + deductible


def share_of(rule: BillRule, tier: Tier, at: int) -> Fraction:
    for row in rule.ratios:
        in_band = (row.above or 0) <= at and (row.up_to is None or at < row.up_to)
        if in_band and (not row.tier or tier in row.tier):
            assert isinstance(row.ratio, Fraction)
            return row.ratio
    return Fraction(0)


@given(rules(), bills(), years(), st.integers(0, 400))
def test_two_bills_of_a_day_are_paid_like_one_where_everything_counts_by_the_year(
    rule: BillRule, bill: Bill, used: dict[str, int], part: int
) -> None:
    assume(part <= bill.in_scope)
    assert not isinstance(rule.caps, str)
    yearly = replace(
        rule,
        deductible_per="year",
        bands_per="year",
        caps=tuple(replace(cap, per="year") for cap in rule.caps),
        above_cap=None,
    )
    whole = reimburse(yearly, bill, used, {}, 0)
    rest = bill.in_scope - part
    one = reimburse(
        yearly, replace(bill, total=part, in_scope=part, class_b_copay=0, self_pay=0), used, {}, 0
    )
    two = reimburse(
        yearly, replace(bill, total=rest, in_scope=rest, class_b_copay=0, self_pay=0), one.used, {}, 0
    )
    assert abs(one.fund + two.fund - whole.fund) <= 1
    assert (
        two.used[counter(Setting.OUTPATIENT, bill.tier, "cost")]
        == whole.used[counter(Setting.OUTPATIENT, bill.tier, "cost")]
    )


@given(bills(), years(), st.integers(0, 1200))
def test_a_printed_part_of_the_fund_leaves_the_rest_to_the_person(
    bill: Bill, used: dict[str, int], printed: int
) -> None:
    assume(printed <= bill.total)
    found = declared(replace(bill, fund=printed), used)
    assert printed == found.fund
    assert bill.total == found.fund + sum(fen for _, fen in found.own)
    assert all(fen > 0 for _, fen in found.own)
