"""How the pooling fund (统筹基金) shares in a bill (医疗费): the rules, and what a year has used of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.account import Bucket
from service.core.age import AgeAt
from service.core.expense import Category, ItemClass, Setting, Tier
from service.core.gate import Line
from service.core.who import Who, is_for
from service.core.written import Day, Fen, Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from service.core.expense import Bill
    from service.core.member import Member, Spell


@dataclass(frozen=True, slots=True)
class Deductible:
    """A deductible (起付线) at hospitals of some tiers, or of any where none is named."""

    amount: Fen | Literal["unknown"]
    tier: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """A reimbursement ratio (报销比例): at which hospitals, for which items, for which band of cost.

    A band is of the cost in scope: above one line (起) up to another (止). `item_most` is the most that
    the fund pays of any one item. The first ratio that fits counts.
    """

    ratio: Rate | Literal["unknown"]
    tier: tuple[Tier, ...] = ()
    item_class: tuple[ItemClass, ...] = ()
    above: Fen | None = None
    up_to: Fen | None = None
    item_most: Fen | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap (封顶线): an amount, a published series, or a share of one; a cap of some tiers is an inner one.

    `counts` tells whether it is what the fund has paid that is capped, or the cost it shares in.
    """

    line: Line
    share: Rate | None = None
    per: Literal["year", "visit"] = "year"
    counts: Literal["fund", "cost"] = "fund"
    tier: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """How much of an item's price is within the scope (先行自付之后); the rest is class B co-pay (自理)."""

    item_class: tuple[ItemClass, ...]
    share: Rate
    unit_price_above: Fen | None = None
    unit_price_up_to: Fen | None = None


@dataclass(frozen=True, slots=True)
class BillRule:
    """How the fund shares in the bills of some members in some settings; the first that fits counts.

    `settings` share one deductible and one cap. `bands` says what a band of a ratio is counted on: the
    cost in scope with the deductible (`cost`), or without it (`above_deductible`), within `bands_per`.
    `account_first` names buckets that pay before the deductible (账户段). Beyond a cap on what the fund
    pays, `above_cap` of the cost is paid all the same.
    """

    who: Who
    settings: tuple[Setting, ...]
    ratios: tuple[Ratio, ...]
    source: tuple[str, ...]
    from_age: int | None = None  # full years, both included
    to_age: int | None = None
    age_at: AgeAt = "unknown"
    deductible: tuple[Deductible, ...] | Literal["unknown"] = ()
    deductible_per: Literal["year", "visit", "unknown"] = "unknown"
    account_first: tuple[Bucket, ...] = ()
    bands: Literal["cost", "above_deductible", "unknown"] = "unknown"
    bands_per: Literal["year", "visit", "unknown"] = "unknown"
    caps: tuple[Cap, ...] | Literal["unknown"] = ()
    above_cap: Rate | Literal["unknown"] | None = None
    scope: tuple[Scope, ...] = ()
    from_: Day | None = None
    to: Day | None = None

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on the day; without dates, as long as its policy is."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on <= self.to)


StepKind = Literal[
    "total",
    "self_pay",
    "class_b_copay",
    "in_scope",
    "account_first",
    "deductible",
    "ratio",
    "item_cap",
    "cap",
    "above_cap",
    "declared_fund",
    "no_fund",
    "fund",
    "own_share",
]


class Step(NamedTuple):
    """One line of a bill's account, in fen.

    `of` is the cost the line is about, `amount` what comes of it: for a ratio, a cap and `above_cap` what
    the fund pays by it (a cap takes away, so its amount is negative), for a deductible what of it falls on
    this bill. `rule` is the pointer of the record the line rests on, below the bill rule's own.
    """

    kind: StepKind
    of: int
    amount: int
    ratio: Fraction | None = None
    rule: str = ""


class Reimbursed(NamedTuple):
    """What the fund pays of a bill and what is left to the person, in fen.

    `own` are the person's shares by expense category; `first` is what buckets pay before the deductible
    and is part of `own`. `used` are the counters of the policy year after the bill.
    """

    fund: int
    own: tuple[tuple[Category, int], ...]
    first: int
    steps: tuple[Step, ...]
    used: Mapping[str, int]
    wants: tuple[tuple[str, str], ...]  # facts missing: place within the bill, fault code
    assumed: tuple[str, ...]  # notice codes


Counted = Literal["cost", "deductible", "fund"]
"""What the year's bills add up to: cost that entered a rule, deductibles met, what caps count of the fund."""


def counter(setting: Setting, tier: Tier | None, counted: Counted) -> str:
    """The key under which a policy year's counters hold fen: `bill.outpatient.three.cost`.

    Bills without a tier, and what a question declares as used, are under `any` in its place.
    """
    return f"bill.{setting}.{tier or 'any'}.{counted}"


def counted(
    used: Mapping[str, int], settings: tuple[Setting, ...], what: Counted, tiers: tuple[Tier, ...] = ()
) -> int:
    """What the year's bills of the settings have used, in fen: at some tiers, or at all and at none."""
    named: tuple[Tier | None, ...] = tiers or (*Tier, None)
    return sum(used.get(counter(setting, tier, what), 0) for setting in settings for tier in named)


def rule_for(
    rules: tuple[BillRule, ...],
    member: Member,
    spell: Spell,
    setting: Setting,
    on: date,
    age_of: Callable[[AgeAt], int],
) -> int | None:
    """The index of the first rule for a bill of the member on the day; age is asked only where it matters."""
    for index, rule in enumerate(rules):
        if setting not in rule.settings or not rule.holds(on) or not is_for(rule.who, member, spell):
            continue
        if rule.from_age is None and rule.to_age is None:
            return index
        age = age_of(rule.age_at)
        if (rule.from_age or 0) <= age and (rule.to_age is None or age <= rule.to_age):
            return index
    return None


def tier_of(bill: Bill) -> Tier | None:
    """The tier that counts for a bill: a pharmacy has none, whatever house it belongs to."""
    return None if bill.setting is Setting.PHARMACY else bill.tier


def category_of(setting: Setting) -> Category:
    """What the person's share of the cost in scope is an expense for."""
    match setting:
        case Setting.OUTPATIENT:
            return Category.OUTPATIENT_COPAY
        case Setting.INPATIENT:
            return Category.INPATIENT_COPAY
        case Setting.PHARMACY:
            return Category.PHARMACY


def series_of_bills(rule: BillRule) -> list[str]:
    """The published series that the rule's caps ask for."""
    lines = (cap.line for cap in caps_of(rule))
    return [line.series for line in lines if line.series is not None]


def caps_of(rule: BillRule) -> tuple[Cap, ...]:
    """The caps of a rule; none where no source says, which an answer tells."""
    return () if rule.caps == "unknown" else rule.caps


def banded(rule: BillRule) -> bool:
    """Whether a ratio of the rule is of a band only."""
    return any(row.above is not None or row.up_to is not None for row in rule.ratios)


def band_span(rule: BillRule, setting: Setting) -> Literal["year", "visit"]:
    """Within what bands are counted; where no source says, a stay in hospital counts for itself."""
    if rule.bands_per != "unknown":
        return rule.bands_per
    return "visit" if setting is Setting.INPATIENT else "year"


def deductible_span(rule: BillRule, setting: Setting) -> Literal["year", "visit"]:
    """Within what a deductible is met; where no source says, a stay in hospital meets it each time."""
    if rule.deductible_per != "unknown":
        return rule.deductible_per
    return "visit" if setting is Setting.INPATIENT else "year"


def looks_back(rule: BillRule) -> bool:
    """Whether what the policy year's earlier bills have used may change what the rule gives."""
    if rule.deductible and any(deductible_span(rule, setting) == "year" for setting in rule.settings):
        return True
    if any(cap.per == "year" for cap in caps_of(rule)):
        return True
    return banded(rule) and any(band_span(rule, setting) == "year" for setting in rule.settings)
