"""Strategies for households: their areas' documents, members, links, bills, expenses and transfers."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from service.core.month import month_text, parse_month
from tests.generated import rules, sharing
from tests.generated.amounts import yuan
from tests.generated.policies import nationals
from tests.generated.rules import ONE_IN_FOUR, SOURCE

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
    """What a case is about: whether credits are advanced, bills list their items, members move."""

    advancing: bool = False
    items: bool = False
    moving: bool = False
    linked: bool = True


def _amount(draw: st.DrawFn, *, paying: bool) -> Document:
    fixed = {"kind": "fixed", "amount": draw(yuan(20_000))}
    of: Document = {"kind": "base"} if paying else {"kind": "pension"}
    return draw(st.sampled_from([fixed, {"kind": "share", "rate": "0.0333", "of": of}]))


def _posting(draw: st.DrawFn, *, advancing: bool) -> Document:
    if advancing and draw(st.booleans()):
        return {
            "kind": "advance",
            "joiners": draw(st.sampled_from(["this_month", "next_month"])),
            "leavers": draw(st.sampled_from(["claw_back", "at_settlement"])),
            "shortfall_into": "prior_years",
            "excess_from": draw(st.sampled_from(["current_year", "prior_years"])),
        }
    monthly = {
        "kind": "monthly",
        "day": draw(st.sampled_from([1, 20])),
        "lag_months": draw(st.integers(0, 1)),
    }
    lump = {"kind": "yearly", "month": 7, "day": 5}
    return draw(st.sampled_from([monthly, monthly, lump]))


@st.composite
def _credits(draw: st.DrawFn, *, advancing: bool) -> list[Document]:
    found = []
    for status in (["employed"], ["flexible", "retired"]):
        amount = _amount(draw, paying=status == ["employed"]) if status != ["flexible", "retired"] else None
        amount = amount or {"kind": "fixed", "amount": draw(yuan(20_000))}
        posting = _posting(draw, advancing=advancing)
        found.append({"who": {"status": status}, "amount": amount, "posting": posting, "source": SOURCE})
    return found


@st.composite
def _document(
    draw: st.DrawFn, area: str, span: tuple[str, str | None], years: Document, mode: Mode
) -> Document:
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
        "credits": draw(_credits(advancing=mode.advancing)),
        "deductions": draw(st.sampled_from([[], [deduction]])),
        "interest": draw(rules.interest()),
        "rollover": draw(rules.rollovers(health=False)),
        "payments": draw(rules.payments(buckets=buckets)),
        "bills": draw(sharing.bill_rules(items=mode.items)),
        "family": draw(sharing.family_rules(buckets)),
        "closing": draw(sharing.closing_rules()),
        "back_payment": draw(st.one_of(st.none(), sharing.back_payments())),
        "minimum_years": draw(sharing.minimum_years()),
    }


@st.composite
def _timeline(draw: st.DrawFn, area: str, mode: Mode) -> list[Document]:
    """One document of an area, or two."""
    starts = draw(st.sampled_from([[], [], *([start] for start in BOUNDARIES)]))
    ends = [str(date.fromisoformat(start) - timedelta(days=1)) for start in starts]
    years = draw(rules.years())
    return [
        draw(_document(area, span, years, mode))
        for span in zip(["unknown", *starts], [*ends, None], strict=True)
    ]


@st.composite
def _national(draw: st.DrawFn) -> Document:
    return draw(nationals()) | {
        "family": draw(sharing.national_family()),
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
        "back_payment": draw(sharing.back_payments()),
    }


class Span(NamedTuple):
    """The months that a question asks for, as numbers."""

    first: int
    last: int

    def day(self, draw: st.DrawFn) -> str:
        """A day within, in every third case one at a month's edge."""
        month = draw(st.integers(self.first, self.last))
        return f"{month_text(month)}-{draw(st.sampled_from([1, 5, 14, 15, 16, 27, 28])):02d}"


@st.composite
def _spells(draw: st.DrawFn, span: Span, areas: list[str], mode: Mode) -> list[Document]:
    """One to three spells from before the first month on; some unpaid, some in another area."""
    start, spells, area = span.first - draw(st.sampled_from([30, 6, 1, 0])), list[Document](), areas[0]
    for index in range(draw(st.sampled_from([1, 2, 3]))):
        months = draw(st.integers(2, 9)) + (span.first - start if not index else 0)
        status = draw(st.sampled_from(STATUSES))
        spell: Document = {"from": month_text(start), "to": month_text(start + months - 1), "status": status}
        if status in ("employed", "flexible"):
            spell["base"] = draw(yuan(900_000))
            unpaid = draw(st.sampled_from(["paid", "paid", "paid", "in_arrears", "not_enrolled"]))
            if unpaid != "paid":
                spell["contributions"] = unpaid
                if draw(st.booleans()):
                    spell["back_paid"] = month_text(start + months + draw(st.integers(0, 3)))
        elif status == "retired":
            spell |= {
                "monthly_pension": draw(yuan(500_000)),
                "contribution_months": draw(st.integers(120, 420)),
            }
        if mode.moving and start > span.first and draw(st.booleans()):
            area = draw(st.sampled_from(areas))
        if spells or area != areas[0]:
            spell["area"] = area
        spells.append(spell | {"own_credit": "55.55"})
        gap = 0 if mode.moving else draw(st.sampled_from([0, 0, 0, 2]))
        start += months + gap
    if draw(st.sampled_from([True, True, False])) and "back_paid" not in spells[-1]:
        del spells[-1]["to"]
    return spells


@st.composite
def _member(draw: st.DrawFn, place: int, span: Span, areas: list[str], mode: Mode) -> Document:
    home = draw(st.permutations(areas))
    opening = {name: draw(yuan(150_000)) for name in ("current_year", "prior_years")}
    member: Document = {
        "id": f"m{place}",
        "area": home[0],
        "birth_month": month_text(draw(st.integers(parse_month("1945-01"), parse_month("1995-12")))),
        "sex": draw(st.sampled_from(["male", "female"])),
        "spells": draw(_spells(span, home, mode)),
        "opening": draw(st.sampled_from([RICH, opening, POOR])),
    }
    if draw(ONE_IN_FOUR):
        member["wallet"] = draw(yuan(30_000))
    if draw(ONE_IN_FOUR):
        member["year_to_date"] = {
            "outpatient": {
                "deductible": "50",
                "cost": draw(st.sampled_from(["0", "50", "300.30"])),
                "fund": draw(yuan(50_000)),
            },
            "inpatient": {"deductible": "0", "cost": "0", "fund": draw(yuan(90_000))},
        }
    return member


@st.composite
def bills(draw: st.DrawFn, *, items: bool) -> Document:
    """A bill; its hospital has a tier, a pharmacy has none."""
    setting = draw(st.sampled_from(["outpatient", "outpatient", "inpatient", "pharmacy"]))
    bill: Document = {"setting": setting}
    if setting != "pharmacy":
        bill["tier"] = draw(st.sampled_from(sharing.TIERS))
    bill["class_b_copay"] = draw(st.sampled_from(["0", "12.34"]))
    bill["self_pay"] = draw(st.sampled_from(["0", "5", "100.01"]))
    outside = _fen(bill["class_b_copay"]) + _fen(bill["self_pay"])
    scope = _fen(draw(yuan(400_000)))
    if draw(ONE_IN_FOUR):
        bill["fund"] = _yuan(draw(st.integers(0, scope)))
    elif items:
        scope, bill["items"] = 0, []
        for _ in range(draw(st.integers(1, 3))):
            item = {"class": draw(st.sampled_from(sharing.CLASSES)), "amount": draw(yuan(90_000))}
            if item["class"] == "special" or draw(st.booleans()):
                item["unit_price"] = draw(st.sampled_from(["199.99", "200", "200.01"]))
            bill["items"].append(item)
            scope += _fen(item["amount"])
    return bill | {"total": _yuan(scope + outside)}


def _fen(text: str) -> int:
    yuan_, _, fen = text.partition(".")
    return int(yuan_) * 100 + int(fen or 0)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@st.composite
def _expense(draw: st.DrawFn, span: Span, people: list[str], mode: Mode) -> Document:
    expense: Document = {"on": span.day(draw), "member": draw(st.sampled_from(people))}
    if draw(st.sampled_from([True, True, False])):
        return expense | {"bill": draw(bills(items=mode.items))}
    return expense | {"category": draw(st.sampled_from(sharing.SHARED)), "amount": draw(yuan(60_000))}


@st.composite
def _link(draw: st.DrawFn, span: Span, people: list[str]) -> Document:
    """A link from an earlier of the people to a later one, so that there is never a circle."""
    holder = draw(st.integers(0, len(people) - 2))
    link: Document = {
        "holder": people[holder],
        "beneficiary": people[draw(st.integers(holder + 1, len(people) - 1))],
        "relation": draw(st.sampled_from([*sharing.RELATIONS[:3] * 3, *sharing.RELATIONS, "other"])),
        "from": draw(st.sampled_from(["2015-01-01", "2015-01-01", span.day(draw)])),
        "model": draw(st.sampled_from(["till", "till", "till", "wallet", "quota"])),
    }
    if draw(ONE_IN_FOUR):
        until = str(date.fromisoformat(link["from"]) + timedelta(days=draw(st.integers(0, 300))))
        link["to"] = until if link["from"] > "2016" else draw(st.sampled_from(["2019-05-01", span.day(draw)]))
    if link["model"] == "quota":
        link["quota"] = draw(yuan(60_000))
    names = draw(st.sets(st.sampled_from(["per_expense", "per_month", "per_year"]), max_size=2))
    if names and link["model"] != "wallet":
        link["limits"] = {name: draw(yuan(30_000)) for name in sorted(names)}
    return link


def _several(draw: st.DrawFn, one: st.SearchStrategy[Document], *sizes: int) -> list[Document]:
    """As many as one of the sizes says; a list would mostly be short."""
    return [draw(one) for _ in range(draw(st.sampled_from(sizes)))]


@st.composite
def _transfer(draw: st.DrawFn, span: Span, links: list[Document]) -> Document:
    link = draw(st.sampled_from(links))
    return {
        "holder": link["holder"],
        "beneficiary": link["beneficiary"],
        "on": span.day(draw),
        "at": draw(st.sampled_from(["00:00", "05:59", "06:00", "10:30", "10:30", "21:59", "22:00"])),
        "amount": draw(yuan(20_000)),
        "accepted": draw(st.sampled_from([True, True, False])),
    }


@st.composite
def families(draw: st.DrawFn, mode: Mode) -> Family:
    """A household of one to ten with everything that may happen to it."""
    areas = list(AREAS[: draw(st.sampled_from([1, 2, 3] if mode.moving else [1, 1, 2]))])
    documents = {area: draw(_timeline(area, mode)) for area in areas}
    first = draw(st.integers(parse_month("2020-03"), parse_month("2020-12")))
    span = Span(first, first + draw(st.sampled_from([11, 5, 0, 1, 14, 20])))
    people = [f"m{place}" for place in range(draw(st.sampled_from([3, 2, 1, 4, 5, 10])))]
    members = [draw(_member(place, span, areas, mode)) for place in range(len(people))]
    links: list[Document] = []
    if mode.linked and len(people) > 1:
        order = draw(st.permutations(people))
        for link in _several(draw, _link(span, order), 4, 8, 2, 12, 0):
            known = [(each["holder"], each["beneficiary"], each["model"]) for each in links]
            if (link["holder"], link["beneficiary"], link["model"]) not in known:
                links.append(link)
    wallets = [link for link in links if link["model"] == "wallet"]
    expenses = _several(draw, _expense(span, people, mode), 6, 10, 3, 0)
    question: Document = {
        "area": areas[0],
        "from": month_text(span.first),
        "to": month_text(span.last),
        "members": members,
        "links": links,
        "expenses": sorted(expenses, key=lambda each: str(each["on"])),
        "transfers": _several(draw, _transfer(span, wallets), 2, 4, 0) if wallets else [],
        "parameters": {"figures": {"old": "88.80", "none": "12"}},
    }
    return Family(documents, draw(_national()), question)
