"""The sentence of every fault of a policy document, in both languages; `{names}` as in faults."""

from collections.abc import Mapping

from service.core import money, month

FORMS: Mapping[str, str] = {
    money.YUAN_PATTERN: "yuan_form",
    money.SIGNED_YUAN_PATTERN: "signed_yuan_form",
    money.RATE_PATTERN: "rate_form",
    month.MONTH_PATTERN: "month_form",
    month.DAY_PATTERN: "day_form",
}
"""What is told of a value that is not written in a pattern, which says nothing to most people."""

DOCUMENT_SENTENCES: Mapping[str, tuple[str, str]] = {
    # What a reader of values finds
    "tuple_type": ("应为 JSON 数组", "A JSON array is expected."),
    "dict_type": ("应为 JSON 对象", "A JSON object is expected."),
    "dataclass_type": ("应为 JSON 对象", "A JSON object is expected."),
    "string_type": ("应为带引号的文本", "Text in quotes is expected."),
    "int_type": ("应为整数", "A whole number is expected."),
    "bool_type": ("应为 true 或 false", "It must be true or false."),
    "none_required": ("应为空（null）", "Null is expected."),
    "literal_error": ("没有这个词：{message}", "There is no such word: {message}."),
    "enum": ("没有这个词：{message}", "There is no such word: {message}."),
    "string_pattern_mismatch": ("写法不对：{message}", "It is not written as it must be: {message}."),
    "value_error": ("没有这个值：{message}", "There is no such value: {message}."),
    "union_tag_not_found": ("缺少 kind", "Its `kind` is missing."),
    "union_tag_invalid": ("没有这种 kind：{message}", "There is no such `kind`: {message}."),
    # Sources
    "area_code_of_six_digits": ("统筹区代码须为六位数字", "The code of an area has six digits."),
    "source_required": ("这条规则没有写明来源", "The rule names no source."),
    "source_not_listed": ("sources 中没有 {source}", "`sources` does not list {source}."),
    "grade_d_alone": (
        "这个值只有不可靠（D 级）的来源，不能发布",
        "The value rests on unreliable sources (grade D) alone and cannot be published.",
    ),
    "attestation_required": (
        "首日未知的须填写 attested.from，没有截止日的须填写 attested.to",
        "An unknown first day needs `attested.from`, and an open end `attested.to`.",
    ),
    # Rows, bands and ranges
    "ends_before_it_begins": ("止于开始之前", "It ends before it begins."),
    "rows_must_follow": (
        "各行须按先后排列，且不能重叠",
        "Rows stand in order and must not overlap.",
    ),
    "floor_above_ceiling": ("下限高于上限", "The floor lies above the ceiling."),
    "floor_or_ceiling_required": (
        "下限与上限至少要有一个",
        "There must be a floor or a ceiling, or both.",
    ),
    "bands_required": ("没有年龄段", "There are no bands of age."),
    "first_band_must_be_open": ("第一个年龄段不能有下界", "The first band must have no lower bound."),
    "last_band_must_be_open": ("最后一个年龄段不能有上界", "The last band must have no upper bound."),
    "bands_must_follow": (
        "年龄段须首尾相接：后一段比前一段的上界大一岁开始",
        "Each band begins one year above the one before.",
    ),
    "ranges_required": ("没有列出医保年度", "No policy years are listed."),
    "ranges_must_follow": (
        "医保年度须首尾相接",
        "Each policy year begins in the month after the one before.",
    ),
    "steps_must_rise": ("分档的余额须递增", "The steps must begin at rising balances."),
    "cost_bands_must_follow": (
        "同一等级与项目的费用段须首尾相接",
        "Among rows for the same tiers and items each band of cost begins where the one before ended.",
    ),
    # What refers to something else
    "series_not_listed": ("published 中没有 {series}", "`published` has no series {series}."),
    "bucket_not_listed": ("buckets 中没有 {bucket}", "`buckets` does not list {bucket}."),
    "bucket_required": ("buckets 中必须有 {bucket}", "`buckets` must list {bucket}."),
    "contribution_rates_missing": (
        "contribution 类的金额需要填写缴费比例 contribution",
        "An amount of kind `contribution` needs the rates under `contribution`.",
    ),
    "tier_without_ratio": ("等级 {tier} 没有报销比例", "No ratio is given for the tier {tier}."),
    "above_cap_without_cap": (
        "没有统筹基金支付的封顶线，不能有 above_cap",
        "`above_cap` needs a cap on what the fund pays.",
    ),
    # What a rule must say
    "text_required": ("不能是空白", "It must not be blank."),
    "names_nothing": (
        "至少要列出一项，否则规则不适用于任何人",
        "It names nothing: the rule would be for nobody.",
    ),
    "named_twice": ("同一项列了两次", "It is named twice."),
    "amounts_required": ("没有列出金额", "No amounts are given."),
    "ratios_required": ("没有列出报销比例", "No ratio is given."),
    "line_amount_or_series": (
        "金额与数值序列须填写一个，且只能填写一个",
        "Give either the amount or the series, and not both.",
    ),
    "number_out_of_range": (
        "应在 {least} 到 {largest} 之间",
        "It must be from {least} to {largest}.",
    ),
    "not_a_day_of_the_month": ("这个月没有这一天", "The month has no such day."),
    "extras_are_not_advanced": (
        "另外划入（extras）不能预划",
        "A rule in `extras` cannot be posted as an advance.",
    ),
    "deduction_from_advance": (
        "预划的划入无法清算代扣，请改为从账户扣（account）",
        "What is taken from an advance could not be settled; take it from the account.",
    ),
    "rolls_into_itself": ("不能转入自身", "A bucket cannot roll over into itself."),
    "if_unspent_is_for_prior_years": (
        "if_unspent 只能用于历年余额",
        "`if_unspent` is a rate of prior-years money only.",
    ),
    # Rules in each other's way
    "general_row_must_be_last": (
        "这一行适用于所有情形，后面的行不会用到；请放在最后",
        "This row fits every bill and hides those after it; it must be the last.",
    ),
    "never_counts": (
        "前面的规则 {rule} 已经包括了它，它不会用到",
        "It never counts: the earlier rule {rule} takes all that it is for.",
    ),
    "overlaps_earlier_rule": (
        "与前面的规则 {rule} 部分重叠，而两者互不包含",
        "It overlaps the earlier rule {rule}, and neither is an exception of the other.",
    ),
    "leaves_a_hole": ("与前一条规则之间有空缺", "Between it and the rule before nothing is said."),
    "taken_twice": (
        "与 {rule} 同名，会对同样的人扣两次",
        "It has the name of {rule} and would be taken a second time.",
    ),
    # Worked cases
    "too_many_rules": (
        "规则太多，最多 {most} 条",
        "There are too many rules to hold against each other; at most {most} are taken.",
    ),
    "series_form": (
        "公布数的名称只能用 1 到 64 个英文字母、数字与 _ . -",
        "Name a series with 1 to 64 letters of A to Z, digits and _ . -",
    ),
    "too_many_amounts": (
        "金额算式太多，最多 {most} 个",
        "There are too many amounts within amounts; at most {most} are taken.",
    ),
    "nested_too_deep": ("嵌套过深，最多 {most} 层", "It is nested too deep; at most {most} steps are taken."),
    "too_many_cases": ("最多 {most} 个算例", "At most {most} worked cases are taken."),
    "expect_or_refused": (
        "算例须写明 expect 或 refused 之一",
        "A case expects either an answer or a refusal.",
    ),
    "not_in_a_case": ("算例的问题中不能写这一项", "The question of a case must not say this."),
    "case_differs": ("算例没有通过：{case}", "The worked case does not come out: {case}."),
}
