"""The individual account (个人账户): buckets, postings (明细) and what is carried from month to month."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Bucket(StrEnum):
    """A part of the account whose money is kept and used apart."""

    CURRENT_YEAR = "current_year"  # 当年余额: the money of this policy year
    PRIOR_YEARS = "prior_years"  # 历年余额: everything before it
    HEALTH = "health"  # 健康账户: a third bucket that only some policies have

    __hash__ = str.__hash__  # an Enum's own runs in Python at every look-up of a balance


class PostingKind(StrEnum):
    """Why a balance moved."""

    OPENING = "opening"
    CREDIT = "credit"  # 划入
    ADVANCE = "advance"  # 预划, 预注
    TRUE_UP = "true_up"  # 清算
    DEDUCTION = "deduction"
    INTEREST = "interest"
    ROLLOVER = "rollover"  # 结转
    PAYMENT = "payment"
    FAMILY_PAYMENT = "family_payment"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    WITHDRAWAL = "withdrawal"
    ADJUSTMENT = "adjustment"

    __hash__ = str.__hash__  # as with buckets: totals are summed up by kind


class Basis(NamedTuple):
    """What a posting rests on: a policy, the place of the rule in its document, its sources."""

    policy: str
    rule: str  # JSON pointer into the policy document
    sources: tuple[str, ...]


class Posting(NamedTuple):
    """One signed movement of one bucket, in fen."""

    on: date
    kind: PostingKind
    bucket: Bucket
    amount: int
    basis: Basis
    months: tuple[int, int] | None = None  # the first and last month a credit is for
    note: str = ""  # the expense category or the identifier the caller gave


class Notice(NamedTuple):
    """Something a reader of the answer must know; `values` fill the sentence."""

    code: str
    severity: str  # info or warning
    month: int | None  # the first month it is about
    values: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Balances:
    """What an account holds and carries from month to month, in fen."""

    held: dict[Bucket, int]
    interest: dict[str, int] = field(default_factory=dict)  # accrued, not yet posted
    # Counted in the policy year, in fen: against caps, of bills, by links; and what quotas hold.
    used: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "Balances":
        """A copy that later postings do not reach."""
        return Balances(dict(self.held), dict(self.interest), dict(self.used))
