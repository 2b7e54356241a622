"""A member's stay under the policies of one area: how it begins, and how the money leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from service.core.closing import AllMoney

if TYPE_CHECKING:
    from datetime import date

    from service.core.account import Basis, PostingKind
    from service.core.closing import Money
    from service.core.member import Member
    from service.core.policy import Timeline


@dataclass(frozen=True, slots=True)
class Leg:
    """A member under the policies of one area, from one month to another."""

    timeline: Timeline
    member: Member
    first: int
    last: int
    pointer: str = ""  # where the move to the area stands in the request
    moves: str = ""  # where the move away stands, if the leg ends with one


class Brought(NamedTuple):
    """Money that comes from the account of another area, in fen."""

    amount: int
    basis: Basis


class Leaving(NamedTuple):
    """Money that leaves the account on a day, and as what kind of posting."""

    on: date
    kind: PostingKind
    basis: Basis
    settles: bool = True  # whether the account is settled first: it closes
    advance: Literal["taken_back", "kept", "unknown"] = "unknown"  # of the months after
    money: Money = AllMoney()
    credited_before: int | None = None  # fen, where the rule asks for it
