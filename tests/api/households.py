"""Makers of households, bills and leavers, with explicit defaults."""

from typing import Any

from tests.api.questions import Question, retiree

FAMILIES = "/v1/simulations/families"
BILLS = "/v1/simulations/bills"
CLOSURES = "/v1/simulations/closures"


def grandmother(**changes: Any) -> Question:
    """A retired woman in Beijing."""
    return retiree(id="grandmother", **changes)


def worker(name: str, prior_years: str, **changes: Any) -> Question:
    """Somebody employed in Beijing since 2012."""
    spells = [{"from": "2012-07", "status": "employed", "base": "9000.00"}]
    member = {"id": name, "birth_month": "1985-03", "sex": "male", "spells": spells}
    return {**member, "opening": {"prior_years": prior_years}, **changes}


def link(holder: str, beneficiary: str = "grandmother", **changes: Any) -> Question:
    """A child who lets a parent use the account."""
    whole = {"holder": holder, "beneficiary": beneficiary, "relation": "parent", "from": "2024-12-01"}
    return {**whole, **changes}


def bill(total: str = "3000.00", **changes: Any) -> Question:
    """An outpatient bill of a hospital of the third tier."""
    return {"total": total, "setting": "outpatient", "tier": "three", **changes}


def household(**changes: Any) -> Question:
    """A grandmother's bill in Beijing, with two children whose accounts may pay."""
    return {
        "area": "110000",
        "from": "2025-01",
        "to": "2025-06",
        "members": [grandmother(), worker("son", "300.00"), worker("daughter", "5000.00")],
        "links": [link("son"), link("daughter")],
        "expenses": [{"member": "grandmother", "on": "2025-01-20", "id": "knee", "bill": bill()}],
        "detail": "postings",
        **changes,
    }


def at_the_counter(**changes: Any) -> Question:
    """The same bill, paid from what is held on the day."""
    held = [
        {"relation": "parent", "member": worker("son", "300.00")},
        {"relation": "parent", "member": worker("daughter", "5000.00")},
    ]
    question = {"area": "110000", "on": "2025-01-20", "member": grandmother(), "bill": bill(), "family": held}
    return {**question, **changes}


def leaver(**changes: Any) -> Question:
    """Somebody employed in Shanghai, where a year is credited in advance, who moves away in October."""
    member = {
        "birth_month": "1985-03",
        "spells": [{"from": "2019-01", "to": "2025-10", "status": "employed", "base": "9000.00"}],
        "opening": {"prior_years": "3000.00"},
    }
    question = {"area": "310000", "from": "2025-07", "on": "2025-10-20", "reason": "transfer_out"}
    return {**question, "member": member, **changes}
