"""From documents and questions as they are written in JSON to a book and a question to the core."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from service.core.account import Balances, Bucket
from service.core.book import Book, open_book
from service.core.expense import Expense
from service.core.member import Member, MemberClass, Sex, Spell, Status
from service.core.money import parse_yuan
from service.core.month import month_of_day, parse_day, parse_month
from service.core.policy import Version
from service.core.simulate import Question
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
        opening=Balances(held),
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
        pointer=f"/member/spells/{index}",
        **money,
    )


def _expense(expense: Mapping[str, Any]) -> Expense:
    day = parse_day(expense["on"])
    return Expense(month_of_day(day), day.day, expense["category"], parse_yuan(expense["amount"]), "", "")
