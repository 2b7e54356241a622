"""The statutory retirement month as it is asked for and answered, with the steps that lead to it."""

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, Notice, PolicySummary, Receipt
from service.api.v1.grounds import grounds, text
from service.api.v1.leaves import Month
from service.api.v1.queries import AsOf
from service.api.v1.words import month_words, say
from service.core.book import Book
from service.core.month import month_text
from service.core.retirement import RetirementKind, rise
from service.core.text import Text
from service.usecases import Retirement

_YEAR = 12

KIND = {
    RetirementKind.MALE: Text("男职工", "men"),
    RetirementKind.FEMALE_55: Text("这类女职工", "women of this kind"),
    RetirementKind.FEMALE_50: Text("这类女职工", "women of this kind"),
}


class RetirementQuery(AsOf):
    """Whose statutory retirement month."""

    birth_month: Month
    kind: RetirementKind = Field(
        description="A man, or a woman by her retirement age under the rule before 2025."
    )


class AgeOfRetirement(Answer):
    """An age in full years and months."""

    years: int
    months: int = Field(ge=0, le=11)


class RetirementMonth(Answer):
    """When somebody retires, and how old."""

    age: AgeOfRetirement
    month: Month


class RetirementAnswer(Answer):
    """The statutory retirement month (法定退休年龄) and how it comes about."""

    birth_month: Month
    kind: RetirementKind
    old: RetirementMonth = Field(description="Under the age that held before it rose.")
    delay_months: int = Field(ge=0)
    statutory: RetirementMonth
    steps: list[str] = Field(description="Sentences ready to show, in order.")
    basis: str = Field(
        description="Policy id, `#`, and the JSON pointer of the rule in the policy's document."
    )
    sources: list[str] = Field(description="Ids in the sources of the policy named.")
    policies: list[PolicySummary]
    notices: list[Notice]
    receipt: Receipt


def retirement_answer(retirement: Retirement, book: Book, asked: bytes, language: Language) -> bytes:
    """The answer to a question about the statutory retirement month."""
    found, basis = retirement.found, retirement.basis
    cited = {basis.policy: set(basis.sources)}
    written = (
        f'{{"birth_month":"{month_text(found.birth_month)}","kind":"{found.kind}",'
        f'"old":{_when(found.old_age, found.old_month)},"delay_months":{found.delay},'
        f'"statutory":{_when(found.age, found.month)},"steps":{text(_steps(retirement, language))},'
        f'"basis":{text(f"{basis.policy}#{basis.rule}")},"sources":{text(basis.sources)},'
        f"{grounds((), cited, retirement.notices, book, asked, language)}}}"
    )
    return written.encode()


def _when(age: int, month: int) -> str:
    years, months = divmod(age, _YEAR)
    return f'{{"age":{{"years":{years},"months":{months}}},"month":"{month_text(month)}"}}'


def _steps(retirement: Retirement, language: Language) -> list[str]:
    """How the month comes about, one sentence a step."""
    steps = (_old(retirement, language), _delay(retirement, language), _statutory(retirement, language))
    return [say(step, language) for step in steps]


def _old(retirement: Retirement, language: Language) -> Text:
    kind, age = KIND[retirement.found.kind], retirement.rule.from_age
    month = month_words(retirement.found.old_month, language)
    return Text(
        f"{kind.zh}原法定退休年龄为{age}周岁，按此退休时间为{month}。",
        f"The old retirement age of {kind.en} is {age}, reached in {month}.",
    )


def _delay(retirement: Retirement, language: Language) -> Text:
    found, rule = retirement.found, retirement.rule
    start, old = month_words(rule.from_, language), month_words(found.old_month, language)
    if found.delay == 0:
        return Text(
            f"从{start}起才逐步延迟，{old}早于此，不延迟。",
            f"Retirement is delayed from {start} on; {old} is before that, so nothing is delayed.",
        )
    place, step, most = found.old_month - rule.from_ + 1, rule.step_months, rise(rule)
    return Text(
        f"从{start}起每{step}个月（不足的按满{step}个月算）延迟1个月，最多延迟{most}个月，到{rule.to_age}周岁为止："
        f"{old}是第{place}个月，延迟{found.delay}个月。",
        f"From {start} on, every {step} months begun delay it by one month, by {most} at most, to the age of "
        f"{rule.to_age}; {old} is month number {place}, so the delay in months is {found.delay}.",
    )


def _statutory(retirement: Retirement, language: Language) -> Text:
    age, month = divmod(retirement.found.age, _YEAR), month_words(retirement.found.month, language)
    return Text(
        f"法定退休年龄为{_age_zh(*age)}，法定退休时间为{month}。",
        f"The statutory retirement age is {_age_en(*age)}, reached in {month}.",
    )


def _age_zh(years: int, months: int) -> str:
    return f"{years}周岁{months}个月" if months else f"{years}周岁"


def _age_en(years: int, months: int) -> str:
    and_months = f" and {months} month{'s' if months > 1 else ''}" if months else ""
    return f"{years} years{and_months}"
