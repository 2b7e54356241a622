"""Makers of questions, with explicit defaults."""

from typing import Any

Question = dict[str, Any]


def retiree(**changes: Any) -> Question:
    """A woman in Beijing, born in 1953, retired since 2008."""
    member = {
        "id": "me",
        "birth_month": "1953-06",
        "sex": "female",
        "spells": [{"from": "2008-07", "status": "retired", "monthly_pension": "4200.00"}],
        "opening": {"current_year": "0.00", "prior_years": "1200.00"},
    }
    return {**member, **changes}


def employee(base: str = "9000.00", *, class_: str | None = None, **changes: Any) -> Question:
    """Somebody employed since 2019 on one base."""
    spell = {"from": "2019-01", "status": "employed", "base": base, "class": class_}
    return {"birth_month": "1985-03", "spells": [spell], **changes}


def question(
    member: Question, *, area: str = "110000", first: str = "2025-01", last: str = "2025-12"
) -> Question:
    """A year in Beijing."""
    return {"area": area, "from": first, "to": last, "member": member}


def specified() -> Question:
    """The question that the specification answers."""
    return {
        **question(retiree()),
        "expenses": [{"on": "2025-03-10", "category": "pharmacy", "amount": "86.50"}],
        "detail": "postings",
    }
