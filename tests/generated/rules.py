"""The rules of a policy document other than its credits, as JSON."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.generated.amounts import PARTS
from tests.generated.dice import Dice

Node = dict[str, Any]
SOURCE = ["notice"]
ONE_IN_FOUR = st.sampled_from([False, False, False, True])
TERMS = ["demand", "three_month", "one_year"]
BEFORE_AND_AFTER = [{"to": "2021-03-14"}, {"from": "2021-03-15"}]
CATEGORIES = ("outpatient_copay", "pharmacy", "self_pay", "vaccine")


def sourced(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    """A record with a source; a field drawn as None is left out."""
    return st.fixed_dictionaries(fields).map(
        lambda drawn: {"source": SOURCE} | {key: value for key, value in drawn.items() if value is not None}
    )


def years(dice: Dice) -> Node:
    """Calendar years, years from another month, or years listed one by one, some not of twelve months."""
    match dice.pick(["unknown", "calendar", "yearly", "listed"]):
        case "unknown":
            return {"kind": "unknown"}
        case "calendar":
            return {"kind": "calendar", "source": SOURCE}
        case "yearly":
            return {"kind": "yearly", "month": dice.pick([1, 4, 7, 10]), "source": SOURCE}
        case _:
            return _listed(dice)


def _listed(dice: Dice) -> Node:
    start, ranges = dice.number(2018 * 12, 2020 * 12), []
    for _ in range(dice.number(1, 3)):
        months = dice.pick([12, 15, 18, 8])
        ranges.append({"from": _month(start), "to": _month(start + months - 1)})
        start += months
    return {"kind": "listed", "ranges": ranges, "source": SOURCE}


def _month(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02d}"


@st.composite
def bounds(draw: st.DrawFn) -> list[Node]:
    """Floors and ceilings published for some years, perhaps with an end, perhaps none at all."""
    rows = []
    for year in sorted(draw(st.sets(st.integers(2016, 2023), max_size=3))):
        row = {"from": f"{year}-07", "to": draw(st.sampled_from([None, f"{year + 1}-06"])), "source": SOURCE}
        ends = {
            "floor": draw(st.sampled_from([None, "3500.00"])),
            "ceiling": draw(st.sampled_from([None, "9000.55"])),
        }
        if any(ends.values()):
            rows.append({key: value for key, value in (row | ends).items() if value is not None})
    return rows


@cache
def bases() -> st.SearchStrategy[Node]:
    """The base of the month, the mean of an earlier year, or whatever was declared."""
    last_year = {"from_year": -2, "from_month": 7, "to_year": -1, "to_month": 6}
    at_any_time = {"from_year": -5, "from_month": 1, "to_year": 0, "to_month": 12}
    return st.one_of(
        st.just({"kind": "unknown"}),
        sourced(
            kind=st.just("own_month"), change=st.sampled_from(["this_month", "month_after"]), bounds=bounds()
        ),
        sourced(
            kind=st.just("window"), over=st.just(last_year), when_empty=st.just(at_any_time), bounds=bounds()
        ),
    )


def _rate(dice: Dice, *, known: bool, prior: bool = False) -> Node:
    rates: list[Node] = [{"kind": "deposit", "term": dice.pick(TERMS)}]
    if known:
        return rates[0]
    rates += [{"kind": "none"}, {"kind": "unknown"}, {"kind": "number", "rate": dice.pick(PARTS)}]
    if prior:
        otherwise = dice.pick([*TERMS, "unknown"])
        rates.append({"kind": "if_unspent", "term": dice.pick(TERMS), "otherwise": otherwise})
    return dice.pick(rates)


def interest(dice: Dice, *, known: bool = False) -> Any:
    """An interest rule; the national one leaves nothing unknown."""
    if not known and dice.one_in(2):
        return "unknown"
    unknown = [] if known else ["unknown"]
    rule = {
        "current_year": _rate(dice, known=known),
        "prior_years": _rate(dice, known=known, prior=True),
        "health": _rate(dice, known=known),
        "method": dice.pick(["month_end_product", "daily_product", "flat_on_settlement", *unknown]),
        "posted": dice.pick(["quarterly", "year_end", "at_rollover", *unknown]),
        "days_per_year": dice.pick([360, 365, *unknown]),
        "source": SOURCE,
    }
    year = dice.pick([None, {"month": 7, "day": 1}, {"month": 3, "day": 21}])
    return rule if known or year is None else rule | {"year": year}


def rollovers(dice: Dice, *, health: bool) -> Any:
    """All of the current year, perhaps what is above a sum to health, perhaps a merge on a date."""
    if dice.one_in(3 if health else 2):
        return "unknown"
    everything = {"kind": "all", "source": SOURCE}
    if not health:
        return dice.pick([[everything], []])
    above = {"kind": "above", "keep": dice.yuan(100_000), "into": "health", "source": SOURCE}
    on = dice.pick(["2020-04", "2021-01", "2021-08"])
    merge = {"kind": "merge", "on": on, "bucket": "health", "into": "prior_years", "source": SOURCE}
    if dice.one_in(2):
        return [everything, above]
    return [dice.pick([everything, above, merge]) for _ in range(dice.number(0, 3))]


def _gate(dice: Dice, first: str) -> Node:
    line = dice.pick([{"amount": dice.yuan(100_000)}, {"series": dice.pick(["wage", "old", "none"])}])
    match dice.pick(["above", "total_above", "yearly_cap", "reserve", "choices"]):
        case "above":
            return {"kind": "above", "bucket": first, "line": line}
        case "total_above":
            return {"kind": "total_above", "line": line}
        case "yearly_cap":
            return {"kind": "yearly_cap", "amount": dice.yuan(20_000)}
        case "reserve":
            least = {
                "above": dice.yuan(60_000),
                "keep": dice.yuan(60_000),
                "cost_at_least": dice.yuan(10_000),
            }
            return {"kind": "reserve", "bucket": first, **least}
        case _:
            low, high = ([dice.yuan(20_000) for _ in range(dice.number(1, 2))] for _ in range(2))
            steps = [{"from": "0", "amounts": low}, {"from": "300", "amounts": ["100", *high]}]
            return {"kind": "choices", "bucket": first, "steps": steps}


def payments(dice: Dice, *, buckets: tuple[str, ...]) -> Any:
    """A payment table, or none known; some rules end on a day or begin on one."""
    if dice.one_in(4):
        return "unknown"
    rules, left = list[Node](), dice.order(CATEGORIES)
    for size in dice.pick([(2,), (1, 2), (3, 1), (1, 1, 2)]):
        of, left = left[:size], left[size:]
        dated: list[Node] = dice.pick(
            [[{}], [{}], [{"from": "2021-03-15"}], [{"to": "2021-06-30"}], BEFORE_AND_AFTER]
        )
        rules += [_payment(dice, of, buckets) | days for days in dated]
    return rules


def _payment(dice: Dice, category: list[str], buckets: tuple[str, ...]) -> Node:
    order = dice.some(buckets, 1, len(buckets))
    gates = [_gate(dice, order[0]) for _ in range(dice.number(0, 2))]
    return {"category": category, "order": order, "gates": gates, "source": SOURCE}
