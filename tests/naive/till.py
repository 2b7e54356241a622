"""Paying an expense, gate by gate and bucket by bucket."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tests.naive.law import Law, ended, fen, newest

Node = Mapping[str, Any]


class Wish(NamedTuple):
    """What is to be paid on a day, in fen."""

    on: str
    category: str
    amount: int


class Purse(NamedTuple):
    """What may be drawn upon: the free money, what rules have used this year, what was advanced this year."""

    free: Mapping[str, int]
    used: Mapping[str, int]
    advanced: Mapping[str, int]
    figures: Mapping[str, str]


class Paid(NamedTuple):
    """What an expense took from which bucket, by which rule; the rest is cash."""

    draws: dict[str, int]
    cash: int
    rule: str


def pay(law: Law, wish: Wish, purse: Purse, only: Sequence[str] | None = None) -> Paid:
    """Draw from the first rule of the category that holds on the day: all its buckets, or only some."""
    document = law.of(wish.on)
    for rule in law.rules(document, "payments"):
        if wish.category in rule["category"] and dated(rule, wish.on):
            name = " ".join(rule["category"])  # what these categories have cost counts on in a later document
            order = [bucket for bucket in rule["order"] if only is None or bucket in only]
            draws = draw({**rule, "order": order}, document, wish, purse, name)
            return Paid(draws, wish.amount - sum(draws.values()), name if capped(rule) else "")
    return Paid({}, wish.amount, "")


def draw(rule: Node, document: Node, wish: Wish, purse: Purse, name: str) -> dict[str, int]:
    """What a rule lets each bucket pay."""
    known = lines(document, wish, purse.figures)
    may = [opens(gate, known, wish.amount, purse, purse.used.get(name, 0)) for gate in rule.get("gates", [])]
    left, draws = min([wish.amount, *may]), {}
    for bucket in rule["order"]:
        draws[bucket] = min(left, max(0, purse.free.get(bucket, 0)))
        left -= draws[bucket]
    return draws


def capped(rule: Node) -> bool:
    """Whether what the rule pays counts; what was paid without a cap was paid by another rule."""
    return any(gate["kind"] == "yearly_cap" for gate in rule.get("gates", []))


def dated(rule: Node, day: str) -> bool:
    """Whether a rule holds on the day."""
    return (rule.get("from") or "") <= day <= (rule.get("to") or "9999")


def opens(gate: Node, known: Mapping[str, int], amount: int, purse: Purse, used: int) -> int:
    """How much of an amount a gate lets through."""
    has = purse.free.get(gate.get("bucket", ""), 0)
    match gate["kind"]:
        case "above":
            return over(has, gate["line"], known)
        case "total_above":
            return over(sum(purse.free.values()), gate["line"], known)
        case "reserve":
            shut = has <= fen(gate["above"]) or amount < fen(gate["cost_at_least"])
            return 0 if shut else max(0, has - fen(gate["keep"]))
        case "yearly_cap":
            return max(0, fen(gate["amount"]) - used)
        case "not_advanced":
            return max(0, has - purse.advanced.get(gate["bucket"], 0))
        case _:
            reached = [step for step in gate["steps"] if fen(step["from"]) <= has]
            return amount if reached and amount in map(fen, reached[-1]["amounts"]) else 0


def over(held: int, line: Node, known: Mapping[str, int]) -> int:
    """What is held above a line; one that nobody gave is never passed."""
    if line.get("amount") is not None:
        return max(0, held - fen(line["amount"]))
    return max(0, held - known[line["series"]]) if line["series"] in known else 0


def lines(document: Node, wish: Wish, figures: Mapping[str, str]) -> dict[str, int]:
    """The published figures of the month, and declared ones where there is none or it has ended."""
    found, month = {name: fen(text) for name, text in figures.items()}, wish.on[:7]
    for name, rows in document["published"].items():
        row = newest(rows, month)
        if row is not None and not (ended(row, month) and name in figures):
            found[name] = fen(row["value"])
    return found
