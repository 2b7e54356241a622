"""How a question declares what is to be paid: an expense already the person's own share, or a bill."""

from pydantic import ConfigDict, Field

from service.api.v1.leaves import Amount, Day, Label
from service.api.v1.member import Part
from service.core.expense import Bill as CoreBill
from service.core.expense import Category, ItemClass, Setting, Tier
from service.core.expense import Expense as CoreExpense
from service.core.expense import Item as CoreItem
from service.core.month import month_of_day

EXPENSES_MOST = 2000
ITEMS_MOST = 200


class Item(Part):
    """A line of a bill at its full price, within the scope of the insurance."""

    class_: ItemClass = Field(alias="class", description="Its class in the catalogue.")
    amount: Amount
    unit_price: Amount | None = Field(default=None, description="Where a rule asks for the price of one.")


class Bill(Part):
    """A medical bill (医疗费): total = in scope + class B co-pay + self-pay."""

    total: Amount
    in_scope: Amount | None = Field(
        default=None, description="Within the scope (政策范围内); left out, it is the rest of the total."
    )
    class_b_copay: Amount = Field(
        default_factory=int,
        description="The first share of class B items that is the person's own (自理); with `items` what"
        " comes besides them.",
    )
    self_pay: Amount = Field(default_factory=int, description="Outside the scope (自费).")
    setting: Setting
    tier: Tier | None = Field(default=None, description="The grade of the hospital, where ratios differ.")
    items: list[Item] = Field(
        default_factory=list,
        max_length=ITEMS_MOST,
        description="In place of `in_scope`, where classes differ.",
    )
    fund: Amount | None = Field(
        default=None, description="What the fund paid, as printed on the bill; it goes before any rule."
    )

    @property
    def rest(self) -> int:
        """What the total leaves for the cost in scope, in fen; negative if the parts exceed it."""
        return self.total - self.class_b_copay - self.self_pay

    @property
    def scope(self) -> int:
        """The cost in scope as declared, in fen."""
        if self.items:
            return sum(item.amount for item in self.items)
        return self.rest if self.in_scope is None else self.in_scope

    def to_core(self) -> CoreBill:
        """The bill as the rules know it."""
        items = tuple(CoreItem(item.class_, item.amount, item.unit_price) for item in self.items)
        return CoreBill(
            self.total,
            self.scope,
            self.class_b_copay,
            self.self_pay,
            self.setting,
            self.tier,
            items,
            self.fund,
        )


class Expense(Part):
    """Money to be paid on a day: already reduced to the person's own share (个人负担), or a whole bill."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["category", "amount"]}, {"required": ["bill"]}]}
    )

    on: Day
    category: Category | None = Field(default=None, description="What the share is for; not with a bill.")
    amount: Amount | None = Field(default=None, description="The person's own share; not with a bill.")
    bill: Bill | None = Field(default=None, description="In place of `category` and `amount`.")
    id: Label | None = None

    def to_core(self, pointer: str, member: int = 0) -> CoreExpense:
        """The expense as the rules know it; without a bill its note begins with the category."""
        month, day = month_of_day(self.on), self.on.day
        if self.bill is not None:
            bill, note = self.bill.to_core(), self.id or ""
            return CoreExpense(month, day, "", bill.total, note, pointer, member, bill)
        category = "" if self.category is None else self.category.value
        note = category if self.id is None else f"{category} {self.id}"
        return CoreExpense(month, day, category, self.amount or 0, note, pointer, member)
