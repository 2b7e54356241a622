"""Spells changed from a month on (参保状态段的改变), as a supposition would have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.core.member import Contributions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.core.diagnose_trial import Case
    from service.core.member import Spell

    Change = Callable[[Spell], Spell | None]


def uncovered(_: Spell) -> None:
    return None


def in_arrears(spell: Spell) -> Spell:
    return replace(spell, contributions=Contributions.IN_ARREARS, back_paid=None)


def without_years(spell: Spell) -> Spell:
    return replace(spell, contribution_months=0, account_months=0)


def changed_from(case: Case, *, name: str, change: Change, first: int, last: int | None = None) -> Case:
    """The case with every spell changed from a month on, or up to another."""
    member = case.declared.member
    spells = tuple(_spells(member.spells, change, first, last))
    declared = replace(case.declared, member=replace(member, spells=spells))
    return replace(case, declared=declared, key=(*case.key, f"{name}@{first}-{last or ''}"))


def _spells(spells: Sequence[Spell], change: Change, first: int, last: int | None) -> Iterator[Spell]:
    for spell in spells:
        end = spell.end
        if (end is not None and end < first) or (last is not None and spell.start > last):
            yield spell
            continue
        if spell.start < first:
            yield replace(spell, end=first - 1)
        moved = spell.area if spell.start >= first else None
        until = end if last is None or (end is not None and end <= last) else last
        changed = change(replace(spell, start=max(spell.start, first), end=until, area=moved))
        if changed is not None:
            yield changed
        if last is not None and (end is None or end > last):
            yield replace(spell, start=last + 1, area=None)
