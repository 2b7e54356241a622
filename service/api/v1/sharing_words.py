"""The sentences of notices on bills, on families, on arrears and on leaving, in both languages."""

from collections.abc import Mapping

from service.core.text import Text

SHARING: Mapping[str, Text] = {
    # Bills and the pooling fund
    "no_fund_not_insured": Text(
        "{month} 没有参保，统筹基金不支付。", "Not insured in {month}: the pooling fund pays nothing."
    ),
    "no_fund_in_arrears": Text(
        "{month} 没有按时缴费，统筹基金不支付。",
        "Contributions for {month} were not paid in time: the pooling fund pays nothing.",
    ),
    "assumed_nothing_used": Text(
        "没有填写本年度此前的累计，按起付线、封顶线都没有用过计算；可在 year_to_date 填写。",
        "What the year's earlier bills have used was not given and counts as nothing; see `year_to_date`.",
    ),
    "assumed_bill_bands": Text(
        "政策 {policy} 没有写明分段是否含起付线、按次还是按年累计，按含起付线、门诊按年、住院按次计算。",
        "{policy} does not say how bands count: with the deductible, by year, a stay in hospital by itself.",
    ),
    "assumed_bill_deductible": Text(
        "政策 {policy} 没有写明起付线按年还是按次计算，门诊按年、住院按次。",
        "{policy} does not say whether a deductible is of a year; it is, but a stay in hospital has its own.",
    ),
    "assumed_no_cap": Text(
        "政策 {policy} 没有写明封顶线，按没有封顶线计算。", "{policy} names no cap; none is counted."
    ),
    # Families
    "family_not_offered": Text(
        "{holder} 参保地当日的政策没有这种共济方式。",
        "The rules of the area of {holder} do not offer this way of sharing on the day.",
    ),
    "relation_not_allowed": Text(
        "按规定，{holder} 的账户不能给这种亲属关系的人使用。",
        "The rules do not let a relative of this kind use the account of {holder}.",
    ),
    "relative_not_insured": Text(
        "使用人当月没有参保，不能使用 {holder} 的账户。",
        "The relative is not insured in the month and cannot use the account of {holder}.",
    ),
    "relative_insured_elsewhere": Text(
        "使用人的参保地不在 {holder} 参保地允许的共济范围内。",
        "The relative is insured outside the reach that the area of {holder} allows.",
    ),
    "beneficiary_status_not_allowed": Text(
        "使用人的参保状态不在 {holder} 参保地允许的共济范围内。",
        "The area of {holder} does not let relatives of this insurance status use the account.",
    ),
    "too_many_relatives": Text(
        "{holder} 绑定的亲属超过了规定的人数。", "The account of {holder} is linked to too many relatives."
    ),
    "category_not_payable_for_family": Text(
        "按规定，{holder} 的账户不能为亲属支付这类费用。",
        "The account of {holder} may not pay for such things for relatives.",
    ),
    "link_limit_reached": Text(
        "{holder} 设定的共济限额已用完。", "The limit that {holder} has set is reached."
    ),
    "holder_used_up": Text("{holder} 可用的余额不足。", "The account of {holder} did not hold enough."),
    "quota_not_held": Text(
        "{holder} 的账户没有为使用人留出的共济额度。",
        "The account of {holder} holds no quota for this relative.",
    ),
    "holder_gate_not_met": Text(
        "{holder} 的账户不满足为亲属支付的条件。",
        "The conditions for paying for relatives from the account of {holder} are not met.",
    ),
    "holder_order_random": Text(
        "几位授权人由系统随机扣款，这里按所列顺序计算。",
        "The system draws among several holders at random; here they pay in the order declared.",
    ),
    "assumed_holder_order": Text(
        "政策 {policy} 没有写明几位授权人的扣款顺序，按所列顺序计算。",
        "{policy} does not say in which order several holders pay; they pay in the order declared.",
    ),
    "assumed_family_rules": Text(
        "政策 {policy} 没有写明这种家庭共济办法，按全国规定计算。",
        "{policy} does not say how families share in this way; the national rule is used.",
    ),
    "assumed_family_reach": Text(
        "政策 {policy} 没有写明亲属须在哪里参保，按须在同一统筹区。",
        "{policy} does not say where a relative must be insured; the same area is assumed.",
    ),
    "transfer_refused": Text(
        "{month}：转入亲属医保钱包没有成功。{why}", "{month}: a transfer into a wallet was refused. {why}"
    ),
    # Contributions not paid in time, and retirement
    "assumed_back_payment": Text(
        "政策 {policy} 没有写明补缴如何划入，按全国默认办法补划。",
        "{policy} does not say what a back payment brings; by national default its months are credited.",
    ),
    "back_payment_not_credited": Text(
        "按政策 {policy}，补缴的月份不补划。", "Under {policy} the months made up for are not credited."
    ),
    "assumed_below_minimum_years": Text(
        "政策 {policy} 没有写明缴费年限不足时是否划入，按不划入。",
        "{policy} does not say what a retiree below the years required is credited; nothing is assumed.",
    ),
    "retires_by_statute": Text(
        "按法定退休年龄（{policy}），从 {month} 起为退休人员。",
        "By the statutory age ({policy}) the member is retired from {month} on.",
    ),
    # Moving and leaving
    "cleared_on_transfer": Text(
        "{month} 底清算，余额随医保关系转往新参保地。",
        "The account was settled at the end of {month}, and its balance moved to the new area.",
    ),
    "assumed_transfer": Text(
        "政策 {policy} 没有写明余额能否转移，按全部转移计算。",
        "{policy} does not say whether a balance may move to another area; it is assumed to.",
    ),
    "assumed_advance_taken_back": Text(
        "政策 {policy} 没有写明预划资金是否扣回，按扣回计算。",
        "{policy} does not say whether an advance is taken back; it is assumed to be.",
    ),
    "assumed_closing_rule": Text(
        "政策 {policy} 没有写明这种情形下账户如何处理，按全国情况计算，请向当地经办机构核实。",
        "{policy} does not say what becomes of the account in this case; what is usual nationally is used. "
        "Ask the local office.",
    ),
    "assumed_no_interest_on_leaving": Text(
        "政策 {policy} 按年度清算一次计息，来源没有写明年度中清算账户时是否计息，按不计算。",
        "Policy {policy} bears interest once on a year's settled balance; no source says whether an account "
        "settled within the year bears any, and none is counted.",
    ),
}
REFUSED: Mapping[str, Text] = {
    "transfer_too_large": Text("超过了单笔限额。", "It is more than may be moved at once."),
    "too_many_transfers": Text("超过了当日次数。", "There were too many on the day."),
    "transfer_closed_hours": Text("这个时段不办理。", "Nothing is moved at this hour."),
    "not_enough": Text("账户余额不足。", "The account did not hold enough."),
    "no_link": Text("当日没有有效的绑定。", "No link was in force on the day."),
}
"""Why a transfer is refused, besides what bars a link."""
