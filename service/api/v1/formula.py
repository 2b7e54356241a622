"""The formula of a credit as a sentence: which figures, which rates, which age."""

from fractions import Fraction
from typing import assert_never

from service.api.language import Language
from service.api.v1.words import say
from service.core.amount import (
    Amount,
    Base,
    ByAge,
    Contribution,
    EmployerAverageWage,
    Fixed,
    LargerOf,
    LessPerMissingYear,
    Nothing,
    OwnCredit,
    Pension,
    ProRata,
    Published,
    Rounded,
    Share,
    Sum,
    TimesAge,
    Unknown,
    band_of,
    worth,
)
from service.core.earning import Earned
from service.core.facts import Facts
from service.core.money import Exact, round_half_up, yuan
from service.core.text import Text

_HUNDRED = 100
_DECIMALS = 6


def formula(earned: Earned, language: Language) -> str:
    """How the credit of one month comes about, without what it comes to."""
    return _said(earned.rule.amount, earned.facts, language)


def unrounded(amount: Exact) -> str | None:
    """The exact monthly amount in yuan to six decimals, where it is not whole fen."""
    if amount.denominator == 1:
        return None
    scaled = round_half_up(amount / _HUNDRED * 10**_DECIMALS)
    whole, rest = divmod(scaled, 10**_DECIMALS)
    return f"{whole}.{rest:0{_DECIMALS}d}"


def percent(rate: Fraction) -> str:
    """A rate as people write it; a rate has at most six decimals, so a percentage at most four."""
    whole, rest = divmod(int(rate * 10**_DECIMALS), 10**4)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"


def _said(amount: Amount, facts: Facts, language: Language) -> str:  # noqa: C901, PLR0911, PLR0912 - one branch a kind
    def words(zh: str, en: str) -> str:
        return en if language == "en" else zh

    def inner(part: Amount) -> str:
        return _said(part, facts, language)

    def figure() -> str:
        # Of leaves alone: of every part inside a part it would be counted again for each level.
        return yuan(round_half_up(worth(amount, facts)))

    match amount:
        case Fixed():
            return _fixed(amount, language)
        case Base():
            return words(f"缴费基数 {figure()}", f"base {figure()}")
        case Contribution(part=part):
            return _contribution(part, figure(), language)
        case Pension():
            return words(f"本人养老金 {figure()}", f"own pension {figure()}")
        case EmployerAverageWage():
            return words(f"单位月平均工资 {figure()}", f"employer's average wage {figure()}")
        case Published(series=series):
            return words(f"公布数 {series} {figure()}", f"published figure {series} {figure()}")
        case OwnCredit() | Unknown():
            return words(f"填写的月划入额 {figure()}", f"declared monthly credit {figure()}")
        case Share(rate=rate, of=of):
            return f"{inner(of)} × {percent(rate)}"
        case Sum(of=several):
            return " + ".join(inner(part) for part in several)
        case LargerOf(of=several):
            listed = words("；", "; ").join(inner(part) for part in several)
            return words(f"取较大者（{listed}）", f"the larger of ({listed})")
        case ByAge(at=at):
            band = band_of(amount, facts)
            return words(
                f"{facts.age(at)} 周岁：{inner(band.amount)}", f"age {facts.age(at)}: {inner(band.amount)}"
            )
        case TimesAge(amount=fen, at=at):
            return words(f"{facts.age(at)} 周岁 × {yuan(fen)}", f"age {facts.age(at)} × {yuan(fen)}")
        case ProRata(of=of):
            return f"({inner(of)}) × {facts.spell.account_months} / {facts.spell.contribution_months}"
        case LessPerMissingYear(of=of, rate=rate):
            years = facts.missing_years(amount.male_years, amount.female_years)
            return words(
                f"({inner(of)}) ×（1 - {percent(rate)} × 缺 {years} 年）",
                f"({inner(of)}) × (1 - {percent(rate)} × {years} years missing)",
            )
        case Rounded(of=of, to=to):
            return words(f"({inner(of)}) 取整到{_STEP_ZH[to]}", f"({inner(of)}) rounded to the {to}")
        case Nothing():
            return words("不划入", "no credit")
        case _:
            assert_never(amount)


_STEP_ZH = {"yuan": "元", "jiao": "角", "fen": "分"}


def _fixed(amount: Fixed, language: Language) -> str:
    value = yuan(amount.amount)
    zh, en = f"定额 {value}", f"fixed {value}"
    if amount.per == "year":
        zh, en = f"每年定额 {value} ÷ 12", f"fixed {value} a year ÷ 12"
    if amount.formula is not None:
        zh, en = f"{zh}（{amount.formula.zh}）", f"{en} ({amount.formula.en})"
    return say(Text(zh, en), language)


def _contribution(part: str, worth_yuan: str, language: Language) -> str:
    zh = {"own": "本人缴费", "employer": "单位缴费", "total": "总缴费"}[part]
    en = {"own": "own contribution", "employer": "employer's contribution", "total": "total contribution"}[
        part
    ]
    return say(Text(f"{zh} {worth_yuan}", f"{en} {worth_yuan}"), language)
