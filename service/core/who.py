"""Whom a rule is for: by status, and where told apart by class or by cohort of retirement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.member import MemberClass, Status
from service.core.written import Month

if TYPE_CHECKING:
    from service.core.member import Member, Spell


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a rule is for: a status, and where told apart a class or a cohort of retirement."""

    status: tuple[Status, ...]
    class_: tuple[MemberClass, ...] = ()
    retired_from: Month | None = None
    retired_before: Month | None = None


def is_for(who: Who, member: Member, spell: Spell) -> bool:
    """Whether a rule is for the member in a month that the spell covers."""
    if spell.status not in who.status:
        return False
    if who.class_ and spell.member_class not in who.class_:
        return False
    if who.retired_from is None and who.retired_before is None:
        return True
    retired = member.retired_from
    if retired is None:
        return False
    return (who.retired_from or 0) <= retired and (who.retired_before is None or retired < who.retired_before)
