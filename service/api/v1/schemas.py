"""What version 1 is asked of one member: the shape of a question, read once from its bytes."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import ConfigDict, Field

from service.api.v1.leaves import Amount, AreaCode, DeclaredRate, Instant, Key, Month
from service.api.v1.member import Member, Part, core_member
from service.api.v1.spending import EXPENSES_MOST, Expense
from service.asked import Asked
from service.core.policy import is_area

MONTHS_MOST = 600
BODY_MOST = 1_048_576  # bytes


class Detail(StrEnum):
    """How much an answer about accounts tells; each tells all that the one before does."""

    TOTALS = "totals"
    YEARS = "years"
    MONTHS = "months"
    POSTINGS = "postings"


class DepositRates(Part):
    """Deposit rates a year, for days before the first published one."""

    demand: DeclaredRate | None = None
    three_month: DeclaredRate | None = None
    one_year: DeclaredRate | None = None


_NO_RATES = DepositRates()


def _no_rates() -> DepositRates:
    return _NO_RATES


class Parameters(Part):
    """Figures declared where the policies do not publish them."""

    figures: dict[Key, Amount] = Field(default_factory=dict, max_length=32)
    deposit_rates: DepositRates = Field(default_factory=_no_rates)

    @property
    def rates(self) -> dict[str, Fraction]:
        """The deposit rates that are declared."""
        rates = self.deposit_rates
        return {
            term: rate for term in DepositRates.model_fields if (rate := getattr(rates, term)) is not None
        }


_NOTHING_DECLARED = Parameters()


def nothing_declared() -> Parameters:
    """One for all: nothing ever changes a question."""
    return _NOTHING_DECLARED


class Question(Part):
    """What every question may say."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["area"]}, {"required": ["policy"]}]})

    area: AreaCode | None = Field(default=None, description="Whose policies hold; or give a `policy`.")
    policy: dict[str, Any] | None = Field(
        default=None, description="In place of `area`: a whole policy document, checked like a published one."
    )
    overrides: dict[str, Any] | None = Field(
        default=None,
        description="What if: a JSON Merge Patch (RFC 7396) on the policy documents of the area that are in"
        " force in the months asked for, or on `policy`.",
    )
    parameters: Parameters = Field(default_factory=nothing_declared)
    as_of: Instant | None = Field(default=None, description="Answer with what was published by then.")

    @property
    def pooling_area(self) -> str:
        """The area asked about: the one named, or that of its policy; empty where that is not one."""
        return self.area or area_of(self.policy) or ""


def area_of(policy: Mapping[str, Any] | None) -> str | None:
    """The area that a policy document names, where it can be read."""
    area = None if policy is None else policy.get("area")
    return area if is_area(area) else None


class CreditsQuestion(Question):
    """Which credits one member gets from one month to another."""

    from_: Month = Field(alias="from", description="The first month asked for.")
    to: Month = Field(description="The last month asked for; at most 600 months in all.")
    member: Member

    def to_core(self) -> Asked:
        """The question as the use cases know it."""
        member = core_member(self.member, "/member", self.parameters.figures)
        rates, kind = self.parameters.rates, self.member.retirement_kind
        return Asked(self.pooling_area, self.from_, self.to, member, (), rates, kind)


class Run(CreditsQuestion):
    """What a run of one member's account is asked."""

    expenses: list[Expense] = Field(default_factory=list, max_length=EXPENSES_MOST)

    def to_core(self) -> Asked:
        """The question as the use cases know it."""
        expenses = tuple(each.to_core(f"/expenses/{place}") for place, each in enumerate(self.expenses))
        member = core_member(self.member, "/member", self.parameters.figures)
        rates, kind = self.parameters.rates, self.member.retirement_kind
        return Asked(self.pooling_area, self.from_, self.to, member, expenses, rates, kind)


class BalancesQuestion(Run):
    """How one member's account goes from one month to another."""

    detail: Detail = Detail.MONTHS
