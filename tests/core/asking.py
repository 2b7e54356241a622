"""From documents and questions as they are written in JSON to a book and a question to the core."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from service.core.account import Balances, Bucket
from service.core.bill import counter
from service.core.book import Book, open_book
from service.core.course import Declared, course
from service.core.expense import Bill, Expense, Item, ItemClass, Setting, Tier
from service.core.family import Limits, Link, Relation, Transfer
from service.core.member import Contributions, Member, MemberClass, Sex, Spell, Status
from service.core.money import parse_yuan
from service.core.month import month_of_day, parse_day, parse_month
from service.core.passage import Person
from service.core.policy import Version
from service.core.simulate import Household, Question
from service.core.source import Grade
from service.store.documents import read, sha256

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MONEY = ("base", "monthly_pension", "employer_average_wage", "own_credit")


def book_of(documents: Sequence[Mapping[str, Any]]) -> Book:
    """The book in which exactly these documents are published."""
    versions = []
    for each in documents:
        name = f"{each['area']}@{each['effective']['from']}"
        versions.append(Version(name, read(each), sha256(each), LONG_AGO, None, Grade.B, dict(each)))
    return open_book(versions)


def to_core(book: Book, question: Mapping[str, Any]) -> Question:
    """The question in the words of the core."""
    parameters = question.get("parameters", {})
    return Question(
        timeline=book.areas[question["area"]],
        member=member_of(question["member"], parameters.get("figures", {})),
        first=parse_month(question["from"]),
        last=parse_month(question["to"]),
        expenses=tuple(_expense(each) for each in question.get("expenses", [])),
        deposit_rates={term: Fraction(rate) for term, rate in parameters.get("deposit_rates", {}).items()},
    )


def member_of(member: Mapping[str, Any], figures: Mapping[str, str]) -> Member:
    """The member in the words of the core."""
    held = {Bucket(name): parse_yuan(text) for name, text in member.get("opening", {}).items()}
    return Member(
        spells=tuple(_spell(index, each) for index, each in enumerate(member["spells"])),
        birth_month=parse_month(member["birth_month"]) if "birth_month" in member else None,
        sex=Sex(member["sex"]) if "sex" in member else None,
        opening=Balances(held, used=used_before(member.get("year_to_date", {}))),
        parameters={name: parse_yuan(text) for name, text in figures.items()},
    )


def _spell(index: int, spell: Mapping[str, Any]) -> Spell:
    money: dict[str, Any] = {name: parse_yuan(spell[name]) for name in MONEY if name in spell}
    return Spell(
        start=parse_month(spell["from"]),
        end=parse_month(spell["to"]) if spell.get("to") else None,
        status=Status(spell["status"]),
        member_class=MemberClass(spell["class"]) if "class" in spell else None,
        contribution_months=spell.get("contribution_months"),
        account_months=spell.get("account_months"),
        contributions=Contributions(spell.get("contributions", "paid")),
        back_paid=parse_month(spell["back_paid"]) if "back_paid" in spell else None,
        area=spell.get("area"),
        pointer=f"/member/spells/{index}",
        **money,
    )


def _expense(expense: Mapping[str, Any], member: int = 0, pointer: str = "") -> Expense:
    day = parse_day(expense["on"])
    bill = bill_of(expense["bill"]) if "bill" in expense else None
    amount = parse_yuan(expense["amount"]) if bill is None else bill.total
    category = expense.get("category", "")
    return Expense(month_of_day(day), day.day, category, amount, "", pointer, member, bill)


def bill_of(bill: Mapping[str, Any]) -> Bill:
    """The bill in the words of the core; what is in scope is the rest where it is not told."""
    total, copay, outside = (
        parse_yuan(bill.get(name, "0")) for name in ("total", "class_b_copay", "self_pay")
    )
    items = tuple(
        Item(
            ItemClass(each["class"]),
            parse_yuan(each["amount"]),
            parse_yuan(each["unit_price"]) if "unit_price" in each else None,
        )
        for each in bill.get("items", [])
    )
    rest = 0 if items else total - copay - outside
    return Bill(
        total=total,
        in_scope=parse_yuan(bill["in_scope"]) if "in_scope" in bill else rest,
        class_b_copay=copay,
        self_pay=outside,
        setting=Setting(bill["setting"]),
        tier=Tier(bill["tier"]) if "tier" in bill else None,
        items=items,
        fund=parse_yuan(bill["fund"]) if "fund" in bill else None,
    )


def used_before(year_to_date: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """What bills of the policy year before the first month have used, as counters."""
    found: Counter[str] = Counter()
    for setting, told in year_to_date.items():
        for what, text in told.items():
            found[counter(Setting(setting), None, what)] += parse_yuan(text)  # type: ignore[arg-type]  # a word
    return dict(found)


def household_of(book: Book, question: Mapping[str, Any]) -> Household:
    """The question about several people in the words of the core."""
    places = {each["id"]: place for place, each in enumerate(question["members"])}
    parameters = question.get("parameters", {})
    return Household(
        people=tuple(person_of(book, question, each) for each in question["members"]),
        first=parse_month(question["from"]),
        last=parse_month(question["to"]),
        links=tuple(_link(each, places) for each in question.get("links", [])),
        expenses=tuple(
            _expense(each, places[each["member"]], f"/expenses/{index}")
            for index, each in enumerate(question.get("expenses", []))
        ),
        transfers=tuple(
            _transfer(each, places, f"/transfers/{index}")
            for index, each in enumerate(question.get("transfers", []))
        ),
        deposit_rates={term: Fraction(rate) for term, rate in parameters.get("deposit_rates", {}).items()},
    )


def person_of(book: Book, question: Mapping[str, Any], member: Mapping[str, Any]) -> Person:
    """A member with the areas lived in one after another."""
    figures = question.get("parameters", {}).get("figures", {})
    declared = Declared(
        member_of(member, figures),
        member.get("area", question["area"]),
        name=member["id"],
        wallet=parse_yuan(member.get("wallet", "0")),
    )
    return course(declared, book, parse_month(question["from"]), parse_month(question["to"])).person


def _link(link: Mapping[str, Any], places: Mapping[str, int]) -> Link:
    return Link(
        holder=places[link["holder"]],
        beneficiary=places[link["beneficiary"]],
        relation=Relation(link["relation"]),
        start=parse_day(link["from"]),
        end=parse_day(link["to"]) if "to" in link else None,
        model=link.get("model", "till"),
        quota=parse_yuan(link.get("quota", "0")),
        limits=Limits(**{name: parse_yuan(text) for name, text in link.get("limits", {}).items()}),
    )


def _transfer(transfer: Mapping[str, Any], places: Mapping[str, int], pointer: str) -> Transfer:
    day, (hour, minute) = parse_day(transfer["on"]), transfer["at"].split(":")
    return Transfer(
        holder=places[transfer["holder"]],
        beneficiary=places[transfer["beneficiary"]],
        on_month=month_of_day(day),
        on_day=day.day,
        minute=int(hour) * 60 + int(minute),
        amount=parse_yuan(transfer["amount"]),
        accepted=transfer.get("accepted", True),
        note="",
        pointer=pointer,
    )
