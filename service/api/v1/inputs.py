"""The JSON Schema of a member under an area's rules: a form is drawn from it, an answer validated by it."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from service.api.language import Language
from service.api.v1 import words
from service.api.v1.leaves import Month, SignedYuan, Yuan
from service.api.v1.member import SPELLS_MOST
from service.api.v1.needs import OF_MEMBER, Need, figures_needed, needs
from service.api.v1.words import say
from service.core.member import Status
from service.core.policy import InForce
from service.core.text import Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TITLES: Mapping[str, Text] = {
    "birth_month": Text("出生年月", "Month of birth"),
    "sex": Text("性别", "Sex"),
    "spells": Text("参保状态段", "Coverage spells"),
    "opening": Text("期初余额", "Opening balances"),
    "from": Text("起始月份", "First month"),
    "to": Text("结束月份（仍在持续则不填）", "Last month (left out while it goes on)"),
    "status": Text("参保状态", "Status"),
    "class": Text("人员类别", "Class"),
    "base": Text("月缴费基数（元）", "Monthly contribution base (yuan)"),
    "monthly_pension": Text("本人月养老金（元）", "Own monthly pension (yuan)"),
    "employer_average_wage": Text("单位月平均工资（元）", "Employer's average monthly wage (yuan)"),
    "own_credit": Text("手机上看到的月划入额（元）", "Monthly credit seen on the app (yuan)"),
    "contribution_months": Text("累计缴费月数", "Months contributed"),
    "account_months": Text("其中有个人账户的月数", "Months contributed with an account"),
}


def _leaf(leaf: Any) -> dict[str, Any]:
    return TypeAdapter(leaf).json_schema()


_MONTHS = {"type": "integer", "minimum": 0, "maximum": 1200}
_LEAVES: Mapping[str, dict[str, Any]] = {
    "birth_month": _leaf(Month),
    "base": _leaf(Yuan),
    "monthly_pension": _leaf(Yuan),
    "employer_average_wage": _leaf(Yuan),
    "own_credit": _leaf(Yuan),
    "contribution_months": _MONTHS,
    "account_months": _MONTHS,
}


def member_schema(in_force: InForce, month: int, language: Language) -> dict[str, Any]:
    """The schema of a request's `member` under the policy; facts that the rules never ask are left out.

    `x-figures` names what must be declared beside the member, under `parameters.figures`.
    """
    found = needs(in_force)
    titled = _Titled(language)
    asked = {name for need in found for name in need.facts.perhaps} | _asked_besides(in_force)
    properties = {name: titled.of_member(name) for name in OF_MEMBER if name in asked}
    properties["spells"] = titled.field(
        "spells",
        {"type": "array", "maxItems": SPELLS_MOST, "items": _spell(found, asked, titled)},
    )
    properties["opening"] = titled.field("opening", _opening(in_force, language))
    return {
        "$schema": DIALECT,
        "title": say(in_force.policy.name, language),
        "description": in_force.id,
        "x-figures": figures_needed(in_force, month),
        "type": "object",
        "properties": properties,
        "required": ["spells"],
        "allOf": [
            _of_whom(need, name, found) for need in found for name in OF_MEMBER if name in need.facts.always
        ],
    }


def _asked_besides(in_force: InForce) -> set[str]:
    """Facts that no credit asks for, but the years required of a retiree or a rule on bills may."""
    policy = in_force.policy
    by_age = any(rule.from_age is not None or rule.to_age is not None for rule in policy.bills)
    years = {"sex", "contribution_months"} if policy.minimum_years else set()
    return years | ({"birth_month"} if by_age else set())


class _Titled:
    """Fields with their titles: in the language asked for, and in both for a form that switches."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def label(self, text: Text) -> dict[str, Any]:
        return {"title": say(text, self.language), "x-titles": {"zh": text.zh, "en": text.en}}

    def field(self, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.label(_TITLES[name]), **schema}

    def choice(self, name: str, options: Mapping[Any, Text]) -> dict[str, Any]:
        listed = [{"const": str(value), **self.label(text)} for value, text in options.items()]
        return self.field(name, {"type": "string", "oneOf": listed})

    def of_member(self, name: str) -> dict[str, Any]:
        return self.choice("sex", words.SEX) if name == "sex" else self.field(name, _LEAVES[name])


def _spell(found: list[Need], asked: set[str], titled: _Titled) -> dict[str, Any]:
    properties = {
        "from": titled.field("from", _leaf(Month)),
        "to": titled.field("to", _leaf(Month)),
        "status": titled.choice("status", words.STATUS),
    }
    classes = dict.fromkeys(need.member_class for need in found if need.member_class is not None)
    if classes:
        properties["class"] = titled.choice("class", {each: words.MEMBER_CLASS[each] for each in classes})
    properties |= {
        name: titled.field(name, leaf) for name, leaf in _LEAVES.items() if name in asked - {*OF_MEMBER}
    }
    return {
        "type": "object",
        "properties": properties,
        "required": ["from", "status"],
        "allOf": [*(_of_spell(need, found) for need in found), *_classes_required(found)],
    }


def _of_spell(need: Need, found: list[Need]) -> dict[str, Any]:
    """What a spell of such a status and class must say."""
    return {"if": _condition(need, found), "then": {"required": sorted(need.facts.always - {*OF_MEMBER})}}


def _told_apart(found: list[Need], status: Status) -> list[str]:
    return [
        need.member_class.value for need in found if need.status is status and need.member_class is not None
    ]


def _classes_required(found: list[Need]) -> list[dict[str, Any]]:
    """The statuses whose rules all name a class."""
    free = {need.status for need in found if need.member_class is None}
    return [
        {
            "if": {"properties": {"status": {"const": status.value}}},
            "then": {"required": ["class"], "properties": {"class": {"enum": _told_apart(found, status)}}},
        }
        for status in Status
        if status not in free
    ]


def _condition(need: Need, found: list[Need]) -> dict[str, Any]:
    """Whether a spell is of the status and class; other classes are as if none were named."""
    status = {"status": {"const": need.status.value}}
    if need.member_class is not None:
        named = {"class": {"const": need.member_class.value}}
        return {"properties": {**status, **named}, "required": ["status", "class"]}
    condition: dict[str, Any] = {"properties": status, "required": ["status"]}
    if told := _told_apart(found, need.status):
        condition["not"] = {"properties": {"class": {"enum": told}}, "required": ["class"]}
    return condition


def _of_whom(need: Need, name: str, found: list[Need]) -> dict[str, Any]:
    """A fact of the person, needed as soon as one spell is of such a status and class."""
    return {
        "if": {"properties": {"spells": {"contains": _condition(need, found)}}, "required": ["spells"]},
        "then": {"required": [name]},
    }


def _opening(in_force: InForce, language: Language) -> dict[str, Any]:
    titled = _Titled(language)
    buckets = {
        bucket.value: {**titled.label(words.BUCKET[bucket]), **_leaf(SignedYuan)}
        for bucket in in_force.policy.buckets
    }
    return {"type": "object", "properties": buckets}
