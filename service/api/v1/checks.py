"""What the parts of a question must say of each other, told of every part that could be read."""

from collections.abc import Iterator

from service.api.v1.linked import contradictions_between
from service.api.v1.member import Spell
from service.api.v1.observing import seen_faults
from service.api.v1.reading import ExpenseParts, MemberParts, Parts
from service.api.v1.schemas import MONTHS_MOST
from service.api.v1.spending import Bill
from service.core.errors import Fault
from service.core.member import Contributions, Sex, Status
from service.core.money import yuan
from service.core.month import month_text
from service.core.retirement import RetirementKind

_PAYS = (Status.EMPLOYED, Status.FLEXIBLE)


def contradictions(parts: Parts) -> list[Fault]:
    """Every fault between the parts of one question."""
    faults = [*_area(parts.head.given), *_range(parts)]
    for member in parts.members:
        faults += [*_of_member(member, parts.first), *_spells(member), *_opening(member)]
    for expense in parts.expenses:
        faults += _expense(expense, parts)
    if parts.seen is not None:
        faults += seen_faults(parts.seen, parts.last, parts.outside(parts.seen.on))
    return faults + contradictions_between(parts)


def _area(given: tuple[str, ...]) -> Iterator[Fault]:
    """A question is about one area, or about the policy given in place of one."""
    if len(given) != 1:
        yield Fault("/policy" if given else "/area", "area_or_policy")


def _range(parts: Parts) -> Iterator[Fault]:
    if parts.first is None or parts.last is None:
        return
    if parts.last < parts.first:
        yield Fault(parts.at[1], "to_before_from")
    elif parts.last - parts.first >= MONTHS_MOST:
        yield Fault(parts.at[1], "too_many_months", {"most": str(MONTHS_MOST)})


def _of_member(member: MemberParts, first: int | None) -> Iterator[Fault]:
    if member.birth_month is not None and first is not None and member.birth_month > first:
        yield Fault(f"{member.pointer}/birth_month", "birth_after_from", {"from": month_text(first)})
    if None not in (member.sex, member.kind) and (
        (member.sex is Sex.MALE) != (member.kind is RetirementKind.MALE)
    ):
        yield Fault(f"{member.pointer}/retirement_kind", "retirement_kind_of_other_sex")


def _spells(member: MemberParts) -> Iterator[Fault]:
    """Spells in the order in which they begin, each against the one that reaches furthest before it."""
    found = [(spell.from_, place, spell) for place, spell in enumerate(member.spells) if spell is not None]
    reach: tuple[float, int] | None = None
    for first, place, spell in sorted(found, key=lambda each: each[:2]):
        pointer = f"{member.pointer}/spells/{place}"
        yield from _spell(pointer, spell)
        if spell.to is not None and spell.to < first:
            yield Fault(f"{pointer}/to", "to_before_from")
            continue
        if reach is not None and first <= reach[0]:
            yield Fault(pointer, "spells_overlap", {"from": month_text(reach[1])})
        end = float("inf") if spell.to is None else spell.to
        if reach is None or end > reach[0]:
            reach = (end, first)


def _spell(pointer: str, spell: Spell) -> Iterator[Fault]:
    """What one spell says of itself."""
    if (spell.account_months or 0) > (spell.contribution_months or spell.account_months or 0):
        yield Fault(f"{pointer}/account_months", "account_months_exceed")
    if spell.back_paid is not None:
        if spell.contributions is Contributions.PAID:
            yield Fault(f"{pointer}/back_paid", "nothing_to_back_pay")
        if spell.back_paid < spell.from_:
            yield Fault(f"{pointer}/back_paid", "back_paid_before_from")
    if spell.retires is not None and (spell.to is not None or spell.status not in _PAYS):
        yield Fault(f"{pointer}/retires", "retires_from_other_spell")


def _opening(member: MemberParts) -> Iterator[Fault]:
    opening = member.opening
    if opening is None:
        return
    if opening.total is not None and opening.total != opening.sum:
        yield Fault(f"{member.pointer}/opening/total", "opening_total_differs", {"sum": yuan(opening.sum)})
    if member.year_to_date is not None and any(key.startswith("bill.") for key in opening.used):
        yield Fault(f"{member.pointer}/year_to_date", "used_given_twice")


def _expense(expense: ExpenseParts, parts: Parts) -> Iterator[Fault]:
    if (values := parts.outside(expense.on)) is not None:
        yield Fault(f"{expense.pointer}/on", "expense_outside_range", values)
    if expense.bill is not None:
        yield from _bill(f"{expense.pointer}/bill", expense.bill)
    match expense.given:
        case ("bill",) | ("category", "amount"):
            return
        case ("category",):
            yield Fault(f"{expense.pointer}/amount", "required")
        case ("amount",):
            yield Fault(f"{expense.pointer}/category", "required")
        case _:
            yield Fault(expense.pointer, "amount_or_bill")


def _bill(pointer: str, bill: Bill) -> Iterator[Fault]:
    """The parts of a bill make up its total, and the fund pays no more than what is in scope."""
    if bill.items and bill.in_scope is not None:
        yield Fault(f"{pointer}/in_scope", "items_or_in_scope")
    parts = bill.scope + bill.class_b_copay + bill.self_pay
    if bill.rest < 0 or parts > bill.total:
        made_up = max(parts, bill.class_b_copay + bill.self_pay)
        yield Fault(f"{pointer}/total", "bill_parts_exceed_total", {"sum": yuan(made_up)})
    elif parts < bill.total:
        at = "items" if bill.items else "in_scope"
        yield Fault(f"{pointer}/{at}", "bill_parts_fall_short", {"sum": yuan(parts)})
    elif bill.fund is not None and bill.fund > bill.scope:
        yield Fault(f"{pointer}/fund", "fund_exceeds_in_scope", {"in_scope": yuan(bill.scope)})
