"""Interest day by day: what each balance of each evening adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.naive.law import Law, whole
from tests.naive.months import days

Held = Mapping[str, int]
Moves = Sequence[tuple[str, str, int]]  # day, bucket, fen


@dataclass
class Growth:
    """What has accrued and is not yet posted, and what an average or a carried sum is made of."""

    law: Law
    declared: Mapping[str, str]
    accrued: dict[str, Fraction] = field(default_factory=dict)
    evenings: list[int] = field(default_factory=list)
    brought: int | None = None  # what was carried into the year, for its average
    carried: int | None = None  # what was held when the interest year began and is not spent

    def rate(self, term: str, day: str) -> Fraction:
        """The deposit rate of a day; nothing where nobody says."""
        rows = [r for r in self.law.national["deposit_rates"] if r["term"] == term and r["from"] <= day]
        return Fraction(rows[-1]["rate"] if rows else self.declared.get(term, "0"))

    def rates(self, rule: Mapping[str, Any], bucket: str, day: str) -> dict[str, Fraction]:
        """The rate of a bucket on a day, and of what it would earn otherwise."""
        match rule[bucket]:
            case {"kind": "deposit", "term": term}:
                return {bucket: self.rate(term, day)}
            case {"kind": "number", "rate": rate}:
                return {bucket: Fraction(rate)}
            case {"kind": "if_unspent", "term": term, "otherwise": other}:
                fallback = "demand" if other == "unknown" else other
                return {bucket: self.rate(term, day), "otherwise": self.rate(fallback, day)}
            case _:
                return {}

    def live(
        self, rule: Mapping[str, Any], month: str, held: Held, moves: Moves, *, leaves: bool = False
    ) -> None:
        """Go through the evenings of a month; on the last one the money may have left."""
        balance = dict(held)
        self.begin(rule, balance)
        for day in days(month):
            if splits(rule) and day[5:] == "{month:02d}-{day:02d}".format(**rule["year"]):
                self.carried = balance["current_year"] + balance["prior_years"]
            for _, bucket, fen in (move for move in moves if move[0] == day):
                balance[bucket] = balance.get(bucket, 0) + fen
            if self.carried is not None:
                self.carried = min(self.carried, balance["current_year"] + balance["prior_years"])
            if averages(rule):
                self.evenings.append(sum(balance.values()))
            last = day == days(month)[-1]
            if rule["method"] == "daily_product" and not (last and leaves):
                self.earn(rule, day, balance, Fraction(1, rule["days_per_year"]))
            elif rule["method"] == "month_end_product" and last:
                self.earn(rule, day, balance, Fraction(1, 12))

    def begin(self, rule: Mapping[str, Any], balance: Held) -> None:
        if not splits(rule):
            self.carried = None
        elif self.carried is None:
            self.carried = balance["prior_years"]
        if averages(rule) and self.brought is None:
            self.brought = balance["prior_years"]

    def earn(self, rule: Mapping[str, Any], day: str, balance: Held, part: Fraction) -> None:
        """A positive balance earns; a negative one costs nothing."""
        shown = dict(balance)
        if self.carried is not None:
            total = balance["current_year"] + balance["prior_years"]
            shown |= {"current_year": total - self.carried, "prior_years": self.carried}
        for bucket, fen in shown.items():
            for name, rate in self.rates(rule, bucket, day).items():
                self.accrued[name] = self.accrued.get(name, Fraction(0)) + max(0, fen) * rate * part

    def take(self, rule: Mapping[str, Any]) -> dict[str, int]:
        """What is posted to each bucket; parts of a fen left over lapse."""
        accrued, self.accrued = self.accrued, {}
        otherwise = accrued.pop("otherwise", Fraction(0))
        if rule["prior_years"]["kind"] == "if_unspent" and sum(self.evenings) < (self.brought or 0) * len(
            self.evenings
        ):
            accrued["prior_years"] = otherwise
        return {bucket: whole(exact) for bucket, exact in accrued.items() if whole(exact) > 0}

    def end_year(self) -> None:
        """A new policy year: the average is counted anew."""
        self.evenings, self.brought = [], None

    def flat(self, rule: Mapping[str, Any], day: str, held: int) -> int:
        """Interest given once on what the settled account holds."""
        rates = self.rates(rule, "prior_years", day)
        return whole(max(0, held) * rates["prior_years"]) if rates else 0


def averages(rule: Mapping[str, Any]) -> bool:
    """Whether the rule looks at the average daily balance of the year."""
    return bool(rule["prior_years"]["kind"] == "if_unspent" and rule["method"] != "flat_on_settlement")


def splits(rule: Mapping[str, Any]) -> bool:
    """Whether the rule tells apart what was held when an interest year of its own began."""
    return bool(rule.get("year")) and rule["method"] != "flat_on_settlement"
