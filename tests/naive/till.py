"""Paying an expense, gate by gate and bucket by bucket."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.naive.law import Law, ended, fen, newest

Node = Mapping[str, Any]


class Paid(NamedTuple):
    """What an expense took from which bucket, by which rule; the rest is cash."""

    draws: dict[str, int]
    cash: int
    rule: str


def pay(
    law: Law, expense: Node, held: Mapping[str, int], used: Mapping[str, int], figures: Mapping[str, str]
) -> Paid:
    """Draw from the first rule of the category that holds on the day."""
    document = law.on(expense["on"]) or law.at(expense["on"][:7])
    if document is None:
        raise LookupError(expense["on"])
    amount = fen(expense["amount"])
    for rule in law.rules(document, "payments"):
        name = " ".join(rule["category"])  # what these categories have cost counts on in a later document
        dated = (rule.get("from") or "") <= expense["on"] <= (rule.get("to") or "9999")
        if expense["category"] in rule["category"] and dated:
            left = may = min(
                [
                    amount,
                    *(
                        opens(g, lines(document, expense, figures), expense, held, used.get(name, 0))
                        for g in gates(rule)
                    ),
                ]
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


def opens(gate: Node, lines: Mapping[str, int], expense: Node, held: Mapping[str, int], used: int) -> int:
    """How much of the expense a gate lets through."""
    amount = fen(expense["amount"])
    has = held.get(gate.get("bucket", ""), 0)
    match gate["kind"]:
        case "above":
            return over(has, gate["line"], lines)
        case "total_above":
            return over(sum(held.values()), gate["line"], lines)
        case "reserve":
            shut = has <= fen(gate["above"]) or amount < fen(gate["cost_at_least"])
            return 0 if shut else max(0, has - fen(gate["keep"]))
        case "yearly_cap":
            return max(0, fen(gate["amount"]) - used)
        case _:
            reached = [step for step in gate["steps"] if fen(step["from"]) <= has]
            return amount if reached and amount in map(fen, reached[-1]["amounts"]) else 0


def over(held: int, line: Node, lines: Mapping[str, int]) -> int:
    """What is held above a line; one that nobody gave is never passed."""
    if line.get("amount") is not None:
        return max(0, held - fen(line["amount"]))
    return max(0, held - lines[line["series"]]) if line["series"] in lines else 0


def lines(document: Node, expense: Node, figures: Mapping[str, str]) -> dict[str, int]:
    """The published figures of the month, and declared ones where there is none or it has ended."""
    found, month = {name: fen(text) for name, text in figures.items()}, expense["on"][:7]
    for name, rows in document["published"].items():
        row = newest(rows, month)
        if row is not None and not (ended(row, month) and name in figures):
            found[name] = fen(row["value"])
    return found
