"""What the parts of a question must say of each other, told of every part that could be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from service.api.v1.leaves import AreaCode, Instant, Month
from service.api.v1.schemas import (
    EXPENSES_MOST,
    MONTHS_MOST,
    SPELLS_MOST,
    BalancesQuestion,
    CreditsQuestion,
    Expense,
    Opening,
    Parameters,
    Spell,
)
from service.core.account import Bucket
from service.core.book import Book
from service.core.errors import Fault, Refused
from service.core.expense import Category
from service.core.member import Member, Sex, Status
from service.core.money import yuan
from service.core.month import month_of_day, month_text
from service.usecases import Asked, lookup_faults, simulate_credits

Part = TypeVar("Part")

_AREA: TypeAdapter[str] = TypeAdapter(AreaCode)
_MONTH: TypeAdapter[int] = TypeAdapter(Month)
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_SEX = TypeAdapter(Sex)
_SPELL = TypeAdapter(Spell)
_OPENING = TypeAdapter(Opening)
_EXPENSE = TypeAdapter(Expense)
_PARAMETERS = TypeAdapter(Parameters)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a question; None where one is missing or not of its shape."""

    area: str | None
    first: int | None
    last: int | None
    as_of: datetime | None
    birth_month: int | None
    sex: Sex | None
    spells: list[Spell | None]
    opening: Opening | None
    expenses: list[Expense | None]
    parameters: Parameters | None


def parts_of(question: CreditsQuestion) -> Parts:
    """The parts of a question of the right shape."""
    member = question.member
    return Parts(
        question.area,
        question.from_,
        question.to,
        question.as_of,
        member.birth_month,
        member.sex,
        [*member.spells],
        member.opening,
        [*question.expenses] if isinstance(question, BalancesQuestion) else [],
        question.parameters,
    )


def readable_parts(body: bytes) -> Parts:
    """The parts that can be read of a body that is JSON but not of the right shape."""
    given = _object(from_json(body))
    member = _object(given.get("member"))
    return Parts(
        _read(_AREA, given.get("area")),
        _read(_MONTH, given.get("from")),
        _read(_MONTH, given.get("to")),
        _read(_INSTANT, given.get("as_of")),
        _read(_MONTH, member.get("birth_month")),
        _read(_SEX, member.get("sex")),
        [_spell(each) for each in _list(member.get("spells"))[:SPELLS_MOST]],
        _read(_OPENING, member.get("opening")),
        [_expense(each) for each in _list(given.get("expenses"))[:EXPENSES_MOST]],
        _read(_PARAMETERS, given.get("parameters")),
    )


def _spell(given: object) -> Spell | None:
    """A spell, or where something else in it is wrong at least its months."""
    months = {name: _object(given)[name] for name in ("from", "to") if name in _object(given)}
    return _read(_SPELL, given) or _read(_SPELL, {"status": Status.NONE.value, **months})


def _expense(given: object) -> Expense | None:
    """An expense, or where something else in it is wrong at least its day."""
    day = {"on": _object(given).get("on"), "category": Category.PHARMACY.value, "amount": "0"}
    return _read(_EXPENSE, given) or _read(_EXPENSE, day)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _read(adapter: TypeAdapter[Part], value: object) -> Part | None:
    try:
        return adapter.validate_json(to_json(value))
    except ValidationError:
        return None


def contradictions(parts: Parts) -> list[Fault]:
    """Every fault between the parts of one question."""
    return [*_range(parts), *_birth(parts), *_spells(parts), *_opening(parts), *_expenses(parts)]


def unpublished(book: Book, parts: Parts, found: list[Fault]) -> list[Fault]:
    """Every fault in what a question asks of the published policies; `found` are those known by then.

    The rules themselves are asked as well where the parts they look at are sound, so that a fact they
    need and nobody declared is told together with everything else.
    """
    if parts.area is None:
        return []
    at = {fault.pointer for fault in found}
    last = None if "/to" in at else parts.last
    health = None if parts.opening is None else parts.opening.health
    faults = list(lookup_faults(book, parts.area, parts.first, last, {Bucket.HEALTH: health or 0}))
    at.update(fault.pointer for fault in faults)
    if not any(pointer.startswith(("/area", "/from", "/to", "/member/spells")) for pointer in at):
        faults += _undeclared(book, parts)
    return [fault for fault in faults if fault.pointer not in {each.pointer for each in found}]


def _undeclared(book: Book, parts: Parts) -> list[Fault]:
    """The facts that the rules need and nobody declared."""
    spells = [spell.to_core(f"/member/spells/{place}") for place, spell in enumerate(parts.spells) if spell]
    if parts.area is None or parts.first is None or parts.last is None or len(spells) < len(parts.spells):
        return []
    spells.sort(key=lambda spell: spell.start)
    figures = {} if parts.parameters is None else parts.parameters.figures
    member = Member(tuple(spells), parts.birth_month, parts.sex, parameters=figures)
    try:
        simulate_credits(book, Asked(parts.area, parts.first, parts.last, member))
    except Refused as refused:
        return list(refused.faults)
    return []


def _range(parts: Parts) -> Iterator[Fault]:
    if parts.first is None or parts.last is None:
        return
    if parts.last < parts.first:
        yield Fault("/to", "to_before_from")
    elif parts.last - parts.first >= MONTHS_MOST:
        yield Fault("/to", "too_many_months", {"most": str(MONTHS_MOST)})


def _birth(parts: Parts) -> Iterator[Fault]:
    if parts.birth_month is not None and parts.first is not None and parts.birth_month > parts.first:
        yield Fault("/member/birth_month", "birth_after_from", {"from": month_text(parts.first)})


def _spells(parts: Parts) -> Iterator[Fault]:
    """Spells in the order in which they begin, each against the one that reaches furthest before it."""
    found = [(spell.from_, place, spell) for place, spell in enumerate(parts.spells) if spell is not None]
    reach: tuple[float, int] | None = None
    for first, place, spell in sorted(found, key=lambda each: each[:2]):
        pointer = f"/member/spells/{place}"
        if (spell.account_months or 0) > (spell.contribution_months or spell.account_months or 0):
            yield Fault(f"{pointer}/account_months", "account_months_exceed")
        if spell.to is not None and spell.to < first:
            yield Fault(f"{pointer}/to", "to_before_from")
            continue
        if reach is not None and first <= reach[0]:
            yield Fault(pointer, "spells_overlap", {"from": month_text(reach[1])})
        end = float("inf") if spell.to is None else spell.to
        if reach is None or end > reach[0]:
            reach = (end, first)


def _opening(parts: Parts) -> Iterator[Fault]:
    opening = parts.opening
    if opening is not None and opening.total is not None and opening.total != opening.sum:
        yield Fault("/member/opening/total", "opening_total_differs", {"sum": yuan(opening.sum)})


def _expenses(parts: Parts) -> Iterator[Fault]:
    first, last = parts.first, parts.last
    if first is None or last is None or last < first:
        return
    values = {"from": month_text(first), "to": month_text(last)}
    for place, expense in enumerate(parts.expenses):
        if expense is not None and not first <= month_of_day(expense.on) <= last:
            yield Fault(f"/expenses/{place}/on", "expense_outside_range", values)
