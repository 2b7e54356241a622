"""Strategies for questions as a client asks them."""

from typing import Any

from hypothesis import strategies as st

from service.core.month import month_text, parse_month
from tests.generated.amounts import yuan
from tests.generated.dice import Dice
from tests.generated.policies import AREA, Shape, buckets_of, national, timelines
from tests.generated.rules import CATEGORIES

Document = dict[str, Any]
Case = tuple[list[Document], Document, Document]
STATUSES = ["retired", "retired", "flexible", "employed", "resident", "unemployment_benefit"]
OPENINGS = st.one_of(yuan(200_000), yuan(200_000), st.sampled_from(["0.00", "-12.34"]))


@st.composite
def _spells(draw: st.DrawFn) -> list[Document]:
    """A long time of paying, then up to three spells, some after a gap."""
    start, status, spells = parse_month("2008-03"), "employed", []
    for index in range(draw(st.sampled_from([3, 2, 1, 4]))):
        status = draw(st.sampled_from([status, status, *STATUSES])) if index else status
        months = draw(st.integers(1, 14)) if index else draw(st.integers(132, 165))
        paying = status in ("employed", "flexible")
        spell: Document = {
            "from": month_text(start),
            "to": month_text(start + months - 1),
            "status": status,
            "class": draw(st.sampled_from(["enterprise", "government"])),
            "employer_average_wage": draw(yuan(900_000)),
            "own_credit": draw(yuan(30_000)),
        }
        if paying:
            spell["base"] = draw(yuan(1_200_000))
        else:
            spell |= {
                "monthly_pension": draw(yuan(800_000)),
                "contribution_months": draw(st.integers(1, 420)),
            }
            spell["account_months"] = draw(st.integers(0, spell["contribution_months"]))
        spells.append(spell)
        start += months + draw(st.sampled_from([0, 0, 0, 1, 4]))
    if draw(st.sampled_from([True, True, False])):
        del spells[-1]["to"]
    return spells


@st.composite
def questions(draw: st.DrawFn, shape: Shape) -> Document:
    """A question whose member declares whatever any rule may ask."""
    first = draw(st.integers(parse_month("2019-10"), parse_month("2021-09")))
    last = first + draw(st.sampled_from([11, 17, 0, 2, 8, 23, 30]))
    expenses = [
        {
            "on": f"{month_text(draw(st.integers(first, last)))}-{draw(st.integers(1, 28)):02d}",
            "category": draw(st.sampled_from([*CATEGORIES, "fitness"])),
            "amount": draw(st.one_of(yuan(60_000), st.just("100"))),
        }
        for _ in range(draw(st.sampled_from([6, 3, 0, 12])))
    ]
    figures = {"old": draw(yuan()), "none": draw(yuan())} | draw(st.sampled_from([{}, {"wage": "6543.21"}]))
    return {
        "area": AREA,
        "from": month_text(first),
        "to": month_text(last),
        "member": {
            "birth_month": month_text(draw(st.integers(parse_month("1940-01"), parse_month("1990-12")))),
            "sex": draw(st.sampled_from(["male", "female"])),
            "spells": draw(_spells()),
            "opening": {bucket: draw(OPENINGS) for bucket in buckets_of(shape)},
        },
        "expenses": expenses,
        "parameters": {
            "figures": figures,
            "deposit_rates": draw(st.sampled_from([{}, {"one_year": "0.0175"}])),
        },
    }


@st.composite
def cases(draw: st.DrawFn, *, advancing: bool = False) -> Case:
    """Documents of an area, the national document, and a question they can answer."""
    shape = Shape(draw(st.booleans()), advancing)
    return draw(timelines(shape)), national(Dice.drawn(draw)), draw(questions(shape))
