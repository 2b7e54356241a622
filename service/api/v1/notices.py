"""The sentence of every notice (提示), in both languages; `{names}` are filled from the notice's values."""

from collections import defaultdict
from collections.abc import Mapping

from service.api.language import Language
from service.api.v1.sharing_words import REFUSED, SHARING
from service.api.v1.words import CATEGORY, month_words, say
from service.core.account import Notice
from service.core.expense import Category
from service.core.text import Text

NOTICES: Mapping[str, Text] = {
    "no_account_resident": Text(
        "城乡居民医保没有个人账户。", "The resident scheme has no individual account."
    ),
    "no_account_flexible": Text(
        "按政策 {policy}，灵活就业人员不建立个人账户。",
        "Under {policy} the flexibly employed have no individual account.",
    ),
    "no_account_tier": Text(
        "按政策 {policy}，这一档次不建立个人账户。", "Under {policy} this tier has no individual account."
    ),
    "no_account_exempt": Text(
        "离休人员等不建立个人账户，医疗费另有渠道。",
        "Veteran cadres and others are covered apart, without an account.",
    ),
    "gap_no_credit": Text(
        "从 {month} 起没有参保或没有缴费，不划入。",
        "From {month} on there is no coverage, or nothing is paid for it, and no credit.",
    ),
    "not_credited": Text(
        "从 {month} 起按政策 {policy} 不划入个人账户。", "From {month} on nothing is credited under {policy}."
    ),
    "below_minimum_years": Text("缴费年限不足，不划入。", "Nothing is credited below the minimum years."),
    "not_yet_credited": Text(
        "{month} 及以后的部分划入在所问的时间之后到账。",
        "Part of the credit for {month} and later arrives after the months asked for.",
    ),
    "employer_in_arrears": Text(
        "单位欠费，暂不划入。", "Nothing is credited while the employer is in arrears."
    ),
    "used_up": Text(
        "{month}：本人账户没有足够的余额支付{category}，其余由亲属或现金支付。",
        "{month}: the own account had not enough for all of the {category}; relatives or cash pay the rest.",
    ),
    "rolled_over": Text(
        "{month} 结转：当年余额转为历年余额。", "{month}: the year's balance was rolled over."
    ),
    "negative_after_true_up": Text(
        "{month} 清算后账户出现负数。", "{month}: the account is negative after a settlement."
    ),
    "posted_after_spending": Text(
        "{month}：有消费早于当月划入到账，计算时视为当月划入已到账。",
        "{month}: some spending came before the month's credit arrived; the credit counts as there already.",
    ),
    "deduction_taken": Text(
        "{month} 起从账户代扣费用。", "From {month} on a deduction is taken from the account."
    ),
    "gate_not_met": Text(
        "{month}：不满足账户支付{category}的条件，其余由亲属或现金支付。",
        "{month}: the condition for paying {category} is not met; relatives or cash pay the rest.",
    ),
    "category_not_payable": Text(
        "{month}：政策所列的账户支付项目中没有{category}，本人账户不支付。",
        "{month}: {category} is not listed for the account; the own account does not pay it.",
    ),
    "prior_years_only": Text(
        "{month}：{category}只能用历年余额支付。", "{month}: only prior-years money may pay for {category}."
    ),
    "assumed_interest_rate": Text(
        "政策 {policy} 没有写明计息利率，按全国规定计算。",
        "{policy} does not say the interest rate; the national rule is used.",
    ),
    "assumed_interest_method": Text(
        "政策 {policy} 没有写明计息或结息方法，按全国默认方法计算。",
        "{policy} does not say how interest is counted or posted; the national default is used.",
    ),
    "assumed_policy_year": Text(
        "政策 {policy} 没有写明医保年度，按自然年度。",
        "{policy} does not say when its policy year starts; the calendar year is assumed.",
    ),
    "assumed_settlement": Text(
        "政策 {policy} 没有写明停保后预划资金何时扣回，按年度清算时扣回。",
        "{policy} does not say when a leaver's advance is taken back; the year's settlement is assumed.",
    ),
    "assumed_pension_month": Text(
        "政策 {policy} 按指定月份的养老金计算，当月尚未退休，按现在的养老金。",
        "{policy} counts on the pension of a named month before retirement; the present pension is taken.",
    ),
    "assumed_no_earlier_interest": Text(
        "没有提供起始月份之前已计未结的利息，按没有处理；沿用前一次结果的 resume 可以续算。",
        "Interest accrued before the first month was not given and counts as none; a `resume` carries it.",
    ),
    "deduction_not_covered": Text(
        "账户余额不足以代扣全部费用，只扣除了余额部分。",
        "The account did not hold enough for a deduction; only what it held was taken.",
    ),
    "assumed_rollover": Text(
        "政策 {policy} 没有写明结转办法，按全国默认办法：年度结束时当年余额转为历年余额。",
        "{policy} does not say how balances roll over; by national default the year's becomes prior years'.",
    ),
    "assumed_payment_rules": Text(
        "政策 {policy} 没有写明账户支付范围与顺序，按全国默认规则。",
        "{policy} does not say what the account may pay, and in what order; the national default is used.",
    ),
    "assumed_credit_rule": Text(
        "政策 {policy} 没有写明这种参保状态的划入，按全国默认规则。",
        "{policy} does not say what this status is credited; the national default is used.",
    ),
    "assumed_posting_month": Text(
        "政策 {policy} 没有写明按年划入的月份，按年度首月。",
        "{policy} does not say in which month the year is credited; the first is assumed.",
    ),
    "assumed_posting_day": Text(
        "政策 {policy} 没有写明到账日，按全国默认日。",
        "{policy} does not say the day of credit; the default is used.",
    ),
    "assumed_posting_lag": Text(
        "政策 {policy} 没有写明划入滞后几个月，按当月到账。",
        "{policy} does not say how late the credit arrives; the month itself is assumed.",
    ),
    "assumed_joining_month": Text(
        "政策 {policy} 没有写明年中参保从哪个月起预划，按次月。",
        "{policy} does not say from which month a joiner is credited; the month after is assumed.",
    ),
    "assumed_age_reference": Text(
        "政策 {policy} 没有写明年龄按哪一天计算，按当月月底的周岁。",
        "{policy} does not say on which day age counts; the end of the month is assumed.",
    ),
    "assumed_base_within_bounds": Text(
        "政策 {policy} 没有公布 {month} 的缴费基数上下限，按填写的基数计算。",
        "{policy} publishes no bounds of the base for {month}; the declared base is taken.",
    ),
    "unknown_parameter": Text(
        "政策 {policy} 没有公布这一数值，按 0 计算；可在 {parameter} 填写。",
        "{policy} does not publish a figure, which counts 0; it can be declared at {parameter}.",
    ),
    "policy_extrapolated": Text(
        "{month} 起超出了政策 {policy} 有来源证实或已公布数值的时间，沿用最近的规定。",
        "From {month} on no source attests {policy}, or its figures end; the latest are carried on.",
    ),
    "low_grade_source": Text(
        "政策 {policy} 的这项规定只有 {grade} 级来源，仅供参考。",
        "What {policy} says here rests on a source of grade {grade} only.",
    ),
    "earlier_postings_ignored": Text(
        "{count} 笔早于 {month} 的明细没有使用，期初余额里已经有它们。",
        "{count} lines before {month} were not looked at; the opening has them in it.",
    ),
    **SHARING,
}


def notice_words(notice: Notice, language: Language) -> str:
    """The sentence of a notice; an unlisted code is shown as it is."""
    values = defaultdict(str, notice.values)
    if notice.month is not None:
        values["month"] = month_words(notice.month, language)
    if "why" in values:
        values["why"] = refusal_words(values["why"], values["holder"], language)
    if "category" in values:
        values["category"] = say(CATEGORY[Category(values["category"])], language)
    return say(NOTICES.get(notice.code, Text(notice.code, notice.code)), language).format_map(values)


def refusal_words(code: str, holder: str, language: Language) -> str:
    """The sentence of why a transfer was refused."""
    text = REFUSED.get(code) or SHARING.get(code) or Text(code, code)
    return say(text, language).format_map(defaultdict(str, holder=holder))
