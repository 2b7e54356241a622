"""What is known of one member in one month under one policy; what is missing is noted, not guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from service.core.account import Notice
from service.core.age import AgeAt, age_at
from service.core.base import contribution_base
from service.core.errors import Fault
from service.core.member import Member, Sex, Spell, Status
from service.core.money import Exact
from service.core.month import month_text
from service.core.published import figure

if TYPE_CHECKING:
    from service.core.policy import Policy
    from service.core.year import PolicyYear

Declarable = Literal[
    "base",
    "own_credit",
    "monthly_pension",
    "employer_average_wage",
    "account_months",
    "contribution_months",
]


@dataclass(slots=True)
class Log:
    """What a run finds wrong with the question, and what a reader of the answer must know."""

    first: int  # notices are about the months asked for, not those looked back to
    last: int
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    notices: dict[tuple[str, tuple[tuple[str, str], ...]], Notice] = field(default_factory=dict)

    def fault(self, pointer: str, code: str, **values: str) -> None:
        """Note a fault once for each place and code."""
        self.faults.setdefault((pointer, code), Fault(pointer, code, values))

    def note(self, code: str, severity: str = "info", *, month: int, **values: str) -> None:
        """Note something to tell once for each code and values, at the first month it holds."""
        told = tuple(sorted(values.items()))
        if self.first <= month <= self.last and (code, told) not in self.notices:
            self.notices[code, told] = Notice(code, severity, month, told)


@dataclass(frozen=True, slots=True)
class Facts:
    """One member, one month, the spell that covers it and the policy in force."""

    policy: Policy
    policy_id: str
    year: PolicyYear
    month: int
    member: Member
    spell: Spell
    log: Log
    counted: dict[Literal["base"], Exact] = field(default_factory=dict, compare=False)

    def note(self, code: str, severity: str = "info", **values: str) -> None:
        """Tell the reader of the answer; the policy is named."""
        self.log.note(code, severity, month=self.month, policy=self.policy_id, **values)

    def want(self, fact: Declarable) -> None:
        """Refuse the question for want of a fact of the month's spell."""
        self.want_of(self.spell, fact)

    def want_of(self, spell: Spell, fact: Declarable) -> None:
        """Refuse the question for want of a fact of a spell."""
        self.log.fault(f"{spell.pointer}/{fact}", "fact_required", policy=self.policy_id)

    def want_base(self) -> None:
        """Refuse the question because no month of the base window was declared."""
        self.log.fault(
            f"{self.member.pointer}/spells",
            "base_window_required",
            policy=self.policy_id,
            month=month_text(self.year.start),
        )

    def declared(self, fact: Declarable) -> int:
        """A fact of the spell, in fen."""
        value: int | None = getattr(self.spell, fact)
        if value is None:
            self.want(fact)
        return value or 0

    def unknown_credit(self) -> int:
        """The credit seen on the app, where the sources do not say what it is; in fen."""
        value = self.spell.own_credit
        if value is None:
            pointer = f"{self.spell.pointer}/own_credit"
            self.log.fault(pointer, "unknown_parameter", policy=self.policy_id)
        return value or 0

    def base(self) -> Exact:
        """The contribution base of the month, in exact fen; counted once, however often a rule names it."""
        if "base" not in self.counted:
            self.counted["base"] = contribution_base(self.policy.base, self)
        return self.counted["base"]

    def contribution_rate(self, part: Literal["own", "employer", "total"]) -> Fraction:
        """The rate of contribution; a sound policy that asks for it declares it."""
        rates = self.policy.contribution
        if rates is None:
            return Fraction(0)
        match part:
            case "own":
                return rates.own
            case "employer":
                return rates.employer
            case "total":
                return rates.own + rates.employer

    def pension(self, of: tuple[int, int] | None) -> int:
        """The monthly pension of this month, or of a calendar month relative to the policy year."""
        if of is None:
            return self.declared("monthly_pension")
        january = self.year.start - self.year.start % 12
        spell = self.member.spell_at(january + of[0] * 12 + of[1] - 1)
        if spell is None or spell.status is not Status.RETIRED:
            self.note("assumed_pension_month")
            return self.declared("monthly_pension")
        if spell.monthly_pension is None:
            self.want_of(spell, "monthly_pension")
        return spell.monthly_pension or 0

    def age(self, at: AgeAt) -> int:
        """Full years of age on the day the policy counts them."""
        if at == "unknown":
            self.note("assumed_age_reference")
        if self.member.fixed_age is not None:
            return self.member.fixed_age
        if self.member.birth_month is None:
            self.log.fault(f"{self.member.pointer}/birth_month", "fact_required", policy=self.policy_id)
            return 0
        return age_at(self.member.birth_month, self.month, self.year.start, at)

    def published(self, series: str) -> int:
        """A published figure for the month, or what the question declares in its stead."""
        rows, declared = self.policy.published.get(series, ()), self.member.parameters.get(series)
        value, extrapolated = figure(rows, self.month, declared)
        if extrapolated:
            self.note("policy_extrapolated", "warning", what=series)
        if value is None:
            self.log.fault(f"/parameters/figures/{series}", "unknown_parameter", policy=self.policy_id)
        return value or 0

    def account_share(self) -> Fraction:
        """Months contributed with an account, as a share of all months contributed."""
        of, all_ = self.spell.account_months, self._months_contributed()
        if of is None:
            self.want("account_months")
        return Fraction(of or 0, all_) if all_ else Fraction(0)

    def missing_years(self, male: int, female: int) -> int:
        """Full years that the months contributed fall short of the years required."""
        if self.member.sex is None:
            self.log.fault(f"{self.member.pointer}/sex", "fact_required", policy=self.policy_id)
        required = male if self.member.sex is Sex.MALE else female
        return max(0, required * 12 - self._months_contributed()) // 12

    def _months_contributed(self) -> int:
        if self.spell.contribution_months is None:
            self.want("contribution_months")
        return self.spell.contribution_months or 0
