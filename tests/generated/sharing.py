"""Strategies for the rules on bills, families, leaving and arrears, as JSON."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.generated.amounts import yuan
from tests.generated.rules import ONE_IN_FOUR, SOURCE

Node = dict[str, Any]
EVERYONE = ["employed", "flexible", "retired", "unemployment_benefit", "resident", "exempt"]
SETTINGS = ["outpatient", "inpatient", "pharmacy"]
TIERS = ["community", "two", "three"]
CLASSES = ["class_a", "class_b", "special"]
RELATIONS = ["spouse", "parent", "child", "sibling"]
SHARED = ["outpatient_copay", "inpatient_copay", "class_b_copay", "self_pay", "pharmacy", "vaccine"]
RATIOS = st.sampled_from(["0.5", "0.65", "0.8", "0.955", "1", "0.333333"])
LINES = st.sampled_from(["300", "800.50", "1500", "2000", "4000"])
ACCOUNT_FIRST = True  # TEMPORARY
DAYS = st.sampled_from([{}, {}, {}, {"from": "2020-09-10"}, {"to": "2021-06-30"}])
TIER_SETS = st.sampled_from([[], [], ["community"], ["two", "three"], ["three"]])


@st.composite
def _ladder(draw: st.DrawFn, /, *, whole: bool = False, **fits: list[str]) -> list[Node]:
    """Ratios of bands that follow each other; what lies beneath or beyond may be left out, or not."""
    cuts = sorted(draw(st.sets(LINES, max_size=2)), key=float)
    bounds = list(zip([None, *cuts], [*cuts, None], strict=True))
    if len(bounds) > 1 and not whole:
        bounds = bounds[draw(st.integers(0, 1)) :]
        bounds = bounds[: len(bounds) - draw(st.integers(0, 1))] or bounds
    rows = []
    for above, up_to in bounds:
        row: Node = {"ratio": draw(RATIOS), **{name: found for name, found in fits.items() if found}}
        row |= {k: v for k, v in (("above", above), ("up_to", up_to)) if v is not None}
        rows.append(row)
    return rows


@st.composite
def _cap(draw: st.DrawFn) -> Node:
    line: Node = draw(st.sampled_from([{"amount": "1000"}, {"amount": "3456.78"}, {"series": "wage"}]))
    cap: Node = {
        "line": line,
        "per": draw(st.sampled_from(["year", "year", "visit"])),
        "counts": draw(st.sampled_from(["fund", "fund", "cost"])),
        "tier": draw(TIER_SETS),
    }
    return cap | ({"share": "0.25"} if "series" in line else {})


@st.composite
def _bill_rule(draw: st.DrawFn, status: list[str], settings: list[str], *, items: bool) -> Node:
    tiers = draw(TIER_SETS)
    rows = draw(_ladder(tier=tiers)) if tiers else []
    if items and draw(st.booleans()):
        rows += draw(_ladder(item_class=["class_b"]))
    rows += draw(_ladder(whole=bool(tiers)))  # a pharmacy has no tier, and takes the rows that name none
    rule: Node = {
        "who": {"status": status},
        "settings": settings,
        "ratios": rows,
        "deductible_per": draw(st.sampled_from(["year", "visit"])),
        "bands": draw(st.sampled_from(["cost", "above_deductible", "unknown"])),
        "bands_per": draw(st.sampled_from(["year", "visit", "unknown"])),
        "caps": draw(st.lists(_cap(), max_size=2)),
        "source": SOURCE,
    }
    of_tier = {"amount": draw(yuan(40_000)), "tier": ["two", "three"]}
    general = {"amount": draw(st.sampled_from(["0", "60.60"]))}  # a pharmacy has no tier
    rule["deductible"] = draw(st.sampled_from([[], [{"amount": "120"}], [of_tier, general]]))
    if ACCOUNT_FIRST and draw(ONE_IN_FOUR):
        rule["account_first"] = draw(st.sampled_from([["current_year"], ["prior_years", "current_year"]]))
    if any(cap["counts"] == "fund" for cap in rule["caps"]) and draw(st.booleans()):
        rule["above_cap"] = draw(RATIOS)
    elif draw(ONE_IN_FOUR):
        rows[0]["item_most"] = "150"
    if items and draw(st.booleans()):
        rule["scope"] = [
            {"item_class": ["class_b"], "share": draw(st.sampled_from(["0.9", "0.85"]))},
            {"item_class": ["special"], "share": "0.7", "unit_price_up_to": "200"},
            {"item_class": ["special"], "share": "0.4", "unit_price_above": "200"},
        ]
    return rule


@st.composite
def bill_rules(draw: st.DrawFn, *, items: bool) -> list[Node]:
    """Rules for some, by status, age and day, and a last one for everyone and everything."""
    rules = []
    for _ in range(draw(st.sampled_from([1, 0, 2]))):
        status = draw(st.sampled_from([["retired"], ["employed", "flexible"], ["resident"]]))
        settings = draw(st.sampled_from([["outpatient"], ["inpatient"], ["outpatient", "pharmacy"]]))
        rule = draw(_bill_rule(status, settings, items=items)) | draw(DAYS)
        rules.append(rule | draw(st.sampled_from([{}, {}, {"from_age": 60}, {"to_age": 69}])))
    if draw(st.booleans()):
        rules.append(draw(_bill_rule(EVERYONE, ["inpatient"], items=items)))
    return [*rules, draw(_bill_rule(EVERYONE, SETTINGS, items=items))]


@cache
def _family_gates(bucket: str) -> st.SearchStrategy[list[Node]]:
    gate = st.one_of(
        st.builds(lambda line: {"kind": "above", "bucket": bucket, "line": {"amount": line}}, yuan(60_000)),
        st.builds(lambda line: {"kind": "total_above", "line": {"amount": line}}, yuan(60_000)),
        st.builds(lambda amount: {"kind": "yearly_cap", "amount": amount}, yuan(60_000)),
        st.just({"kind": "reserve", "bucket": bucket, "above": "300", "keep": "100", "cost_at_least": "20"}),
        st.just({"kind": "not_advanced", "bucket": bucket}),
    )
    return st.lists(gate, max_size=2)


@st.composite
def _family_rule(draw: st.DrawFn, buckets: tuple[str, ...], kind: str) -> Node:
    order = draw(st.permutations(buckets))[: draw(st.integers(1, len(buckets)))]
    rule: Node = {
        "kind": kind,
        "relations": draw(st.sampled_from([RELATIONS, RELATIONS, RELATIONS[:3]])),
        "category": draw(st.sampled_from([SHARED, SHARED[:3], SHARED[2:]])),
        "order": order,
        "reach": draw(st.sampled_from(["unknown", "area", "province", "nation", "nation", "nation"])),
        "source": SOURCE,
    } | draw(DAYS)
    if kind == "till":
        rule["gates"] = draw(_family_gates(order[0]))
        rule["holders"] = draw(st.sampled_from(["declared", "largest_balance", "random", "unknown"]))
        rule["beneficiary"] = draw(st.sampled_from([[], [], ["resident", "retired", "employed"]]))
        if draw(ONE_IN_FOUR):
            rule["beneficiaries_most"] = draw(st.integers(1, 2))
    if kind == "wallet":
        rule |= {"transfer_most": draw(st.sampled_from(["150", "2000"])), "transfers_a_day": 2}
        rule |= draw(
            st.sampled_from([{"closed_from": 22, "closed_to": 6}, {"closed_from": 1, "closed_to": 9}])
        )
    return rule


@st.composite
def family_rules(draw: st.DrawFn, buckets: tuple[str, ...]) -> Any:
    """Rules of some models, or none known."""
    if draw(ONE_IN_FOUR):
        return "unknown"
    kinds = draw(st.lists(st.sampled_from(["till", "till", "wallet", "quota"]), min_size=1, max_size=4))
    return [draw(_family_rule(buckets, kind)) for kind in kinds]


@st.composite
def national_family(draw: st.DrawFn) -> list[Node]:
    """A rule of each model without dates, so that a link of any model may find one."""
    buckets = ("current_year", "prior_years")
    found = [draw(_family_rule(buckets, kind)) for kind in ("till", "wallet", "quota")]
    return [{k: v for k, v in rule.items() if k not in ("from", "to")} for rule in found]


@st.composite
def closing_rules(draw: st.DrawFn) -> list[Node]:
    """What a transfer brings, perhaps left to the national rules."""
    rule = {
        "reason": ["transfer_out"],
        "allowed": draw(st.sampled_from([True, True, "unknown"])),
        "pays_to": "new_account",
        "account": "closes",
        "advance": draw(st.sampled_from(["taken_back", "kept", "unknown"])),
        "source": SOURCE,
    }
    return draw(st.sampled_from([[], [rule]]))


@st.composite
def back_payments(draw: st.DrawFn) -> Node:
    """What a back payment brings, everything known."""
    return {
        "in_arrears": draw(st.booleans()),
        "not_enrolled": draw(st.booleans()),
        "earlier_years_into": draw(st.sampled_from(["current_year", "prior_years"])),
        "source": SOURCE,
    }


@st.composite
def minimum_years(draw: st.DrawFn) -> list[Node]:
    """Years required, perhaps from a month on."""
    below = draw(st.sampled_from(["no_credit", "credited", "unknown"]))
    later = {"male": 25, "female": 20, "from": "2020-10", "below": below, "source": SOURCE}
    first = {"male": 15, "female": 15, "below": "no_credit", "source": SOURCE}
    return draw(st.sampled_from([[], [], [later], [first, later]]))
