"""Credits month by month, remembering what was advanced instead of working it out again."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from tests.naive.law import Document, Law, whole
from tests.naive.months import PLACE, day, moved, through
from tests.naive.person import PAYING, Node, Standing, means, retirements, spell_in


@dataclass(frozen=True)
class Entry:
    """One credit, advance or settlement: its day, its buckets, and what was taken from it."""

    on: str
    kind: Literal["credit", "advance", "true_up"]
    gross: int
    portions: Mapping[str, int]
    taken: int = 0
    own: Mapping[str, int] = field(default_factory=dict)  # of a settlement: the portions with a name


@dataclass(frozen=True)
class Due:
    """What one rule gives a member for a month."""

    standing: Standing
    rule: Node
    amount: Fraction
    place: tuple[str, int]  # whose rule it is: the document's first day and the line

    @property
    def posting(self) -> Node:
        return dict(self.rule.get("posting", {"kind": "monthly"}))

    @property
    def has_account(self) -> bool:
        return bool(self.rule["amount"]["kind"] != "none")


@dataclass
class Advanced:
    """What was given in advance, and what has become due of it: in all, and of each portion by name."""

    due: Due
    first: str  # the month in which it begins
    given: int = 0
    owed: Fraction = Fraction(0)
    portions_given: Counter[str] = field(default_factory=Counter)
    portions_owed: defaultdict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))

    def give(self, gross: int, portions: Mapping[str, int]) -> None:
        """Note what was posted; what is no portion of its own is the rest."""
        self.given += gross
        self.portions_given.update(portions)

    def owe(self, due: Due) -> None:
        """Note what a month is due."""
        self.due = max(self.due, due, key=lambda each: each.standing.month)
        left = due.amount
        self.owed += due.amount
        for portion in due.rule.get("split", []):
            part = min(left, due.standing.worth(portion["amount"]))
            self.portions_owed[portion["bucket"]] += part
            left -= part


@dataclass
class Ledger:
    """The credits of one member; its months must be turned in their order."""

    law: Law
    member: Node
    figures: Mapping[str, str]
    coming: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    running: Advanced | None = None
    year: Advanced | None = None  # everything advanced since the policy year started
    left: bool = False  # whether the member has left an advance that only the settlement takes back
    had_account: bool = False
    joined: set[str] = field(default_factory=set)  # months of joining, in which some are credited nothing

    def settle(self, month: str) -> Entry | None:
        """The settlement of the policy year that ended; to be asked before the month is turned."""
        if not self.law.year_starts(month):
            return None
        year, self.year, self.running, self.left = self.year, None, None, False
        return None if year is None else true_up(month, year)

    def turn(self, month: str) -> list[Entry]:
        """The credits posted in the month."""
        document = self.law.at(month)
        due = None if document is None else self.due(document, month)
        if spell_in(self.member, moved(month, -1)) is None or not self.had_account:
            self.joined.add(month)
        if document is None:
            self.year, self.running, self.left = None, None, False
        else:
            self.advance(due, month)
            for line in (due, *self.extras(document, month)):
                self.book(line, month)
            self.make_up(month)
        spell = spell_in(self.member, month)
        waiting = spell is not None and (document is None or (unpaid(spell) and "back_paid" in spell))
        self.had_account = waiting or (due is not None and due.has_account)
        return self.coming.pop(month, [])

    def due(self, document: Document, month: str) -> Due | None:
        """What the first rule that means the member gives for the month."""
        spell = spell_in(self.member, month)
        if spell is None or unpaid(spell) or falls_short(document, self.member, spell):
            return None
        return self.by_rule(document, spell, month)

    def by_rule(self, document: Document, spell: Node, month: str) -> Due | None:
        """What the first rule gives, the area's before the national one."""
        standing = Standing(document, self.member, self.figures, month)
        for owner in (document, self.law.national):
            for index, rule in enumerate(owner["credits"]):
                if means(rule["who"], self.member, spell):
                    place = (owner["effective"]["from"], index)
                    return Due(standing, rule, standing.worth(rule["amount"]), place)
        return None

    def extras(self, document: Document, month: str) -> Iterator[Due]:
        """Additional lines, every one that means the member."""
        spell = spell_in(self.member, month)
        if spell is None:
            return
        standing = Standing(document, self.member, self.figures, month)
        same = [each["from"] for each in self.member["spells"] if each["status"] == spell["status"]]
        begins = same[0] == month
        for rule in document.get("extras", []):
            once = rule.get("posting", {}).get("kind") == "once"
            if means(rule["who"], self.member, spell) and (begins or not once):
                yield Due(standing, rule, standing.worth(rule["amount"]), ("extra", 0))

    def book(self, due: Due | None, month: str) -> None:
        """Put what the month gives where it will be posted; an advance has a book of its own."""
        if due is None:
            return
        posting, year = due.posting, self.law.year(month)
        match posting["kind"]:
            case "monthly":
                later = posting.get("lag_months", 0)
                self.credit(due, moved(month, 0 if later == "unknown" else later), 1)
            case "once":
                self.credit(due, moved(month, posting.get("after_months", 1)), 1)
            case "yearly" if year is not None:
                held = months_held(due.standing.document, year)
                if held and month == max(held[0], lump_month(posting, year[0])):
                    self.credit(due, month, len(held))
            case _:
                pass

    def make_up(self, month: str) -> None:
        """Credit the months that the month pays for after all, where the law says so."""
        for spell in self.member["spells"]:
            if not unpaid(spell) or spell.get("back_paid") != month:
                continue
            for owed in through(spell["from"], min(spell.get("to") or month, month)):
                held = self.law.at(owed)
                due = None if held is None else self.by_rule(held, spell, owed)
                if due is not None:
                    self.credit_late(due, spell, owed, month)

    def credit_late(self, due: Due, spell: Node, owed: str, month: str) -> None:
        """Credit a month that was paid for later; a yearly sum if the month is the one it comes in."""
        posting, year, count = due.posting, self.law.year(owed), 1
        if posting["kind"] == "advance" and self.joins_later(due, owed):
            return
        if posting["kind"] == "advance" and year == self.law.year(month):
            if self.law.back_payment(self.law.of(f"{month}-01"))[spell["contributions"]] is True:
                self.owe_late(due, owed)
            return
        later = posting.get("lag_months", 0)
        if posting["kind"] == "yearly" and year is not None:
            held = months_held(due.standing.document, year)
            if owed != max(held[0], lump_month(posting, year[0])):
                return
            later, count = 0, len(held)
        paid = moved(month, 0 if later == "unknown" else later)
        entry, then = posted(due, self.day_of(due, paid), count), self.law.at(paid)
        brings = self.law.back_payment(due.standing.document if then is None else then)
        if brings[spell["contributions"]] is not True or entry.gross == 0:
            return
        if self.law.year(owed) != self.law.year(paid):
            entry = replace(entry, portions={brings["earlier_years_into"]: sum(entry.portions.values())})
        self.coming[paid].append(entry)

    def owe_late(self, due: Due, owed: str) -> None:
        """A month paid for later is due as others are: what was advanced is for it too."""
        self.year = self.year or Advanced(due, owed)
        self.year.owe(due)
        if self.running is not None and self.running.first <= owed:
            self.running.owe(due)

    def take_back(self, month: str) -> Entry | None:
        """The settlement of the running policy year after the month, for an account that is closed."""
        return None if self.year is None else true_up(month, self.year)

    def day_of(self, due: Due, month: str) -> str:
        """The day on which a rule posts in a month; what is credited for a year comes on a first."""
        if due.posting["kind"] == "advance":
            return day(month, 1)
        on = due.posting.get("day", "unknown")
        return day(month, self.law.national["posting_day"] if on == "unknown" else on)

    def credit(self, due: Due, month: str, count: int) -> None:
        entry = posted(due, self.day_of(due, month), count)
        if entry.gross > 0:
            self.coming[month].append(entry)

    def advance(self, due: Due | None, month: str) -> None:
        """Take back what is no longer due, advance what now is, and note what has become due."""
        year = self.law.year(month)
        if due is not None and (due.posting["kind"] != "advance" or self.joins_later(due, month)):
            due = None
        if self.running is not None and not self.left and (due is None or not alike(due, self.running.due)):
            self.stop(month, leaves=due is None)
        if due is None or year is None:
            return
        if self.running is None or not alike(due, self.running.due):
            entry = posted(due, f"{month}-01", PLACE[year[1]] - PLACE[month] + 1)
            self.running, self.year = Advanced(due, month), self.year or Advanced(due, month)
            if entry.gross > 0:
                self.coming[month].append(replace(entry, kind="advance"))
                self.running.give(entry.gross, own_portions(due, entry))
                self.year.give(entry.gross, own_portions(due, entry))
        if self.year is not None:
            self.year.owe(due)
        self.running.owe(due)
        self.left = False

    def joins_later(self, due: Due, month: str) -> bool:
        """Whether this is the month of joining, and joiners are credited from the next."""
        this_month = due.posting.get("joiners", "unknown") == "this_month"
        return not this_month and month in self.joined

    def stop(self, month: str, *, leaves: bool) -> None:
        """Take back what was not due of the running advance, unless that waits for the year's end."""
        running = self.running
        if running is None:
            return
        self.left = leaves and running.due.posting.get("leavers", "unknown") != "claw_back"
        if self.left:
            return
        self.running, back = None, true_up(month, running)
        if back is not None and self.year is not None:
            self.coming[month].append(back)
            self.year.give(back.gross, back.own)

    def from_account(self, month: str) -> list[int]:
        """The deductions that the account owes in the month, each in fen."""
        document, spell = self.law.at(month), spell_in(self.member, month)
        if document is None or spell is None:
            return []
        due = self.due(document, month)
        return [] if due is None or not due.has_account else deductions(due, "account", 1)


def unpaid(spell: Node) -> bool:
    """Whether contributions that the spell owes were not paid in time."""
    owes = spell["status"] in PAYING
    return owes and spell.get("contributions", "paid") != "paid"


def falls_short(document: Document, member: Node, spell: Node) -> bool:
    """Whether a retiree has too few years to be credited."""
    if spell["status"] != "retired" or "contribution_months" not in spell:
        return False
    since = retirements(member)[0]
    rows = [row for row in document.get("minimum_years", []) if (row.get("from") or "") <= since]
    if not rows or rows[-1].get("below", "unknown") == "credited":
        return False
    return bool(spell["contribution_months"] < 12 * rows[-1][member["sex"]])


def lump_month(posting: Mapping[str, Any], start: str) -> str:
    """The one month of the policy year in which a yearly lump is credited."""
    wanted = posting.get("month", "unknown")
    month = start
    while wanted != "unknown" and int(month[5:]) != wanted:
        month = moved(month, 1)
    return month


def months_held(document: Document, year: tuple[str, str]) -> list[str]:
    """The months of a policy year on whose first day the document is in force."""
    since, until = document["effective"]["from"], document["effective"]["to"] or "9999"
    return [m for m in through(*year) if (since == "unknown" or since <= f"{m}-01") and f"{m}-01" <= until]


def posted(due: Due, on: str, count: int) -> Entry:
    """A credit for so many months: rounded once, less deductions, split among buckets."""
    gross = left = whole(due.amount * count)
    for owed in deductions(due, "credit", count):
        left -= min(left, owed)
    net, portions = left, dict[str, int]()
    for portion in due.rule.get("split", []):
        part = min(left, whole(due.standing.worth(portion["amount"]) * count))
        portions[portion["bucket"]] = portions.get(portion["bucket"], 0) + part
        left -= part
    portions["current_year"] = portions.get("current_year", 0) + left
    return Entry(on, "credit", gross, portions, gross - net)


def deductions(due: Due, taken_from: str, count: int) -> list[int]:
    """What each deduction of the document takes for so many months."""
    if due.place[0] == "extra":
        return []
    standing = due.standing
    return [
        whole(standing.worth(each["amount"]) * count)
        for each in standing.document.get("deductions", [])
        if each["taken_from"] == taken_from
        and each.get("from", "") <= standing.month <= (each.get("to") or "9999")
        and means(each["who"], standing.member, standing.spell)
    ]


def own_portions(due: Due, entry: Entry) -> dict[str, int]:
    """The portions of a credit that its rule names."""
    return {each["bucket"]: entry.portions[each["bucket"]] for each in due.rule.get("split", [])}


def alike(one: Due, other: Due) -> bool:
    """Whether two rules give the same to the same in the same way, in whatever document they stand."""
    return all(one.rule.get(key) == other.rule.get(key) for key in ("who", "amount", "posting", "split"))


def true_up(month: str, advanced: Advanced) -> Entry | None:
    """What was given too little or too much: each portion in its bucket, the rest where the rule says."""
    posting, rule = advanced.due.posting, advanced.due.rule
    gross = whole(advanced.owed - advanced.given)
    own = {
        bucket: whole(advanced.portions_owed[bucket] - advanced.portions_given[bucket])
        for bucket in (each["bucket"] for each in rule.get("split", []))
    }
    rest = gross - sum(own.values())
    into = (
        posting.get("shortfall_into", "prior_years")
        if rest > 0
        else posting.get("excess_from", "current_year")
    )
    moved = own | {into: own.get(into, 0) + rest}
    return Entry(f"{month}-01", "true_up", gross, moved, own=own) if any(moved.values()) else None
