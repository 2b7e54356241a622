"""What version 1 is asked of leaving: who leaves on which day for which reason."""

from pydantic import Field

from service.api.v1.leaves import Amount, Day, Month
from service.api.v1.member import Member, core_member
from service.api.v1.schemas import Question
from service.asked import AskedClosure
from service.core.closing import Reason
from service.core.course import Declared
from service.core.month import month_of_day


class ClosuresQuestion(Question):
    """Whether a member may take the money of the account, how much, and what follows."""

    on: Day = Field(description="The day of leaving, or of the question.")
    reason: Reason
    from_: Month | None = Field(
        default=None,
        alias="from",
        description="The month with which `member.opening` begins; left out, the month of `on`.",
    )
    member: Member
    credited_before: Amount | None = Field(
        default=None,
        description="What is left of the money credited before the day that the area's rule names.",
    )

    @property
    def first(self) -> int:
        """The first month of the run."""
        return month_of_day(self.on) if self.from_ is None else self.from_

    def to_core(self) -> AskedClosure:
        """The question as the use cases know it."""
        member = core_member(self.member, "/member", self.parameters.figures)
        declared = Declared(member, self.pooling_area, kind=self.member.retirement_kind)
        rates = self.parameters.rates
        return AskedClosure(declared, self.first, self.on, self.reason, self.credited_before, rates)
