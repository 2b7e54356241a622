"""Leaving (清算, 注销): may the money be taken, which money, what becomes of the advance and the account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, assert_never

from service.core.member import Status
from service.core.money import round_half_up
from service.core.written import BY_KIND, Day, Rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


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


class Consequence(StrEnum):
    """What a person at the counter must be told of what comes after."""

    CREDITS_STOP = "credits_stop"  # 不再划入
    FUND_STOPS = "fund_stops"  # 停止享受统筹待遇
    INSURED_THERE = "insured_there"  # 以后由转入地参保
    ADVANCE_TAKEN_BACK = "advance_taken_back"  # 预划资金先扣回
    ADVANCE_KEPT = "advance_kept"
    PAID_TO_MEMBER = "paid_to_member"
    TO_NEW_ACCOUNT = "to_new_account"  # 划转至转入地个人账户
    PAID_TO_HEIR = "paid_to_heir"  # 依法继承
    TO_FUND_WITHOUT_HEIR = "to_fund_without_heir"  # 无人继承的并入统筹基金
    PAYEE_UNKNOWN = "payee_unknown"
    NOTHING_PAID = "nothing_paid"
    BALANCE_USABLE = "balance_usable"  # 余额可继续使用
    REST_USABLE = "rest_usable"
    REST_UNKNOWN = "rest_unknown"
    ACCOUNT_CLOSES = "account_closes"  # 注销
    ACCOUNT_STAYS = "account_stays"
    ACCOUNT_UNKNOWN = "account_unknown"
    ASK_OFFICE = "ask_office"  # 请咨询经办机构


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


def rule_for(rules: Sequence[ClosingRule], reason: Reason, status: Status, on: date) -> int | None:
    """The place of the first rule for the reason, the status in the month and the day; None if none is."""
    return next((place for place, rule in enumerate(rules) if _fits(rule, reason, status, on)), None)


def _fits(rule: ClosingRule, reason: Reason, status: Status, on: date) -> bool:
    if reason not in rule.reason or (rule.status and status not in rule.status):
        return False
    return (rule.from_ is None or rule.from_ <= on) and (rule.to is None or on <= rule.to)


def payable(money: Money, held: int, credited_before: int | None) -> int | None:
    """The fen that may be taken of what a settled account holds; None where a fact must be declared.

    `credited_before` is what is left of the money credited before the day that the rule names. An
    account that holds nothing, or less, pays nothing, and nothing need be declared for it.
    """
    held = max(held, 0)
    match money:
        case AllMoney():
            return held
        case NoMoney():
            return 0
        case CreditedBefore():
            if credited_before is None:
                return None if held else 0
            return min(held, max(credited_before, 0))
        case ShareOfBalance(rate=rate):
            return round_half_up(rate * held)
        case _:
            assert_never(money)


def follows(rule: ClosingRule | None, reason: Reason) -> tuple[Consequence, ...]:
    """What comes after, in the order in which it is told; without a rule nobody knows."""
    if rule is None:
        return (Consequence.ASK_OFFICE,)
    cover = _of_cover(rule, reason)
    match rule.allowed:
        case "unknown":
            return (*cover, Consequence.ASK_OFFICE)
        case True:
            return (*cover, *_of_advance(rule), *_of_money(rule), *_of_account(rule))
        case False:
            return (*cover, Consequence.NOTHING_PAID, *_of_account(rule))


def _of_cover(rule: ClosingRule, reason: Reason) -> tuple[Consequence, ...]:
    """What becomes of the insurance: some reasons end it by themselves, others once they are granted."""
    match reason:
        case Reason.STOPS:
            return Consequence.CREDITS_STOP, Consequence.FUND_STOPS
        case Reason.DEATH:
            return (Consequence.CREDITS_STOP,)
        case Reason.LEAVES_SCHEME | Reason.EMIGRATION if rule.allowed is True:
            return Consequence.CREDITS_STOP, Consequence.FUND_STOPS
        case Reason.TRANSFER_OUT | Reason.RECEIVER_REFUSES if rule.allowed is True:
            return Consequence.CREDITS_STOP, Consequence.INSURED_THERE
        case _:
            return ()


def _of_advance(rule: ClosingRule) -> tuple[Consequence, ...]:
    match rule.advance:
        case "taken_back":
            return (Consequence.ADVANCE_TAKEN_BACK,)
        case "kept":
            return (Consequence.ADVANCE_KEPT,)
        case "unknown":
            return ()


def _of_money(rule: ClosingRule) -> tuple[Consequence, ...]:
    if isinstance(rule.money, NoMoney):
        return (Consequence.NOTHING_PAID,)
    match rule.pays_to:
        case "member":
            return (Consequence.PAID_TO_MEMBER,)
        case "new_account":
            return (Consequence.TO_NEW_ACCOUNT,)
        case "heir":
            return Consequence.PAID_TO_HEIR, Consequence.TO_FUND_WITHOUT_HEIR
        case "nobody":
            return (Consequence.NOTHING_PAID,)
        case "unknown":
            return (Consequence.PAYEE_UNKNOWN,)


def _of_account(rule: ClosingRule) -> tuple[Consequence, ...]:
    """What becomes of the account, and of the money that stays in it."""
    paid = rule.allowed is True and not isinstance(rule.money, NoMoney) and rule.pays_to != "nobody"
    in_part = paid and not isinstance(rule.money, AllMoney)
    match rule.account:
        case "closes":
            rest = (Consequence.REST_UNKNOWN,) if in_part else ()
            return (*rest, Consequence.ACCOUNT_CLOSES)
        case "unknown":
            return (Consequence.ACCOUNT_UNKNOWN,)
        case "stays" if paid and not in_part:
            return (Consequence.ACCOUNT_STAYS,)
        case "stays":
            usable = Consequence.REST_USABLE if in_part else Consequence.BALANCE_USABLE
            return usable, Consequence.ACCOUNT_STAYS
