"""The credit (划入): who gets which amount, when it is posted, and what is taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from service.core.account import Bucket
from service.core.amount import Amount, Nothing
from service.core.text import Text
from service.core.who import Who, is_for
from service.core.written import BY_KIND, Month

if TYPE_CHECKING:
    from service.core.member import Member, MemberClass, Spell, Status


@dataclass(frozen=True, slots=True)
class Monthly:
    """Credited every month, on a day, some months after the month it is for."""

    day: int | Literal["unknown"] = "unknown"
    lag_months: int | Literal["unknown"] = "unknown"
    kind: Literal["monthly"] = "monthly"


@dataclass(frozen=True, slots=True)
class YearlyLump:
    """The whole policy year credited once, to whoever the rule is for in that month."""

    month: int | Literal["unknown"] = "unknown"  # 1 to 12; unknown: the policy year's first
    day: int | Literal["unknown"] = "unknown"
    kind: Literal["yearly"] = "yearly"


@dataclass(frozen=True, slots=True)
class Advance:
    """The whole policy year credited on its first day (预划) and settled later (清算).

    A joiner gets the months left, from this month or the next. What a leaver was credited for
    months not due is taken back at once or when the year is settled.
    """

    joiners: Literal["this_month", "next_month", "unknown"] = "unknown"
    leavers: Literal["claw_back", "at_settlement", "unknown"] = "unknown"
    shortfall_into: Bucket = Bucket.PRIOR_YEARS
    excess_from: Bucket = Bucket.CURRENT_YEAR
    kind: Literal["advance"] = "advance"


@dataclass(frozen=True, slots=True)
class Once:
    """Credited one time, some months after the month in which the rule begins to hold."""

    after_months: int = 1
    day: int | Literal["unknown"] = "unknown"
    kind: Literal["once"] = "once"


PostingRule = Annotated[Monthly | YearlyLump | Advance | Once, BY_KIND]


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a credit that goes to another bucket; the rest stays in the current year."""

    bucket: Bucket
    amount: Amount


@dataclass(frozen=True, slots=True)
class CreditRule:
    """One line of the credit table: for whom, how much, posted how, from which sources."""

    who: Who
    amount: Amount
    source: tuple[str, ...]
    posting: PostingRule = Monthly()
    split: tuple[Portion, ...] = ()
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class Deduction:
    """Money taken from the credit before it is posted, or from the account after it (代扣).

    It is never larger than what it is taken from.
    """

    name: Text
    who: Who
    amount: Amount
    taken_from: Literal["credit", "account"]
    source: tuple[str, ...]
    from_: Month | None = None
    to: Month | None = None

    def holds(self, month: int) -> bool:
        """Whether the deduction is taken for the month."""
        return (self.from_ or 0) <= month and (self.to is None or month <= self.to)


def gives_account(rule: CreditRule) -> bool:
    """Whether those the rule is for have an account that is credited."""
    return not isinstance(rule.amount, Nothing)


def rule_for(rules: tuple[CreditRule, ...], member: Member, spell: Spell) -> int | None:
    """The index of the first rule for the member in a month that the spell covers."""
    for index, rule in enumerate(rules):
        if is_for(rule.who, member, spell):
            return index
    return None


def classes_told_apart(rules: tuple[CreditRule, ...], status: Status) -> tuple[MemberClass, ...]:
    """The classes that the rules tell apart within a status."""
    found = (name for rule in rules if status in rule.who.status for name in rule.who.class_)
    return tuple(dict.fromkeys(found))


def delay_of(posting: PostingRule) -> int:
    """After how many months a credit is posted; at once where no source says."""
    match posting:
        case Monthly(lag_months=int(months)) | Once(after_months=months):
            return months
        case _:
            return 0
