"""What GET addresses are asked: every query parameter, and none besides."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from service.api.v1.governed import Cursor, Name
from service.api.v1.leaves import Amount, AreaCode, Day, Instant, Month, MonthOrDay
from service.asked import Asked
from service.core.account import Balances
from service.core.errors import Fault, Refused
from service.core.lifecycle import State
from service.core.member import Member, MemberClass, Sex, Spell, Status
from service.core.month import month_of_day, month_text

_LOOKED_BACK = 60  # months; no base window reaches further back than the year before last


class NoQuery(BaseModel):
    """No parameter at all."""

    model_config = ConfigDict(extra="forbid")


class AsOf(NoQuery):
    """When the answer was known."""

    as_of: Instant | None = Field(default=None, description="Answer with what was published by then.")


class AreasQuery(AsOf):
    """Which areas to list."""

    cursor: AreaCode | None = Field(default=None, description="The `next` of the answer before.")
    limit: int = Field(default=100, ge=1, le=500)


class InputsQuery(AsOf):
    """On which day the rules hold."""

    on: Day | None = Field(default=None, description="Left out: under the area's last policy.")


class PoliciesQuery(AsOf):
    """Which policies to list."""

    state: State = Field(
        default=State.PUBLISHED,
        description="`draft` needs the scope `policy:draft` or `policy:publish`; the others are public.",
    )
    area: AreaCode | None = None
    on: Day | None = Field(default=None, description="Only those in force on the day; not of drafts.")
    cursor: Cursor | None = Field(default=None, description="The `next` of the answer before.")
    limit: int = Field(default=100, ge=1, le=500)


class ChangesQuery(NoQuery):
    """Compared with what."""

    from_: Cursor | None = Field(
        default=None,
        alias="from",
        description="The id of another policy; left out: what this one took the place of.",
    )


class AuditQuery(NoQuery):
    """Which rows of the audit."""

    subject: Name | None = Field(default=None, description="The id of a draft, a policy or a key.")
    area: AreaCode | None = None
    actor: Name | None = Field(default=None, description="Who did it.")
    act: Name | None = Field(default=None, description="What was done: `publish`.")
    after: int = Field(
        default=0, ge=0, le=2**63 - 1, description="The `next` of the answer before; 0: from the first on."
    )
    limit: int = Field(default=100, ge=1, le=500)


class QuoteQuery(AsOf):
    """How much one gets a month."""

    area: AreaCode
    on: MonthOrDay = Field(description="The month asked about, or a day of it.")
    status: Status
    class_: MemberClass | None = Field(default=None, alias="class")
    age: int | None = Field(default=None, ge=0, le=150, description="Full years; or give `birth_month`.")
    birth_month: Month | None = None
    sex: Sex | None = None
    base: Amount | None = Field(
        default=None, description="Monthly contribution base, taken to be the same all along."
    )
    monthly_pension: Amount | None = None
    employer_average_wage: Amount | None = None
    own_credit: Amount | None = None
    contribution_months: int | None = Field(default=None, ge=0, le=1200)
    account_months: int | None = Field(default=None, ge=0, le=1200)
    retired_from: Month | None = Field(
        default=None, description="The first month of retirement, where cohorts differ."
    )

    def to_core(self) -> Asked:
        """The quote as a question about one month; Refused names what contradicts itself."""
        faults = []
        if self.age is not None and self.birth_month is not None:
            faults.append(Fault("/birth_month", "age_or_birth_month"))
        if (self.account_months or 0) > (self.contribution_months or self.account_months or 0):
            faults.append(Fault("/account_months", "account_months_exceed"))
        month = month_of_day(self.on)
        if self.birth_month is not None and self.birth_month > month:
            faults.append(Fault("/birth_month", "birth_after_from", {"from": month_text(month)}))
        retired = self.retired_from if self.status is Status.RETIRED else None
        if retired is not None and retired > month:
            faults.append(Fault("/retired_from", "retired_after_on", {"on": month_text(month)}))
        if faults:
            raise Refused(faults)
        spell = Spell(
            start=retired if retired is not None else month - _LOOKED_BACK,
            end=None,
            status=self.status,
            member_class=self.class_,
            base=self.base,
            monthly_pension=self.monthly_pension,
            employer_average_wage=self.employer_average_wage,
            own_credit=self.own_credit,
            contribution_months=self.contribution_months,
            account_months=self.account_months,
        )
        member = Member((spell,), self.birth_month, self.sex, self.age, Balances({}), pointer="")
        return Asked(self.area, month, month, member)


def of_query(faults: Iterable[Fault]) -> list[Fault]:
    """Faults as the caller of a quote can mend them: there are no spells, their bases are one parameter."""
    mended = [
        Fault("/base", "fact_required", fault.values) if fault.code == "base_window_required" else fault
        for fault in faults
    ]
    return list({(fault.pointer, fault.code): fault for fault in mended}.values())
