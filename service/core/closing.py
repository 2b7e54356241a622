"""Leaving (清算, 注销): may the money be taken, which money, what becomes of the advance and the account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from service.core.member import Status
from service.core.written import BY_KIND, Day, Rate


class Reason(StrEnum):
    """Why an account is to be closed, paid out, or no longer credited."""

    STOPS = "stops"  # 停止缴费
    TRANSFER_OUT = "transfer_out"  # 跨统筹区转移接续
    WITHDRAWAL = "withdrawal"  # 提取现金, 参保期间
    LEAVES_SCHEME = "leaves_scheme"  # 主动放弃参保
    EMIGRATION = "emigration"  # 出国(境)定居
    LONG_TERM_AWAY = "long_term_away"  # 长期异地
    RECEIVER_REFUSES = "receiver_refuses"  # 转入地不接收余额
    SERIOUS_ILLNESS = "serious_illness"  # 重大疾病
    DEATH = "death"  # 死亡


@dataclass(frozen=True, slots=True)
class AllMoney:
    """Everything the account holds once it is settled."""

    kind: Literal["all"] = "all"


@dataclass(frozen=True, slots=True)
class NoMoney:
    """Nothing: the balance stays where it is."""

    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class CreditedBefore:
    """Only what is left of what was credited before a day; the question declares how much that is."""

    day: Day
    kind: Literal["credited_before"] = "credited_before"


@dataclass(frozen=True, slots=True)
class ShareOfBalance:
    """A share of everything the account holds."""

    rate: Rate
    kind: Literal["share"] = "share"


Money = Annotated[AllMoney | NoMoney | CreditedBefore | ShareOfBalance, BY_KIND]


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """What a reason allows: which money, to whom, and whether the account is closed after it.

    `advance` says whether what was advanced for the months after is taken back first.
    """

    reason: tuple[Reason, ...]
    allowed: bool | Literal["unknown"]
    source: tuple[str, ...]
    status: tuple[Status, ...] = ()  # for whom, by status in the month; none named: for all
    money: Money = AllMoney()
    pays_to: Literal["member", "new_account", "heir", "nobody", "unknown"] = "unknown"
    account: Literal["closes", "stays", "unknown"] = "unknown"
    advance: Literal["taken_back", "kept", "unknown"] = "unknown"
    from_: Day | None = None
    to: Day | None = None
