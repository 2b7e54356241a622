"""The rules on bills, families, leaving and arrears, as JSON."""

from typing import Any

from tests.generated.dice import Dice
from tests.generated.rules import SOURCE

Node = dict[str, Any]
EVERYONE = ["employed", "flexible", "retired", "unemployment_benefit", "resident", "exempt"]
SETTINGS = ["outpatient", "inpatient", "pharmacy"]
TIERS = ["community", "two", "three"]
CLASSES = ["class_a", "class_b", "special"]
RELATIONS = ["spouse", "parent", "child", "sibling"]
SHARED = ["outpatient_copay", "inpatient_copay", "class_b_copay", "self_pay", "pharmacy", "vaccine"]
RATIOS = ["0.5", "0.65", "0.8", "0.955", "1", "0.333333"]
LINES = ["300", "800.50", "1500", "2000", "4000"]
DAYS: list[Node] = [{}, {}, {}, {"from": "2020-09-10"}, {"to": "2020-09-09"}]  # none overlaps another
TIER_SETS: list[list[str]] = [[], [], ["community"], ["two", "three"], ["three"]]


def _ladder(dice: Dice, cuts: list[str], /, *, whole: bool = False, **fits: list[str]) -> list[Node]:
    """Ratios of bands that follow each other; what lies beneath or beyond may be left out, or not."""
    cuts = cuts[: dice.number(0, 2)]  # so that those of one ladder lie within those of another
    bounds = list(zip([None, *cuts], [*cuts, None], strict=True))
    if len(bounds) > 1 and not whole:
        bounds = bounds[dice.number(0, 1) :]
        bounds = bounds[: len(bounds) - dice.number(0, 1)] or bounds
    rows = []
    for above, up_to in bounds:
        row: Node = {"ratio": dice.pick(RATIOS), **{name: found for name, found in fits.items() if found}}
        row |= {k: v for k, v in (("above", above), ("up_to", up_to)) if v is not None}
        rows.append(row)
    return rows


def _cap(dice: Dice) -> Node:
    line: Node = dice.pick([{"amount": "1000"}, {"amount": "200"}, {"amount": "3456.78"}, {"series": "wage"}])
    cap: Node = {
        "line": line,
        "per": dice.pick(["year", "year", "visit"]),
        "counts": dice.pick(["fund", "fund", "cost"]),
        "tier": dice.pick(TIER_SETS),
    }
    return cap | ({"share": "0.25"} if "series" in line else {})


def _bill_rule(dice: Dice, status: list[str], settings: list[str], *, items: bool) -> Node:
    tiers, cuts = dice.pick(TIER_SETS), sorted(dice.some(LINES, 0, 2), key=float)
    rows = _ladder(dice, cuts, tier=tiers) if tiers else []
    if items and dice.one_in(2):
        rows += _ladder(dice, cuts, item_class=["class_b"])
    rows += _ladder(
        dice, cuts, whole=bool(tiers)
    )  # a pharmacy has no tier, and takes the rows that name none
    rule: Node = {
        "who": {"status": status},
        "settings": settings,
        "ratios": rows,
        "deductible_per": dice.pick(["year", "visit"]),
        "bands": dice.pick(["cost", "above_deductible", "unknown"]),
        "bands_per": dice.pick(["year", "visit", "unknown"]),
        "caps": [_cap(dice) for _ in range(dice.number(0, 2))],
        "source": SOURCE,
    }
    of_tier = {"amount": dice.yuan(40_000), "tier": ["two", "three"]}
    general = {"amount": dice.pick(["0", "60.60"])}  # a pharmacy has no tier
    rule["deductible"] = dice.pick([[], [{"amount": "120"}], [of_tier, general]])
    if dice.one_in(3):
        rule["account_first"] = dice.pick([["current_year"], ["prior_years", "current_year"]])
    if any(cap["counts"] == "fund" for cap in rule["caps"]) and dice.one_in(2):
        rule["above_cap"] = dice.pick(RATIOS)
    elif dice.one_in(4):
        rows[0]["item_most"] = "150"
    if items and dice.one_in(2):
        rule["scope"] = [
            {"item_class": ["class_b"], "share": dice.pick(["0.9", "0.85"])},
            {"item_class": ["special"], "share": "0.7", "unit_price_up_to": "200"},
            {"item_class": ["special"], "share": "0.4", "unit_price_above": "200"},
        ]
    return rule


def bill_rules(dice: Dice, *, items: bool) -> list[Node]:
    """Rules for some, by status, age and day, and a last one for everyone and everything else."""
    rules, left = [], SETTINGS
    for status in dice.some([["retired"], ["employed", "flexible"], ["resident"]], 0, 2):
        settings = dice.pick([["outpatient"], ["inpatient"], ["outpatient", "pharmacy"]])
        rule = _bill_rule(dice, status, settings, items=items) | dice.pick(DAYS)
        rules.append(rule | dice.pick([{}, {}, {"from_age": 60}, {"to_age": 69}]))
    if dice.one_in(2):
        rules.append(_bill_rule(dice, EVERYONE, ["inpatient"], items=items))
        left = ["outpatient", "pharmacy"]
    return [*rules, _bill_rule(dice, EVERYONE, left, items=items)]


def _family_gate(dice: Dice, bucket: str) -> Node:
    line = dice.yuan(60_000)
    return dice.pick(
        [
            {"kind": "above", "bucket": bucket, "line": {"amount": line}},
            {"kind": "total_above", "line": {"amount": line}},
            {"kind": "yearly_cap", "amount": line},
            {"kind": "reserve", "bucket": bucket, "above": "300", "keep": "100", "cost_at_least": "20"},
            {"kind": "not_advanced", "bucket": bucket},
        ]
    )


def _family_rule(dice: Dice, buckets: tuple[str, ...], kind: str) -> Node:
    order = dice.some(buckets, 1, len(buckets))
    rule: Node = {
        "kind": kind,
        "relations": dice.pick([RELATIONS, RELATIONS, RELATIONS[:3]]),
        "category": dice.pick([SHARED, SHARED[:3], SHARED[2:]]),
        "order": order,
        "reach": dice.pick(["unknown", "area", "province", "nation", "nation", "nation"]),
        "source": SOURCE,
    } | dice.pick(DAYS)
    if kind == "till":
        rule["gates"] = [_family_gate(dice, order[0]) for _ in range(dice.number(0, 2))]
        rule["holders"] = dice.pick(["declared", "largest_balance", "random", "unknown"])
        rule["beneficiary"] = dice.pick([[], [], ["resident", "retired", "employed"]])
        if dice.one_in(3):
            rule["beneficiaries_most"] = dice.number(1, 2)
    if kind == "wallet":
        rule |= {"transfer_most": dice.pick(["150", "2000"]), "transfers_a_day": dice.number(1, 2)}
        rule |= dice.pick([{"closed_from": 22, "closed_to": 6}, {"closed_from": 1, "closed_to": 9}])
    return rule


def family_rules(dice: Dice, buckets: tuple[str, ...], models: tuple[str, ...]) -> Any:
    """Rules of some models, or none known."""
    if not models or dice.one_in(4):
        return "unknown"
    found = list[Node]()
    for _ in range(dice.pick([3, 1, 2, 4])):
        rule = _family_rule(dice, buckets, dice.pick(models))
        if not any(_hides(earlier, rule) for earlier in found):
            found.append(rule)
    return found


def _hides(earlier: Node, rule: Node) -> bool:
    """Whether a rule could never count after an earlier one."""
    days = [{k: v for k, v in each.items() if k in ("from", "to")} for each in (earlier, rule)]
    whose = earlier.get("beneficiary") or EVERYONE
    return (
        earlier["kind"] == rule["kind"]
        and days[0] in ({}, days[1])
        and set(earlier["relations"]) >= set(rule["relations"])
        and set(earlier["category"]) >= set(rule["category"])
        and (whose == EVERYONE or set(whose) >= set(rule.get("beneficiary") or EVERYONE))
    )


def national_family(dice: Dice) -> list[Node]:
    """A rule of each model without dates, so that a link of any model may find one."""
    buckets = ("current_year", "prior_years")
    found = [_family_rule(dice, buckets, kind) for kind in ("till", "wallet", "quota")]
    return [{k: v for k, v in rule.items() if k not in ("from", "to")} for rule in found]


def closing_rules(dice: Dice) -> list[Node]:
    """What a transfer brings, perhaps left to the national rules."""
    rule = {
        "reason": ["transfer_out"],
        "allowed": dice.pick([True, True, "unknown"]),
        "pays_to": "new_account",
        "account": "closes",
        "advance": dice.pick(["taken_back", "kept", "unknown"]),
        "source": SOURCE,
    }
    return dice.pick([[], [rule]])


def back_payments(dice: Dice) -> Node:
    """What a back payment brings, everything known."""
    return {
        "in_arrears": dice.one_in(2),
        "not_enrolled": dice.one_in(2),
        "earlier_years_into": dice.pick(["current_year", "prior_years"]),
        "source": SOURCE,
    }


def minimum_years(dice: Dice) -> list[Node]:
    """Years required, perhaps from a month on."""
    below = dice.pick(["no_credit", "credited", "unknown"])
    later = {"male": 25, "female": 20, "from": "2020-10", "below": below, "source": SOURCE}
    first = {"male": 15, "female": 15, "below": "no_credit", "source": SOURCE}
    return dice.pick([[], [], [later], [first, later]])
