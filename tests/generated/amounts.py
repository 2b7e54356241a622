"""Strategies for the amounts of a policy document, as JSON."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

Node = dict[str, Any]

# Strategies are made once and kept: making them costs more than drawing from them.
AGES = st.sampled_from(["month", "month_after", "year_start", "previous_year_end", "unknown"])
PARTS = ["0.02", "0.0333", "0.005", "0.0805", "0.5", "0.000001", "1"]
RATES = st.sampled_from(PARTS)


@cache
def yuan(most: int = 50_000) -> st.SearchStrategy[str]:
    """An amount of money up to so many fen; a third of them are whole yuan, few are nothing."""
    whole = st.integers(1, most // 100).map(str)
    return st.one_of(whole, st.integers(1, most).map(_text), st.integers(0, most).map(_text))


def _text(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@st.composite
def by_age(draw: st.DrawFn, of: st.SearchStrategy[Node]) -> Node:
    """One to four bands that follow each other."""
    cuts = sorted(draw(st.sets(st.integers(30, 85), max_size=3)))
    bounds = list(zip([None, *(cut + 1 for cut in cuts)], [*cuts, None], strict=True))
    bands = []
    for since, until in bounds:
        ends = {"from": since, "to": until}
        bands.append({"amount": draw(of)} | {key: age for key, age in ends.items() if age is not None})
    return {"kind": "by_age", "at": draw(AGES), "bands": bands}


@cache
def leaves(*, paying: bool) -> st.SearchStrategy[Node]:
    """Amounts without parts: those that a paying member declares, or a retired one."""
    facts: list[Node] = [{"kind": "employer_average_wage"}, {"kind": "own_credit"}, {"kind": "unknown"}]
    if paying:
        facts += [{"kind": "base"}] * 3
        facts += [{"kind": "contribution", "part": part} for part in ("own", "employer", "total")]
    else:
        facts += [{"kind": "pension"}, {"kind": "pension", "of": {"year": -1, "month": 12}}]
    return st.one_of(
        st.builds(lambda amount: {"kind": "fixed", "amount": amount}, yuan()),
        st.builds(lambda amount: {"kind": "fixed", "amount": amount, "per": "year"}, yuan(500_000)),
        st.builds(
            lambda name: {"kind": "published", "series": name}, st.sampled_from(["wage", "old", "none"])
        ),
        st.builds(lambda amount, at: {"kind": "times_age", "amount": amount, "at": at}, yuan(300), AGES),
        *[st.sampled_from(facts)] * 4,
    )


def _wrapped(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda rate, of: {"kind": "share", "rate": rate, "of": of}, RATES, inner),
        st.builds(lambda of: {"kind": "sum", "of": of}, several),
        st.builds(lambda of: {"kind": "larger_of", "of": of}, several),
        *[by_age(inner)] * 2,
        st.builds(
            lambda of, to, direction: {"kind": "rounded", "of": of, "to": to, "direction": direction},
            inner,
            st.sampled_from(["yuan", "jiao", "fen"]),
            st.sampled_from(["half_up", "down", "up"]),
        ),
    )


def _worked_for(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Shapes that ask for the months contributed."""
    return st.one_of(
        st.builds(lambda of: {"kind": "pro_rata", "of": of}, inner),
        st.builds(
            lambda of, rate, years: {
                "kind": "less_per_missing_year",
                "of": of,
                "rate": rate,
                "male_years": years + 5,
                "female_years": years,
            },
            inner,
            st.sampled_from(["0.03", "0.5"]),
            st.integers(10, 25),
        ),
    )


@cache
def amounts(*, paying: bool) -> st.SearchStrategy[Node]:
    """Any amount, one to three records deep."""
    leaf = leaves(paying=paying)
    once = st.one_of(leaf, _wrapped(leaf))
    if not paying:
        once = st.one_of(once, _worked_for(leaf))
    return st.one_of(once, _wrapped(once))
