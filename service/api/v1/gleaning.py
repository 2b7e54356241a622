"""What can be read of a body that is JSON but not of the right shape, so that the rest is checked as well."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from service.api.v1.household import LINKS_MOST, MEMBERS_MOST, TRANSFERS_MOST, Link
from service.api.v1.leaves import AreaCode, Day, Instant, Label, Month
from service.api.v1.member import SPELLS_MOST, Opening, Spell, YearToDate
from service.api.v1.observing import readable_seen
from service.api.v1.reading import (
    RANGES,
    Asks,
    ExpenseParts,
    Head,
    LinkParts,
    MemberParts,
    Parts,
    TransferParts,
    expense_parts,
)
from service.api.v1.schemas import Parameters, area_of
from service.api.v1.spending import EXPENSES_MOST, Bill, Expense
from service.core.family import Model
from service.core.member import Sex, Status
from service.core.month import month_of_day
from service.core.retirement import RetirementKind

Part = TypeVar("Part")
Object = Mapping[str, Any]

_AREA: TypeAdapter[str] = TypeAdapter(AreaCode)
_LABEL: TypeAdapter[str] = TypeAdapter(Label)
_MONTH: TypeAdapter[int] = TypeAdapter(Month)
_DAY: TypeAdapter[date] = TypeAdapter(Day)
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_MODEL: TypeAdapter[Model] = TypeAdapter(Model)
_SEX = TypeAdapter(Sex)
_KIND = TypeAdapter(RetirementKind)
_SPELL = TypeAdapter(Spell)
_OPENING = TypeAdapter(Opening)
_YEAR_TO_DATE = TypeAdapter(YearToDate)
_EXPENSE = TypeAdapter(Expense)
_BILL = TypeAdapter(Bill)
_PARAMETERS = TypeAdapter(Parameters)


def readable_parts(asks: Asks, body: bytes) -> Parts:
    """The parts that can be read of a body that is JSON but not of the right shape."""
    raw = from_json(body)
    given = _object(raw)
    first, last = _range(asks, given)
    links, transfers = _list(given.get("links"))[:LINKS_MOST], _list(given.get("transfers"))
    return Parts(
        # What is no object at all does not lack an area.
        _head(asks, given if isinstance(raw, dict) else {"area": ""}),
        first,
        last,
        _members(asks, given),
        _expenses(asks, given),
        [_link(each, f"/links/{place}") for place, each in enumerate(links)],
        [_transfer(each, f"/transfers/{place}") for place, each in enumerate(transfers[:TRANSFERS_MOST])],
        readable_seen(_object(given.get("observed"))) if asks == "diagnoses" else None,
    )


def _head(asks: Asks, given: Object) -> Head:
    policy, overrides = given.get("policy"), given.get("overrides")
    return Head(
        asks,
        _read(_INSTANT, given.get("as_of")),
        tuple(name for name in ("area", "policy") if given.get(name) is not None),
        _area(given),
        policy if isinstance(policy, dict) else None,
        overrides if isinstance(overrides, dict) else None,
        _read(_PARAMETERS, given.get("parameters", {})),
    )


def _area(given: Object) -> str | None:
    return _read(_AREA, given.get("area")) or area_of(_object(given.get("policy")))


def _range(asks: Asks, given: Object) -> tuple[int | None, int | None]:
    first_at, last_at = (pointer[1:] for pointer in RANGES[asks])
    if last_at == "on":
        on = _read(_DAY, given.get("on"))
        last = None if on is None else month_of_day(on)
        named = asks == "closures" and given.get(first_at) is not None
        return (_read(_MONTH, given.get(first_at)) if named else last), last
    return _read(_MONTH, given.get(first_at)), _read(_MONTH, given.get(last_at))


def _members(asks: Asks, given: Object) -> list[MemberParts]:
    area = _area(given)
    if asks == "families":
        several = _list(given.get("members"))
        read = several[:MEMBERS_MOST] + [None] * (len(several) > MEMBERS_MOST)  # one stands for all the rest
        return [_member(each, f"/members/{place}", area) for place, each in enumerate(read)]
    found = [_member(given.get("member"), "/member", area)]
    if asks == "bills":
        for place, holder in enumerate(_list(given.get("family"))[: MEMBERS_MOST - 1]):
            found.append(_member(_object(holder).get("member"), f"/family/{place}/member", area))
    return found


def _member(value: object, pointer: str, area: str | None) -> MemberParts:
    given = _object(value)
    own = given.get("area")
    return MemberParts(
        pointer,
        "/area" if own is None else f"{pointer}/area",
        _read(_LABEL, given.get("id")),
        area if own is None else _read(_AREA, own),
        _read(_MONTH, given.get("birth_month")),
        _read(_SEX, given.get("sex")),
        _read(_KIND, given.get("retirement_kind")),
        [_spell(each) for each in _list(given.get("spells"))[:SPELLS_MOST]],
        _read(_OPENING, given.get("opening", {})),
        _read(_YEAR_TO_DATE, given.get("year_to_date")),
    )


def _spell(value: object) -> Spell | None:
    """A spell, or where something else in it is wrong at least its months."""
    given = _object(value)
    months = {name: given[name] for name in ("from", "to") if name in given}
    return _read(_SPELL, given) or _read(_SPELL, {"status": Status.NONE.value, **months})


def _expenses(asks: Asks, given: Object) -> list[ExpenseParts]:
    if asks == "bills":
        on, bill = _read(_DAY, given.get("on")), _read(_BILL, given.get("bill"))
        return [ExpenseParts("", on, None, bill, ("bill",), None)]
    several = _list(given.get("expenses"))[:EXPENSES_MOST]
    return [_expense(each, f"/expenses/{place}") for place, each in enumerate(several)]


def _expense(value: object, pointer: str) -> ExpenseParts:
    given = _object(value)
    member = _read(_LABEL, given.get("member"))
    whole = _read(_EXPENSE, {name: part for name, part in given.items() if name != "member"})
    if whole is not None:
        return expense_parts(whole, pointer, member)
    named = tuple(name for name in ("category", "amount", "bill") if given.get(name) is not None)
    bill = _read(_BILL, given.get("bill"))
    return ExpenseParts(pointer, _read(_DAY, given.get("on")), member, bill, named, None)


def _link(value: object, pointer: str) -> LinkParts:
    given = _object(value)
    start, end = _read(_DAY, given.get("from")), _read(_DAY, given.get("to"))
    return LinkParts(
        pointer,
        _read(_LABEL, given.get("holder")),
        _read(_LABEL, given.get("beneficiary")),
        start if end is not None or given.get("to") is None else None,
        end,
        _read(_MODEL, given.get("model", Link.model_fields["model"].default)),
        given.get("quota") is not None,
    )


def _transfer(value: object, pointer: str) -> TransferParts:
    given = _object(value)
    holder, beneficiary = _read(_LABEL, given.get("holder")), _read(_LABEL, given.get("beneficiary"))
    return TransferParts(pointer, holder, beneficiary, _read(_DAY, given.get("on")))


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _read(adapter: TypeAdapter[Part], value: object) -> Part | None:
    try:
        return adapter.validate_json(to_json(value))
    except ValidationError:
        return None
