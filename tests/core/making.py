"""Makers of documents and questions, with every default in sight."""

from collections.abc import Sequence
from typing import Any

from service.core.answer import CreditTable, Simulation
from service.core.money import yuan
from service.core.policy import Policy
from service.core.simulate import Question, credit_table, simulate
from service.store.documents import read
from tests.core.asking import book_of, to_core

Document = dict[str, Any]
AREA = "990001"
SOURCE = ["notice"]
CALENDAR = {"kind": "calendar", "source": SOURCE}
NO_INTEREST = {
    "current_year": {"kind": "none"},
    "prior_years": {"kind": "none"},
    "health": {"kind": "none"},
    "method": "month_end_product",
    "posted": "at_rollover",
    "days_per_year": 360,
    "source": SOURCE,
}
ALL_ROLLS_OVER = {"kind": "all", "source": SOURCE}
EMPLOYED = {"from": "2010-01", "status": "employed", "base": "5000"}
RETIRED = {"from": "2010-01", "status": "retired", "monthly_pension": "4000"}


def fixed(amount: str) -> Document:
    """A fixed amount a month."""
    return {"kind": "fixed", "amount": amount}


def rule(amount: Document, *status: str, **more: Any) -> Document:
    """A credit rule for everyone of a status, by default the employed and the retired; on the 1st."""
    who = {"status": list(status or ("employed", "retired"))}
    posting = {"kind": "monthly", "day": 1, "lag_months": 0}
    return {"who": who, "amount": amount, "posting": posting, "source": SOURCE} | more


def policy(**changes: Any) -> Document:
    """A sound document: 100 yuan a month, calendar years, no interest, everything rolls over."""
    return {
        "area": AREA,
        "name": {"zh": "某市", "en": "Somewhere"},
        "effective": {"from": "2010-01-01", "to": None},
        "attested": {"from": "2010-01-01", "to": "2030-12-31"},
        "sources": {"notice": {"title": "通知", "publisher": "医保局", "grade": "B"}},
        "years": CALENDAR,
        "base": {"kind": "own_month", "source": SOURCE},
        "credits": [rule(fixed("100"))],
        "interest": NO_INTEREST,
        "rollover": [ALL_ROLLS_OVER],
        "payments": [{"category": ["pharmacy"], "order": ["current_year", "prior_years"], "source": SOURCE}],
    } | changes


def national(**changes: Any) -> Document:
    """A sound national document: deposit rates, no account for most, all rolls over."""
    nothing = {"kind": "none", "because": "gap_no_credit"}
    return {
        "area": "100000",
        "name": {"zh": "全国", "en": "China"},
        "effective": {"from": "1998-12-14", "to": None},
        "sources": {"notice": {"title": "决定", "publisher": "国务院", "grade": "B"}},
        "deposit_rates": [
            {"from": "2015-10-24", "term": "demand", "rate": "0.0036", "source": SOURCE},
            {"from": "2015-10-24", "term": "three_month", "rate": "0.012", "source": SOURCE},
        ],
        "credits": [
            rule(nothing, "resident", "exempt", "none", "unemployment_benefit"),
            rule({"kind": "unknown"}, "employed", "flexible", "retired"),
        ],
        "interest": NO_INTEREST,
        "rollover": [ALL_ROLLS_OVER],
        "payments": [
            {"category": ["outpatient_copay"], "order": ["current_year", "prior_years"], "source": SOURCE}
        ],
        "posting_day": 12,
    } | changes


def question(documents: Document | Sequence[Document], *, to: str, **changes: Any) -> Question:
    """A question to the core; `from_` is its first month, by default the last too."""
    listed = [documents] if isinstance(documents, dict) else list(documents)
    if not any(each["area"] == "100000" for each in listed):
        listed.append(national())
    written: Document = {"area": AREA, "from": changes.pop("from_", to), "to": to}
    written["expenses"] = changes.pop("expenses", [])
    written["parameters"] = changes.pop("parameters", {})
    member = {"birth_month": "1960-06", "sex": "female", "spells": [EMPLOYED]} | changes
    return to_core(book_of(listed), written | {"member": member})


def lived(documents: Document | Sequence[Document], *, to: str, **changes: Any) -> Simulation:
    """The simulation of a question."""
    return simulate(question(documents, to=to, **changes))


def credited(documents: Document | Sequence[Document], *, to: str, **changes: Any) -> CreditTable:
    """The credits of a question."""
    return credit_table(question(documents, to=to, **changes))


def nets(answer: Simulation | CreditTable) -> list[str]:
    """The net credits month by month, in yuan."""
    return [yuan(month.credit.net) for month in answer.months]


def journal(answer: Simulation, *kinds: str) -> list[tuple[str, str, str, str]]:
    """Day, kind, bucket and yuan of the postings, of all kinds or of some."""
    return [
        (str(each.on), str(each.kind), str(each.bucket), yuan(each.amount))
        for month in answer.months
        for each in month.postings
        if not kinds or each.kind in kinds
    ]


def closing(answer: Simulation) -> dict[str, str]:
    """What the last month leaves in each bucket, in yuan."""
    return {str(bucket): yuan(fen) for bucket, fen in answer.months[-1].closing.items()}


def codes(answer: Simulation | CreditTable) -> set[str]:
    """The codes of the notices."""
    return {notice.code for notice in answer.notices}


def read_policy(document: Document) -> Policy:
    """The records of an area's document."""
    found = read(document)
    assert isinstance(found, Policy)
    return found
