"""What one month earns: the first rule for the member, worked out on the facts of the month."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Basis
from service.core.amount import worth
from service.core.arrears import minimum_years
from service.core.credit import CreditRule, classes_told_apart, gives_account, rule_for
from service.core.facts import Facts, Log
from service.core.member import Contributions, Sex, Status
from service.core.who import is_for
from service.core.year import PolicyYear, policy_year

if TYPE_CHECKING:
    from service.core.member import Member, Spell
    from service.core.money import Exact
    from service.core.policy import InForce, Timeline


class Earned(NamedTuple):
    """The rule that gives a member something for one month, and the facts it is counted on."""

    month: int
    in_force: InForce
    facts: Facts
    rule: CreditRule
    basis: Basis

    @property
    def amount(self) -> Exact:
        """Exact fen a month.

        Worked out when asked: a month only looked back to may lack facts that nothing asks for.
        """
        return worth(self.rule.amount, self.facts)


class Earnings:
    """What a member earns month by month; remembers only what it has worked out."""

    def __init__(self, timeline: Timeline, member: Member, log: Log, changes: frozenset[int]) -> None:
        self.timeline = timeline
        self.member = member
        self.log = log
        self._changes = changes
        self._earned: dict[int, Earned | None] = {}

    def year(self, month: int) -> PolicyYear | None:
        """The policy year of the month, if a policy is in force."""
        in_force = self.timeline.at(month)
        return None if in_force is None else policy_year(in_force.policy.years, month)

    def year_starts(self, month: int) -> bool:
        """Whether a policy year starts with the month."""
        year = self.year(month)
        return year is not None and year.start == month

    def year_ends(self, month: int) -> bool:
        """Whether a policy year ends with the month."""
        year = self.year(month)
        return year is not None and year.end == month

    def of(self, month: int) -> Earned | None:
        """What the first rule for the member gives for the month; None without policy or spell.

        Where nothing changes it is what the month before earned, and still bears its month.
        """
        if month not in self._earned:
            repeats = self.log.first < month <= self.log.last and month not in self._changes
            found = self.of(month - 1) if repeats else self._work_out(month)
            self._earned[month] = found
        return self._earned[month]

    def extras(self, month: int) -> list[Earned]:
        """What the additional lines give for the month: every one for the member counts."""
        in_force, spell = self.timeline.at(month), self.member.spell_at(month)
        if in_force is None or spell is None or not in_force.policy.extras or self.withheld(month):
            return []
        facts = self.facts(month, in_force, spell)
        return [
            Earned(month, in_force, facts, rule, Basis(in_force.id, f"/extras/{index}", rule.source))
            for index, rule in enumerate(in_force.policy.extras)
            if is_for(rule.who, self.member, spell)
        ]

    def made_up(self, month: int) -> Earned | None:
        """What a month whose contributions were not paid in time would have earned."""
        in_force, spell = self.timeline.at(month), self.member.spell_at(month)
        return None if in_force is None or spell is None else self._by_rule(month, in_force, spell)

    def withheld(self, month: int) -> str:
        """The notice code of why a member who is insured earns nothing in the month; empty otherwise."""
        in_force, spell = self.timeline.at(month), self.member.spell_at(month)
        if in_force is None or spell is None:
            return ""
        if spell.unpaid:
            arrears = spell.status is Status.EMPLOYED and spell.contributions is Contributions.IN_ARREARS
            return "employer_in_arrears" if arrears else "gap_no_credit"
        return "below_minimum_years" if self._falls_short(month, in_force, spell) else ""

    def facts(self, month: int, in_force: InForce, spell: Spell) -> Facts:
        """What is known of the member in the month under a policy."""
        year = policy_year(in_force.policy.years, month)
        return Facts(in_force.policy, in_force.id, year, month, self.member, spell, self.log)

    def joins(self, month: int) -> bool:
        """Whether the member had no account in the month before.

        Whoever was in arrears and has made up for them had it all along.
        """
        spell = self.member.spell_at(month - 1)
        if spell is None:
            return True
        if spell.unpaid and spell.back_paid is not None:
            return False
        if self.timeline.at(month - 1) is None:
            return False
        before = self.of(month - 1)
        return before is None or not gives_account(before.rule)

    def begins(self, month: int) -> bool:
        """Whether the member has the status of the month for the first time."""
        now = self.member.spell_at(month)
        if now is None:
            return False
        return not any(s.status is now.status and s.start < month for s in self.member.spells)

    def _work_out(self, month: int) -> Earned | None:
        in_force, spell = self.timeline.at(month), self.member.spell_at(month)
        if in_force is None or spell is None or spell.unpaid:
            return None
        if self._falls_short(month, in_force, spell):
            return None
        return self._by_rule(month, in_force, spell)

    def _falls_short(self, month: int, in_force: InForce, spell: Spell) -> bool:
        """Whether a retiree is not credited for want of the years required."""
        if spell.status is not Status.RETIRED or spell.contribution_months is None:
            return False
        rows = in_force.policy.minimum_years
        index = minimum_years(rows, self.member.retired_from or month)
        if index is None or rows[index].below == "credited":
            return False
        row, sex = rows[index], self.member.sex
        if sex is None and row.male != row.female:
            self.log.fault(f"{self.member.pointer}/sex", "fact_required", policy=in_force.id)
        short = spell.contribution_months < 12 * row.required(sex or Sex.MALE)
        if short and row.below == "unknown":
            self.log.note("assumed_below_minimum_years", month=month, policy=in_force.id)
        return short

    def _by_rule(self, month: int, in_force: InForce, spell: Spell) -> Earned | None:
        """What the first rule for the member gives for a month of a spell."""
        rules = in_force.policy.credits
        index = rule_for(rules, self.member, spell)
        if index is not None:
            basis = Basis(in_force.id, f"/credits/{index}", rules[index].source)
            return self._earn(month, in_force, spell, rules[index], basis)
        classes = classes_told_apart(rules, spell.status)
        if classes and spell.member_class not in classes:
            told = ", ".join(classes)
            self.log.fault(f"{spell.pointer}/class", "class_required", policy=in_force.id, classes=told)
            return None
        return self._nationally(month, in_force, spell)

    def _nationally(self, month: int, in_force: InForce, spell: Spell) -> Earned | None:
        """What the national rules give a status that the area's own do not name."""
        rules = in_force.national.credits
        index = rule_for(rules, self.member, spell)
        if index is None:
            self.log.fault(f"{spell.pointer}/status", "status_unknown", policy=in_force.id)
            return None
        self.log.note("assumed_credit_rule", month=month, policy=in_force.id)
        basis = Basis(in_force.national_id, f"/credits/{index}", rules[index].source)
        return self._earn(month, in_force, spell, rules[index], basis)

    def _earn(self, month: int, in_force: InForce, spell: Spell, rule: CreditRule, basis: Basis) -> Earned:
        return Earned(month, in_force, self.facts(month, in_force, spell), rule, basis)
