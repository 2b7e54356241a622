"""What a question with faults asks of the published policies besides, told together with its faults."""

from collections.abc import Iterator, Mapping

from service.api.v1.reading import Head, MemberParts, Parts
from service.asked import Asked, AskedBill, AskedFamily, lookup_faults, unique
from service.core.account import Balances
from service.core.book import Book
from service.core.course import Declared, has_account
from service.core.errors import Fault, Refused
from service.core.expense import Expense
from service.core.member import Member
from service.core.month import month_of_day
from service.diagnosing import bucket_faults
from service.supposed import suppose
from service.usecases import simulate_bills, simulate_credits, simulate_families


def unpublished(book: Book, parts: Parts, found: list[Fault]) -> list[Fault]:
    """Every fault in what a question asks of the published policies; `found` are those known by then.

    The rules themselves are asked as well where the parts they look at are sound, so that a fact they
    need and nobody declared is told together with everything else. What the rules of a supposition
    that is not sound would ask, nobody can tell.
    """
    at = {fault.pointer for fault in found}
    last = None if parts.at[1] in at else parts.last
    faults: list[Fault] = []
    sound = True
    try:
        book = supposed_by(parts.head, book, parts.first, last)
    except Refused as refused:
        faults, sound = [*refused.faults], False
    for place, member in enumerate(parts.members):
        declared = _declared(member, parts)
        if declared is None or (not sound and _of_policy(member, parts.head)):
            continue
        looked_up = lookup_faults(book, declared, parts.first, last, parts.at)
        faults += [fault for fault in looked_up if sound or not _mends(parts.head.overrides, fault)]
        if not sound and parts.head.area in (member.area, *_moves(member)):
            continue
        known = at | {fault.pointer for fault in faults}
        places = ("/area", *parts.at, f"{member.pointer}/spells", f"{member.pointer}/area")
        if not any(pointer.startswith(places) for pointer in known):
            faults += _undeclared(book, parts, place, declared, known)
    faults += [*_holders(book, parts), *_buckets(book, parts)] if sound else ()
    return [fault for fault in unique(faults) if fault.pointer not in at]


def supposed_by(head: Head, book: Book, first: int | None, last: int | None) -> Book:
    """The book with what a question supposes of its area; Refused names every fault of that."""
    if len(head.given) > 1:
        return book
    return suppose(book, head.area, head.overrides, head.policy, first, last)


def _of_policy(member: MemberParts, head: Head) -> bool:
    """Whether the member's area is that of the policy given in place of one."""
    return head.policy is not None and member.area == head.area


def _mends(overrides: Mapping[str, object] | None, fault: Fault) -> bool:
    """Whether overrides that cannot be read might mend what the published policies say."""
    by = {"no_policy_in_force": "effective", "bucket_not_in_policy": "buckets"}
    return overrides is not None and by.get(fault.code) in overrides


def _moves(member: MemberParts) -> list[str | None]:
    return [spell.area for spell in member.spells if spell is not None]


def _declared(member: MemberParts, parts: Parts) -> Declared | None:
    """A member by the parts that can be read; None where the area cannot."""
    if member.area is None:
        return None
    spells = [s.to_core(f"{member.pointer}/spells/{i}") for i, s in enumerate(member.spells) if s is not None]
    spells.sort(key=lambda spell: spell.start)
    figures = {} if parts.head.parameters is None else parts.head.parameters.figures
    held = {} if member.opening is None else member.opening.held
    core = Member(
        tuple(spells),
        birth_month=member.birth_month,
        sex=member.sex,
        opening=Balances(held),
        parameters=figures,
        pointer=member.pointer,
    )
    return Declared(core, member.area, member.area_pointer, member.kind)


def _undeclared(
    book: Book, parts: Parts, place: int, declared: Declared, known: set[str]
) -> tuple[Fault, ...]:
    """The facts that the rules need and nobody declared."""
    first, last = parts.first, parts.last
    if first is None or last is None or None in parts.members[place].spells:
        return ()
    member, kind = declared.member, declared.kind
    expenses = tuple(_expenses(parts, place, known))
    try:
        match parts.asks:
            case "credits" | "closures":
                simulate_credits(book, Asked(declared.area, first, last, member, kind=kind))
            case "balances" | "families" | "diagnoses":
                simulate_families(book, AskedFamily((declared,), first, last, expenses=expenses))
            case "bills":
                for expense in expenses:
                    simulate_bills(book, AskedBill((declared,), expense))
    except Refused as refused:
        return refused.faults
    return ()


def _expenses(parts: Parts, place: int, known: set[str]) -> Iterator[Expense]:
    """The member's expenses that can be settled, each by itself sound."""
    whose = parts.members[place].id
    for each in parts.expenses:
        if parts.asks == "families" and (each.member is None or each.member != whose):
            continue
        if each.whole is None and (each.bill is None or each.on is None or parts.asks != "bills" or place):
            continue
        within = f"{each.pointer}/"
        if each.pointer in known or (each.pointer and any(p.startswith(within) for p in known)):
            continue
        if each.whole is not None:
            yield each.whole.to_core(each.pointer)
        elif each.on is not None and each.bill is not None and not any(p.startswith("/bill") for p in known):
            bill, month = each.bill.to_core(), month_of_day(each.on)
            yield Expense(month, each.on.day, "", bill.total, "", "", 0, bill)


def _buckets(book: Book, parts: Parts) -> Iterator[Fault]:
    """Parts of an account that somebody sees although the policy has none such."""
    first, last = parts.first, parts.last
    if parts.seen is None or first is None or last is None:
        return
    declared = _declared(parts.members[0], parts)
    if declared is not None:
        until = last if parts.seen.on is None else month_of_day(parts.seen.on)
        yield from bucket_faults(book, declared, first, until, parts.seen.buckets)


def _holders(book: Book, parts: Parts) -> Iterator[Fault]:
    """Holders who have no account to share."""
    if parts.last is None:
        return
    for pointer, member in _named_holders(parts):
        declared = _declared(member, parts)
        if declared is None or member.opening is None or None in member.spells:
            continue
        if not has_account(declared, book.areas, parts.last):
            yield Fault(pointer, "holder_without_account")


def _named_holders(parts: Parts) -> Iterator[tuple[str, MemberParts]]:
    """Who is named as a holder, and where."""
    if parts.asks == "bills":
        for place, member in enumerate(parts.members[1:]):
            yield f"/family/{place}", member
    by_id = {member.id: member for member in parts.members if member.id is not None}
    for link in parts.links:
        if link.holder in by_id:
            yield f"{link.pointer}/holder", by_id[link.holder]
