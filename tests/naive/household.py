"""A household, deliberately plainly: every account goes through the month in step, day after day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.naive.account import Account
from tests.naive.fund import CATEGORY, Claimed, by_rule, printed, uninsured
from tests.naive.law import Law, fen
from tests.naive.ledger import unpaid
from tests.naive.months import days, moved, through
from tests.naive.person import Standing, spell_in
from tests.naive.relatives import Links
from tests.naive.till import Paid, Wish, pay

Line = tuple[str, int, str, str]  # who pays, the holder's place, the bucket and the category


@dataclass
class Receipt:
    """How one expense was paid, in fen."""

    fund: int
    shares: list[tuple[str, int]]
    paid: Counter[Line] = field(default_factory=Counter)
    cash: int = 0


@dataclass
class Result:
    """Of every person by place: closing balances and postings by month; and what else is told."""

    closings: dict[tuple[int, str, str], int] = field(default_factory=dict)
    postings: Counter[tuple[int, str, str, str]] = field(default_factory=Counter)
    receipts: list[Receipt] = field(default_factory=list)
    wallets: list[int] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)
    transfers: list[bool] = field(default_factory=list)


class Person:
    """A member on the way through one area after another."""

    def __init__(self, question: Mapping[str, Any], place: int, laws: Mapping[str, Law]) -> None:
        member, parameters = question["members"][place], question.get("parameters", {})
        self.place, self.wallet = place, fen(member.get("wallet", "0"))
        self.accounts: list[Account] = []
        self.begins: list[str] = []
        area, spells = member.get("area", question["area"]), list[Any]()
        parts = [(area, question["from"], spells)]
        for spell in member["spells"]:
            if spell.get("area", parts[-1][0]) != parts[-1][0]:
                parts.append((spell["area"], spell["from"], []))
            parts[-1][2].append(spell)
        for number, (where, first, own) in enumerate(parts):
            opening = {} if number else member.get("opening", {})
            begins = max(first, question["from"])
            one = {**member, "spells": own, "opening": opening, "life": member["spells"]}
            self.accounts.append(Account(laws[where], one, begins, parameters))
            self.begins.append(begins)
        for setting, told in member.get("year_to_date", {}).items():
            for what, text in told.items():
                self.account.bills[setting, "any", what] += fen(text)
        self.areas = [where for where, _, _ in parts]
        self.brought = 0

    @property
    def account(self) -> Account:
        return self.accounts[0]

    @property
    def area(self) -> str:
        return str(self.areas[0])

    def status(self, month: str) -> str | None:
        spell = spell_in(self.account.member, month)
        return None if spell is None else str(spell["status"])

    def moves_after(self, month: str) -> bool:
        return len(self.accounts) > 1 and self.begins[1] == moved(month, 1)

    def takes_back(self, month: str) -> bool:
        """Whether who leaves after the month gives back what was advanced for later months."""
        law, status = self.account.law, self.status(month) or "none"
        on = days(month)[-1]
        rule = law.closing(law.of(on), "transfer_out", status, on)
        return rule is None or rule.get("advance", "unknown") != "kept"


class Household:
    """One run of several people."""

    def __init__(self, laws: Mapping[str, Law], question: Mapping[str, Any]) -> None:
        self.question, self.result = question, Result()
        self.people = [Person(question, place, laws) for place in range(len(question["members"]))]
        self.places = {each["id"]: place for place, each in enumerate(question["members"])}
        self.links = Links(self.people, self.places, question)

    def run(self) -> Result:
        """Every month in its order, every day of it, and on a day first what ends or begins."""
        result = self.result
        for month in through(self.question["from"], self.question["to"]):
            for person in self.people:
                brought, person.brought = person.brought, 0
                person.account.begin(month, brought)
            for day in days(month):
                self.links.open(day)
                for transfer in self.links.transfers_of(day):
                    self.links.transfer(transfer, day)
                for expense in self.question.get("expenses", []):
                    if expense["on"] == day:
                        result.receipts.append(self.settle(expense))
            for person in self.people:
                self.end(person, month)
        result.wallets = [person.wallet for person in self.people]
        result.links = self.links.told()
        result.transfers = self.links.done
        result.postings = Counter({key: amount for key, amount in result.postings.items() if amount})
        return result

    def end(self, person: Person, month: str) -> None:
        """The month's end of one person, who may move away."""
        leaves = person.moves_after(month)
        if leaves:
            person.account.settle_up(month, takes_back=person.takes_back(month))
        person.account.end(month, leaves=leaves)
        if leaves:
            self.links.close(person.place)
            person.brought = person.account.clear(month)
        for bucket, held in person.account.held.items():
            self.result.closings[person.place, month, bucket] = held
        for (when, kind, bucket), amount in person.account.outcome.postings.items():
            if when == month:
                self.result.postings[person.place, month, kind, bucket] += amount
        if leaves:
            del person.accounts[0], person.areas[0], person.begins[0]

    def settle(self, expense: Mapping[str, Any]) -> Receipt:
        """Fund, own account, wallet, quotas, holders, cash."""
        person, day = self.people[self.places[expense["member"]]], expense["on"]
        receipt = Receipt(0, [])
        if "bill" in expense:
            claimed = self.claim(person, expense)
            receipt.fund, receipt.shares = claimed.fund, claimed.shares
            self.draw(person, Wish(day, CATEGORY[expense["bill"]["setting"]], 0), claimed.first, receipt)
        else:
            receipt.shares = [(expense["category"], fen(expense["amount"]))]
        self.links.begin_expense()
        for category, share in receipt.shares:
            already = sum(amount for (_, _, _, for_), amount in receipt.paid.items() if for_ == category)
            left = self.own(person, Wish(day, category, share - already), receipt)
            left = self.links.pay(person, Wish(day, category, left), receipt.paid)
            receipt.cash += left
        receipt.paid = Counter({line: amount for line, amount in receipt.paid.items() if amount})
        return receipt

    def own(self, person: Person, wish: Wish, receipt: Receipt) -> int:
        """What the person's own buckets leave."""
        paid = pay(person.account.law, wish, person.account.purse)
        self.draw(person, wish, paid, receipt)
        return paid.cash

    def draw(self, person: Person, wish: Wish, paid: Paid, receipt: Receipt) -> None:
        """Take from the person's own buckets."""
        person.account.used[paid.rule] += sum(paid.draws.values())
        for bucket, amount in paid.draws.items():
            person.account.move(wish.on, "payment", bucket, -amount)
            receipt.paid["own", person.place, bucket, wish.category] += amount

    def claim(self, person: Person, expense: Mapping[str, Any]) -> Claimed:
        """What the fund of the person's own scheme pays."""
        bill, day, account = expense["bill"], expense["on"], person.account
        spell = spell_in(account.member, day[:7])
        if "fund" in bill:
            return printed(bill, account.bills)
        if spell is None or spell["status"] == "none" or unpaid(spell):
            return uninsured(bill)
        document = account.law.of(day)
        standing = Standing(document, account.member, account.ledger.figures, day[:7])
        return by_rule(account.law, standing, day, bill, account.purse, account.bills)
