"""The sentences of what may be so although nobody declared it (假设的原因), in both languages."""

from collections.abc import Mapping

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
    "gap_no_credit span": Text(
        "如果从 {month} 到 {last} 没有参保或没有缴费：这几个月不划入，余额{less}。",
        "If there was no cover from {month} to {last}, or nothing was paid for it: {less}.",
    ),
    "gap_no_credit retired": Text(
        "如果从 {month} 起没有再收到退休人员的划入：余额{less}。请向医保经办机构查询原因。",
        "If nothing more was credited to the retiree from {month} on: {less}. The office can tell why.",
    ),
    "gap_no_credit retired alone": Text(
        "如果 {month} 没有收到退休人员的划入：余额{less}。请向医保经办机构查询原因。",
        "If the retiree was credited nothing for {month}: {less}. The office can tell why.",
    ),
    "gap_no_credit retired span": Text(
        "如果从 {month} 到 {last} 没有收到退休人员的划入：余额{less}。请向医保经办机构查询原因。",
        "If the retiree was credited nothing from {month} to {last}: {less}. The office can tell why.",
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
    "employer_in_arrears span": Text(
        "如果单位欠缴 {month} 到 {last} 的费用：这几个月暂不划入，余额{less}。",
        "If the employer is in arrears from {month} to {last}, nothing is credited for these months: {less}.",
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
    "status_changed nothing": Text(
        "如果从 {month} 起的身份是{status}：按政策 {policy} 不再划入，余额{less}。",
        "If {status} from {month} on, {policy} credits nothing any more: {less}.",
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
        "还有一部分（余额{less}）没有找到原因：可能有没有填写的消费、为亲属的支付或代扣。请核对账户明细，或向医保经办机构查询。",
        "No cause was found for a part ({less}): it may be payments that were not declared, payments for"
        " relatives or deductions; compare the lines of the account, or ask the office.",
    ),
    "unexplained more": Text(
        "还有一部分（余额{less}）没有找到原因，请核对填写的内容和账户明细，或向医保经办机构查询。",
        "No cause was found for a part ({less}); compare what was declared with the lines of the account,"
        " or ask the office.",
    ),
    "unexplained parts": Text(
        "余额{less}，但各部分与计算不同，没有找到原因，请核对账户明细，或向医保经办机构查询。",
        "In all {less}, but the parts differ and no cause was found; compare the lines of the account,"
        " or ask the office.",
    ),
}
"""What may be so although nobody declared it."""
