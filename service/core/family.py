"""Family pooling (家庭共济): which holder may pay what for which relative, from which bucket, in which order.

Money is shared, never entitlement: a beneficiary's bill is settled under the beneficiary's own scheme
before any relative pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from service.core.account import Bucket
from service.core.expense import Category
from service.core.gate import Gate
from service.core.member import Status
from service.core.written import BY_KIND, Day, Fen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


class Relation(StrEnum):
    """What the beneficiary (使用人) is to the holder (授权人)."""

    SPOUSE = "spouse"  # 配偶
    PARENT = "parent"  # 父母
    CHILD = "child"  # 子女
    SIBLING = "sibling"  # 兄弟姐妹
    GRANDPARENT = "grandparent"  # 祖父母, 外祖父母
    GRANDCHILD = "grandchild"  # 孙子女, 外孙子女
    PARENT_IN_LAW = "parent_in_law"  # 配偶的父母
    CHILD_IN_LAW = "child_in_law"  # 子女的配偶
    OTHER = "other"


class Reach(StrEnum):
    """How far from the holder's pooling area the beneficiary may be insured."""

    AREA = "area"
    PROVINCE = "province"
    NATION = "nation"


Holders = Literal["declared", "largest_balance", "random", "unknown"]
"""The order among several holders: as declared, largest balance first, drawn at random by the system."""


@dataclass(frozen=True, slots=True)
class AtTheTill:
    """The holder's account is drawn when the beneficiary pays.

    `beneficiary` names the statuses a beneficiary may have; none named: anyone insured.
    """

    relations: tuple[Relation, ...]
    category: tuple[Category, ...]
    order: tuple[Bucket, ...]
    source: tuple[str, ...]
    reach: Reach | Literal["unknown"] = "unknown"
    gates: tuple[Gate, ...] = ()
    holders: Holders = "unknown"
    beneficiary: tuple[Status, ...] = ()
    beneficiaries_most: int | None = None  # how many relatives one holder may link
    from_: Day | None = None
    to: Day | None = None
    kind: Literal["till"] = "till"


@dataclass(frozen=True, slots=True)
class Wallet:
    """Money is moved into the beneficiary's wallet (医保钱包) and cannot come back to the account.

    Between `closed_from` and `closed_to`, hours of the day, nothing is moved.
    """

    relations: tuple[Relation, ...]
    category: tuple[Category, ...]
    order: tuple[Bucket, ...]
    source: tuple[str, ...]
    transfer_most: Fen
    transfers_a_day: int
    closed_from: int
    closed_to: int
    reach: Reach | Literal["unknown"] = "unknown"
    from_: Day | None = None
    to: Day | None = None
    kind: Literal["wallet"] = "wallet"


@dataclass(frozen=True, slots=True)
class HeldQuota:
    """A quota (共济额度) is frozen in the holder's account; what is unused returns when the link ends."""

    relations: tuple[Relation, ...]
    category: tuple[Category, ...]
    order: tuple[Bucket, ...]
    source: tuple[str, ...]
    reach: Reach | Literal["unknown"] = "unknown"
    from_: Day | None = None
    to: Day | None = None
    kind: Literal["quota"] = "quota"


FamilyRule = Annotated[AtTheTill | Wallet | HeldQuota, BY_KIND]
Model = Literal["till", "wallet", "quota"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a holder allows a beneficiary, in fen; a month and a year are the holder's policy calendar."""

    per_expense: int | None = None
    per_month: int | None = None
    per_year: int | None = None  # a policy year of the holder's


@dataclass(frozen=True, slots=True)
class Link:
    """A holder who lets a beneficiary use the account, from one day to another, both included."""

    holder: int  # places in the question
    beneficiary: int
    relation: Relation
    start: date
    end: date | None
    model: Model = "till"
    quota: int = 0  # fen to be held, for the model of that name
    limits: Limits = Limits()
    pointer: str = ""

    def holds(self, on: date) -> bool:
        """Whether the link is in force on the day."""
        return self.start <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money a holder moves into a beneficiary's wallet at an hour of a day, in fen."""

    holder: int
    beneficiary: int
    on_month: int
    on_day: int
    minute: int  # of the day
    amount: int
    accepted: bool
    note: str
    pointer: str


def reaches(reach: Reach, holder_area: str, beneficiary_area: str) -> bool:
    """Whether a relative insured in an area is within reach of a holder insured in another."""
    match reach:
        case Reach.AREA:
            return holder_area == beneficiary_area
        case Reach.PROVINCE:
            return holder_area[:2] == beneficiary_area[:2]
        case Reach.NATION:
            return True


def holds(rule: FamilyRule, on: date) -> bool:
    """Whether a rule is in force on the day; without dates, as long as its policy is."""
    return (rule.from_ is None or rule.from_ <= on) and (rule.to is None or on <= rule.to)


def refusal(
    rule: FamilyRule, link: Link, areas: tuple[str, str], status: Status | None, place: int
) -> str | None:
    """The notice code of why a rule does not let a link be used; None where it does.

    `areas` are the holder's and the beneficiary's, `status` is the beneficiary's, and `place` is that of
    the beneficiary among those the holder has linked.
    """
    reach = Reach.AREA if rule.reach == "unknown" else rule.reach
    if link.relation not in rule.relations:
        return "relation_not_allowed"
    if status is None or status is Status.NONE:
        return "relative_not_insured"
    if not reaches(reach, *areas):
        return "relative_insured_elsewhere"
    if isinstance(rule, AtTheTill):
        if rule.beneficiary and status not in rule.beneficiary:
            return "beneficiary_status_not_allowed"
        if rule.beneficiaries_most is not None and place >= rule.beneficiaries_most:
            return "too_many_relatives"
    return None


def in_order(holders: Holders, balances: Sequence[int]) -> list[int]:
    """The places of several holders in the order in which they pay; `balances` are what each could pay."""
    places = list(range(len(balances)))
    return sorted(places, key=lambda place: -balances[place]) if holders == "largest_balance" else places


def refused_transfer(rule: Wallet, transfer: Transfer, earlier: int) -> str | None:
    """The code of why a transfer is refused whatever the account holds; `earlier` are the day's so far."""
    hour = transfer.minute // 60
    closed = (
        rule.closed_from <= hour or hour < rule.closed_to
        if rule.closed_from > rule.closed_to
        else rule.closed_from <= hour < rule.closed_to
    )
    if closed:
        return "transfer_closed_hours"
    if transfer.amount > rule.transfer_most:
        return "transfer_too_large"
    return "too_many_transfers" if earlier >= rule.transfers_a_day else None
