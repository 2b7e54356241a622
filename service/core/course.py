"""A member's course (参保经历): in which area insured from when on, and from when on retired by statute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Balances, Basis, Notice
from service.core.credit import classes_told_apart, gives_account, rule_for
from service.core.errors import Fault
from service.core.leg import Leg
from service.core.member import Sex, Status
from service.core.month import month_text
from service.core.passage import Person
from service.core.policy import National
from service.core.retirement import RetirementKind, statutory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.core.book import Book
    from service.core.member import Member, Spell
    from service.core.policy import InForce, Timeline
    from service.core.retirement import StatutoryRetirement


@dataclass(frozen=True, slots=True)
class Declared:
    """A member as a question declares it, before areas and retirement rules are looked up."""

    member: Member
    area: str
    area_pointer: str = "/area"
    kind: RetirementKind | None = None
    name: str = ""
    wallet: int = 0


class Stay(NamedTuple):
    """An area and the month from which on a member is insured there; 0 is from the beginning."""

    area: str
    since: int
    pointer: str


class Course(NamedTuple):
    """A person as the simulation takes it, and what the reader must know of how it came about."""

    person: Person
    notices: tuple[Notice, ...]
    bases: tuple[Basis, ...]
    faults: tuple[Fault, ...]  # facts lacking for a retirement by statute, which is then left out


class _Retired(NamedTuple):
    """A member whose spells say when retirement comes, and the rules that say so."""

    member: Member
    found: tuple[StatutoryRetirement, ...] = ()
    faults: tuple[Fault, ...] = ()


def course(declared: Declared, book: Book, first: int, last: int) -> Course:
    """The legs of a member's way from one month to another."""
    retired = _Retired(declared.member)
    if any(spell.retires for spell in declared.member.spells):
        retired = _retired(declared, book)
    member, found, faults = retired
    stays = stays_of(declared, first)
    legs = tuple(_legs(member, stays, book.areas, first, last))
    notices = tuple(_told(book, found, last))
    bases = tuple(_basis(book, each) for each in found) if notices else ()
    return Course(Person(legs, declared.name, declared.wallet), notices, bases, faults)


def stays_of(declared: Declared, first: int) -> list[Stay]:
    """The areas one after another, from the one of the first month on."""
    found = [Stay(declared.area, 0, declared.area_pointer)]
    for spell in declared.member.spells:
        if spell.area is not None and spell.area != found[-1].area:
            stay = Stay(spell.area, spell.start, f"{spell.pointer}/area")
            found = [stay] if spell.start <= first else [*found, stay]
    return found


def _legs(
    member: Member, stays: list[Stay], areas: Mapping[str, Timeline], first: int, last: int
) -> Iterator[Leg]:
    if len(stays) == 1 and not stays[0].since:
        yield Leg(areas[stays[0].area], member, first, last)
        return
    for place, stay in enumerate(stays):
        if stay.since > last:
            return
        until = stays[place + 1].since if place + 1 < len(stays) else None
        spells = tuple(
            s for s in member.spells if stay.since <= s.start and (until is None or s.start < until)
        )
        opening = Balances({}) if place else member.opening
        here = replace(member, spells=spells, opening=opening, retired=member.retired_from)
        ends = last if until is None else min(last, until - 1)
        # A month before a move is settled also where nobody asks for the month after it.
        moves = stays[place + 1].pointer if until is not None and ends == until - 1 else ""
        pointer = stay.pointer if place else ""
        yield Leg(areas[stay.area], here, max(first, stay.since), ends, pointer, moves)


def _retired(declared: Declared, book: Book) -> _Retired:
    """The member with every spell that ends by statute ended, and the retirement after it."""
    faults, spells, found = [], [], []
    for spell in declared.member.spells:
        if not spell.retires:
            spells.append(spell)
            continue
        when = _when(declared, book, spell)
        if isinstance(when, list):
            faults += when
            spells.append(spell)
            continue
        found.append(when)
        spells += _then_retired(spell, when.month)
    return _Retired(replace(declared.member, spells=tuple(spells)), tuple(found), tuple(faults))


def _when(declared: Declared, book: Book, spell: Spell) -> StatutoryRetirement | list[Fault]:
    """The statutory retirement month, or why it cannot be told."""
    member, kind = declared.member, declared.kind
    if member.sex is Sex.MALE:
        kind = RetirementKind.MALE
    policy = {} if book.national is None else {"policy": book.national.id}
    wants = {"birth_month": member.birth_month is None, "retirement_kind": kind is None}
    missing = [Fault(f"{member.pointer}/{name}", "fact_required", policy) for name in wants if wants[name]]
    if member.birth_month is None or kind is None:
        return missing
    national = None if book.national is None else book.national.policy
    rules = national.retirement if isinstance(national, National) else ()
    found = statutory(rules, member.birth_month, kind)
    if found is None:
        return [Fault(f"{spell.pointer}/retires", "retirement_unknown", {"kind": kind})]
    if found.month < spell.start:
        values = {"month": month_text(found.month)}
        return [Fault(f"{spell.pointer}/retires", "past_statutory_retirement", values)]
    return found


def _then_retired(spell: Spell, month: int) -> Iterator[Spell]:
    """The spell up to the statutory month, and the retirement from the month after on."""
    yield replace(spell, end=month)
    yield replace(
        spell,
        start=month + 1,
        status=Status.RETIRED,
        base=None,
        employer_average_wage=None,
        own_credit=None,
        area=None,
        retires=False,
    )


def _told(book: Book, found: tuple[StatutoryRetirement, ...], last: int) -> Iterator[Notice]:
    """Say from which month on the statute has somebody retired, if that is not after the question."""
    for each in found:
        if each.month + 1 <= last:
            values = (("policy", _basis(book, each).policy),)
            yield Notice("retires_by_statute", "info", each.month + 1, values)


def _basis(book: Book, found: StatutoryRetirement) -> Basis:
    national = book.national
    if national is None or not isinstance(national.policy, National):
        raise AssertionError(found)
    return Basis(national.id, f"/retirement/{found.rule}", national.policy.retirement[found.rule].source)


def has_account(declared: Declared, areas: Mapping[str, Timeline], last: int) -> bool:
    """Whether the member may have an account by a month: money in one, or a spell whose rule gives one.

    What cannot be told for want of a class or a policy is left to other faults.
    """
    member = declared.member
    opening = member.opening
    if any(opening.held.values()) or opening.interest or opening.used:
        return True
    area = declared.area
    for spell in member.spells:
        area = spell.area or area
        if spell.start <= last and (area not in areas or _gives_account(member, spell, areas[area], last)):
            return True
    return False


def _gives_account(member: Member, spell: Spell, timeline: Timeline, last: int) -> bool:
    """Whether any policy of the area in the months of the spell gives its status an account."""
    end = last if spell.end is None else min(last, spell.end)
    months = [spell.start, *(first for first in timeline.first_months if spell.start < first <= end)]
    found = [in_force for month in months if (in_force := timeline.at(month)) is not None]
    return any(_gives(in_force, member, spell) for in_force in found or timeline.policies[:1])


def _gives(in_force: InForce, member: Member, spell: Spell) -> bool:
    rules = in_force.policy.credits
    index = rule_for(rules, member, spell)
    if index is None and not classes_told_apart(rules, spell.status):
        rules = in_force.national.credits
        index = rule_for(rules, member, spell)
    return index is None or gives_account(rules[index])
