"""A second, deliberately plain model of the account; it shares no line with the core."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.naive.growth import Growth
from tests.naive.law import Document, Law, fen
from tests.naive.ledger import Entry, Ledger
from tests.naive.months import days, moved, through
from tests.naive.till import pay

LOOK_BACK = 40  # months turned before the first asked for, so that the running advance is known


@dataclass
class Outcome:
    """Sums in fen: by month, kind and bucket; closing balances; credits gross and taken; cash."""

    postings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    closings: dict[tuple[str, str], int] = field(default_factory=dict)
    gross: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    cash: Counter[str] = field(default_factory=Counter)


class Model:
    """One run, from one month to another."""

    def __init__(self, law: Law, question: Mapping[str, Any]) -> None:
        self.law, self.question = law, question
        parameters = question.get("parameters", {})
        self.ledger = Ledger(law, question["member"], parameters.get("figures", {}))
        self.growth = Growth(law, parameters.get("deposit_rates", {}))
        self.held = {bucket: fen(text) for bucket, text in question["member"]["opening"].items()}
        self.held = {"current_year": 0, "prior_years": 0} | self.held
        self.used: Counter[str] = Counter()
        self.moves: list[tuple[str, str, int]] = []
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Every month in its order."""
        first, last = self.question["from"], self.question["to"]
        for month in through(moved(first, -LOOK_BACK), moved(first, -1)):
            self.ledger.settle(month)
            self.ledger.turn(month)
        for month in through(first, last):
            settled = self.ledger.settle(month)
            if month > first:
                self.start(month, settled)
            self.live(month)
            for bucket, held in self.held.items():
                self.outcome.closings[month, bucket] = held
        self.outcome.postings = Counter({key: fen for key, fen in self.outcome.postings.items() if fen})
        return self.outcome

    def move(self, day: str, kind: str, bucket: str, amount: int) -> None:
        """Post an amount to a bucket."""
        self.held[bucket] = self.held.get(bucket, 0) + amount
        self.outcome.postings[day[:7], kind, bucket] += amount
        self.moves.append((day, bucket, amount))

    def law_of(self, month: str) -> Document:
        """The document of a month that is covered."""
        document = self.law.at(month)
        if document is None:
            raise LookupError(month)
        return document

    def start(self, month: str, settled: Entry | None) -> None:
        """The first day: interest, the settlement, the rollover."""
        day, before, now = f"{month}-01", self.law_of(moved(month, -1)), self.law_of(month)
        starts = self.law.year_starts(month)
        if starts:
            self.post_interest(before, day)
            self.growth.end_year()
            self.used.clear()
        if settled is not None:
            self.post(settled)
        self.roll_over(month, before, starts=starts)
        if now is not before:
            self.roll_over(month, now, starts=False)
        rule = self.law.interest(before)
        if starts and rule["method"] == "flat_on_settlement":
            self.move(day, "interest", "prior_years", self.growth.flat(rule, day, self.held["prior_years"]))

    def roll_over(self, month: str, document: Document, *, starts: bool) -> None:
        """Move between buckets what the document says on this first day."""
        for rule in self.law.rules(document, "rollover"):
            bucket, into, amount = rule.get("bucket"), rule.get("into"), 0
            match rule["kind"]:
                case "all" if starts:
                    bucket, into = bucket or "current_year", into or "prior_years"
                    amount = self.held.get(bucket, 0)
                    if amount < 0:  # a debt is paid by the money it meets, and what is left of it stays
                        amount = -min(-amount, max(0, self.held.get(into, 0)))
                case "above" if starts:
                    bucket = bucket or "prior_years"
                    amount = max(0, self.held.get(bucket, 0) - fen(rule["keep"]))
                case "merge" if rule["on"] == month:
                    amount = self.held.get(bucket, 0)
                case _:
                    continue
            self.move(f"{month}-01", "rollover", bucket, -amount)
            self.move(f"{month}-01", "rollover", into, amount)

    def live(self, month: str) -> None:
        """The month itself: credits, what is taken, expenses, interest."""
        opening, self.moves = dict(self.held), []
        entries = self.ledger.turn(month)
        for entry in entries:
            self.post(entry)
        self.deduct(month, max((entry.on for entry in entries), default=f"{month}-01"))
        for expense in self.expenses(month):
            paid = pay(self.law, expense, self.held, self.used, self.ledger.figures)
            self.outcome.cash[month] += paid.cash
            self.used[paid.rule] += sum(paid.draws.values())
            for bucket, amount in paid.draws.items():
                self.move(expense["on"], "payment", bucket, -amount)
        document = self.law_of(month)
        rule = self.law.interest(document)
        self.growth.live(rule, month, opening, self.moves)
        year = self.law.year(month)
        ends = rule["posted"] == "year_end" and year is not None and year[1] == month
        if rule["method"] != "flat_on_settlement" and (
            ends or (rule["posted"] == "quarterly" and month[5:] in ("03", "06", "09", "12"))
        ):
            self.post_interest(document, days(month)[-1])

    def post(self, entry: Entry) -> None:
        """Post what the ledger says."""
        for bucket, amount in entry.portions.items():
            self.move(entry.on, entry.kind, bucket, amount)
        if entry.kind != "true_up":
            self.outcome.gross[entry.on[:7]] += entry.gross
            self.outcome.taken[entry.on[:7]] += entry.taken

    def deduct(self, month: str, on: str) -> None:
        """Take from the account what it owes, as far as it goes."""
        for owed in self.ledger.from_account(month):
            left = owed
            for bucket in ("current_year", "prior_years"):
                amount = min(left, max(0, self.held[bucket]))
                self.move(on, "deduction", bucket, -amount)
                self.outcome.taken[month] += amount
                left -= amount

    def expenses(self, month: str) -> Sequence[Mapping[str, Any]]:
        """The expenses of the month, those of one day as they were declared."""
        found = [e for e in self.question.get("expenses", []) if e["on"].startswith(month)]
        return sorted(found, key=lambda expense: str(expense["on"]))

    def post_interest(self, document: Document, on: str) -> None:
        """Post what has accrued by the rule of the document."""
        for bucket, amount in self.growth.take(self.law.interest(document)).items():
            self.move(on, "interest", bucket, amount)
