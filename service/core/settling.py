"""How much of a bill's cost the pooling fund shares in: scope, deductible, ratios.

The cost is laid out in the order of the bill's items: what comes first is what the account and the
deductible take. All is exact; the amount of a step is the difference of two rounded running sums.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from service.core.bill import Step, band_span, counted, deductible_span, tier_of
from service.core.expense import Setting
from service.core.money import Exact, round_half_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from service.core.bill import BillRule, Deductible, Ratio, StepKind
    from service.core.expense import Bill, Item, ItemClass, Tier


class Piece(NamedTuple):
    """An item's cost in scope, or the whole of a bill without items, which has no class."""

    item_class: ItemClass | None
    cost: Exact


class Part(NamedTuple):
    """What of an item one ratio shares in; no row means that no band holds it."""

    row: int | None
    cost: Exact
    ratio: Fraction
    most: int | None

    @property
    def fund(self) -> Exact:
        """What the fund pays of it, before any cap."""
        if self.most is not None and self.most < self.cost * self.ratio:
            return self.most
        return self.cost * self.ratio


@dataclass(slots=True)
class Settling:
    """A bill being settled: the steps so far, what the fund pays by them, and the facts missing."""

    rule: BillRule
    bill: Bill
    used: Mapping[str, int]
    steps: list[Step] = field(default_factory=list)
    fund: Exact = 0
    wants: dict[tuple[str, str], None] = field(default_factory=dict)

    def want(self, place: str) -> None:
        """Ask for a fact of the bill."""
        self.wants[place, "fact_required"] = None

    def want_fund(self) -> None:
        """Ask for what is printed on the bill, because no source says what the fund pays."""
        self.wants["fund", "unknown_parameter"] = None

    def want_row(self) -> None:
        """Say that no row is of the bill's tier, unless it is the tier that is not known."""
        if ("tier", "fact_required") not in self.wants:
            self.want_fund()

    def step(self, kind: StepKind, cost: Exact, by: Exact, rule: str, ratio: Fraction | None = None) -> None:
        """A step by which the fund pays more, or less."""
        before = round_half_up(self.fund)
        self.fund += by
        amount = round_half_up(self.fund) - before
        self.steps.append(Step(kind, round_half_up(cost), amount, ratio, rule))

    def so_far(self, tiers: tuple[Tier, ...] = ()) -> int:
        """How far the year's earlier cost reaches on the line along which bands are counted."""
        cost = counted(self.used, self.rule.settings, "cost", tiers)
        if self.rule.bands != "above_deductible":
            return cost
        # Whoever declares what the year has used may know more of the deductible than of the cost.
        return max(0, cost - counted(self.used, self.rule.settings, "deductible", tiers))


def pieces_of(settling: Settling) -> Iterator[Piece]:
    """The cost in scope item by item."""
    bill = settling.bill
    if not bill.items:
        yield Piece(None, bill.in_scope)
    for index, item in enumerate(bill.items):
        yield Piece(item.item_class, item.amount * _in_scope(settling, item, index))


def _in_scope(settling: Settling, item: Item, index: int) -> Fraction | int:
    """How much of an item's price is within the scope; all of it where no line fits."""
    for line in settling.rule.scope:
        if item.item_class not in line.item_class:
            continue
        above, up_to = line.unit_price_above, line.unit_price_up_to
        if above is None and up_to is None:
            return line.share
        if item.unit_price is None:
            settling.want(f"items/{index}/unit_price")
            return 1
        if (above is None or above < item.unit_price) and (up_to is None or item.unit_price <= up_to):
            return line.share
    return 1


def account_first(settling: Settling, in_scope: int, most: int, available: int) -> int:
    """What the account pays before the deductible (账户段)."""
    if not settling.rule.account_first:
        return 0
    first = max(0, min(available, most))
    settling.steps.append(Step("account_first", in_scope, first, rule="/account_first"))
    return first


def deductible_on(settling: Settling, cost: Exact) -> Exact:
    """What of the deductible falls on this bill."""
    rule = settling.rule
    if not rule.deductible or not cost:
        return 0
    if rule.deductible == "unknown":
        settling.want_fund()
        return 0
    index = _of_tier(settling, list(enumerate(rule.deductible)))
    if index is None:
        if tier_of(settling.bill) is not None:
            settling.want_row()
        return 0
    line = rule.deductible[index].amount
    if line == "unknown":
        settling.want_fund()
        return 0
    of_year = deductible_span(rule, settling.bill.setting) == "year"
    met = counted(settling.used, rule.settings, "deductible") if of_year else 0
    falls = min(max(0, line - met), cost)
    settling.steps.append(
        Step("deductible", round_half_up(cost), round_half_up(falls), rule=f"/deductible/{index}")
    )
    return falls


def _of_tier(settling: Settling, rows: Sequence[tuple[int, Deductible | Ratio]]) -> int | None:
    """The first row for the bill's tier. A pharmacy has none and takes the row that names none."""
    bill, tier = settling.bill, tier_of(settling.bill)
    asks = tier is None and bill.setting is not Setting.PHARMACY
    for index, row in rows:
        if not row.tier or tier in row.tier:
            return index
        if asks:
            settling.want("tier")
            return None
    return None


def beyond(pieces: Iterable[Piece], gone: Exact) -> Iterator[Piece]:
    """What is left of the items once the account and the deductible have taken the first of the cost."""
    for piece in pieces:
        taken = min(gone, piece.cost)
        gone -= taken
        if piece.cost > taken:
            yield Piece(piece.item_class, piece.cost - taken)


def parts_of(settling: Settling, pieces: Iterable[Piece], deductible: Exact) -> Iterator[Part]:
    """The cost that reaches the fund, cut up by the ratio that shares in it."""
    rule = settling.rule
    end: Exact = settling.so_far() if band_span(rule, settling.bill.setting) == "year" else 0
    if rule.bands != "above_deductible":
        end += deductible
    for piece in pieces:
        begin, end = end, end + piece.cost
        found = [(_row(settling, piece, low), high - low) for low, high in _between_bounds(rule, begin, end)]
        for index, stretches in groupby(found, itemgetter(0)):
            yield _part(settling, index, sum(cost for _, cost in stretches))


def _between_bounds(rule: BillRule, begin: Exact, end: Exact) -> Iterator[tuple[Exact, Exact]]:
    bounds = {bound for row in rule.ratios for bound in (row.above, row.up_to) if bound is not None}
    return pairwise((begin, *sorted(bound for bound in bounds if begin < bound < end), end))


def _row(settling: Settling, piece: Piece, at: Exact) -> int | None:
    """The first ratio that fits the item, at the place where its cost stands."""
    rows = [
        (index, row)
        for index, row in enumerate(settling.rule.ratios)
        if not row.item_class or piece.item_class in (None, *row.item_class)
    ]
    here = [(i, row) for i, row in rows if (row.above or 0) <= at and (row.up_to is None or at < row.up_to)]
    index = _of_tier(settling, here)
    if index is not None and piece.item_class is None and settling.rule.ratios[index].item_class:
        settling.want("items")
    tiers = [row.tier for _, row in rows]
    if index is None and not any(not tier or tier_of(settling.bill) in tier for tier in tiers):
        settling.want_row()
    return index


def _part(settling: Settling, index: int | None, cost: Exact) -> Part:
    if index is None:
        return Part(None, cost, Fraction(0), None)
    row = settling.rule.ratios[index]
    if row.ratio == "unknown":
        settling.want_fund()
        return Part(None, cost, Fraction(0), None)
    return Part(index, cost, row.ratio, row.item_most)


def shared(settling: Settling, parts: Sequence[Part]) -> None:
    """What each ratio gives, and what the most of any one item takes away."""
    for index in dict.fromkeys(part.row for part in parts):
        own = [part for part in parts if part.row == index]
        cost, by_ratio = sum(part.cost for part in own), sum(part.cost * part.ratio for part in own)
        rule = "/ratios" if index is None else f"/ratios/{index}"
        settling.step("ratio", cost, by_ratio, rule, own[0].ratio)
        limited = [part for part in own if part.fund < part.cost * part.ratio]
        if limited:
            less = sum(part.fund - part.cost * part.ratio for part in limited)
            settling.step("item_cap", sum(part.cost for part in limited), less, f"{rule}/item_most")
