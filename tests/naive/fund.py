"""What the fund pays of a bill: its cost laid out in a line, cut at every place where something changes."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tests.naive.law import Document, Law, fen, newest, whole
from tests.naive.person import Node, Standing, means
from tests.naive.till import Paid, Purse, Wish, dated, pay

CATEGORY = {"outpatient": "outpatient_copay", "inpatient": "inpatient_copay", "pharmacy": "pharmacy"}
Counts = Counter[tuple[str, str, str]]


@dataclass
class Claimed:
    """The fund's part, what buckets pay first, the person's shares, and what the year's counters gain."""

    fund: int
    shares: list[tuple[str, int]]
    first: Paid = Paid({}, 0, "")


@dataclass(frozen=True)
class Piece:
    """A piece of the cost of one item, from one place of the line to another."""

    item: int
    item_class: str | None
    start: Fraction
    end: Fraction

    @property
    def middle(self) -> Fraction:
        return (self.start + self.end) / 2


def by_rule(law: Law, standing: Standing, on: str, bill: Node, purse: Purse, counts: Counts) -> Claimed:
    """The fund's part under the first rule that fits; `counts` goes on."""
    document = standing.document
    rule = rule_of(document, standing, on, bill["setting"])
    items, copay = lay_out(rule, bill)
    cost = sum((amount for _, amount in items), Fraction(0))
    wish = Wish(on, CATEGORY[bill["setting"]], int(cost))
    first = pay(law, wish, purse, only=rule.get("account_first", []))
    paid = sum(first.draws.values())
    left = cost - paid
    met = deductible(rule, bill, left, counts)
    counted = Counting(rule, document, standing.month, bill, paid, met, counts)
    capped, beyond = counted.walk(cut(items, counted.cuts(cost)))
    fund = whole(capped + beyond)
    for what, amount in (("cost", left), ("deductible", met), ("fund", capped)):
        counts[bill["setting"], tier_of(bill), what] += whole(amount)
    return Claimed(fund, shares(bill, whole(cost) - fund, copay), first)


def printed(bill: Node, counts: Counts) -> Claimed:
    """What the bill itself says; it counts, but for the deductible."""
    fund, scope = fen(bill["fund"]), in_scope(bill)
    counts[bill["setting"], tier_of(bill), "cost"] += scope
    counts[bill["setting"], tier_of(bill), "fund"] += fund
    return Claimed(fund, shares(bill, scope - fund, fen(bill.get("class_b_copay", "0"))))


def uninsured(bill: Node) -> Claimed:
    """Nothing from the fund."""
    return Claimed(0, shares(bill, in_scope(bill), fen(bill.get("class_b_copay", "0"))))


def in_scope(bill: Node) -> int:
    """What is within the scope where no rule looks at items."""
    outside = fen(bill.get("class_b_copay", "0")) + fen(bill.get("self_pay", "0"))
    return fen(bill["in_scope"]) if "in_scope" in bill else fen(bill["total"]) - outside


def shares(bill: Node, of_scope: int, copay: int) -> list[tuple[str, int]]:
    """The person's shares by category, those of nothing left out."""
    outside = fen(bill.get("self_pay", "0"))
    found = [(CATEGORY[bill["setting"]], of_scope), ("class_b_copay", copay), ("self_pay", outside)]
    return [(category, amount) for category, amount in found if amount]


def tier_of(bill: Node) -> str:
    return str(bill.get("tier", "any"))


def rule_of(document: Document, standing: Standing, on: str, setting: str) -> Node:
    """The first rule for the member, the setting, the age and the day."""
    for rule in document["bills"]:
        age = standing.age(rule.get("age_at", "unknown"))
        old = rule.get("from_age", 0) <= age <= rule.get("to_age", 999)
        meant = means(rule["who"], standing.member, standing.spell)
        if setting in rule["settings"] and dated(rule, on) and old and meant:
            return dict(rule)
    raise LookupError(on)


def lay_out(rule: Node, bill: Node) -> tuple[list[tuple[str | None, Fraction]], int]:
    """The items with what of each is exactly within the scope, and the class B co-pay in whole fen."""
    copay = fen(bill.get("class_b_copay", "0"))
    if not bill.get("items"):
        return [(None, Fraction(in_scope(bill)))], copay
    found = [(item["class"], fen(item["amount"]) * scope_share(rule, item)) for item in bill["items"]]
    prices = sum(fen(item["amount"]) for item in bill["items"])
    return found, copay + prices - whole(sum((amount for _, amount in found), Fraction(0)))


def scope_share(rule: Node, item: Node) -> Fraction:
    """How much of the price is within the scope: by the first line that fits."""
    price = fen(item.get("unit_price", item["amount"]))
    for line in rule.get("scope", []):
        above, up_to = fen(line.get("unit_price_above", "0")), fen(line.get("unit_price_up_to", "99999999"))
        bounded = "unit_price_above" in line or "unit_price_up_to" in line
        if item["class"] in line["item_class"] and (not bounded or above < price <= up_to):
            return Fraction(line["share"])
    return Fraction(1)


def at(row: Node, bill: Node) -> bool:
    """Whether a row is for the hospital's tier."""
    return not row.get("tier") or bill.get("tier") in row["tier"]


def counted_of(counts: Counts, rule: Node, what: str, tiers: list[str] | None = None) -> int:
    """What the year's bills in the rule's settings have counted: at some tiers or at all."""
    return sum(
        amount
        for (setting, tier, name), amount in counts.items()
        if setting in rule["settings"] and name == what and (not tiers or tier in tiers)
    )


def deductible(rule: Node, bill: Node, cost: Fraction, counts: Counts) -> Fraction:
    """What of the bill falls under the deductible."""
    rows = [row for row in rule.get("deductible", []) if at(row, bill)]
    line = fen(rows[0]["amount"]) if rows else 0
    if rule.get("deductible_per", "year") == "year":
        line = max(0, line - counted_of(counts, rule, "deductible"))
    return min(Fraction(line), cost)


def cut(items: list[tuple[str | None, Fraction]], places: set[Fraction]) -> list[Piece]:
    """The items one after another along the line, in pieces between the places."""
    pieces, start = [], Fraction(0)
    for number, (item_class, amount) in enumerate(items):
        inner = sorted(place for place in places if start < place < start + amount)
        edges = [start, *inner, start + amount]
        pieces += [Piece(number, item_class, a, b) for a, b in pairwise(edges) if a < b]
        start += amount
    return pieces


@dataclass
class Counting:
    """One bill under one rule: what came before it in the year, and how the fund shares in its pieces."""

    rule: Node
    document: Document
    month: str
    bill: Node
    first: int  # of the line, paid by buckets
    met: Fraction  # of the line after that, the deductible
    counts: Counts

    @property
    def begins(self) -> Fraction:
        """Where bands count the beginning of the line from, after what buckets paid."""
        span = self.rule.get("bands_per", "unknown")
        if span == "visit" or (span == "unknown" and self.bill["setting"] == "inpatient"):
            before = 0
        elif self.above_deductible:
            before = counted_of(self.counts, self.rule, "cost")
            before = max(0, before - counted_of(self.counts, self.rule, "deductible"))
        else:
            before = counted_of(self.counts, self.rule, "cost")
        return before - self.counted_from

    @property
    def above_deductible(self) -> bool:
        """Whether cost counts without the deductible."""
        return bool(self.rule.get("bands", "unknown") == "above_deductible")

    @property
    def counted_from(self) -> Fraction:
        """The place of the line from which its cost counts."""
        return self.first + (self.met if self.above_deductible else Fraction(0))

    def caps(self, counts: str) -> list[Fraction]:
        """What each cap of a kind leaves to this bill."""
        left = list[Fraction]()
        for cap in self.rule.get("caps", []):
            if cap.get("counts", "fund") == counts and at(cap, self.bill):
                line, tiers = self.line(cap), cap.get("tier")
                if cap.get("per", "year") == "year":
                    used = counted_of(self.counts, self.rule, counts, tiers)
                    if counts == "cost" and self.above_deductible:
                        used = max(0, used - counted_of(self.counts, self.rule, "deductible", tiers))
                    line -= used
                left.append(max(Fraction(0), line))
        return left

    def line(self, cap: Node) -> Fraction:
        series = cap["line"].get("series")
        row = newest(self.document["published"][series], self.month) if series else None
        amount = fen(cap["line"]["amount"] if row is None else row["value"])
        return amount * Fraction(cap.get("share") or 1)

    def cuts(self, cost: Fraction) -> set[Fraction]:
        """Every place of the line where something changes."""
        edges = [fen(row[name]) for row in self.rule["ratios"] for name in ("above", "up_to") if name in row]
        places = {Fraction(self.first), self.first + self.met, cost}
        places |= {edge - self.begins for edge in edges}
        return places | {self.counted_from + most for most in self.caps("cost")}

    def row(self, piece: Piece) -> tuple[int, Node] | None:
        """The first ratio that fits a piece."""
        place = piece.middle + self.begins
        for number, row in enumerate(self.rule["ratios"]):
            classed = not row.get("item_class") or piece.item_class in row["item_class"]
            above = "above" not in row or fen(row["above"]) < place
            under = "up_to" not in row or place < fen(row["up_to"])
            if at(row, self.bill) and classed and above and under:
                return number, row
        return None

    def walk(self, pieces: list[Piece]) -> tuple[Fraction, Fraction]:
        """What the fund pays within its caps, and beyond them."""
        caps = self.caps("fund")
        rest = min(caps) if caps else None
        of_item = defaultdict[tuple[int, int], Fraction](Fraction)
        capped, beyond = Fraction(0), Fraction(0)
        for piece in pieces:
            if piece.start < self.first + self.met:
                continue
            if any(piece.start >= self.counted_from + most for most in self.caps("cost")):
                continue
            found = self.row(piece)
            if found is None:
                continue
            number, row = found
            length, ratio = piece.end - piece.start, Fraction(row["ratio"])
            amount = length * ratio
            if row.get("item_most") is not None:
                amount = min(amount, max(Fraction(0), fen(row["item_most"]) - of_item[piece.item, number]))
                of_item[piece.item, number] += amount
            if rest is not None and capped + amount > rest:
                within = rest - capped
                without = length - within / ratio if ratio else Fraction(0)
                capped = rest
                beyond += without * Fraction(self.rule.get("above_cap") or 0)
            else:
                capped += amount
        return capped, beyond
