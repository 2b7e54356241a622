"""One account, from one month to another: begun, drawn upon, ended, and cleared when its member moves."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.naive.growth import Growth
from tests.naive.law import Document, Law, fen
from tests.naive.ledger import Entry, Ledger
from tests.naive.months import days, moved, through
from tests.naive.till import Purse

LOOK_BACK = 40  # months turned before the first asked for, so that the running advance is known
DRAWN_FOR_DEDUCTIONS = ("current_year", "prior_years")


@dataclass
class Outcome:
    """Sums in fen: by month, kind and bucket; closing balances; credits gross and taken; cash."""

    postings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    closings: dict[tuple[str, str], int] = field(default_factory=dict)
    gross: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    cash: Counter[str] = field(default_factory=Counter)


@dataclass
class Quota:
    """Money frozen for a relative: what is left of it, and the buckets that pay it, first to last."""

    left: int
    order: list[str]


class Account:
    """The money of one member in one area."""

    def __init__(
        self, law: Law, member: Mapping[str, Any], first: str, parameters: Mapping[str, Any]
    ) -> None:
        self.law, self.member, self.first = law, member, first
        self.ledger = Ledger(law, member, parameters.get("figures", {}))
        self.growth = Growth(law, parameters.get("deposit_rates", {}))
        opening = {bucket: fen(text) for bucket, text in member.get("opening", {}).items()}
        self.held = {"current_year": 0, "prior_years": 0} | opening
        self.frozen: dict[int, Quota] = {}  # by link
        self.used: Counter[str] = Counter()  # by rules with a yearly cap, in this policy year
        self.bills: Counter[tuple[str, str, str]] = Counter()  # setting, tier and what is counted, this year
        self.advanced: Counter[str] = Counter()  # by bucket, in this policy year
        self.years_begun = 0
        self.moves: list[tuple[str, str, int]] = []
        self.opened: dict[str, int] = {}
        self.outcome = Outcome()
        for month in through(moved(first, -LOOK_BACK), moved(first, -1)):
            self.settle(month)
            for entry in self.ledger.turn(month):
                self.note_advance(entry)

    def settle(self, month: str) -> Entry | None:
        """What settles the policy year that ended; a new year is counted anew."""
        if self.law.year_starts(month):
            self.advanced.clear()
        return self.ledger.settle(month)

    def note_advance(self, entry: Entry) -> None:
        """Remember what this policy year was advanced, less what was taken back of it."""
        for bucket, amount in entry.portions.items():
            if entry.kind == "advance" or (entry.kind == "true_up" and amount < 0):
                self.advanced[bucket] += amount

    @property
    def free(self) -> dict[str, int]:
        """What is held and not frozen for a relative: a quota lies in the first buckets that may pay it."""
        return self.lay()[0]

    def lay(self) -> tuple[dict[str, int], dict[int, dict[str, int]]]:
        """Lay every quota into its buckets: what is left of them, and where each quota lies."""
        free, there = dict(self.held), dict[int, dict[str, int]]()
        for link, quota in self.frozen.items():
            left, there[link] = quota.left, {}
            for bucket in quota.order:
                kept = min(left, max(0, free.get(bucket, 0)))
                free[bucket] = free.get(bucket, 0) - kept
                left -= kept
                there[link][bucket] = kept
        return free, there

    @property
    def purse(self) -> Purse:
        """What may be drawn upon now."""
        return Purse(self.free, self.used, self.advanced, self.ledger.figures)

    def move(self, day: str, kind: str, bucket: str, amount: int) -> None:
        """Post an amount to a bucket."""
        self.held[bucket] = self.held.get(bucket, 0) + amount
        self.outcome.postings[day[:7], kind, bucket] += amount
        self.moves.append((day, bucket, amount))

    def begin(self, month: str, brought: int = 0) -> None:
        """The first day, what another area sends, the credits, and what is taken from the account."""
        settled = self.settle(month)
        if month > self.first:
            self.start(month, settled)
        if brought:
            self.move(f"{month}-01", "transfer_in", "prior_years", brought)
        self.opened, self.moves = dict(self.held), []
        entries = self.ledger.turn(month)
        for entry in entries:
            self.note_advance(entry)
            self.post(entry)
        self.deduct(month, max((entry.on for entry in entries), default=f"{month}-01"))

    def start(self, month: str, settled: Entry | None) -> None:
        """The first day: interest, the settlement, the rollover."""
        day, before, now = f"{month}-01", self.law.of(f"{moved(month, -1)}-01"), self.law.of(f"{month}-01")
        starts = self.law.year_starts(month)
        if starts:
            self.post_interest(before, day)
            self.growth.end_year()
            self.used.clear()
            self.bills.clear()
            self.years_begun += 1
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

    def end(self, month: str, *, leaves: bool = False) -> None:
        """The evenings of the month, and interest where it is due."""
        document = self.law.of(f"{month}-01")
        rule = self.law.interest(document)
        self.growth.live(rule, month, self.opened, self.moves, leaves=leaves)
        year = self.law.year(month)
        ends = rule["posted"] == "year_end" and year is not None and year[1] == month
        if rule["method"] != "flat_on_settlement" and (
            ends or (rule["posted"] == "quarterly" and month[5:] in ("03", "06", "09", "12"))
        ):
            self.post_interest(document, days(month)[-1])

    def settle_up(self, month: str, *, takes_back: bool) -> None:
        """Before it is closed on the month's last day: late credits, and what was advanced too much."""
        on = days(month)[-1]
        for later in sorted(self.ledger.coming):
            for entry in self.ledger.coming.pop(later):
                if entry.kind == "credit":
                    for bucket, amount in entry.portions.items():
                        self.move(on, "credit", bucket, amount)
        back = self.ledger.take_back(month) if takes_back else None
        if back is not None:
            for bucket, amount in back.portions.items():
                self.move(on, "true_up", bucket, amount)

    def clear(self, month: str) -> int:
        """Send what the account holds to the next area, or what it owes; interest comes first."""
        on = days(month)[-1]
        self.post_interest(self.law.of(f"{month}-01"), on)  # where interest is flat, nothing has accrued
        sent = sum(self.held.values())
        for bucket, held in list(self.held.items()):
            self.move(on, "transfer_out", bucket, -held)
        return sent

    def post(self, entry: Entry) -> None:
        """Post what the ledger says."""
        for bucket, amount in entry.portions.items():
            self.move(entry.on, entry.kind, bucket, amount)
        if entry.kind != "true_up":
            self.outcome.gross[entry.on[:7]] += entry.gross
            self.outcome.taken[entry.on[:7]] += entry.taken

    def deduct(self, month: str, on: str) -> None:
        """Take from the account what it owes, as far as it goes; what is frozen for a relative stays."""
        for owed in self.ledger.from_account(month):
            left = owed
            for bucket in DRAWN_FOR_DEDUCTIONS:
                amount = min(left, max(0, self.free[bucket]))
                self.move(on, "deduction", bucket, -amount)
                self.outcome.taken[month] += amount
                left -= amount

    def post_interest(self, document: Document, on: str) -> None:
        """Post what has accrued by the rule of the document."""
        for bucket, amount in self.growth.take(self.law.interest(document)).items():
            self.move(on, "interest", bucket, amount)
