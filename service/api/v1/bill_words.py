"""The sentences of a bill: each step of the fund's account, who paid which part, and who could not."""

from collections.abc import Mapping
from fractions import Fraction

from service.api.language import Language
from service.api.v1.formula import percent
from service.api.v1.words import BUCKET, CATEGORY, say
from service.core.account import Basis
from service.core.answer import Paid, Settled
from service.core.bill import Step
from service.core.expense import Category
from service.core.money import yuan
from service.core.text import Text

_STEPS: Mapping[str, Text] = {
    "total": Text("费用总额 {amount} 元", "Total: {amount} yuan"),
    "self_pay": Text("其中自费（目录外）{amount} 元", "Outside the scope: {amount} yuan"),
    "class_b_copay": Text("其中乙类先行自理 {amount} 元", "Class B co-pay: {amount} yuan"),
    "in_scope": Text("政策范围内费用 {amount} 元", "Within the scope: {amount} yuan"),
    "account_first": Text(
        "起付线之前由个人账户支付 {amount} 元", "Paid by the account before the deductible: {amount} yuan"
    ),
    "deductible": Text(
        "起付线{line}，本次承担 {amount} 元", "Deductible{line}: {amount} yuan of it on this bill"
    ),
    "ratio": Text(
        "统筹基金按 {ratio} 支付 {of} 元中的 {amount} 元", "The fund pays {ratio} of {of} yuan: {amount} yuan"
    ),
    "item_cap": Text(
        "单项最多支付{line}，统筹基金少支付 {less} 元",
        "Most for one item{line}: the fund pays {less} yuan less",
    ),
    "cap": Text("超过封顶线{line}，统筹基金少支付 {less} 元", "Cap{line}: the fund pays {less} yuan less"),
    "above_cap": Text(
        "封顶线以上的 {of} 元按 {ratio} 支付 {amount} 元", "Above the cap {ratio} of {of} yuan: {amount} yuan"
    ),
    "declared_fund": Text(
        "票据上统筹基金支付 {amount} 元", "Paid by the fund as printed on the bill: {amount} yuan"
    ),
    "no_fund": Text("统筹基金不支付", "The fund pays nothing"),
    "fund": Text("统筹基金共支付 {amount} 元", "The fund pays {amount} yuan in all"),
    "own_share": Text("个人负担 {amount} 元", "The person's own share: {amount} yuan"),
}
_NO_RATIO = Text(
    "{of} 元没有相应的支付比例，统筹基金不支付", "No ratio is for {of} yuan; the fund pays none of it"
)
_PAID: Mapping[str, Text] = {
    "own": Text("本人{bucket}支付{category} {amount} 元", "Own {bucket} for {category}: {amount} yuan"),
    "wallet": Text("医保钱包支付{category} {amount} 元", "The wallet for {category}: {amount} yuan"),
    "till": Text(
        "由 {holder} 的{bucket}支付{category} {amount} 元",
        "Paid by {holder} from {bucket} for {category}: {amount} yuan",
    ),
    "quota": Text(
        "由 {holder} 的共济额度（{bucket}）支付{category} {amount} 元",
        "Paid by the quota of {holder} from {bucket} for {category}: {amount} yuan",
    ),
}


def step_words(step: Step, basis: Basis | None, settled: Settled, language: Language) -> str:
    """The sentence of one step of a bill."""
    text = _STEPS[step.kind]
    if step.kind == "ratio" and basis is not None and basis.rule.endswith("/ratios"):
        text = _NO_RATIO
    return say(text, language).format(
        amount=yuan(step.amount),
        less=yuan(-step.amount),
        of=yuan(step.of),
        ratio="" if step.ratio is None else percent(step.ratio),
        line="" if basis is None else _line(settled, basis, language),
    )


def _line(settled: Settled, basis: Basis, language: Language) -> str:
    """The amount of the line that a step rests on, where the policy names one."""
    place: object = settled.in_force.policy
    for name in basis.rule.split("/")[1:]:
        place = place[int(name)] if isinstance(place, tuple) else getattr(place, name)
    share: Fraction | None = getattr(place, "share", None)
    fen = getattr(place, "amount", place)
    fen = getattr(getattr(place, "line", None), "amount", fen)
    if share is not None or not isinstance(fen, int):
        return ""
    return f" {yuan(fen)} yuan" if language == "en" else f" {yuan(fen)} 元"


def paid_words(paid: Paid, holder: str, language: Language) -> str:
    """The sentence of what an account, a quota or a wallet paid."""
    return say(_PAID[paid.by], language).format(
        amount=yuan(paid.amount),
        bucket="" if paid.bucket is None else say(BUCKET[paid.bucket], language),
        category=say(CATEGORY[Category(paid.category)], language),
        holder=holder,
    )
