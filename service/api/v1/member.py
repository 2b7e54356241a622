"""How a question declares a member: spells, opening balances, what the year's bills have used."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.v1.leaves import Amount, AreaCode, Carried, Key, Label, Month, SignedAmount
from service.core.account import Balances, Bucket
from service.core.bill import Counted, counter
from service.core.expense import Setting
from service.core.member import Contributions, MemberClass, Sex, Status
from service.core.member import Member as CoreMember
from service.core.member import Spell as CoreSpell
from service.core.retirement import RetirementKind

SPELLS_MOST = 200


class Part(BaseModel):
    """A part of a question: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Spell(Part):
    """A coverage spell (参保状态段): what held from one month to another, both included."""

    from_: Month = Field(alias="from", description="The first month.")
    to: Month | None = Field(default=None, description="The last month; left out while the spell goes on.")
    status: Status
    class_: MemberClass | None = Field(
        default=None, alias="class", description="A finer standing, where the area tells classes apart."
    )
    base: Amount | None = Field(default=None, description="Monthly contribution base (缴费基数).")
    monthly_pension: Amount | None = Field(default=None, description="Own pension a month (养老金).")
    employer_average_wage: Amount | None = Field(
        default=None, description="The employer's average wage a month."
    )
    own_credit: Amount | None = Field(
        default=None,
        description="The monthly credit seen on the app, where the rules cannot give it (原划入额).",
    )
    contribution_months: int | None = Field(
        default=None, ge=0, le=1200, description="All months contributed so far; at retirement if `retires`."
    )
    account_months: int | None = Field(
        default=None, ge=0, le=1200, description="Those of them with an account."
    )
    area: AreaCode | None = Field(
        default=None,
        description="The area in which the member is insured from the first month on, if another than before:"
        " the old account is settled the day before, and what it held is carried along.",
    )
    contributions: Contributions = Field(
        default=Contributions.PAID, description="Whether they were paid in time (欠缴, 漏保)."
    )
    back_paid: Month | None = Field(
        default=None, description="The month in which unpaid contributions were made up for (补缴)."
    )
    retires: Literal["statutory"] | None = Field(
        default=None,
        description="The spell ends with the statutory retirement month (法定退休), and retirement follows.",
    )

    def to_core(self, pointer: str) -> CoreSpell:
        """The spell as the rules know it."""
        return CoreSpell(
            start=self.from_,
            end=self.to,
            status=self.status,
            member_class=self.class_,
            base=self.base,
            monthly_pension=self.monthly_pension,
            employer_average_wage=self.employer_average_wage,
            own_credit=self.own_credit,
            contribution_months=self.contribution_months,
            account_months=self.account_months,
            contributions=self.contributions,
            back_paid=self.back_paid,
            area=self.area,
            retires=self.retires is not None,
            pointer=pointer,
        )


class Opening(Part):
    """What the account holds on the first day of the first month, after any rollover of that day.

    A month's `resume` can be given here as it came.
    """

    current_year: SignedAmount = Field(default_factory=int, description="Of this policy year (当年余额).")
    prior_years: SignedAmount = Field(default_factory=int, description="Of all years before it (历年余额).")
    health: SignedAmount | None = Field(
        default=None, description="The health account (健康账户), where there is one."
    )
    total: SignedAmount | None = Field(
        default=None, description="If given, it must be the sum of the others."
    )
    interest: dict[Key, Carried] = Field(
        default_factory=dict, max_length=16, description="Interest accrued and not yet posted, from `resume`."
    )
    used: dict[Key, Amount] = Field(
        default_factory=dict, max_length=128, description="Counted against yearly limits, from `resume`."
    )

    @property
    def sum(self) -> int:
        """All parts together, in fen."""
        return self.current_year + self.prior_years + (self.health or 0)

    @property
    def held(self) -> dict[Bucket, int]:
        """What each part holds, in fen."""
        held = {Bucket.CURRENT_YEAR: self.current_year, Bucket.PRIOR_YEARS: self.prior_years}
        return held if self.health is None else {**held, Bucket.HEALTH: self.health}


class UsedOfSetting(Part):
    """What this policy year's bills of a setting have used before the first month asked for."""

    deductible: Amount = Field(default_factory=int, description="Met of the yearly deductible (起付线).")
    cost: Amount = Field(default_factory=int, description="Cost in scope (政策范围内费用).")
    fund: Amount = Field(default_factory=int, description="Paid by the pooling fund (统筹基金).")


class YearToDate(Part):
    """What bills of this policy year have used before the first month asked for (本年度累计)."""

    outpatient: UsedOfSetting | None = None
    inpatient: UsedOfSetting | None = None
    pharmacy: UsedOfSetting | None = None

    def to_core(self) -> dict[str, int]:
        """The counters as the rules carry them; what is not named was not declared."""
        used: dict[str, int] = {}
        names: tuple[Counted, ...] = ("deductible", "cost", "fund")
        for setting in Setting:
            of_setting: UsedOfSetting | None = getattr(self, setting)
            if of_setting is not None:
                used |= {counter(setting, None, name): getattr(of_setting, name) for name in names}
        return used


_NOTHING_HELD = Opening()


def _nothing_held() -> Opening:
    # One for all: nothing ever changes a question.
    return _NOTHING_HELD


class Insured(Part):
    """What the rules need to know of an insured person (参保人)."""

    birth_month: Month | None = None
    sex: Sex | None = None
    retirement_kind: RetirementKind | None = Field(
        default=None, description="A woman's retirement age under the rule before 2025, where one `retires`."
    )
    spells: list[Spell] = Field(max_length=SPELLS_MOST, description="Coverage spells that do not overlap.")
    opening: Opening = Field(default_factory=_nothing_held)
    year_to_date: YearToDate | None = Field(
        default=None, description="What bills have used in the policy year of the first month, before it."
    )


class Member(Insured):
    """An insured person (参保人), by what the rules need to know; nothing that identifies anyone."""

    id: Label | None = None


def core_member(member: Insured, pointer: str, figures: dict[str, int]) -> CoreMember:
    """The member as the rules know it."""
    spells = [spell.to_core(f"{pointer}/spells/{place}") for place, spell in enumerate(member.spells)]
    opening, used = member.opening, member.opening.used
    if member.year_to_date is not None:
        used = {**used, **member.year_to_date.to_core()}
    return CoreMember(
        tuple(sorted(spells, key=lambda spell: spell.start)),
        birth_month=member.birth_month,
        sex=member.sex,
        opening=Balances(opening.held, opening.interest, used),
        parameters=figures,
        pointer=pointer,
    )
