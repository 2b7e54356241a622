"""The insured person (参保人) as declared, and what is known of one month."""

from dataclasses import dataclass, field
from enum import StrEnum

from service.core.account import Balances


class Status(StrEnum):
    """参保状态: in what standing a person is insured in a month."""

    EMPLOYED = "employed"  # 在职
    FLEXIBLE = "flexible"  # 灵活就业
    RETIRED = "retired"  # 退休
    UNEMPLOYMENT_BENEFIT = "unemployment_benefit"  # 领取失业金期间
    RESIDENT = "resident"  # 城乡居民
    EXEMPT = "exempt"  # 离休人员, 六级以上伤残军人
    NONE = "none"  # 未参保


class MemberClass(StrEnum):
    """Finer standing that some areas tell apart within a status."""

    ENTERPRISE = "enterprise"  # 企业
    GOVERNMENT = "government"  # 机关事业单位
    TIER_ONE = "tier_one"  # 一档
    TIER_TWO = "tier_two"  # 二档
    LOCAL = "local"  # 本市户籍标准
    OUTSIDE = "outside"  # 外来从业人员标准
    WITH_ACCOUNT = "with_account"  # 统账结合
    WITHOUT_ACCOUNT = "without_account"  # 单建统筹, 大病统筹
    STILL_PAYING = "still_paying"  # 达到退休年龄后继续缴费
    INDIVIDUAL = "individual"  # 以个人身份（灵活就业）参保或退休
    PRE_1949_WORKER = "pre_1949_worker"  # 建国前老工人
    CIVIL_SERVANT = "civil_servant"  # 公务员


class Contributions(StrEnum):
    """Whether what a spell owes was paid in time."""

    PAID = "paid"
    IN_ARREARS = "in_arrears"  # 欠缴: enrolled, not paid
    NOT_ENROLLED = "not_enrolled"  # 漏保: nobody had enrolled the member


class Sex(StrEnum):
    """As registered."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Spell:
    """A coverage spell (参保状态段): what held from one month to another, money in fen."""

    start: int
    end: int | None
    status: Status
    member_class: MemberClass | None = None
    base: int | None = None
    monthly_pension: int | None = None
    employer_average_wage: int | None = None
    own_credit: int | None = None
    contribution_months: int | None = None
    account_months: int | None = None
    contributions: Contributions = Contributions.PAID
    back_paid: int | None = None  # the month in which contributions not paid in time were made up for
    area: str | None = None  # where the member is insured from the first month on, if elsewhere than before
    retires: bool = False  # whether it ends with the statutory retirement month
    pointer: str = ""  # where it stands in the request, for faults

    @property
    def unpaid(self) -> bool:
        """Whether contributions are owed and were not paid in time; a retiree owes none."""
        owes = self.status is Status.EMPLOYED or self.status is Status.FLEXIBLE
        return owes and self.contributions is not Contributions.PAID

    def covers(self, month: int) -> bool:
        """Whether the spell holds in the month."""
        return self.start <= month and (self.end is None or month <= self.end)


@dataclass(frozen=True, slots=True)
class Member:
    """One insured person as declared in a request."""

    spells: tuple[Spell, ...]  # in order, not overlapping
    birth_month: int | None = None
    sex: Sex | None = None
    fixed_age: int | None = None  # a quote asks by age instead of birth month
    opening: Balances = field(default_factory=lambda: Balances({}))
    parameters: dict[str, int] = field(default_factory=dict)  # published figures declared, in fen
    pointer: str = "/member"
    retired: int | None = None  # the first month of retirement, where a spell elsewhere has it

    def spell_at(self, month: int) -> Spell | None:
        """The spell that covers the month, if one does."""
        for spell in self.spells:
            if spell.covers(month):
                return spell
        return None

    @property
    def retired_from(self) -> int | None:
        """The first month of the first retired spell, if one is declared."""
        if self.retired is not None:
            return self.retired
        return next((s.start for s in self.spells if s.status is Status.RETIRED), None)
