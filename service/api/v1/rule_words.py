"""The words for what stands in a policy document: its fields, its values, and whom a rule is for.

Everything is read from JSON as it was written: a draft may hold anything.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import chain
from typing import Any

from service.api.language import Language
from service.api.v1.field_words import FIELDS
from service.api.v1.formula import percent
from service.api.v1.value_words import VALUES
from service.api.v1.words import BUCKET, CATEGORY, MEMBER_CLASS, STATUS, say
from service.core.money import RATE_PATTERN, YUAN_PATTERN, parse_yuan, yuan
from service.core.text import Text

_LONGEST = 160  # characters of a description
_YUAN, _RATE = re.compile(YUAN_PATTERN), re.compile(RATE_PATTERN)
_MONEY = {
    *("amount", "amounts", "value", "floor", "ceiling", "keep", "above", "up_to", "item_most"),
    *("transfer_most", "cost_at_least", "unit_price_above", "unit_price_up_to"),
}
_RATES = {"rate", "ratio", "share", "own", "employer", "above_cap"}
_TELLING = (
    "category",
    "reason",
    "settings",
    "relations",
    "tier",
    "item_class",
    "series",
    "retirement",
    "term",
)
_UNTOLD = {"source", "kind", "who", "name", *_TELLING}
_CLOSED: Mapping[str, Text] = {
    str(word): text
    for word, text in chain(STATUS.items(), MEMBER_CLASS.items(), CATEGORY.items(), BUCKET.items())
}


def field(name: str, language: Language) -> str:
    """A field by its name for officers, with the name that documents write."""
    known = FIELDS.get(name)
    if language == "en":
        return name.replace("_", " ")
    return f"{known} {name}" if known else name


def value(given: Any, language: Language, name: str = "") -> str:
    """A value in words; `name` is that of its field, which says whether it is money or a rate."""
    match given:
        case None:
            said = say(Text("无", "none"), language)
        case bool():
            said = say(Text("是", "yes") if given else Text("否", "no"), language)
        case str():
            said = _text(given, language, name)
        case {"kind": str()}:
            said = amount(given, language)
        case {"zh": str(zh), "en": str(en)}:
            said = say(Text(zh, en), language)
        case dict():
            said = item(given, language)
        case list():
            said = say(Text("、", ", "), language).join(value(each, language, name) for each in given)
            said = said or say(Text("无", "none"), language)
        case _:
            said = str(given)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def _text(given: str, language: Language, name: str) -> str:
    if name in _MONEY and _YUAN.fullmatch(given):
        return yuan(parse_yuan(given))
    if name in _RATES and _RATE.fullmatch(given):
        return percent(Fraction(given))
    known = _CLOSED.get(given) or VALUES.get(given)
    return given if known is None else say(known, language)


def amount(given: Mapping[str, Any], language: Language) -> str:  # noqa: PLR0911 - one branch a kind
    """An amount, or another rule with a kind, in words."""
    inner = given.get("of")
    match given["kind"]:
        case "fixed":
            a_year = say(Text("每年 ", " a year"), language) if given.get("per") == "year" else ""
            told = value(given.get("amount"), language, "amount")
            return told + a_year if language == "en" else a_year + told
        case "share" if inner is not None:
            return f"{value(inner, language)} × {value(given.get('rate'), language, 'rate')}"
        case "sum" if isinstance(inner, list):
            return " + ".join(value(each, language) for each in inner)
        case "larger_of" if isinstance(inner, list):
            listed = say(Text("；", "; "), language).join(value(each, language) for each in inner)
            return say(Text(f"取较大者（{listed}）", f"the larger of ({listed})"), language)
        case "by_age" if isinstance(given.get("bands"), list):
            return say(Text("；", "; "), language).join(item(band, language) for band in given["bands"])
        case "published":
            series = given.get("series")
            return say(Text(f"公布数 {series}", f"published figure {series}"), language)
        case "contribution":
            return value(f"{given.get('part')}_contribution", language)
        case "none":
            return value(given.get("because"), language)
        case str(kind) if len(given) == 1:
            return value(kind, language)
        case _:
            return item(given, language)


def item(given: Any, language: Language) -> str:
    """A record in words: whom or what it is for, then its fields."""
    if not isinstance(given, Mapping):
        return value(given, language)
    if isinstance(given.get("case"), str):
        return f"“{given['case']}”"
    told = [place(given, language)]
    kind = given.get("kind")
    if isinstance(kind, str):
        told.append(value(kind, language))
    for name, inner in given.items():
        if name in _UNTOLD or (name in {"from", "to"} and told[0]) or name == "to_age":
            continue
        said = value(inner, language, name)
        told.append(
            said
            if name in {"amount", "value"}
            else f"{FIELDS.get(name, name) if language == 'zh' else field(name, language)} {said}"
        )
    return " ".join(each for each in told if each)


def place(given: Any, language: Language) -> str:
    """What a record is told from its neighbours by: who, which ages, which days, which care."""
    if not isinstance(given, Mapping):
        return ""
    told = []
    if isinstance(given.get("who"), Mapping):
        told.append(who(given["who"], language))
    if isinstance(given.get("name"), Mapping):
        told.append(value(given["name"], language))
    told += [value(given[name], language) for name in _TELLING if name in given]
    told.append(span(given, language))
    return say(Text("、", ", "), language).join(each for each in told if each)


def who(given: Mapping[str, Any], language: Language) -> str:
    """Whom a rule is for."""
    told = [value(given.get("status"), language)]
    if given.get("class"):
        told.append(value(given["class"], language))
    since, before = given.get("retired_from"), given.get("retired_before")
    if since:
        told.append(say(Text(f"{since} 起退休", f"retired from {since}"), language))
    if before:
        told.append(say(Text(f"{before} 前退休", f"retired before {before}"), language))
    return say(Text("、", ", "), language).join(told)


def span(given: Mapping[str, Any], language: Language) -> str:
    """The ages or the days of a record; nothing if it has neither."""
    low, high = given.get("from"), given.get("to")
    if isinstance(low, int) or isinstance(high, int):
        return ages(low, high, language)
    if "from_age" in given or "to_age" in given:
        return ages(given.get("from_age"), given.get("to_age"), language)
    if isinstance(low, str) and isinstance(high, str):
        return say(Text(f"{low} 至 {high}", f"{low} to {high}"), language)
    if isinstance(low, str):
        return say(Text(f"{low} 起", f"from {low}"), language)
    if isinstance(high, str):
        return say(Text(f"至 {high}", f"until {high}"), language)
    return ""


def ages(low: Any, high: Any, language: Language) -> str:
    """An age band, both ages included."""
    if isinstance(low, int) and isinstance(high, int):
        return say(Text(f"{low}–{high} 岁", f"aged {low} to {high}"), language)
    if isinstance(low, int):
        return say(Text(f"{low} 岁以上", f"aged {low} or more"), language)
    if isinstance(high, int):
        return say(Text(f"不满 {high + 1} 岁", f"below {high + 1}"), language)
    return ""
