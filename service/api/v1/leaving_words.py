"""The words of leaving in both languages: the reasons, whether money may be taken and why, what follows."""

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from service.api.language import Language
from service.api.v1.formula import percent
from service.api.v1.words import month_words, say
from service.core.closing import (
    AllMoney,
    ClosingRule,
    Consequence,
    CreditedBefore,
    Money,
    NoMoney,
    Reason,
    ShareOfBalance,
)
from service.core.month import month_of_day
from service.core.text import Text

REASON: Mapping[Reason, Text] = {
    Reason.STOPS: Text("停止缴费", "contributions stop"),
    Reason.TRANSFER_OUT: Text("跨统筹区转移医保关系", "insurance moves to another area"),
    Reason.WITHDRAWAL: Text("参保期间支取现金", "cash while insured"),
    Reason.LEAVES_SCHEME: Text("退出职工医保", "leaving the scheme"),
    Reason.EMIGRATION: Text("出国（境）定居", "settling abroad"),
    Reason.LONG_TERM_AWAY: Text("长期在异地居住", "living away for long"),
    Reason.RECEIVER_REFUSES: Text("转入地不接收余额", "the new area does not take the balance"),
    Reason.SERIOUS_ILLNESS: Text("患重大疾病", "serious illness"),
    Reason.DEATH: Text("参保人去世", "death of the member"),
}
FOLLOWS: Mapping[Consequence, Text] = {
    Consequence.CREDITS_STOP: Text("这里不再划入个人账户。", "Nothing more is credited to the account here."),
    Consequence.FUND_STOPS: Text(
        "停止参保后，统筹基金不再支付医疗费。", "Once cover ends, the pooling fund pays no more bills."
    ),
    Consequence.INSURED_THERE: Text(
        "以后按转入地的规定参保、划入和报销。", "From then on the rules of the new area count."
    ),
    Consequence.ADVANCE_TAKEN_BACK: Text(
        "先扣回为以后月份预划的资金（如有）。",
        "What was advanced for later months, if anything, is taken back first.",
    ),
    Consequence.ADVANCE_KEPT: Text(
        "为以后月份预划的资金不扣回。", "What was advanced for later months is not taken back."
    ),
    Consequence.PAID_TO_MEMBER: Text("可以支取的钱付给本人。", "What may be taken is paid to the member."),
    Consequence.TO_NEW_ACCOUNT: Text(
        "余额划转到转入地的个人账户。", "The balance goes to the individual account in the new area."
    ),
    Consequence.PAID_TO_HEIR: Text(
        "余额归继承人：继承人参加职工医保的划入其个人账户，没有参加的付给继承人。",
        "The heir gets the balance: in the heir's own account, or paid out if the heir is not insured.",
    ),
    Consequence.TO_FUND_WITHOUT_HEIR: Text(
        "没有继承人的，余额并入统筹基金。", "Without an heir the balance goes to the pooling fund."
    ),
    Consequence.PAYEE_UNKNOWN: Text("来源没有写明付给谁。", "No source says to whom it is paid."),
    Consequence.NOTHING_PAID: Text(
        "账户的钱不支取，也不转出。", "No money is paid out of the account or moved."
    ),
    Consequence.BALANCE_USABLE: Text(
        "余额不清零，可以按规定继续使用。", "The balance is not lost and can still be used under the rules."
    ),
    Consequence.REST_USABLE: Text(
        "其余的钱留在账户，可以按规定继续使用。", "The rest stays in the account and can still be used."
    ),
    Consequence.REST_UNKNOWN: Text(
        "来源没有写明其余的钱如何处理。", "No source says what becomes of the rest."
    ),
    Consequence.ACCOUNT_CLOSES: Text("个人账户随之注销。", "The account is then closed."),
    Consequence.ACCOUNT_STAYS: Text("个人账户保留。", "The account stays open."),
    Consequence.ACCOUNT_UNKNOWN: Text(
        "来源没有写明账户是否注销。", "No source says whether the account is closed."
    ),
    Consequence.ASK_OFFICE: Text(
        "请向参保地的医保经办机构确认。", "Ask the insurance office of the area to be sure."
    ),
}
_VERBS: Mapping[str, Text] = {
    "new_account": Text("可以划转", "may be moved to the new account"),
    "heir": Text("可以继承", "may be inherited"),
    "member": Text("可以支取", "may be taken out"),
    "unknown": Text("可以支取", "may be taken out"),
}


def consequence_words(consequence: Consequence, language: Language) -> str:
    """The sentence of something that follows."""
    return say(FOLLOWS[consequence], language)


def why_words(rule: ClosingRule | None, reason: Reason, language: Language) -> str:
    """Why money may or may not be taken, as the rule that decides says it; without one nobody knows."""
    zh, en = REASON[reason].zh, REASON[reason].en.capitalize()
    what = None if rule is None else _what(rule.money)
    if rule is None or rule.allowed == "unknown":
        because = Text(
            f"{zh}：来源没有写明账户的钱能否支取或转出。", f"{en}: no source says whether money may be taken."
        )
    elif not rule.allowed or what is None or rule.pays_to == "nobody":
        because = Text(
            f"{zh}：按规定账户的钱不能支取或转出。", f"{en}: under the rules no money may be taken or moved."
        )
    else:
        verb = _VERBS[rule.pays_to]
        because = Text(f"{zh}：按规定{what.zh}{verb.zh}。", f"{en}: under the rules {what.en} {verb.en}.")
    return say(because, language)


def _what(money: Money) -> Text | None:
    """Which money, in words; None where it is none."""
    match money:
        case AllMoney():
            return Text("账户的全部余额", "all that the account holds")
        case NoMoney():
            return None
        case CreditedBefore(day=day):
            return Text(
                f"{_day_zh(day)}前划入、还没有用掉的部分",
                f"what is left of the money credited before {_day_en(day)}",
            )
        case ShareOfBalance(rate=rate):
            return Text(f"账户余额的 {percent(rate)} ", f"{percent(rate)} of what the account holds")
        case _:
            assert_never(money)


def _day_zh(day: date) -> str:
    return f"{month_words(month_of_day(day), 'zh')}{day.day}日"


def _day_en(day: date) -> str:
    return f"{day.day} {month_words(month_of_day(day), 'en')}"
