"""The sentence of every cause (原因) in both languages; `{less}` says by how much, and which way."""

from collections import defaultdict
from collections.abc import Mapping

from service.api.language import Language
from service.api.v1.notices import notice_words
from service.api.v1.supposed_words import SUPPOSED
from service.api.v1.words import CATEGORY, MEMBER_CLASS, STATUS, month_words, say
from service.core.account import Notice
from service.core.diagnose import Cause
from service.core.diagnose_own import Refusal
from service.core.expense import Category
from service.core.member import MemberClass, Status
from service.core.money import yuan
from service.core.text import Text

SEEN: Mapping[str, Text] = {
    "spending_not_declared": Text(
        "明细里有 {count} 笔支付没有填写：余额{less}。",
        "The lines show payments that were not declared ({count}): {less}.",
    ),
    "paid_for_family": Text(
        "明细里有 {count} 笔为亲属的支付：余额{less}。",
        "The lines show payments for relatives ({count}): {less}.",
    ),
    "deduction_taken": Text(
        "明细里有 {count} 笔代扣：余额{less}。", "The lines show deductions ({count}): {less}."
    ),
    "interest_differs": Text(
        "明细里有 {count} 笔利息与计算不同（余额、划入不同时利息也不同）：余额{less}。",
        "The lines show interest other than worked out ({count}), as on another balance: {less}.",
    ),
    "credit_differs": Text(
        "明细里有 {count} 笔划入与计算不同，请核对缴费基数、年龄和身份：余额{less}。",
        "The lines show credits other than worked out ({count}); check base, age and status: {less}.",
    ),
    "advance_taken_back": Text(
        "明细里有 {count} 笔清算扣回：余额{less}。",
        "The lines show settlements that took money back ({count}): {less}.",
    ),
    "negative_after_true_up": Text(
        "明细里有 {count} 笔清算扣回，账户因此出现负数：余额{less}。",
        "The lines show settlements that took money back ({count}), so that it is negative: {less}.",
    ),
    "cleared_on_transfer": Text(
        "明细里有转出：转移时原账户清零，余额{less}。",
        "The lines show a transfer out; the old account is cleared: {less}.",
    ),
    "withdrawn": Text(
        "明细里有 {count} 笔支取：余额{less}。", "The lines show withdrawals ({count}): {less}."
    ),
    "posting_not_expected": Text(
        "明细里有 {count} 笔计算中没有的记录：余额{less}。",
        "The lines show postings that were not worked out ({count}): {less}.",
    ),
    "not_yet_credited": Text(
        "明细里没有 {month} 起的 {count} 笔划入，可能还没有到账：余额{less}。",
        "The lines lack credits from {month} on ({count}), which may not have arrived yet: {less}.",
    ),
    "gap_no_credit": Text(
        "明细里没有 {month} 起的 {count} 笔划入，而之后的已经到账：可能当时没有参保或没有缴费，余额{less}。",
        "The lines lack credits from {month} on ({count}) while later ones have arrived; there may have"
        " been no cover, or nothing paid: {less}.",
    ),
    "posted_after_spending": Text(
        "明细里没有 {month} 起的 {count} 笔划入：消费在先、划入在后，到账之前账户是负数，余额{less}。",
        "The lines lack credits from {month} on ({count}); until they arrive, what was spent before them"
        " leaves the account negative: {less}.",
    ),
    "interest_not_posted": Text(
        "明细里没有 {month} 起的 {count} 笔利息，可能还没有入账：余额{less}。",
        "The lines lack interest from {month} on ({count}): {less}.",
    ),
    "spending_not_posted": Text(
        "填写的费用中有 {count} 笔不在明细里，可能还没有结算，或不是从账户支付的：余额{less}。",
        "The lines lack declared payments ({count}), which may not be settled yet: {less}.",
    ),
    "deduction_not_taken": Text(
        "明细里没有 {count} 笔代扣：余额{less}。", "The lines lack deductions ({count}): {less}."
    ),
    "transfer_not_arrived": Text(
        "明细里没有转移来的余额，可能还没有到账：余额{less}。",
        "The lines lack the balance moved from the other area: {less}.",
    ),
    "posting_not_seen": Text(
        "明细里没有计算中的 {count} 笔记录：余额{less}。",
        "The lines lack postings that were worked out ({count}): {less}.",
    ),
}
"""What the lines of the app show, or lack."""

OWN: Mapping[str, Text] = {
    "advance_taken_back": Text(
        "{month} 清算扣回了多预划的资金。", "{month}: what was advanced too much was taken back."
    ),
    "ended_with_death": Text(
        "退休人员的划入到去世当月为止，从 {month} 起不再划入。",
        "A retiree is credited until the month of death; from {month} on there is nothing.",
    ),
}
"""What makes the simulated figure what it is, and is no notice."""

WANTED: Mapping[str, Text] = {
    "": Text("{category}可以全额从账户支付。", "The account pays all of the {category}."),
    "gate_not_met": Text(
        "不满足账户支付{category}的条件：账户支付 {pays} 元，其余 {rest} 元不能从账户支付。",
        "The condition for paying {category} is not met: the account pays {pays} yuan and not the other"
        " {rest}.",
    ),
    "category_not_payable": Text(
        "政策所列的账户支付项目中没有{category}，不能从账户支付。",
        "What the account may pay does not list {category}.",
    ),
    "prior_years_only": Text(
        "{category}只能用历年余额支付：账户支付 {pays} 元，其余 {rest} 元不能用当年余额支付。",
        "Only prior-years money may pay for {category}: the account pays {pays} yuan, and the year's"
        " money may not pay the other {rest}.",
    ),
    "used_up": Text(
        "账户余额不够支付{category}：账户支付 {pays} 元，还差 {rest} 元。",
        "The account does not hold enough for the {category}: it pays {pays} yuan and lacks {rest}.",
    ),
}
"""Why the account pays what it pays of something wanted; other codes are those of having no account."""


def cause_words(cause: Cause, language: Language) -> str:
    """The sentence of a cause."""
    if cause.found == "figure" and cause.code not in OWN:
        return notice_words(Notice(cause.code, "info", cause.month, cause.values), language)
    values = defaultdict(str, cause.values)
    values["less"] = _less(sum(cause.amount), language)
    if cause.month is not None:
        values["month"] = month_words(cause.month, language)
    if "status" in values:
        values["status"] = _status_words(values, language)
    if "last" in values:
        values["last"] = month_words(int(values["last"]), language)
    table = {"figure": OWN, "lines": SEEN, "supposed": SUPPOSED}[cause.found]
    code = f"{cause.code} {values['variant']}" if "variant" in values else cause.code
    return say(table[code], language).format_map(values)


def _status_words(values: Mapping[str, str], language: Language) -> str:
    """A status, and the class that the rules tell apart."""
    status = say(STATUS[Status(values["status"])], language)
    if "class" not in values:
        return status
    class_ = say(MEMBER_CLASS[MemberClass(values["class"])], language)
    return f"{status} ({class_})" if language == "en" else f"{status}（{class_}）"


def wanted_words(refusal: Refusal, language: Language) -> str:
    """The sentence of what the account pays of something wanted."""
    if refusal.code not in WANTED:
        policy = "" if refusal.basis is None else refusal.basis.policy
        return notice_words(Notice(refusal.code, "info", None, (("policy", policy),)), language)
    wanted = refusal.wanted
    return say(WANTED[refusal.code], language).format(
        category=say(CATEGORY[Category(wanted.category)], language),
        pays=yuan(refusal.pays),
        rest=yuan(wanted.amount - refusal.pays),
    )


def _less(fen: int, language: Language) -> str:
    """By how much a balance is smaller or larger."""
    if not fen:
        return "no more and no less" if language == "en" else "不变"
    if language == "en":
        return f"{yuan(abs(fen))} yuan {'less' if fen < 0 else 'more'}"
    return f"{'少' if fen < 0 else '多'} {yuan(abs(fen))} 元"
