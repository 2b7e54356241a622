"""Documents as they are written: which one is in force, and what it says where it is silent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.naive.months import Year, year_of

Document = Mapping[str, Any]


def fen(text: str) -> int:
    """The fen of a yuan text."""
    return int(Fraction(text) * 100)


def whole(exact: Fraction) -> int:
    """Rounded half up, away from zero."""
    up = int(abs(exact) + Fraction(1, 2))
    return up if exact >= 0 else -up


@dataclass(frozen=True)
class Law:
    """The documents of one area, and the national one."""

    documents: tuple[Document, ...]
    national: Document

    def at(self, month: str) -> Document | None:
        """The document in force on the first of the month."""
        return self.on(f"{month}-01")

    def on(self, day: str) -> Document | None:
        """The document in force on a day."""
        for document in self.documents:
            since, until = document["effective"]["from"], document["effective"]["to"]
            if (since == "unknown" or since <= day) and (until is None or day <= until):
                return document
        return None

    def of(self, day: str) -> Document:
        """The document of a day that is covered: one that ends before its month does holds to its end."""
        document = self.on(day) or self.at(day[:7])
        if document is None:
            raise LookupError(day)
        return document

    def year(self, month: str) -> Year | None:
        """The policy year of the month."""
        document = self.at(month)
        return None if document is None else year_of(document.get("years"), month)

    def year_starts(self, month: str) -> bool:
        """Whether a policy year starts with the month."""
        year = self.year(month)
        return year is not None and year[0] == month

    def rules(self, document: Document, name: str) -> list[Any]:
        """A table of the document, or the national one where it says nothing."""
        found = document.get(name, "unknown")
        return list(self.national[name] if found == "unknown" else found)

    def family(self, document: Document, model: str) -> list[Any]:
        """The family rules of a model; the national ones where the area says nothing of it."""
        own = document.get("family", "unknown")
        found = [] if own == "unknown" else [rule for rule in own if rule["kind"] == model]
        if found or (model == "till" and own != "unknown"):
            return found
        filled = [rule for rule in self.national.get("family", []) if rule["kind"] == model]
        opened = [] if own == "unknown" else [rule["order"] for rule in own if rule["kind"] == "till"]
        return [{**rule, "order": opened[-1]} for rule in filled] if opened else filled

    def closing(self, document: Document, reason: str, status: str, day: str) -> Any:
        """The first rule of leaving that fits."""
        for rule in (*document.get("closing", []), *self.national.get("closing", [])):
            dated = (rule.get("from") or "") <= day <= (rule.get("to") or "9999")
            if reason in rule["reason"] and dated and status in (rule.get("status") or [status]):
                return rule
        return None

    def back_payment(self, document: Document) -> dict[str, Any]:
        """What a back payment brings; nationally where the area does not say."""
        own, national = document.get("back_payment") or {}, self.national.get("back_payment") or {}
        names = ("in_arrears", "not_enrolled", "earlier_years_into")
        asked = {name: own.get(name, "unknown") for name in names}
        return {k: national.get(k, "unknown") if v == "unknown" else v for k, v in asked.items()}

    def interest(self, document: Document) -> dict[str, Any]:
        """The interest rule with every unknown filled from the national one."""
        default: dict[str, Any] = self.national["interest"]
        found = document.get("interest", "unknown")
        if found == "unknown":
            return dict(default)
        filled = dict(found)
        for name in ("current_year", "prior_years", "health"):
            if filled.get(name, {"kind": "unknown"})["kind"] == "unknown":
                filled[name] = default[name]
        for name in ("method", "posted", "days_per_year"):
            if filled.get(name, "unknown") == "unknown":
                filled[name] = default[name]
        return filled


def newest(rows: Iterable[Mapping[str, Any]], month: str) -> Mapping[str, Any] | None:
    """The row that began last by the month."""
    begun = [row for row in rows if row["from"] <= month]
    return begun[-1] if begun else None


def ended(row: Mapping[str, Any], month: str) -> bool:
    """Whether the row ended before the month."""
    return row.get("to") is not None and row["to"] < month
