"""Strategies for households: their areas' documents, members, links, bills, expenses and transfers."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from service.core.month import day_in, days_in, month_text, parse_month
from tests.generated import rules, sharing
from tests.generated.dice import Dice
from tests.generated.policies import national
from tests.generated.rules import SOURCE

Document = dict[str, Any]
AREAS = ("990001", "990002", "880001")  # two of one province, one of another
BOUNDARIES = ("2020-07-01", "2021-01-01", "2021-03-15")
RICH = {"current_year": "1234.56", "prior_years": "3210.98"}
POOR = {"current_year": "0", "prior_years": "0"}
STATUSES = ["employed"] * 4 + ["retired"] * 4 + ["flexible"] * 2 + ["resident"] * 2 + ["none"]


class Family(NamedTuple):
    """What is drawn: the documents of every area and the nation, and a question about a household."""

    documents: dict[str, list[Document]]
    national: Document
    question: Document

    @property
    def all_documents(self) -> list[Document]:
        """Every document of the case."""
        return [each for area in self.documents.values() for each in area] + [self.national]


class Mode(NamedTuple):
    """What a case is about: whether credits are advanced, bills list items, members move; and which links."""

    advancing: bool = False
    items: bool = False
    moving: bool = False
    models: tuple[str, ...] = ("till", "wallet", "quota")  # none: people without links


def _amount(dice: Dice, *, paying: bool) -> Document:
    fixed = {"kind": "fixed", "amount": dice.yuan(20_000)}
    of: Document = {"kind": "base"} if paying else {"kind": "pension"}
    return dice.pick([fixed, {"kind": "share", "rate": "0.0333", "of": of}])


def _posting(dice: Dice, *, advancing: bool) -> Document:
    if advancing and dice.one_in(2):
        return {
            "kind": "advance",
            "joiners": dice.pick(["this_month", "next_month"]),
            "leavers": dice.pick(["claw_back", "at_settlement"]),
            "shortfall_into": "prior_years",
            "excess_from": dice.pick(["current_year", "prior_years"]),
        }
    monthly = {
        "kind": "monthly",
        "day": dice.pick([1, 20]),
        "lag_months": dice.number(0, 1),
    }
    lump = {"kind": "yearly", "month": 7, "day": 5}
    return dice.pick([monthly, monthly, lump])


def _credits(dice: Dice, *, advancing: bool) -> list[Document]:
    found = []
    for status in (["employed"], ["flexible", "retired"]):
        amount = _amount(dice, paying=status == ["employed"]) if status != ["flexible", "retired"] else None
        amount = amount or {"kind": "fixed", "amount": dice.yuan(20_000)}
        posting = _posting(dice, advancing=advancing)
        found.append({"who": {"status": status}, "amount": amount, "posting": posting, "source": SOURCE})
    return found


def _document(dice: Dice, area: str, span: tuple[str, str | None], years: Document, mode: Mode) -> Document:
    buckets = ("current_year", "prior_years")
    deduction = {
        "name": {"zh": "代扣", "en": "premium"},
        "who": {"status": ["retired", "employed"]},
        "amount": {"kind": "fixed", "amount": "7.30"},
        "taken_from": "account",
        "source": SOURCE,
    }
    return {
        "area": area,
        "name": {"zh": "某市", "en": "Somewhere"},
        "effective": {"from": span[0], "to": span[1]},
        "attested": {"from": "2000-01-01", "to": "2030-12-31"},
        "sources": {"notice": {"title": "通知", "publisher": "医保局", "grade": "B"}},
        "buckets": list(buckets),
        "years": years,
        "published": {
            "wage": [{"from": "2014-07", "value": "6123.45", "source": SOURCE}],
            "old": [],
            "none": [],
        },
        "credits": _credits(dice, advancing=mode.advancing),
        "deductions": dice.pick([[], [deduction]]),
        "interest": rules.interest(dice),
        "rollover": rules.rollovers(dice, health=False),
        "payments": rules.payments(dice, buckets=buckets),
        "bills": sharing.bill_rules(dice, items=mode.items),
        "family": sharing.family_rules(dice, buckets, mode.models),
        "closing": sharing.closing_rules(dice),
        "back_payment": dice.pick([None, sharing.back_payments(dice)]),
        "minimum_years": sharing.minimum_years(dice),
    }


def _timeline(dice: Dice, area: str, mode: Mode) -> list[Document]:
    """One document of an area, or two."""
    starts = dice.pick([[], [], *([start] for start in BOUNDARIES)])
    ends = [str(date.fromisoformat(start) - timedelta(days=1)) for start in starts]
    years = rules.years(dice)
    return [
        _document(dice, area, span, years, mode)
        for span in zip(["unknown", *starts], [*ends, None], strict=True)
    ]


def _national(dice: Dice) -> Document:
    return national(dice) | {
        "family": sharing.national_family(dice),
        "closing": [
            {
                "reason": ["transfer_out"],
                "allowed": True,
                "pays_to": "new_account",
                "account": "closes",
                "advance": "taken_back",
                "source": SOURCE,
            }
        ],
        "back_payment": sharing.back_payments(dice),
    }


class Span(NamedTuple):
    """The months that a question asks for, as numbers, and the few of them in which most of it happens."""

    first: int
    last: int
    busy: tuple[int, ...]

    def day(self, dice: Dice) -> str:
        """A day within, often one at a month's edge: rules begin and end there, and so do policy years."""
        month = dice.pick(self.busy)
        day = dice.pick([1, 15, 14, 16, 27, 28, 31])
        return str(day_in(month, min(day, days_in(month))))


def _spells(dice: Dice, span: Span, areas: list[str], mode: Mode) -> list[Document]:
    """One to three spells from before the first month on; some unpaid, some in another area."""
    start, spells, area = span.first - dice.pick([30, 6, 1, 0]), list[Document](), areas[0]
    for index in range(dice.pick([1, 2, 3])):
        months = dice.number(2, 9) + (span.first - start if not index else 0)
        status = dice.pick(STATUSES)
        spell: Document = {"from": month_text(start), "to": month_text(start + months - 1), "status": status}
        if status in ("employed", "flexible"):
            spell["base"] = dice.yuan(900_000)
            unpaid = dice.pick(["paid", "paid", "paid", "in_arrears", "not_enrolled"])
            if unpaid != "paid":
                spell["contributions"] = unpaid
                if dice.one_in(2):
                    spell["back_paid"] = month_text(start + months + dice.number(0, 3))
        elif status == "retired":
            spell |= {
                "monthly_pension": dice.yuan(500_000),
                "contribution_months": dice.number(120, 420),
            }
        if mode.moving and start > span.first and dice.one_in(2):
            area = dice.pick(areas)
        if spells or area != areas[0]:
            spell["area"] = area
        spells.append(spell | {"own_credit": "55.55"})
        gap = 0 if mode.moving else dice.pick([0, 0, 0, 2])
        start += months + gap
    if dice.pick([True, True, False]) and "back_paid" not in spells[-1]:
        del spells[-1]["to"]
    return spells


def _member(dice: Dice, name: str, span: Span, areas: list[str], mode: Mode, purse: str) -> Document:
    home = dice.order(areas)
    opening = {name: dice.yuan(150_000) for name in ("current_year", "prior_years")}
    member: Document = {
        "id": name,
        "area": home[0],
        "birth_month": month_text(dice.number(parse_month("1945-01"), parse_month("1995-12"))),
        "sex": dice.pick(["male", "female"]),
        "spells": _spells(dice, span, home, mode),
        "opening": dice.pick([RICH if purse == "rich" else POOR, opening, POOR]),
    }
    if dice.one_in(4):
        member["wallet"] = dice.yuan(30_000)
    if dice.one_in(4):
        member["year_to_date"] = {
            "outpatient": {
                "deductible": "50",
                "cost": dice.pick(["0", "50", "300.30"]),
                "fund": dice.yuan(50_000),
            },
            "inpatient": {"deductible": "0", "cost": "0", "fund": dice.yuan(90_000)},
        }
    return member


def _bill(dice: Dice, *, items: bool) -> Document:
    """A bill; its hospital has a tier, a pharmacy has none."""
    setting = dice.pick(["outpatient", "outpatient", "inpatient", "pharmacy"])
    bill: Document = {"setting": setting}
    if setting != "pharmacy":
        bill["tier"] = dice.pick(sharing.TIERS)
    bill["class_b_copay"] = dice.pick(["0", "12.34"])
    bill["self_pay"] = dice.pick(["0", "5", "100.01"])
    outside = _fen(bill["class_b_copay"]) + _fen(bill["self_pay"])
    scope = _fen(dice.yuan(400_000))
    if dice.one_in(4):
        bill["fund"] = _yuan(dice.number(0, scope))
    elif items:
        scope, bill["items"] = 0, []
        for _ in range(dice.number(1, 3)):
            item = {"class": dice.pick(sharing.CLASSES), "amount": dice.yuan(90_000)}
            if item["class"] == "special" or dice.one_in(2):
                item["unit_price"] = dice.pick(["199.99", "200", "200.01"])
            bill["items"].append(item)
            scope += _fen(item["amount"])
    return bill | {"total": _yuan(scope + outside)}


def _fen(text: str) -> int:
    yuan_, _, fen = text.partition(".")
    return int(yuan_) * 100 + int(fen or 0)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


class People(NamedTuple):
    """The people of a household: earlier ones pay for later ones, so that there is never a circle."""

    names: list[str]
    patients: int  # how many of the last ones have most of the expenses

    def patient(self, dice: Dice) -> str:
        """Somebody who pays for something, in three of four cases one who often does."""
        return dice.pick(self.names if dice.one_in(4) else self.names[-self.patients :])

    def pairs(self, dice: Dice, mode: Mode) -> list[tuple[str, str, str]]:
        """Who may be linked to whom by which model: in three of four cases only to those who often pay."""
        first = 0 if dice.one_in(4) else len(self.names) - self.patients
        places = [(i, j) for j in range(first, len(self.names)) for i in range(j)]
        return [(self.names[i], self.names[j], m) for i, j in places for m in dict.fromkeys(mode.models)]


def _expense(dice: Dice, span: Span, people: People, mode: Mode) -> Document:
    expense: Document = {"on": span.day(dice), "member": people.patient(dice)}
    if dice.pick([True, True, False]):
        return expense | {"bill": _bill(dice, items=mode.items)}
    return expense | {"category": dice.pick(sharing.SHARED), "amount": dice.yuan(60_000)}


def _link(dice: Dice, span: Span, holder: str, beneficiary: str, model: str) -> Document:
    link: Document = {
        "holder": holder,
        "beneficiary": beneficiary,
        "relation": dice.pick([*sharing.RELATIONS[:3] * 3, *sharing.RELATIONS, "other"]),
        "from": dice.pick(["2015-01-01", "2015-01-01", span.day(dice)]),
        "model": model,
    }
    if dice.one_in(4):
        until = dice.pick([span.day(dice), span.day(dice), "2019-05-01"])
        link["to"] = max(until, link["from"])
    if link["model"] == "quota":
        link["quota"] = dice.yuan(60_000)
    names = dice.some(["per_expense", "per_month", "per_year"], 0, 2)
    if names and link["model"] != "wallet":
        link["limits"] = {name: dice.yuan(dice.pick([30_000, 2_500])) for name in sorted(names)}
    return link


def _transfer(dice: Dice, span: Span, links: list[Document]) -> Document:
    link = dice.pick(links)
    return {
        "holder": link["holder"],
        "beneficiary": link["beneficiary"],
        "on": span.day(dice),
        "at": dice.pick(["10:30", "10:30", "10:30", "00:00", "05:59", "06:00", "21:59", "22:00"]),
        "amount": dice.yuan(20_000),
        "accepted": dice.pick([True, True, False]),
    }


def _span(dice: Dice) -> Span:
    """Some months, and up to three of them that are busy."""
    first = dice.number(parse_month("2020-03"), parse_month("2020-12"))
    last = first + dice.pick([5, 11, 0, 1, 14, 8])
    busy = [dice.number(first, last) for _ in range(dice.pick([2, 1, 3]))]
    ends = [min(last, month + 2 - month % 3) for month in busy]  # quarters, with which most policy years end
    return Span(first, last, (*busy, *ends))


@st.composite
def families(draw: st.DrawFn, mode: Mode) -> Family:
    """Households that Hypothesis draws."""
    return family(Dice.drawn(draw), mode)


def family(dice: Dice, mode: Mode) -> Family:
    """A household of one to four with everything that may happen to it."""
    areas = list(AREAS[: dice.pick([2, 1, 3] if mode.moving else [1, 1, 2])])
    documents = {area: _timeline(dice, area, mode) for area in areas}
    span = _span(dice)
    names = [f"m{place}" for place in range(dice.pick([3, 2, 4] if mode.models else [1, 2]))]
    people = People(dice.order(names), dice.number(1, max(1, len(names) - 1)))
    poor = people.names[-people.patients :] if mode.models else []
    members = [_member(dice, name, span, areas, mode, "poor" if name in poor else "rich") for name in names]
    links = [_link(dice, span, *each) for each in dice.some(people.pairs(dice, mode), 2, 6)]
    wallets = [link for link in links if link["model"] == "wallet"]
    expenses = [_expense(dice, span, people, mode) for _ in range(dice.pick([8, 5, 12, 2]))]
    question: Document = {
        "area": areas[0],
        "from": month_text(span.first),
        "to": month_text(span.last),
        "members": members,
        "links": links,
        "expenses": sorted(expenses, key=lambda each: str(each["on"])),
        "transfers": [_transfer(dice, span, wallets) for _ in range(dice.pick([3, 5]) if wallets else 0)],
        "parameters": {"figures": {"old": "88.80", "none": "12"}},
    }
    return Family(documents, _national(dice), question)
