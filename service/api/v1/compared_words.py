"""The sentences of what a policy changes: for a sample member, and for a sample bill."""

from collections.abc import Mapping

from service.api.language import Language
from service.api.v1.rule_words import ages, value
from service.api.v1.words import MEMBER_CLASS, SEX, STATUS, month_words, say
from service.core.member import Status
from service.core.money import yuan
from service.core.text import Text
from service.review.before_after import OfBill, OfMember, Seen
from service.review.samples import Sample

_SENTENCES: Mapping[str, Text] = {
    "credit": Text("每月 {before} → {after}（{by}）", "a month {before} → {after} ({by})"),
    "credited": Text("期内划入 {before} → {after}（{by}）", "credited {before} → {after} ({by})"),
    "interest": Text("利息 {before} → {after}（{by}）", "interest {before} → {after} ({by})"),
    "closing": Text("期末余额 {before} → {after}（{by}）", "closing balance {before} → {after} ({by})"),
    "fund": Text("统筹基金 {before} → {after}（{by}）", "the fund {before} → {after} ({by})"),
    "none": Text("无变化", "no change"),
    "was_unknown": Text("原无结果，现为 {after}", "no answer before, now {after}"),
    "is_unknown": Text("原为 {before}，现无结果", "{before} before, no answer now"),
    "unknown": Text("前后均无结果", "no answer before or after"),
}


def member_text(found: OfMember, language: Language) -> str:
    """`退休、70 岁以上：每月 110.00 → 120.00（+10.00）`."""
    told = _whom(found.sample, language)
    before, after = found.before, found.after
    if before is None or after is None:
        figures = [None if seen is None else seen.credit for seen in (before, after)]
        return _sentence(told, _lacking(figures[0], figures[1], language), language)
    return _sentence(told, _most_telling(before, after, language), language)


def _most_telling(before: Seen, after: Seen, language: Language) -> str:
    """What changes, as people ask for it: a month, in all, interest, and what is left."""
    for name, old, new in (
        ("credit", before.credit, after.credit),
        ("credited", before.credited, after.credited),
        ("interest", before.interest + before.accrued, after.interest + after.accrued),
        ("closing", before.closing, after.closing),
    ):
        if old != new:
            return _moved(name, old, new, language)
    return say(_SENTENCES["none"], language)


def bill_text(found: OfBill, language: Language) -> str:
    """`退休、70 岁以上、门诊、三级、3000.00 元：统筹基金 1200.00 → 1500.00（+300.00）`."""
    bill, before, after = found.sample.bill, found.before, found.after
    told = [*_whom(found.sample.sample, language), value(bill.setting.value, language)]
    if bill.tier is not None:
        told.append(value(bill.tier.value, language))
    if found.sample.month != found.sample.sample.first:
        told.append(month_words(found.sample.month, language))
    told.append(say(Text(f"{yuan(bill.total)} 元", f"{yuan(bill.total)} yuan"), language))
    if before is None or after is None:
        return _sentence(told, _lacking(before, after, language), language)
    said = say(_SENTENCES["none"], language) if before == after else _moved("fund", before, after, language)
    return _sentence(told, said, language)


def _whom(sample: Sample, language: Language) -> list[str]:
    """Whom a sample stands for: what the rules tell apart, as far as it was chosen and not supposed."""
    spell = sample.now
    told = [say(STATUS[spell.status], language)]
    if spell.member_class is not None:
        told.append(say(MEMBER_CLASS[spell.member_class], language))
    told.append(ages(*sample.ages, language))
    if sample.cohort and spell.status is Status.RETIRED:
        since = month_words(spell.start, language)
        told.append(say(Text(f"{since}退休", f"retired in {since}"), language))
    if spell.base is not None:
        told.append(say(Text(f"基数 {yuan(spell.base)}", f"base {yuan(spell.base)}"), language))
    if spell.monthly_pension is not None:
        pension = yuan(spell.monthly_pension)
        told.append(say(Text(f"养老金 {pension}", f"pension {pension}"), language))
    if spell.contribution_months is not None and sample.member.sex is not None:
        sex, years = say(SEX[sample.member.sex], language), spell.contribution_months // 12
        told.append(say(Text(f"{sex}、缴费 {years} 年", f"{sex}, {years} years paid"), language))
    return [each for each in told if each]


def _sentence(told: list[str], said: str, language: Language) -> str:
    whom = say(Text("、", ", "), language).join(told)
    return say(Text(f"{whom}：{said}", f"{whom}: {said}"), language)


def _moved(what: str, before: int, after: int, language: Language) -> str:
    by = after - before
    figures = {"before": yuan(before), "after": yuan(after), "by": f"+{yuan(by)}" if by > 0 else yuan(by)}
    return say(_SENTENCES[what], language).format_map(figures)


def _lacking(before: int | None, after: int | None, language: Language) -> str:
    if before is None and after is None:
        return say(_SENTENCES["unknown"], language)
    if before is None:
        return say(_SENTENCES["was_unknown"], language).format(after=yuan(after or 0))
    return say(_SENTENCES["is_unknown"], language).format(before=yuan(before))
