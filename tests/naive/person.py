"""What a member is worth in a month: the amount trees of a document, read straight from its JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.naive.law import Document, ended, fen, newest, whole
from tests.naive.months import moved, through, year_of

Node = Mapping[str, Any]
PAYING = ("employed", "flexible")


def spell_in(member: Node, month: str) -> Node | None:
    """The coverage spell of the month."""
    for spell in member["spells"]:
        if spell["from"] <= month and (spell.get("to") is None or month <= spell["to"]):
            return dict(spell)
    return None


def retirements(member: Node) -> list[str]:
    """The months in which the member retired, wherever that was."""
    return [each["from"] for each in member.get("life", member["spells"]) if each["status"] == "retired"]


def means(who: Node, member: Node, spell: Node) -> bool:
    """Whether a rule is for the member in the spell."""
    since, before = who.get("retired_from"), who.get("retired_before")
    retired = retirements(member)
    return (
        spell["status"] in who["status"]
        and (not who.get("class") or spell.get("class") in who["class"])
        and (since is None or (bool(retired) and since <= retired[0]))
        and (before is None or (bool(retired) and retired[0] < before))
    )


@dataclass(frozen=True)
class Standing:
    """One member in one month under one document."""

    document: Document
    member: Node
    figures: Mapping[str, str]
    month: str

    @property
    def spell(self) -> Node:
        found = spell_in(self.member, self.month)
        if found is None:
            raise LookupError(self.month)
        return found

    @property
    def year_start(self) -> str:
        return year_of(self.document.get("years"), self.month)[0]

    def age(self, at: str) -> int:
        """Birthdays one by one, until the next lies after the month they count in."""
        until = {
            "month": self.month,
            "unknown": self.month,
            "month_after": moved(self.month, -1),
            "year_start": moved(self.year_start, -1),
            "previous_year_end": f"{int(self.year_start[:4]) - 1}-12",
        }[at]
        year, month = self.member["birth_month"].split("-")
        age = 0
        while f"{int(year) + age + 1}-{month}" <= until:
            age += 1
        return age

    def base(self) -> Fraction:
        """The contribution base of the month."""
        rule = self.document.get("base", {"kind": "unknown"})
        bounds = rule.get("bounds", [])
        if rule["kind"] == "window":
            paid = self.paid(rule["over"], bounds) or self.paid(rule["when_empty"], bounds)
            return Fraction(sum(paid), len(paid))
        declared = self.spell
        if rule.get("change") == "month_after":
            before = spell_in(self.member, moved(self.month, -1))
            if before is not None and before["status"] in PAYING and "base" in before:
                declared = before
        return Fraction(within(fen(declared["base"]), bounds, self.month))

    def paid(self, span: Mapping[str, int], bounds: list[Node]) -> list[int]:
        """The bases of the months of a span in which the member paid."""
        year = int(self.year_start[:4])
        first = f"{year + span['from_year']}-{span['from_month']:02d}"
        last = f"{year + span['to_year']}-{span['to_month']:02d}"
        found = []
        for month in through(first, last):
            spell = spell_in(self.member, month)
            if spell is not None and spell["status"] in PAYING and "base" in spell:
                found.append(within(fen(spell["base"]), bounds, month))
        return found

    def pension(self, of: Mapping[str, int] | None) -> Fraction:
        """The pension of the month, or of a named one."""
        spell: Node | None = self.spell
        if of is not None:
            spell = spell_in(self.member, f"{int(self.year_start[:4]) + of['year']}-{of['month']:02d}")
        if spell is None or spell["status"] != "retired":
            spell = self.spell
        return Fraction(fen(spell["monthly_pension"]))

    def published(self, series: str) -> Fraction:
        """The figure of the month; a declared one where it was not published, or no longer."""
        row = newest(self.document["published"][series], self.month)
        if row is not None and (series not in self.figures or not ended(row, self.month)):
            return Fraction(fen(row["value"]))
        return Fraction(fen(self.figures[series]))

    def worth(self, node: Node) -> Fraction:  # noqa: C901, PLR0911, PLR0912 - one branch a kind
        """Exact fen a month."""
        match node["kind"]:
            case "fixed":
                return Fraction(fen(node["amount"])) / (12 if node.get("per") == "year" else 1)
            case "base":
                return self.base()
            case "contribution":
                rates = self.document["contribution"]
                own, employer = Fraction(rates["own"]), Fraction(rates["employer"])
                return self.base() * {"own": own, "employer": employer, "total": own + employer}[node["part"]]
            case "pension":
                return self.pension(node.get("of"))
            case "employer_average_wage" | "own_credit" as fact:
                return Fraction(fen(self.spell[fact]))
            case "unknown":
                return Fraction(fen(self.spell["own_credit"]))
            case "published":
                return self.published(node["series"])
            case "share":
                return Fraction(node["rate"]) * self.worth(node["of"])
            case "sum":
                return sum((self.worth(each) for each in node["of"]), Fraction(0))
            case "larger_of":
                return max(self.worth(each) for each in node["of"])
            case "by_age":
                age = self.age(node.get("at", "unknown"))
                bands = [b for b in node["bands"] if b.get("from", 0) <= age <= b.get("to", 999)]
                return self.worth(bands[0]["amount"])
            case "times_age":
                return Fraction(fen(node["amount"]) * self.age(node.get("at", "unknown")))
            case "pro_rata":
                spell = self.spell
                return self.worth(node["of"]) * Fraction(
                    spell["account_months"], spell["contribution_months"]
                )
            case "less_per_missing_year":
                return self.worth(node["of"]) * self.kept(node)
            case "rounded":
                return rounded(self.worth(node["of"]), node)
            case _:
                return Fraction(0)

    def kept(self, node: Node) -> Fraction:
        """What is left after a share is lost for each full year missing."""
        need = 12 * int(node["male_years"] if self.member["sex"] == "male" else node["female_years"])
        have, left = int(self.spell["contribution_months"]), Fraction(1)
        while have + 12 <= need:
            have, left = have + 12, left - Fraction(node["rate"])
        return left if left > 0 else Fraction(0)


def within(base: int, bounds: list[Node], month: str) -> int:
    """A base moved to the published floor or ceiling of the month."""
    row = newest(bounds, month) or {}
    if row.get("floor") is not None and base < fen(row["floor"]):
        base = fen(row["floor"])
    if row.get("ceiling") is not None and base > fen(row["ceiling"]):
        base = fen(row["ceiling"])
    return base


def rounded(exact: Fraction, node: Node) -> Fraction:
    """Rounded on the way, to whole yuan, jiao or fen."""
    step = {"yuan": 100, "jiao": 10, "fen": 1}[node["to"]]
    low = exact - exact % step
    match node.get("direction", "half_up"):
        case "down":
            return low
        case "up":
            return low if low == exact else low + step
        case _:
            return Fraction(whole(exact / step) * step)
