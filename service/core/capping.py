"""Caps (封顶线) of the pooling fund: on what it pays or on the cost it shares in, of a year or of a visit."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from service.core.bill import caps_of, counted, tier_of
from service.core.expense import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from service.core.bill import Cap
    from service.core.money import Exact
    from service.core.settling import Part, Settling


def capped(settling: Settling, parts: Sequence[Part], deductible: Exact, lines: Mapping[str, int]) -> Exact:
    """Take away what the caps do not allow; what counts against them later is returned, exact.

    `above_cap` is paid on the cost for which a cap on the fund left nothing, and does not count.
    """
    rule = settling.rule
    if not settling.fund:
        return 0
    nothing_left: Exact = 0
    for index, cap in _in_turn(settling, caps_of(rule)):
        kept = list(_kept(parts, _left(settling, cap, deductible, lines), cap))
        cost = sum(part.cost for part in parts) - sum(part.cost for part in kept)
        fund = sum(part.fund for part in parts) - sum(part.fund for part in kept)
        if fund:
            settling.step("cap", cost, -fund, f"/caps/{index}")
            nothing_left += cost if cap.counts == "fund" else 0
        parts = kept
    within = settling.fund
    if nothing_left and rule.above_cap == "unknown":
        settling.want_fund()
    elif nothing_left and rule.above_cap is not None and rule.above_cap != "unknown":
        paid = nothing_left * rule.above_cap
        settling.step("above_cap", nothing_left, paid, "/above_cap", rule.above_cap)
    return within


def _in_turn(settling: Settling, caps: Sequence[Cap]) -> Iterator[tuple[int, Cap]]:
    """The caps for the bill's tier: those on cost before those on what the fund pays of it."""
    bill, tier = settling.bill, tier_of(settling.bill)
    for index, cap in sorted(enumerate(caps), key=lambda each: each[1].counts == "fund"):
        if not cap.tier or tier in cap.tier:
            yield index, cap
        elif tier is None and bill.setting is not Setting.PHARMACY:
            settling.want("tier")


def _left(settling: Settling, cap: Cap, deductible: Exact, lines: Mapping[str, int]) -> Exact:
    """What a cap leaves to this bill: of what the fund may pay, or of the cost beyond the deductible."""
    line = cap.line.amount if cap.line.series is None else lines.get(cap.line.series)
    if line is None:
        settling.want_fund()
        return 0
    left: Exact = line if cap.share is None else line * cap.share
    rule = settling.rule
    if cap.counts == "fund":
        gone: Exact = counted(settling.used, rule.settings, "fund", cap.tier) if cap.per == "year" else 0
    else:
        gone = settling.so_far(cap.tier) if cap.per == "year" else 0
        gone += 0 if rule.bands == "above_deductible" else deductible
    return max(0, left - gone)


def _kept(parts: Sequence[Part], left: Exact, cap: Cap) -> Iterator[Part]:
    """The first of the cost, as far as what the cap leaves reaches."""
    for part in parts:
        size = part.fund if cap.counts == "fund" else part.cost
        if size <= left:
            yield part
        else:
            reach = Fraction(left) / part.ratio if cap.counts == "fund" else left
            yield part._replace(cost=reach)
        left -= min(left, size)
