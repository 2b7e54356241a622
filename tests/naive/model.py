"""A second, deliberately plain model of one member's account; it shares no line with the core."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tests.naive.account import Account, Outcome
from tests.naive.law import Law, fen
from tests.naive.months import through
from tests.naive.till import Wish, pay


class Model:
    """One run, from one month to another."""

    def __init__(self, law: Law, question: Mapping[str, Any]) -> None:
        self.law, self.question = law, question
        parameters = question.get("parameters", {})
        self.account = Account(law, question["member"], question["from"], parameters)

    def run(self) -> Outcome:
        """Every month in its order."""
        account, outcome = self.account, self.account.outcome
        for month in through(self.question["from"], self.question["to"]):
            account.begin(month)
            for expense in self.expenses(month):
                wish = Wish(expense["on"], expense["category"], fen(expense["amount"]))
                paid = pay(self.law, wish, account.purse)
                outcome.cash[month] += paid.cash
                account.used[paid.rule] += sum(paid.draws.values())
                for bucket, amount in paid.draws.items():
                    account.move(expense["on"], "payment", bucket, -amount)
            account.end(month)
            for bucket, held in account.held.items():
                outcome.closings[month, bucket] = held
        outcome.postings = Counter({key: fen for key, fen in outcome.postings.items() if fen})
        return outcome

    def expenses(self, month: str) -> Sequence[Mapping[str, Any]]:
        """The expenses of the month, those of one day as they were declared."""
        found = [e for e in self.question.get("expenses", []) if e["on"].startswith(month)]
        return sorted(found, key=lambda expense: str(expense["on"]))
