"""Which facts an area's rules need of whom, read off the rules themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, assert_never

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
    parts,
)
from service.core.credit import CreditRule, classes_told_apart
from service.core.member import MemberClass, Status
from service.core.policy import InForce
from service.core.published import latest
from service.core.who import Who

OF_MEMBER = ("birth_month", "sex")
"""Facts that belong to the person; all others belong to a spell."""


class Facts(NamedTuple):
    """Facts that are needed in any case, and those that may be."""

    always: frozenset[str]
    perhaps: frozenset[str]

    def also(self, other: "Facts") -> "Facts":
        """Both together."""
        return Facts(self.always | other.always, self.perhaps | other.perhaps)


@dataclass(frozen=True, slots=True)
class Need:
    """What the rules need of a status, or of one class within it."""

    status: Status
    member_class: MemberClass | None
    facts: Facts


_NOTHING = Facts(frozenset(), frozenset())


def needs(in_force: InForce) -> list[Need]:
    """The needs of every status and class; a status that must name its class has no need without."""
    found = []
    for status in Status:
        classes = classes_told_apart(in_force.policy.credits, status)
        for member_class in (None, *classes):
            rules = _candidates(in_force.policy.credits, status, member_class)
            if not rules and member_class is None and classes:
                continue
            if not rules:
                rules = _candidates(in_force.national.credits, status, member_class)
            found.append(Need(status, member_class, _of_rules(rules, in_force, status, member_class)))
    return found


def figures_needed(in_force: InForce, month: int) -> list[str]:
    """The published figures that some rule reads and that nobody has published by the month."""
    policy = in_force.policy
    amounts = [amount for rule in (*policy.credits, *policy.extras) for amount in _amounts(rule)]
    amounts += [deduction.amount for deduction in policy.deductions]
    read = dict.fromkeys(p.series for a in amounts for p in parts(a) if isinstance(p, Published))
    read |= dict.fromkeys(sorted(in_force.lines))
    return [series for series in read if latest(policy.published.get(series, ()), month) is None]


def _amounts(rule: CreditRule) -> list[Amount]:
    return [rule.amount, *(portion.amount for portion in rule.split)]


def _candidates(
    rules: tuple[CreditRule, ...], status: Status, member_class: MemberClass | None
) -> list[CreditRule]:
    """The rules one of which is the first for such a member; cohorts of retirement are still open."""
    found = []
    for rule in rules:
        if _meets(rule.who, status, member_class):
            found.append(rule)
            if rule.who.retired_from is None and rule.who.retired_before is None:
                break
    return found


def _meets(who: Who, status: Status, member_class: MemberClass | None) -> bool:
    return status in who.status and (not who.class_ or member_class in who.class_)


def _of_rules(
    rules: list[CreditRule], in_force: InForce, status: Status, member_class: MemberClass | None
) -> Facts:
    facts = _either(_of_rule(rule) for rule in rules)
    for extra in in_force.policy.extras:
        if _meets(extra.who, status, member_class):
            facts = facts.also(_of_rule(extra))
    if all(isinstance(rule.amount, Nothing) for rule in rules):
        return facts  # nothing is deducted from what is not credited
    for deduction in in_force.policy.deductions:
        if _meets(deduction.who, status, member_class):
            facts = facts.also(Facts(frozenset(), facts_of(deduction.amount).perhaps))
    return facts


def _of_rule(rule: CreditRule) -> Facts:
    facts = _NOTHING
    for amount in _amounts(rule):
        facts = facts.also(facts_of(amount))
    return facts


def _either(choices: Iterable[Facts]) -> Facts:
    """What is needed in any case if only one of the choices holds."""
    listed = list(choices)
    if not listed:
        return _NOTHING
    always = frozenset.intersection(*(each.always for each in listed))
    return Facts(always, frozenset.union(*(each.perhaps for each in listed)))


def _both(names: Iterable[str]) -> Facts:
    return Facts(frozenset(names), frozenset(names))


def facts_of(amount: Amount) -> Facts:  # noqa: C901, PLR0911, PLR0912 - one branch a kind
    """The facts that an amount is worked out from."""
    match amount:
        case Fixed() | Published() | Nothing():
            return _NOTHING
        case Base() | Contribution():
            return _both(["base"])
        case Pension():
            return _both(["monthly_pension"])
        case EmployerAverageWage():
            return _both(["employer_average_wage"])
        case OwnCredit() | Unknown():
            return _both(["own_credit"])
        case TimesAge():
            return _both(["birth_month"])
        case ByAge(bands=bands):
            return _both(["birth_month"]).also(_either(facts_of(band.amount) for band in bands))
        case Sum(of=several) | LargerOf(of=several):
            facts = _NOTHING
            for each in several:
                facts = facts.also(facts_of(each))
            return facts
        case ProRata(of=of):
            return _both(["account_months", "contribution_months"]).also(facts_of(of))
        case LessPerMissingYear(of=of):
            return _both(["sex", "contribution_months"]).also(facts_of(of))
        case Share(of=of) | Rounded(of=of):
            return facts_of(of)
        case _:
            assert_never(amount)
