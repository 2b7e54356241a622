"""The parts of a question that its checks look at, whether all of it is of the right shape or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from service.api.v1.counter import BillsQuestion
from service.api.v1.household import FamiliesQuestion, FamilyExpense, FamilyMember, Link, Transfer
from service.api.v1.leaving import ClosuresQuestion
from service.api.v1.member import Insured, Member, Opening, Spell, YearToDate
from service.api.v1.schemas import BalancesQuestion, CreditsQuestion, Parameters, Question
from service.api.v1.spending import Bill, Expense
from service.core.family import Model
from service.core.member import Sex
from service.core.month import month_of_day, month_text
from service.core.retirement import RetirementKind

Asks = Literal["credits", "balances", "families", "bills", "closures"]

RANGES: dict[Asks, tuple[str, str]] = {
    "credits": ("/from", "/to"),
    "balances": ("/from", "/to"),
    "families": ("/from", "/to"),
    "bills": ("/on", "/on"),
    "closures": ("/from", "/on"),
}
"""Where a question says its first and its last month."""


@dataclass(frozen=True, slots=True)
class MemberParts:
    """The parts of a member; None where one is missing or not of its shape."""

    pointer: str
    area_pointer: str
    id: str | None
    area: str | None
    birth_month: int | None
    sex: Sex | None
    kind: RetirementKind | None
    spells: list[Spell | None]
    opening: Opening | None
    year_to_date: YearToDate | None


class ExpenseParts(NamedTuple):
    """The parts of an expense; `given` are the names of those that say what is to be paid."""

    pointer: str
    on: date | None
    member: str | None
    bill: Bill | None
    given: tuple[str, ...]
    whole: Expense | None


class LinkParts(NamedTuple):
    """The parts of a link."""

    pointer: str
    holder: str | None
    beneficiary: str | None
    start: date | None
    end: date | None
    model: Model | None
    quota: bool


class TransferParts(NamedTuple):
    """The parts of a transfer."""

    pointer: str
    holder: str | None
    beneficiary: str | None
    on: date | None


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a question; None where one is missing or not of its shape."""

    asks: Asks
    as_of: datetime | None
    first: int | None
    last: int | None
    parameters: Parameters | None
    members: list[MemberParts]
    expenses: list[ExpenseParts]
    links: list[LinkParts]
    transfers: list[TransferParts]

    @property
    def at(self) -> tuple[str, str]:
        """Where the question says its first and its last month."""
        return RANGES[self.asks]

    def outside(self, on: date | None) -> dict[str, str] | None:
        """The range asked for, where a day lies outside it; None where it does not, or nobody can tell."""
        first, last = self.first, self.last
        if on is None or first is None or last is None or first <= month_of_day(on) <= last or last < first:
            return None
        return {"from": month_text(first), "to": month_text(last)}


def asks_of(kind: type[Question]) -> Asks:
    """Which question it is."""
    kinds: dict[type[Question], Asks] = {
        CreditsQuestion: "credits",
        BalancesQuestion: "balances",
        FamiliesQuestion: "families",
        BillsQuestion: "bills",
        ClosuresQuestion: "closures",
    }
    return kinds[kind]


def parts_of(question: Question) -> Parts:
    """The parts of a question of the right shape."""
    first, last = _range(question)
    return Parts(
        asks_of(type(question)),
        question.as_of,
        first,
        last,
        question.parameters,
        list(_members(question)),
        list(_expenses(question)),
        [link_parts(link, place) for place, link in enumerate(getattr(question, "links", ()))],
        [transfer_parts(each, place) for place, each in enumerate(getattr(question, "transfers", ()))],
    )


def _range(question: Question) -> tuple[int, int]:
    match question:
        case CreditsQuestion() | FamiliesQuestion():
            return question.from_, question.to
        case ClosuresQuestion():
            return question.first, month_of_day(question.on)
        case BillsQuestion():
            return month_of_day(question.on), month_of_day(question.on)
        case _:
            raise TypeError(question)


def _members(question: Question) -> Iterator[MemberParts]:
    match question:
        case FamiliesQuestion():
            for place, member in enumerate(question.members):
                yield member_parts(member, f"/members/{place}", question.area)
        case CreditsQuestion() | ClosuresQuestion():
            yield member_parts(question.member, "/member", question.area)
        case BillsQuestion():
            yield member_parts(question.member, "/member", question.area)
            for place, holder in enumerate(question.family):
                yield member_parts(holder.member, f"/family/{place}/member", question.area)
        case _:
            raise TypeError(question)


def member_parts(member: Insured, pointer: str, area: str | None) -> MemberParts:
    """The parts of a member of the right shape; without an area of its own it is the question's."""
    own: str | None = getattr(member, "area", None)
    name = member.id if isinstance(member, Member | FamilyMember) else None
    return MemberParts(
        pointer,
        "/area" if own is None else f"{pointer}/area",
        name,
        own or area,
        member.birth_month,
        member.sex,
        member.retirement_kind,
        [*member.spells],
        member.opening,
        member.year_to_date,
    )


def _expenses(question: Question) -> Iterator[ExpenseParts]:
    match question:
        case FamiliesQuestion() | BalancesQuestion():
            for place, expense in enumerate(question.expenses):
                yield expense_parts(expense, f"/expenses/{place}")
        case BillsQuestion():
            yield ExpenseParts("", question.on, None, question.bill, ("bill",), None)
        case _:
            return


def expense_parts(expense: Expense, pointer: str) -> ExpenseParts:
    """The parts of an expense of the right shape."""
    given = tuple(name for name in ("category", "amount", "bill") if getattr(expense, name) is not None)
    member = expense.member if isinstance(expense, FamilyExpense) else None
    return ExpenseParts(pointer, expense.on, member, expense.bill, given, expense)


def link_parts(link: Link, place: int) -> LinkParts:
    """The parts of a link of the right shape."""
    quota = link.quota is not None
    return LinkParts(f"/links/{place}", link.holder, link.beneficiary, link.from_, link.to, link.model, quota)


def transfer_parts(transfer: Transfer, place: int) -> TransferParts:
    """The parts of a transfer of the right shape."""
    return TransferParts(f"/transfers/{place}", transfer.holder, transfer.beneficiary, transfer.on)
