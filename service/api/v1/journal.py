"""The sentence of every posting (明细), in both languages."""

from collections.abc import Mapping

from service.api.language import Language
from service.api.v1.words import BUCKET, CATEGORY, say, span_words
from service.core.account import Posting, PostingKind
from service.core.expense import Category
from service.core.money import yuan
from service.core.policy import National, Policy
from service.core.text import Text

_POSTINGS: Mapping[tuple[PostingKind, bool], Text] = {
    (PostingKind.CREDIT, True): Text("划入{span}个人账户资金 {yuan} 元", "Credit for {span}: {yuan} yuan"),
    (PostingKind.ADVANCE, True): Text(
        "预划{span}个人账户资金 {yuan} 元", "Advance credit for {span}: {yuan} yuan"
    ),
    (PostingKind.TRUE_UP, True): Text("清算{span}，补划 {yuan} 元", "Settlement of {span}: {yuan} yuan more"),
    (PostingKind.TRUE_UP, False): Text(
        "清算{span}，扣回 {yuan} 元", "Settlement of {span}: {yuan} yuan taken back"
    ),
    (PostingKind.DEDUCTION, False): Text("代扣{what} {yuan} 元", "Deducted for {what}: {yuan} yuan"),
    (PostingKind.INTEREST, True): Text("{bucket}结息 {yuan} 元", "Interest on {bucket}: {yuan} yuan"),
    (PostingKind.ROLLOVER, False): Text(
        "{bucket}结转转出 {yuan} 元", "Rolled over from {bucket}: {yuan} yuan"
    ),
    (PostingKind.ROLLOVER, True): Text(
        "结转转入{bucket} {yuan} 元", "Rolled over into {bucket}: {yuan} yuan"
    ),
    (PostingKind.PAYMENT, False): Text(
        "{what}从{bucket}支付 {yuan} 元", "Paid from {bucket} for {what}: {yuan} yuan"
    ),
    (PostingKind.FAMILY_PAYMENT, False): Text(
        "为亲属支付{what}，从{bucket} {yuan} 元", "Paid from {bucket} for {what} of a relative: {yuan} yuan"
    ),
    (PostingKind.TRANSFER_OUT, False): Text("从{bucket}转出 {yuan} 元", "Moved out of {bucket}: {yuan} yuan"),
    (PostingKind.TRANSFER_OUT, True): Text(
        "{bucket}的欠款 {yuan} 元随转出冲平", "Debt of {bucket} moved along: {yuan} yuan"
    ),
    (PostingKind.TRANSFER_IN, True): Text("转入{bucket} {yuan} 元", "Moved into {bucket}: {yuan} yuan"),
    (PostingKind.TRANSFER_IN, False): Text(
        "转入欠款，{bucket}减少 {yuan} 元", "Debt moved into {bucket}: {yuan} yuan"
    ),
    (PostingKind.WITHDRAWAL, False): Text("从{bucket}支取 {yuan} 元", "Paid out of {bucket}: {yuan} yuan"),
}

_FOR_SOMETHING = (PostingKind.PAYMENT, PostingKind.FAMILY_PAYMENT)


def posting_words(posting: Posting, policy: Policy | National, language: Language) -> str:
    """The sentence of a posting; `policy` is the one its basis names."""
    gain = posting.amount >= 0
    text = _POSTINGS.get((posting.kind, gain)) or Text(
        f"{posting.kind} {{yuan}} 元", f"{posting.kind}: {{yuan}} yuan"
    )
    return say(text, language).format(
        span=span_words(posting.months, language),
        yuan=yuan(abs(posting.amount)),
        bucket=say(BUCKET[posting.bucket], language),
        what=_what(posting, policy, language),
    )


def _what(posting: Posting, policy: Policy | National, language: Language) -> str:
    if posting.kind in _FOR_SOMETHING:
        return say(CATEGORY[Category(posting.note.partition(" ")[0])], language)
    if posting.kind is PostingKind.DEDUCTION and isinstance(policy, Policy):
        place = int(posting.basis.rule.rpartition("/")[2])
        return say(policy.deductions[place].name, language)
    return ""
