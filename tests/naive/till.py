"""Paying an expense, gate by gate and bucket by bucket."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.naive.law import Law, fen, newest, over

Node = Mapping[str, Any]


class Paid(NamedTuple):
    """What an expense took from which bucket, by which rule; the rest is cash."""

    draws: dict[str, int]
    cash: int
    rule: str


def pay(law: Law, expense: Node, held: Mapping[str, int], used: Mapping[str, int]) -> Paid:
    """Draw from the first rule of the category that holds on the day."""
    document = law.on(expense["on"]) or law.at(expense["on"][:7])
    if document is None:
        raise LookupError(expense["on"])
    amount = fen(expense["amount"])
    for index, rule in enumerate(law.rules(document, "payments")):
        own = document.get("payments", "unknown") != "unknown"
        name = f"{document['effective']['from'] if own else 'national'} {index}"
        dated = (rule.get("from") or "") <= expense["on"] <= (rule.get("to") or "9999")
        if expense["category"] in rule["category"] and dated:
            left = may = min(
                [amount, *(opens(g, document, expense, held, used.get(name, 0)) for g in gates(rule))]
            )
            draws = {}
            for bucket in rule["order"]:
                draws[bucket] = min(left, max(0, held.get(bucket, 0)))
                left -= draws[bucket]
            return Paid(draws, amount - may + left, name)
    return Paid({}, amount, "")


def gates(rule: Node) -> list[Node]:
    """The gates of a rule."""
    return list(rule.get("gates", []))


def opens(gate: Node, document: Node, expense: Node, held: Mapping[str, int], used: int) -> int:
    """How much of the expense a gate lets through."""
    amount = fen(expense["amount"])
    has = held.get(gate.get("bucket", ""), 0)
    match gate["kind"]:
        case "above":
            return max(0, has - line(gate["line"], document, expense, has))
        case "total_above":
            total = sum(held.values())
            return max(0, total - line(gate["line"], document, expense, total))
        case "reserve":
            shut = has <= fen(gate["above"]) or amount < fen(gate["cost_at_least"])
            return 0 if shut else max(0, has - fen(gate["keep"]))
        case "yearly_cap":
            return max(0, fen(gate["amount"]) - used)
        case _:
            reached = [step for step in gate["steps"] if fen(step["from"]) <= has]
            return amount if reached and amount in map(fen, reached[-1]["amounts"]) else 0


def line(written: Node, document: Node, expense: Node, shut: int) -> int:
    """The line in fen; one that nobody published is never passed."""
    if written.get("amount") is not None:
        return fen(written["amount"])
    month = expense["on"][:7]
    row = newest(document.get("published", {}).get(written["series"], []), month)
    return shut if row is None or over(row, month) else fen(row["value"])
