"""Strategies for the rules of a policy document other than its credits, as JSON."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.generated.amounts import RATES, yuan

Node = dict[str, Any]
SOURCE = ["notice"]
ONE_IN_FOUR = st.sampled_from([False, False, False, True])
TERMS = st.sampled_from(["demand", "three_month", "one_year"])
CATEGORIES = ("outpatient_copay", "pharmacy", "self_pay", "vaccine")


def sourced(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    """A record with a source; a field drawn as None is left out."""
    return st.fixed_dictionaries(fields).map(
        lambda drawn: {"source": SOURCE} | {key: value for key, value in drawn.items() if value is not None}
    )


@cache
def years() -> st.SearchStrategy[Node]:
    """Calendar years, years from another month, or years listed one by one, some not of twelve months."""
    return st.one_of(
        st.just({"kind": "unknown"}),
        sourced(kind=st.just("calendar")),
        sourced(kind=st.just("yearly"), month=st.sampled_from([1, 4, 7, 10])),
        _listed(),
    )


@st.composite
def _listed(draw: st.DrawFn) -> Node:
    start, ranges = draw(st.integers(2018 * 12, 2020 * 12)), []
    for months in draw(st.lists(st.sampled_from([12, 15, 18, 8]), min_size=1, max_size=3)):
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
        rows.append({key: value for key, value in (row | ends).items() if value is not None})
    return rows


@cache
def bases() -> st.SearchStrategy[Node]:
    """The base of the month, the mean of an earlier year, or whatever was declared."""
    last_year = {"from_year": -2, "from_month": 7, "to_year": -1, "to_month": 6}
    at_any_time = {"from_year": -25, "from_month": 1, "to_year": 0, "to_month": 12}
    return st.one_of(
        st.just({"kind": "unknown"}),
        sourced(
            kind=st.just("own_month"), change=st.sampled_from(["this_month", "month_after"]), bounds=bounds()
        ),
        sourced(
            kind=st.just("window"), over=st.just(last_year), when_empty=st.just(at_any_time), bounds=bounds()
        ),
    )


def _rate(*, prior: bool) -> st.SearchStrategy[Node]:
    kinds = [
        st.just({"kind": "none"}),
        st.just({"kind": "unknown"}),
        st.builds(lambda rate: {"kind": "number", "rate": rate}, RATES),
        st.builds(lambda term: {"kind": "deposit", "term": term}, TERMS),
    ]
    if prior:
        otherwise = st.one_of(TERMS, st.just("unknown"))
        kinds.append(
            st.builds(
                lambda term, other: {"kind": "if_unspent", "term": term, "otherwise": other}, TERMS, otherwise
            )
        )
    return st.one_of(kinds)


@cache
def interest(*, known: bool = False) -> st.SearchStrategy[Any]:
    """An interest rule; the national one leaves nothing unknown."""
    unknown = [] if known else ["unknown"]
    rate = st.builds(lambda term: {"kind": "deposit", "term": term}, TERMS) if known else _rate(prior=False)
    rule = sourced(
        current_year=rate,
        prior_years=rate if known else _rate(prior=True),
        health=rate,
        method=st.sampled_from(["month_end_product", "daily_product", "flat_on_settlement", *unknown]),
        posted=st.sampled_from(["quarterly", "year_end", "at_rollover", *unknown]),
        days_per_year=st.sampled_from([360, 365, *unknown]),
        year=st.none()
        if known
        else st.one_of(st.none(), st.just({"month": 7, "day": 1}), st.just({"month": 3, "day": 21})),
    )
    return rule if known else st.one_of(st.just("unknown"), rule)


@cache
def rollovers(*, health: bool) -> st.SearchStrategy[Any]:
    """All of the current year, perhaps what is above a sum to health, perhaps a merge on a date."""
    everything = st.just({"kind": "all", "source": SOURCE})
    if not health:
        return st.one_of(st.just("unknown"), st.lists(everything, max_size=1))
    above = st.builds(
        lambda keep: {"kind": "above", "keep": keep, "into": "health", "source": SOURCE}, yuan(100_000)
    )
    merge = st.builds(
        lambda on: {"kind": "merge", "on": on, "bucket": "health", "into": "prior_years", "source": SOURCE},
        st.sampled_from(["2020-04", "2021-01", "2021-08"]),
    )
    return st.one_of(
        st.just("unknown"),
        st.tuples(everything, above).map(list),
        st.lists(st.one_of(everything, above, merge), max_size=3),
    )


@cache
def _gates(first: str) -> st.SearchStrategy[list[Node]]:
    line = st.one_of(
        st.builds(lambda amount: {"amount": amount}, yuan(100_000)),
        st.builds(lambda name: {"series": name}, st.sampled_from(["wage", "old", "none"])),
    )
    choice = st.lists(yuan(20_000), min_size=1, max_size=2)
    gate = st.one_of(
        st.builds(lambda line: {"kind": "above", "bucket": first, "line": line}, line),
        st.builds(lambda line: {"kind": "total_above", "line": line}, line),
        st.builds(lambda amount: {"kind": "yearly_cap", "amount": amount}, yuan(20_000)),
        st.builds(
            lambda above, keep, least: {
                "kind": "reserve",
                "bucket": first,
                "above": above,
                "keep": keep,
                "cost_at_least": least,
            },
            yuan(60_000),
            yuan(60_000),
            yuan(10_000),
        ),
        st.builds(
            lambda low, high: {
                "kind": "choices",
                "bucket": first,
                "steps": [{"from": "0", "amounts": low}, {"from": "300", "amounts": ["100", *high]}],
            },
            choice,
            choice,
        ),
    )
    return st.lists(gate, max_size=2)


@st.composite
def payments(draw: st.DrawFn, *, buckets: tuple[str, ...]) -> Any:
    """A payment table, or none known; some rules end on a day or begin on one."""
    if draw(ONE_IN_FOUR):
        return "unknown"
    rules = []
    for _ in range(draw(st.integers(1, 3))):
        order = draw(st.permutations(buckets))[: draw(st.integers(1, len(buckets)))]
        dated = draw(st.sampled_from([{}, {}, {"from": "2021-03-15"}, {"to": "2021-06-30"}]))
        categories = draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3, unique=True))
        rules.append(
            {"category": categories, "order": order, "gates": draw(_gates(order[0])), "source": SOURCE}
            | dated
        )
    return rules
