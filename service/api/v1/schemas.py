"""What version 1 is asked: the shape of every request, read once from its bytes."""

from enum import StrEnum
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from service.api.v1.leaves import (
    Amount,
    AreaCode,
    Carried,
    Day,
    DeclaredRate,
    Instant,
    Key,
    Label,
    Month,
    SignedAmount,
)
from service.core.account import Balances, Bucket
from service.core.expense import Category
from service.core.expense import Expense as CoreExpense
from service.core.member import Member as CoreMember
from service.core.member import MemberClass, Sex, Status
from service.core.member import Spell as CoreSpell
from service.core.month import month_of_day
from service.usecases import Asked

MONTHS_MOST = 600
SPELLS_MOST = 200
EXPENSES_MOST = 2000
BODY_MOST = 1_048_576  # bytes


class Detail(StrEnum):
    """How much a balances answer tells; each tells all that the one before does."""

    TOTALS = "totals"
    YEARS = "years"
    MONTHS = "months"
    POSTINGS = "postings"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Spell(_Part):
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
        default=None, ge=0, le=1200, description="All months contributed so far."
    )
    account_months: int | None = Field(
        default=None, ge=0, le=1200, description="Those of them with an account."
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
            pointer=pointer,
        )


class Opening(_Part):
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
        default_factory=dict, max_length=64, description="Counted against yearly caps, from `resume`."
    )

    @property
    def sum(self) -> int:
        """All parts together, in fen."""
        return self.current_year + self.prior_years + (self.health or 0)

    def to_core(self) -> Balances:
        """The balances as the rules know them."""
        held = {Bucket.CURRENT_YEAR: self.current_year, Bucket.PRIOR_YEARS: self.prior_years}
        if self.health is not None:
            held[Bucket.HEALTH] = self.health
        return Balances(held, self.interest, self.used)


_NOTHING_HELD = Opening()


def _nothing_held() -> Opening:
    # One for all: nothing ever changes a question.
    return _NOTHING_HELD


class Member(_Part):
    """An insured person (参保人), by what the rules need to know; nothing that identifies anyone."""

    id: Label | None = None
    birth_month: Month | None = None
    sex: Sex | None = None
    spells: list[Spell] = Field(max_length=SPELLS_MOST, description="Coverage spells that do not overlap.")
    opening: Opening = Field(default_factory=_nothing_held)


class Expense(_Part):
    """Money to be paid on a day, already reduced to the person's own share (个人负担)."""

    on: Day
    category: Category
    amount: Amount
    id: Label | None = None

    def to_core(self, pointer: str) -> CoreExpense:
        """The expense as the rules know it; its note begins with the category."""
        note = f"{self.category.value} {self.id or ''}".rstrip()
        return CoreExpense(
            month_of_day(self.on), self.on.day, self.category.value, self.amount, note, pointer
        )


class DepositRates(_Part):
    """Deposit rates a year, for days before the first published one."""

    demand: DeclaredRate | None = None
    three_month: DeclaredRate | None = None
    one_year: DeclaredRate | None = None


_NO_RATES = DepositRates()


def _no_rates() -> DepositRates:
    return _NO_RATES


class Parameters(_Part):
    """Figures declared where the policies do not publish them."""

    figures: dict[Key, Amount] = Field(default_factory=dict, max_length=32)
    deposit_rates: DepositRates = Field(default_factory=_no_rates)


_NOTHING_DECLARED = Parameters()


def _nothing_declared() -> Parameters:
    return _NOTHING_DECLARED


class CreditsQuestion(_Part):
    """Which credits one member gets from one month to another."""

    area: AreaCode
    from_: Month = Field(alias="from", description="The first month asked for.")
    to: Month = Field(description="The last month asked for; at most 600 months in all.")
    member: Member
    parameters: Parameters = Field(default_factory=_nothing_declared)
    as_of: Instant | None = Field(default=None, description="Answer with what was published by then.")

    def to_core(self) -> Asked:
        """The question as the use cases know it."""
        return Asked(self.area, self.from_, self.to, self._member(), (), self._rates())

    def _member(self) -> CoreMember:
        member = self.member
        spells = [spell.to_core(f"/member/spells/{place}") for place, spell in enumerate(member.spells)]
        return CoreMember(
            tuple(sorted(spells, key=lambda spell: spell.start)),
            member.birth_month,
            member.sex,
            None,
            member.opening.to_core(),
            self.parameters.figures,
        )

    def _rates(self) -> dict[str, Fraction]:
        rates = self.parameters.deposit_rates
        return {
            term: rate for term in DepositRates.model_fields if (rate := getattr(rates, term)) is not None
        }


class BalancesQuestion(CreditsQuestion):
    """How one member's account goes from one month to another."""

    expenses: list[Expense] = Field(default_factory=list, max_length=EXPENSES_MOST)
    detail: Detail = Detail.MONTHS

    def to_core(self) -> Asked:
        """The question as the use cases know it."""
        expenses = tuple(each.to_core(f"/expenses/{place}") for place, each in enumerate(self.expenses))
        return Asked(self.area, self.from_, self.to, self._member(), expenses, self._rates())
