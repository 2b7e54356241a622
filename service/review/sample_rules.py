"""The rules that samples are made from: of each status and class that the policies compared tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.core.amount import Amount, LessPerMissingYear, parts
from service.core.credit import CreditRule, Deduction
from service.core.member import MemberClass, Sex, Status
from service.core.policy import InForce
from service.core.who import Who


@dataclass(frozen=True)
class Rules:
    """The rules that may be of a status and a class, of all the policies that are compared."""

    in_force: tuple[InForce, ...]
    status: Status
    member_class: MemberClass | None

    def credits(self) -> Iterator[CreditRule]:
        """Every credit rule, the national ones where a policy does not name the status."""
        for each in self.in_force:
            own = [rule for rule in each.policy.credits if self.are_for(rule.who)]
            yield from own or [rule for rule in each.national.credits if self.are_for(rule.who)]
            yield from (rule for rule in each.policy.extras if self.are_for(rule.who))

    def deductions(self) -> Iterator[Deduction]:
        """Every deduction."""
        for each in self.in_force:
            yield from (rule for rule in each.policy.deductions if self.are_for(rule.who))

    def are_for(self, who: Who) -> bool:
        """Whether a rule may be of them, whenever they retired."""
        return self.status in who.status and (not who.class_ or self.member_class in who.class_)

    @cached_property
    def amounts(self) -> list[Amount]:
        """Every amount in the rules, and every amount inside it."""
        whole: list[Amount] = [deduction.amount for deduction in self.deductions()]
        for rule in self.credits():
            whole += [rule.amount, *(portion.amount for portion in rule.split)]
        return [part for amount in whole for part in parts(amount)]

    @cached_property
    def kinds(self) -> frozenset[type]:
        """The kinds of amount in the rules."""
        return frozenset(type(part) for part in self.amounts)

    def cohorts(self) -> set[int]:
        """The months of retirement at which something else begins to hold."""
        whos = [*(rule.who for rule in self.credits()), *(rule.who for rule in self.deductions())]
        return {
            month for who in whos for month in (who.retired_from, who.retired_before) if month is not None
        }

    def years_required(self, sex: Sex) -> set[int]:
        """The years of contribution at which something else begins to hold."""
        if self.status is not Status.RETIRED:
            return set()
        rows = [row for each in self.in_force for row in each.policy.minimum_years]
        told = [part for part in self.amounts if isinstance(part, LessPerMissingYear)]
        if sex is Sex.MALE:
            return {row.male for row in rows} | {part.male_years for part in told}
        return {row.female for row in rows} | {part.female_years for part in told}


def groups(in_force: Sequence[InForce]) -> Iterator[Rules]:
    """The statuses and classes that the policies tell apart."""
    for status in Status:
        told: dict[MemberClass | None, None] = {None: None}
        for each in in_force:
            policy = each.policy
            whos = [rule.who for rule in (*policy.credits, *policy.extras)]
            whos += [rule.who for rule in policy.deductions] + [rule.who for rule in policy.bills]
            told |= dict.fromkeys(name for who in whos if status in who.status for name in who.class_)
        for name in told:
            rules = Rules(tuple(in_force), status, name)
            if name is not None or not any(_class_required(each, rules) for each in in_force):
                yield rules


def _class_required(in_force: InForce, rules: Rules) -> bool:
    """Whether a policy has credits for the status, and none without a class."""
    whos = [rule.who for rule in in_force.policy.credits if rules.status in rule.who.status]
    return bool(whos) and not any(rules.are_for(who) for who in whos)
