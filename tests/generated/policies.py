"""Strategies for sound policy documents, alone, nationally, and one after another."""

from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.generated import rules
from tests.generated.amounts import amounts, yuan
from tests.generated.dice import Dice
from tests.generated.rules import ONE_IN_FOUR, SOURCE

Document = dict[str, Any]
AREA = "990001"
ATTESTED_IN_PART = {"from": "2020-02-01", "to": "2021-05-31"}
BOUNDARIES = [
    "2020-04-01",
    "2020-09-01",
    "2021-01-01",
    "2021-03-15",
    "2021-07-01",
    "2022-01-01",
    "2022-05-01",
]


class Shape(NamedTuple):
    """What the documents of one area have in common: a third bucket, and whether any credit is an advance."""

    health: bool
    advancing: bool


def buckets_of(shape: Shape) -> tuple[str, ...]:
    """The two buckets of every policy, or three."""
    return ("current_year", "prior_years", "health") if shape.health else ("current_year", "prior_years")


@cache
def _postings(*, advancing: bool) -> st.SearchStrategy[Document]:
    days = st.sampled_from(["unknown", 1, 5, 20, 31])
    monthly = st.fixed_dictionaries(
        {"kind": st.just("monthly"), "day": days, "lag_months": st.sampled_from(["unknown", 0, 1, 2])}
    )
    lump = st.fixed_dictionaries(
        {"kind": st.just("yearly"), "day": days, "month": st.sampled_from(["unknown", 1, 3, 7])}
    )
    buckets = st.sampled_from(["current_year", "prior_years"])
    advance = st.fixed_dictionaries(
        {
            "kind": st.just("advance"),
            "joiners": st.sampled_from(["this_month", "next_month", "unknown"]),
            "leavers": st.sampled_from(["claw_back", "at_settlement", "unknown"]),
            "shortfall_into": buckets,
            "excess_from": buckets,
        }
    )
    return st.one_of(monthly, lump, advance, advance) if advancing else st.one_of(monthly, lump)


@st.composite
def _credit(draw: st.DrawFn, /, status: list[str], shape: Shape, **who: Any) -> Document:
    paying = "retired" not in status
    rule: Document = {
        "who": {"status": status, **who},
        "amount": draw(amounts(paying=paying)),
        "posting": draw(_postings(advancing=shape.advancing)),
        "source": SOURCE,
    }
    if draw(ONE_IN_FOUR):
        bucket = draw(st.sampled_from(buckets_of(shape)[1:]))
        rule["split"] = [{"bucket": bucket, "amount": {"kind": "fixed", "amount": draw(yuan(5_000))}}]
    return rule


@st.composite
def _credits(draw: st.DrawFn, shape: Shape) -> list[Document]:
    """Rules for the paying and the retired; some tell a class or a cohort apart, some are missing."""
    found = []
    if draw(st.booleans()):
        found.append(draw(_credit(["employed"], shape, **{"class": ["government"]})))
    found.append(draw(_credit(["employed", "flexible"], shape)))
    if draw(st.booleans()):
        cohort: Document = draw(st.sampled_from([{"retired_before": "2020-01"}, {"retired_from": "2021-01"}]))
        found.append(draw(_credit(["retired"], shape, **cohort)))
    if not draw(ONE_IN_FOUR):
        found.append(draw(_credit(["retired"], shape)))
    if draw(ONE_IN_FOUR):
        nothing = {"kind": "none", "because": "no_account_tier"}
        found.insert(0, {"who": {"status": ["flexible"]}, "amount": nothing, "source": SOURCE})
    return found


@st.composite
def _extras(draw: st.DrawFn, shape: Shape) -> list[Document]:
    found = []
    if draw(ONE_IN_FOUR):
        extra = draw(_credit(["retired"], shape))
        if extra["posting"]["kind"] == "advance":
            extra["posting"] = {"kind": "once", "after_months": draw(st.integers(0, 2)), "day": 9}
        found.append(extra)
    return found


@st.composite
def _deduction(draw: st.DrawFn, shape: Shape, name: str) -> Document:
    """From the credit or the account; an advance is settled without looking at deductions."""
    status = draw(st.sampled_from([["employed", "flexible"], ["retired"]]))
    dates = draw(st.sampled_from([{}, {}, {"from": "2020-11"}, {"to": "2021-10"}]))
    return {
        "name": {"zh": name, "en": "premium"},
        "who": {"status": status},
        "amount": {"kind": "fixed", "amount": draw(yuan(2_000))},
        "taken_from": "account" if shape.advancing else draw(st.sampled_from(["credit", "account"])),
        "source": SOURCE,
    } | dates


@st.composite
def policy(draw: st.DrawFn, shape: Shape, *, since: str = "unknown", until: str | None = None) -> Document:
    """One sound document of the area for a range of days."""
    buckets, dice = buckets_of(shape), Dice.drawn(draw)
    ended = draw(st.sampled_from([{}, {"to": "2021-12"}]))
    return {
        "area": AREA,
        "name": {"zh": "某市", "en": "Somewhere"},
        "effective": {"from": since, "to": until},
        "attested": draw(st.sampled_from([{"from": "2000-01-01", "to": "2030-12-31"}, ATTESTED_IN_PART])),
        "sources": {"notice": {"title": "通知", "publisher": "医保局", "grade": "B"}},
        "buckets": list(buckets),
        "years": rules.years(dice),
        "base": draw(rules.bases()),
        "contribution": {"own": "0.02", "employer": "0.0765", "source": SOURCE},
        "published": {
            "wage": [
                {"from": "2014-07", "value": "6000", "source": SOURCE},
                {"from": "2020-07", "value": "7123.45", "source": SOURCE, **ended},
            ],
            "old": [{"from": "2015-01", "to": "2018-12", "value": "88.80", "source": SOURCE}],
            "none": [],
        },
        "credits": draw(_credits(shape)),
        "extras": draw(_extras(shape)),
        "deductions": [draw(_deduction(shape, name)) for name in dice.some(["代扣", "大额"], 0, 2)],
        "interest": rules.interest(dice),
        "rollover": rules.rollovers(dice, health=shape.health),
        "payments": rules.payments(dice, buckets=buckets),
    }


@st.composite
def timelines(draw: st.DrawFn, shape: Shape) -> list[Document]:
    """One to three documents of one area, each in force until the next begins."""
    starts = sorted(draw(st.sets(st.sampled_from(BOUNDARIES), max_size=2)))
    ends = [str(date.fromisoformat(start) - timedelta(days=1)) for start in starts]
    spans = zip(["unknown", *starts], [*ends, None], strict=True)
    documents = [draw(policy(shape, since=since, until=until)) for since, until in spans]
    for before, document in pairwise(documents):
        if draw(ONE_IN_FOUR):
            document["credits"] = before["credits"]
    return documents


def national(dice: Dice) -> Document:
    """A sound national document with a table of deposit rates that begins late for some terms."""
    rows = [
        {"from": "2015-10-24", "term": "demand", "rate": "0.0035", "source": SOURCE},
        {"from": "2015-10-24", "term": "three_month", "rate": "0.011", "source": SOURCE},
        {"from": "2021-02-11", "term": "demand", "rate": "0.003", "source": SOURCE},
        {"from": "2021-02-19", "term": "one_year", "rate": "0.015", "source": SOURCE},
    ]
    others = ["resident", "exempt", "none", "unemployment_benefit"]
    nothing = {"kind": "none", "because": "gap_no_credit"}
    lag = dice.pick([0, 0, 1])
    return {
        "area": "100000",
        "name": {"zh": "全国", "en": "China"},
        "effective": {"from": "1998-12-14", "to": None},
        "sources": {"notice": {"title": "决定", "publisher": "国务院", "grade": "B"}},
        "deposit_rates": rows,
        "credits": [
            {"who": {"status": others}, "amount": nothing, "source": SOURCE},
            {
                "who": {"status": ["employed", "flexible", "retired"]},
                "amount": {"kind": "unknown"},
                "posting": {"kind": "monthly", "day": 3, "lag_months": lag},
                "source": SOURCE,
            },
        ],
        "interest": rules.interest(dice, known=True),
        "rollover": [{"kind": "all", "source": SOURCE}],
        "payments": [
            {
                "category": ["outpatient_copay", "pharmacy"],
                "order": ["current_year", "prior_years"],
                "source": SOURCE,
            }
        ],
        "posting_day": dice.pick([1, 12]),
    }
