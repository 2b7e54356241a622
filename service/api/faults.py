"""The sentence of every fault, in both languages; `{names}` are filled from the fault's values."""

from collections import defaultdict
from collections.abc import Mapping

from service.api.document_words import DOCUMENT_SENTENCES, FORMS
from service.core.errors import Fault

_UNLISTED = ("不能接受：{message}", "Not acceptable: {message}.")

SENTENCES: Mapping[str, tuple[str, str]] = {
    # The shape of a request
    "json_invalid": ("请求体不是有效的 JSON：{detail}", "The body is not valid JSON: {detail}."),
    "duplicate_key": ("字段 {key} 出现了不止一次", "The field {key} is given more than once."),
    "body_required": ("请求体是空的，应为一个 JSON 对象", "The body is empty; a JSON object is expected."),
    "required": ("缺少必填字段", "This field is required."),
    "unknown_field": ("没有这个字段", "There is no such field."),
    "not_object": ("应为 JSON 对象", "A JSON object is expected."),
    "not_list": ("应为 JSON 数组", "A JSON array is expected."),
    "not_text": ("应为带引号的文本", "Text in quotes is expected."),
    "not_boolean": ("应为 true 或 false", "It must be true or false."),
    "not_integer": ("应为整数", "A whole number is expected."),
    "text_form": ("文本不符合要求的格式：{detail}", "The text is not of the form asked for: {detail}."),
    "not_one_of": ("只能是下列之一：{expected}", "It must be one of: {expected}."),
    "too_small": ("不能小于 {least}", "It must not be less than {least}."),
    "too_large": ("不能大于 {most}", "It must not be more than {most}."),
    "too_many": ("最多 {most} 项", "At most {most} items are taken."),
    "too_few": ("至少要有 {least} 项", "There must be {least} or more."),
    "yuan_form": (
        '金额用文本写成元，不小于 0，小数要么没有、要么两位，例如 "1234.50" 或 "1234"；不能写成数字',
        'Write money as text in yuan, not negative, with no decimals or two: "1234.50" or "1234".',
    ),
    "signed_yuan_form": (
        '金额用文本写成元，小数要么没有、要么两位，例如 "1234.50" 或 "-12.00"；不能写成数字',
        'Write money in yuan as text with no decimals or two: "1234.50" or "-12.00", not a number.',
    ),
    "rate_form": (
        '比率用文本写成 0 到 1 的小数，最多六位，例如 "0.02"；不能写成数字',
        'Write a rate as text, a decimal from 0 to 1 of at most six places: "0.02", not a number.',
    ),
    "month_form": ('月份写成 "2026-01"', 'Write a month as "2026-01".'),
    "day_form": (
        '日期写成 "2026-01-15"，且须是日历上有的日子',
        'Write a day as "2026-01-15"; it must be one that the calendar has.',
    ),
    "month_or_day_form": (
        '写成月份 "2026-01" 或日期 "2026-01-15"',
        'Write a month "2026-01" or a day "2026-01-15".',
    ),
    "time_form": ('时间写成 "10:30"', 'Write a time of day as "10:30".'),
    "instant_form": (
        '时刻写成 "2026-01-15T08:00:00Z" 或 "2026-01-15T16:00:00+08:00"',
        'Write an instant as "2026-01-15T08:00:00Z" or "2026-01-15T16:00:00+08:00".',
    ),
    "area_form": (
        '统筹区写成六位行政区划代码，例如 "110000"',
        'Write an area as a six-digit division code: "110000".',
    ),
    "label_form": (
        "应为 1 到 64 个字符的文本，不含控制字符",
        "Text of 1 to 64 characters without control characters is expected.",
    ),
    "carried_form": (
        '应为写成文本的整数，例如 "1314000000"',
        'A whole number written as text is expected: "1314000000".',
    ),
    "policy_form": (
        '政策写成统筹区代码与生效首日，例如 "110000@2022-09-01"',
        'Write a policy as its area and first day of effect: "110000@2022-09-01".',
    ),
    "reason_form": (
        "请写明理由：1 到 1000 个字符，不含控制字符，也不能只有空白",
        "A reason of 1 to 1000 characters is expected: no control characters, and not only blanks.",
    ),
    "name_form": (
        "应为 1 到 200 个字符的文本，不含控制字符",
        "Text of 1 to 200 characters without control characters is expected.",
    ),
    "cursor_form": (
        "应为上一页答复中的 next，原样送回",
        "The `next` of the answer before is expected, as it came.",
    ),
    "number_too_large": (
        "整数不能大于 {most}，也不能小于 -{most}",
        "A whole number of at most {most} either way is expected.",
    ),
    "null_character": ("不能含有空字符（U+0000）", "Null characters (U+0000) cannot be kept."),
    "if_match_form": (
        'If-Match 写成所读到的 ETag，例如 "3"（连同引号）；不接受 *，因为它不说明看到的是哪一版',
        'Send the ETag that you have read as If-Match, quotes included: "3"; `*` names no version.',
    ),
    "idempotency_key_form": (
        "Idempotency-Key 应为 1 到 {most} 个可打印的 ASCII 字符，且只给一次",
        "One Idempotency-Key of 1 to {most} printable ASCII characters is expected.",
    ),
    "not_of_drafts": (
        "草稿没有发布日期，也不按日期查找",
        "Drafts are not looked up by day or instant.",
    ),
    "invalid": ("不能接受：{detail}", "Not acceptable: {detail}."),
    # What a question supposes
    "area_or_policy": (
        "area 与 policy 须填写一个，且只能填写一个",
        "Give either `area` or `policy`, and not both.",
    ),
    "area_stays": (
        "overrides 不能改变政策所属的统筹区",
        "Overrides cannot move a policy to another area.",
    ),
    "national_stays": (
        "全国规定（100000）不能假设，请给出某一统筹区的政策",
        "The national rules (100000) cannot be supposed; give the policy of an area.",
    ),
    "versions_overlap": (
        "按 overrides 修改后，{policies} 会在同一天生效",
        "With these overrides {policies} would be in force on the same day.",
    ),
    "document_too_large": (
        "所假设的文件最多 {most} 个字符",
        "What is supposed may be at most {most} characters of JSON.",
    ),
    "item_given_twice": ("同一项写了两次", "The same item is given twice."),
    "duplicate_scenario": ("情景 {id} 出现了不止一次", "The scenario {id} is named more than once."),
    "amounts_past_writing": (
        "按这些规则会得出超过 12 位整数的金额，无法写出",
        "These rules give amounts of more than 12 digits, which cannot be written.",
    ),
    # What the parts of a request say of each other
    "to_before_from": ("结束早于开始", "The end lies before the beginning."),
    "too_many_months": ("一次最多 {most} 个月", "At most {most} months are answered at once."),
    "spells_overlap": (
        "与从 {from} 开始的参保状态段重叠",
        "It overlaps the coverage spell that begins in {from}.",
    ),
    "expense_outside_range": (
        "费用日期不在所问的 {from} 至 {to} 之内",
        "The day of the expense lies outside the months asked for, {from} to {to}.",
    ),
    "observed_outside_range": (
        "观测日期不在所问的 {from} 至 {to} 之内",
        "The day of the balance lies outside the months asked for, {from} to {to}.",
    ),
    "posting_after_observed": (
        "这一笔明细晚于余额的日期 {on}",
        "The line lies after {on}, the day of the balance.",
    ),
    "opening_total_differs": (
        "期初合计应等于各部分之和 {sum}",
        "The opening total must be the sum of its parts, {sum}.",
    ),
    "birth_after_from": (
        "出生年月晚于所问的起始月份 {from}",
        "The month of birth lies after {from}, the first month asked for.",
    ),
    "retired_after_on": (
        "退休月份晚于所问的 {on}",
        "The month of retirement lies after {on}, the month asked for.",
    ),
    "account_months_exceed": (
        "有个人账户的缴费月数不能多于总缴费月数",
        "Months with an account cannot be more than all months contributed.",
    ),
    "nothing_to_back_pay": (
        "按时缴费的参保状态段没有补缴；请把 contributions 写成 in_arrears 或 not_enrolled",
        "Nothing is made up for where contributions were paid; say so by `contributions`.",
    ),
    "back_paid_before_from": (
        "补缴早于这一参保状态段的开始",
        "The back payment lies before the beginning of the spell.",
    ),
    "retires_from_other_spell": (
        "只有在职或灵活就业、且没有写结束月份的参保状态段可以按法定年龄退休",
        "Only a spell of employed or flexible status without an end can end by statutory retirement.",
    ),
    "past_statutory_retirement": (
        "法定退休月份 {month} 早于这一参保状态段的开始",
        "The statutory retirement month, {month}, lies before the beginning of the spell.",
    ),
    "retirement_kind_of_other_sex": (
        "退休类别与性别不符",
        "The kind of retirement is of the other sex.",
    ),
    "used_given_twice": (
        "opening.used 里已经有本年度医疗费的累计，不能再填写",
        "What bills have used stands in `opening.used` already.",
    ),
    "age_or_birth_month": (
        "年龄与出生年月只能给一个",
        "Give either the age or the month of birth, not both.",
    ),
    # Expenses and bills
    "amount_or_bill": (
        "要么写 category 和 amount，要么写 bill，不能都写，也不能都不写",
        "Give either `category` and `amount`, or `bill`, and not both.",
    ),
    "bill_parts_exceed_total": (
        "各部分合计 {sum}，超过了总额",
        "The parts of the bill come to {sum}, more than its total.",
    ),
    "bill_parts_fall_short": (
        "各部分合计 {sum}，不到总额；总额应等于政策范围内、乙类自理与自费之和",
        "The parts of the bill come to {sum}, less than its total, which they must make up.",
    ),
    "items_or_in_scope": (
        "写了 items 就不能再写 in_scope",
        "With `items` the cost in scope follows from them; leave it out.",
    ),
    "fund_exceeds_in_scope": (
        "统筹基金支付不能超过政策范围内费用 {in_scope}",
        "The fund cannot have paid more than the cost in scope, {in_scope}.",
    ),
    "expenses_out_of_order": (
        "费用要按日期先后排列，这一笔早于前面的 {after}",
        "Expenses stand in order of day; this one lies before {after}.",
    ),
    # Members, links and transfers
    "duplicate_member": ("成员 {id} 出现了不止一次", "The member {id} is named more than once."),
    "unknown_member": ("没有成员 {id}", "There is no member {id}."),
    "link_to_itself": ("授权人与使用人不能是同一人", "A holder cannot be linked to the same member."),
    "link_cycle": (
        "绑定形成了循环：钱可以绕回到授权人；互相授权的，请分两次计算，每次一个方向",
        (
            "The links form a cycle: money could come back to its holder. "
            "Who share with each other: ask once each way."
        ),
    ),
    "duplicate_link": (
        "同样两人之间同一方式的绑定在同一天不能有两个",
        "There is another link of this model between the same members on the same days.",
    ),
    "quota_of_other_model": (
        "只有 model 为 quota 的绑定才有额度",
        "Only a link whose model is `quota` has a quota.",
    ),
    "more_than_held": (
        "不能多于账户当日的余额",
        "It cannot be more than what the account holds on the day.",
    ),
    "holder_without_account": (
        "授权人没有个人账户",
        "The holder has no individual account.",
    ),
    "transfer_outside_range": (
        "转账日期不在所问的 {from} 至 {to} 之内",
        "The day of the transfer lies outside the months asked for, {from} to {to}.",
    ),
    "transfer_without_link": (
        "这两人之间没有 model 为 wallet 的绑定",
        "There is no link whose model is `wallet` between these members.",
    ),
    # What has been published
    "unknown_area": ("没有发布过统筹区 {area} 的政策", "No policy of the area {area} has been published."),
    "unknown_policy": ("没有发布过政策 {policy}", "No policy {policy} has been published."),
    "no_policy_in_force": (
        "{month} 没有已发布的政策生效；该地区的政策覆盖：{covered}",
        "No published policy is in force in {month}; those of the area cover: {covered}.",
    ),
    "bucket_not_in_policy": (
        "政策 {policy} 没有这个账户部分",
        "The policy {policy} has no such part of the account.",
    ),
    "retirement_unknown": (
        "没有发布过 {kind} 这一类人员法定退休年龄的规定",
        "No rule on the statutory retirement age of the kind {kind} has been published.",
    ),
    "past_last_month": (
        "结果晚于 {last}，这是能写出的最后一个月份",
        "The answer would lie after {last}, the last month that can be written.",
    ),
    # What the rules of a policy need to know
    "fact_required": ("按政策 {policy} 计算需要填写这一项", "The policy {policy} needs to know this."),
    "class_required": (
        "政策 {policy} 按类别区分待遇，需要填写类别：{classes}",
        "The policy {policy} tells classes apart; name one of: {classes}.",
    ),
    "status_unknown": (
        "政策 {policy} 没有说明这种参保状态的待遇",
        "The policy {policy} does not say what this status gets.",
    ),
    "unknown_parameter": (
        "政策 {policy} 没有公布这一数值，请自行填写（医疗费请填票据上的统筹支付额）",
        (
            "The policy {policy} does not publish this figure; declare it "
            "(of a bill: what the fund paid as printed on it)."
        ),
    ),
    "transfer_not_allowed": (
        "按政策 {policy}，账户余额不能转往这里",
        "Under the policy {policy} the balance cannot be moved here.",
    ),
    "base_window_required": (
        "政策 {policy} 在 {month} 按以前年度的缴费基数计算，请填写当时的参保状态段与基数",
        "The policy {policy} counts on earlier bases in {month}; declare the spells and bases of then.",
    ),
}


def sentences(fault: Fault) -> tuple[str, str]:
    """The Chinese and the English sentence of a fault; an unlisted code is shown as it is."""
    values = defaultdict(lambda: "?", fault.values)
    found = SENTENCES.get(fault.code) or DOCUMENT_SENTENCES.get(fault.code)
    if "message" in values:  # of the reader of documents, which speaks English and patterns
        message = values["message"] = values["message"].removeprefix("Value error, ").rstrip(".")
        form = next((form for pattern, form in FORMS.items() if f"'{pattern}'" in message), None)
        found = SENTENCES[form] if form is not None else found or _UNLISTED
    zh, en = found or (fault.code, fault.code)
    return zh.format_map(values), en.format_map(values)
