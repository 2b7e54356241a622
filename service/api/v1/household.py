"""What version 1 is asked of a household: members, the links between them, expenses, transfers."""

from pydantic import Field

from service.api.v1.leaves import Amount, AreaCode, Day, Label, Month, TimeOfDay
from service.api.v1.member import Insured, Part, core_member
from service.api.v1.schemas import Detail, Question
from service.api.v1.spending import EXPENSES_MOST, Expense
from service.asked import AskedFamily
from service.core.course import Declared
from service.core.family import Limits as CoreLimits
from service.core.family import Link as CoreLink
from service.core.family import Model, Relation
from service.core.family import Transfer as CoreTransfer
from service.core.month import month_of_day

MEMBERS_MOST = 10
LINKS_MOST = 100
TRANSFERS_MOST = 2000


class FamilyMember(Insured):
    """A member of a household, with an account or without."""

    id: Label = Field(description="Links, expenses and transfers name the member by it.")
    area: AreaCode | None = Field(default=None, description="If another than the question's.")
    wallet: Amount = Field(
        default_factory=int, description="What the wallet (医保钱包) holds when the first month begins."
    )


class Limits(Part):
    """What a holder allows a beneficiary at most."""

    per_expense: Amount | None = None
    per_month: Amount | None = None
    per_year: Amount | None = Field(default=None, description="In a policy year of the holder's area.")

    def to_core(self) -> CoreLimits:
        """The limits as the rules know them."""
        return CoreLimits(self.per_expense, self.per_month, self.per_year)


_NO_LIMITS = Limits()


def no_limits() -> Limits:
    """One for all: nothing ever changes a question."""
    return _NO_LIMITS


class Link(Part):
    """A holder (授权人) who lets a beneficiary (使用人) use the account, both days included."""

    holder: Label
    beneficiary: Label
    relation: Relation = Field(description="What the beneficiary is to the holder.")
    from_: Day = Field(alias="from")
    to: Day | None = None
    model: Model = Field(
        default="till",
        description="`till`: drawn when the beneficiary pays; `wallet`: by transfers; `quota`: held for the"
        " beneficiary.",
    )
    quota: Amount | None = Field(
        default=None, description="How much is held (共济额度), where `model` is so."
    )
    limits: Limits = Field(default_factory=no_limits)

    def to_core(self, places: dict[str, int], pointer: str) -> CoreLink:
        """The link as the rules know it."""
        return CoreLink(
            places[self.holder],
            places[self.beneficiary],
            self.relation,
            self.from_,
            self.to,
            self.model,
            self.quota or 0,
            self.limits.to_core(),
            pointer,
        )


class Transfer(Part):
    """Money that a holder moves into the wallet of a beneficiary."""

    holder: Label
    beneficiary: Label
    on: Day
    at: TimeOfDay
    amount: Amount
    accepted: bool = Field(default=True, description="Whether the beneficiary took it; if not it returns.")
    id: Label | None = None

    def to_core(self, places: dict[str, int], pointer: str) -> CoreTransfer:
        """The transfer as the rules know it; its note has no category."""
        month, day = month_of_day(self.on), self.on.day
        holder, beneficiary = places[self.holder], places[self.beneficiary]
        note = "" if self.id is None else f" {self.id}"
        return CoreTransfer(
            holder, beneficiary, month, day, self.at, self.amount, self.accepted, note, pointer
        )


class FamilyExpense(Expense):
    """Money that a member of the household has to pay."""

    member: Label = Field(description="Whose expense it is.")


class FamiliesQuestion(Question):
    """How the accounts of a household go, and who pays what for whom."""

    from_: Month = Field(alias="from", description="The first month asked for.")
    to: Month = Field(description="The last month asked for; at most 600 months in all.")
    members: list[FamilyMember] = Field(min_length=1, max_length=MEMBERS_MOST)
    links: list[Link] = Field(
        default_factory=list,
        max_length=LINKS_MOST,
        description="Holders of one beneficiary in the order in which they are to pay.",
    )
    expenses: list[FamilyExpense] = Field(
        default_factory=list, max_length=EXPENSES_MOST, description="In order of day."
    )
    transfers: list[Transfer] = Field(default_factory=list, max_length=TRANSFERS_MOST)
    detail: Detail = Detail.MONTHS

    def to_core(self) -> AskedFamily:
        """The question as the use cases know it."""
        places = {member.id: place for place, member in enumerate(self.members)}
        figures = self.parameters.figures
        return AskedFamily(
            tuple(
                declared(member, f"/members/{place}", self.pooling_area, figures)
                for place, member in enumerate(self.members)
            ),
            self.from_,
            self.to,
            tuple(link.to_core(places, f"/links/{place}") for place, link in enumerate(self.links)),
            tuple(
                each.to_core(f"/expenses/{place}", places[each.member])
                for place, each in enumerate(self.expenses)
            ),
            tuple(each.to_core(places, f"/transfers/{place}") for place, each in enumerate(self.transfers)),
            self.parameters.rates,
        )


def declared(member: FamilyMember, pointer: str, area: str, figures: dict[str, int]) -> Declared:
    """A member as declared; without an area of its own it is the question's."""
    return Declared(
        core_member(member, pointer, figures),
        member.area or area,
        "/area" if member.area is None else f"{pointer}/area",
        member.retirement_kind,
        member.id,
        member.wallet,
    )
