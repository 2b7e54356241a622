"""The sentence of every cause (原因) in both languages; `{less}` says by how much, and which way."""

from collections import defaultdict
from collections.abc import Mapping

from service.api.language import Language
from service.api.v1.notices import notice_words
from service.api.v1.words import CATEGORY, STATUS, month_words, say
from service.core.account import Notice
from service.core.diagnose import Cause
from service.core.diagnose_own import Refusal
from service.core.expense import Category
from service.core.member import Status
from service.core.money import yuan
from service.core.text import Text

SUPPOSED: Mapping[str, Text] = {
    "no_account_resident": Text(
        "如果参加的是城乡居民医保：没有个人账户，余额{less}。",
        "If insured in the resident scheme, which has no individual account: {less}.",
    ),
    "no_account_flexible": Text(
        "如果是灵活就业身份：按政策 {policy} 不建立个人账户，余额{less}。",
        "If flexibly employed, for whom {policy} has no individual account: {less}.",
    ),
    "no_account_tier": Text(
        "如果按不建账户的档次参保：按政策 {policy} 没有个人账户，余额{less}。",
        "If insured by a tier for which {policy} has no individual account: {less}.",
    ),
    "no_account_exempt": Text(
        "如果属于离休人员等：不建立个人账户，医疗费另有渠道，余额{less}。",
        "If among veteran cadres and others, who are covered without an account: {less}.",
    ),
    "gap_no_credit": Text(
        "如果从 {month} 起停保或没有缴费：不再划入，余额{less}。",
        "If cover ended or nothing was paid for it from {month} on, there is no credit: {less}.",
    ),
    "gap_no_credit alone": Text(
        "如果 {month} 没有参保或没有缴费：当月不划入，余额{less}。",
        "If there was no cover in {month}, or nothing was paid for it: {less}.",
    ),
    "not_credited": Text(
        "如果从 {month} 起的身份是{status}：按政策 {policy} 不划入，余额{less}。",
        "If {status} from {month} on, which {policy} credits nothing: {less}.",
    ),
    "ended_with_death": Text(
        "退休人员的划入到去世当月为止：如果从 {month} 起不再划入，余额{less}。",
        "A retiree is credited until the month of death: if nothing came from {month} on, {less}.",
    ),
    "ended_with_death alone": Text(
        "如果 {month} 没有划入退休人员的账户资金：余额{less}。",
        "If a retiree was credited nothing for {month}: {less}.",
    ),
    "below_minimum_years": Text(
        "如果缴费年限不足：按政策 {policy} 退休后不划入，余额{less}。",
        "If the years contributed are too few, {policy} credits a retiree nothing: {less}.",
    ),
    "not_yet_credited": Text(
        "如果 {month} 起的 {count} 次划入还没有到账：余额{less}。",
        "If the latest credits ({count}), from {month} on, have not arrived yet: {less}.",
    ),
    "employer_in_arrears": Text(
        "如果单位从 {month} 起欠费：暂不划入，余额{less}。",
        "If the employer is in arrears from {month} on, nothing is credited for now: {less}.",
    ),
    "employer_in_arrears alone": Text(
        "如果单位欠缴 {month} 的费用：当月暂不划入，余额{less}。",
        "If the employer is in arrears for {month}, nothing is credited for it: {less}.",
    ),
    "used_up": Text(
        "如果还有没有填写的消费：账户已经用完，余额{less}。",
        "If something was spent that was not declared, the account is used up: {less}.",
    ),
    "rolled_over part": Text(
        "看到的可能只是当年余额：其余是历年余额，钱没有减少，只是分开显示，看上去{less}。",
        "It may be the current-year balance alone: the rest is prior-years money and not lost, only shown"
        " apart: {less}.",
    ),
    "rolled_over moved": Text(
        "当年余额已经结转为历年余额，合计{less}。",
        "The current-year balance became prior-years money; in all {less}.",
    ),
    "rolled_over opening": Text(
        "如果填写的期初余额是结转以前的：当年余额随后成为历年余额，余额{less}。",
        "If the declared opening was of before the rollover, the year's money became prior years': {less}.",
    ),
    "not_yet_rolled_over": Text(
        "如果 {month} 的结转还没有办理：各部分余额不同，合计{less}。",
        "If the rollover of {month} was not made yet, the parts differ; in all {less}.",
    ),
    "negative_after_true_up": Text(
        "如果从 {month} 起停止参保或缴费：预划的资金被扣回，账户出现负数，余额{less}。",
        "If cover or payment stopped from {month} on, the advance is taken back and the account is"
        " negative: {less}.",
    ),
    "advance_taken_back": Text(
        "如果从 {month} 起停止参保或缴费：预划的资金被扣回，余额{less}。",
        "If cover or payment stopped from {month} on, the advance is taken back: {less}.",
    ),
    "posted_after_spending": Text(
        "如果先消费、{month} 起的 {count} 次划入后到账：到账之前账户是负数，余额{less}。",
        "If money was spent before the latest credits ({count}), from {month} on, arrived, the account is"
        " negative until they do: {less}.",
    ),
    "cleared_on_transfer": Text(
        "如果看到的是转出地的账户：转移时已经清零，余额{less}。",
        "If it is the account in the area left, which was cleared on transfer: {less}.",
    ),
    "transfer_not_arrived": Text(
        "如果转移来的余额还没有到账：余额{less}。",
        "If the balance moved from the other area has not arrived yet: {less}.",
    ),
    "withdrawn": Text(
        "如果停保后账户已经支取或注销：余额{less}。",
        "If the account was paid out or closed after cover ended: {less}.",
    ),
    "deduction_not_taken": Text(
        "如果代扣的费用还没有扣：余额{less}。", "If the deductions were not taken yet: {less}."
    ),
    "status_changed": Text(
        "如果从 {month} 起的身份是{status}：按政策 {policy} 划入不同，余额{less}。",
        "If {status} from {month} on, {policy} credits something else: {less}.",
    ),
    "interest_not_posted": Text(
        "如果 {month} 起的利息还没有入账：余额{less}。",
        "If the interest from {month} on was not posted yet: {less}.",
    ),
    "not_paid_from_account": Text(
        "如果填写的费用中有 {count} 笔不是从本人账户支付的：余额{less}。",
        "If declared expenses ({count}) were not paid from the own account: {less}.",
    ),
    "opening_after_credit": Text(
        "如果填写的期初余额里已经有 {month} 的划入：余额{less}。",
        "If the declared opening had the credit of {month} in it already: {less}.",
    ),
    "unexplained": Text(
        "还有一部分（余额{less}）没有找到原因，请核对账户明细，或向医保经办机构查询。",
        "No cause was found for a part ({less}); compare the lines of the account, or ask the office.",
    ),
}
"""What may be so although nobody declared it."""

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
        "明细里有 {count} 笔利息与计算不同：余额{less}。",
        "The lines show interest other than worked out ({count}): {less}.",
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
        values["status"] = say(STATUS[Status(values["status"])], language)
    table = {"figure": OWN, "lines": SEEN, "supposed": SUPPOSED}[cause.found]
    code = f"{cause.code} {values['variant']}" if "variant" in values else cause.code
    return say(table[code], language).format_map(values)


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
