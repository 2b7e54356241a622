"""What version 1 is asked of one bill at the counter: whose it is, what it says, which relatives may pay."""

from pydantic import Field

from service.api.v1.household import MEMBERS_MOST, Limits, no_limits
from service.api.v1.leaves import AreaCode, Day, Label
from service.api.v1.member import Member, Part, core_member
from service.api.v1.schemas import Question
from service.api.v1.spending import Bill
from service.asked import AskedBill
from service.core.course import Declared
from service.core.expense import Expense
from service.core.family import Link, Relation
from service.core.month import month_of_day


class Relative(Member):
    """A relative who holds an account."""

    area: AreaCode | None = Field(default=None, description="If another than the question's.")


class Holder(Part):
    """A relative whose account may pay what the own account leaves."""

    relation: Relation = Field(description="What the member is to this holder.")
    limits: Limits = Field(default_factory=no_limits)
    member: Relative


class BillsQuestion(Question):
    """What a bill draws from which purse; balances are what the accounts hold when it is paid."""

    on: Day
    member: Member
    bill: Bill
    id: Label | None = None
    family: list[Holder] = Field(
        default_factory=list,
        max_length=MEMBERS_MOST - 1,
        description="In the order in which they are to pay.",
    )

    def to_core(self) -> AskedBill:
        """The question as the use cases know it."""
        figures, month = self.parameters.figures, month_of_day(self.on)
        own = Declared(
            core_member(self.member, "/member", figures), self.pooling_area, kind=self.member.retirement_kind
        )
        bill = self.bill.to_core()
        return AskedBill(
            (
                own,
                *(
                    relative(each, place, self.pooling_area, figures)
                    for place, each in enumerate(self.family)
                ),
            ),
            Expense(month, self.on.day, "", bill.total, self.id or "", "", 0, bill),
            tuple(self._links()),
            self.parameters.rates,
        )

    def _links(self) -> list[Link]:
        """The holders' links; they hold on the day of the bill."""
        return [
            Link(
                place + 1,
                0,
                each.relation,
                self.on,
                self.on,
                limits=each.limits.to_core(),
                pointer=f"/family/{place}",
            )
            for place, each in enumerate(self.family)
        ]


def name_of(member: Member, place: int) -> str:
    """What answers call a holder: the id given, or the place in the question."""
    return member.id or f"family/{place}"


def relative(holder: Holder, place: int, area: str, figures: dict[str, int]) -> Declared:
    """A holder as declared; without an area of its own it is the question's."""
    member, pointer = holder.member, f"/family/{place}/member"
    return Declared(
        core_member(member, pointer, figures),
        member.area or area,
        "/area" if member.area is None else f"{pointer}/area",
        member.retirement_kind,
        name_of(member, place),
    )
