"""The parts of a question that its checks look at, whether all of it is of the right shape or not."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from service.api.v1.comparisons import Baseline
from service.api.v1.counter import BillsQuestion
from service.api.v1.household import FamiliesQuestion, Link, Transfer
from service.api.v1.leaving import ClosuresQuestion
from service.api.v1.member import Insured, Opening, Spell, YearToDate
from service.api.v1.observing import DiagnosesQuestion, SeenParts, seen_parts
from service.api.v1.schemas import BalancesQuestion, CreditsQuestion, Parameters, Question, Run
from service.api.v1.spending import Bill, Expense
from service.core.family import Model
from service.core.member import Sex
from service.core.month import month_of_day, month_text
from service.core.retirement import RetirementKind

Asks = Literal["credits", "balances", "families", "bills", "closures", "diagnoses"]

RANGES: dict[Asks, tuple[str, str]] = {
    "credits": ("/from", "/to"),
    "balances": ("/from", "/to"),
    "families": ("/from", "/to"),
    "bills": ("/on", "/on"),
    "closures": ("/from", "/on"),
    "diagnoses": ("/from", "/to"),
}
"""Where a question says its first and its last month."""


class MemberParts(NamedTuple):
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


class Head(NamedTuple):
    """What every question may say besides its months; `given` are the names of those that say which area."""

    asks: Asks
    as_of: datetime | None
    given: tuple[str, ...]
    area: str | None
    policy: Mapping[str, Any] | None
    overrides: Mapping[str, Any] | None
    parameters: Parameters | None


class Parts(NamedTuple):
    """The parts of a question; None where one is missing or not of its shape."""

    head: Head
    first: int | None
    last: int | None
    members: list[MemberParts]
    expenses: list[ExpenseParts]
    links: list[LinkParts]
    transfers: list[TransferParts]
    seen: SeenParts | None = None

    @property
    def asks(self) -> Asks:
        """Which question it is."""
        return self.head.asks

    @property
    def at(self) -> tuple[str, str]:
        """Where the question says its first and its last month."""
        return RANGES[self.head.asks]

    def outside(self, on: date | None) -> dict[str, str] | None:
        """The range asked for, where a day lies outside it; None where it does not, or nobody can tell."""
        first, last = self.first, self.last
        if on is None or first is None or last is None or first <= month_of_day(on) <= last or last < first:
            return None
        return {"from": month_text(first), "to": month_text(last)}


def asks_of(kind: type[Question]) -> Asks:
    """Which question it is."""
    return _KINDS[kind][0]


def parts_of(question: Question) -> Parts:
    """The parts of a question of the right shape."""
    # The type is asked once: an `isinstance` of models costs more than a check.
    asks, parts = _KINDS[type(question)]
    area, policy = question.area, question.policy
    given = _AREA if policy is None and area is not None else _given(area, policy)
    area = question.pooling_area or None
    head = Head(asks, question.as_of, given, area, policy, question.overrides, question.parameters)
    return parts(head, question)


_AREA = ("area",)


def _given(area: str | None, policy: object) -> tuple[str, ...]:
    return (*(() if area is None else _AREA), *(() if policy is None else ("policy",)))


def _of_credits(head: Head, question: CreditsQuestion) -> Parts:
    member = member_parts(question.member, "/member", head.area, question.member.id)
    return Parts(head, question.from_, question.to, [member], [], [], [])


def _of_balances(head: Head, question: Run) -> Parts:
    member = member_parts(question.member, "/member", head.area, question.member.id)
    expenses = [expense_parts(each, f"/expenses/{place}") for place, each in enumerate(question.expenses)]
    return Parts(head, question.from_, question.to, [member], expenses, [], [])


def _of_family(head: Head, question: FamiliesQuestion) -> Parts:
    return Parts(
        head,
        question.from_,
        question.to,
        [
            member_parts(each, f"/members/{place}", head.area, each.id, each.area)
            for place, each in enumerate(question.members)
        ],
        [
            expense_parts(each, f"/expenses/{place}", each.member)
            for place, each in enumerate(question.expenses)
        ],
        [link_parts(each, f"/links/{place}") for place, each in enumerate(question.links)],
        [transfer_parts(each, f"/transfers/{place}") for place, each in enumerate(question.transfers)],
    )


def _of_bill(head: Head, question: BillsQuestion) -> Parts:
    month = month_of_day(question.on)
    members = [member_parts(question.member, "/member", head.area, question.member.id)]
    for place, holder in enumerate(question.family):
        held, pointer = holder.member, f"/family/{place}/member"
        members.append(member_parts(held, pointer, head.area, held.id, held.area))
    bill = ExpenseParts("", question.on, None, question.bill, ("bill",), None)
    return Parts(head, month, month, members, [bill], [], [])


def _of_closure(head: Head, question: ClosuresQuestion) -> Parts:
    member = member_parts(question.member, "/member", head.area, question.member.id)
    return Parts(head, question.first, month_of_day(question.on), [member], [], [], [])


def _of_diagnosis(head: Head, question: DiagnosesQuestion) -> Parts:
    member = member_parts(question.member, "/member", head.area, question.member.id)
    expenses = [expense_parts(each, f"/expenses/{place}") for place, each in enumerate(question.expenses)]
    seen = seen_parts(question.observed)
    return Parts(head, question.from_, question.to, [member], expenses, [], [], seen)


_KINDS: Mapping[type[Question], tuple[Asks, Callable[[Head, Any], Parts]]] = {
    CreditsQuestion: ("credits", _of_credits),
    BalancesQuestion: ("balances", _of_balances),
    Baseline: ("balances", _of_balances),
    FamiliesQuestion: ("families", _of_family),
    BillsQuestion: ("bills", _of_bill),
    ClosuresQuestion: ("closures", _of_closure),
    DiagnosesQuestion: ("diagnoses", _of_diagnosis),
}


def member_parts(
    member: Insured, pointer: str, area: str | None, name: str | None, own: str | None = None
) -> MemberParts:
    """The parts of a member of the right shape; without an area of its own it is the question's."""
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


def expense_parts(expense: Expense, pointer: str, member: str | None = None) -> ExpenseParts:
    """The parts of an expense of the right shape."""
    given = tuple([name for name in _GIVEN if getattr(expense, name) is not None])
    return ExpenseParts(pointer, expense.on, member, expense.bill, given, expense)


_GIVEN = ("category", "amount", "bill")


def link_parts(link: Link, pointer: str) -> LinkParts:
    """The parts of a link of the right shape."""
    quota = link.quota is not None
    return LinkParts(pointer, link.holder, link.beneficiary, link.from_, link.to, link.model, quota)


def transfer_parts(transfer: Transfer, pointer: str) -> TransferParts:
    """The parts of a transfer of the right shape."""
    return TransferParts(pointer, transfer.holder, transfer.beneficiary, transfer.on)
