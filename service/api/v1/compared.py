"""Sample members and bills before and after a policy, as an answer: figures, and a sentence for each."""

from typing import Any

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, PolicyId
from service.api.v1.compared_words import bill_text, member_text
from service.api.v1.leaves import Month, SignedYuan, Yuan
from service.core.expense import Setting, Tier
from service.core.member import MemberClass, Status
from service.core.money import yuan
from service.core.month import month_text
from service.review.before_after import BeforeAfter, OfBill, OfMember, Seen
from service.review.samples import Sample

ITEMS_MOST = 200
"""How many samples of a kind are listed; all are counted."""


class SampleAnswer(Answer):
    """A sample member, by what the rules tell apart; `question` has all that was supposed."""

    status: Status
    class_: MemberClass | None = Field(alias="class")
    age: int
    ages: list[int | None] = Field(description="The age band, both included; null where it is open.")
    base: Yuan | None
    monthly_pension: Yuan | None
    retired_from: Month | None
    contribution_months: int | None


class SeenAnswer(Answer):
    """What a sample sees of the account."""

    credit: SignedYuan = Field(
        description="What the first month earns, net of deductions, whenever it is posted."
    )
    credited: SignedYuan = Field(description="Posted in all the months, net of deductions.")
    deductions: SignedYuan
    interest: SignedYuan = Field(description="Posted in the months.")
    accrued: SignedYuan = Field(description="Interest accrued by their end and not posted.")
    closing: SignedYuan


class MemberComparedAnswer(Answer):
    """A sample member before and after; null where there is no answer, and `asks` says what it lacks."""

    area: str
    member: SampleAnswer
    before: SeenAnswer | None
    after: SeenAnswer | None
    difference: SeenAnswer | None
    asks: list[str]
    text: str
    question: dict[str, Any] = Field(description="What to ask `POST /v1/simulations/balances` for the same.")


class BillAnswer(Answer):
    """A sample bill."""

    on: str
    setting: Setting
    tier: Tier | None
    total: Yuan


class BillComparedAnswer(Answer):
    """What the fund pays of a sample bill before and after."""

    area: str
    member: SampleAnswer
    bill: BillAnswer
    before: Yuan | None
    after: Yuan | None
    difference: SignedYuan | None
    asks: list[str]
    text: str


class Counted(Answer):
    """How many samples there are, for how many something changes, and how many are listed."""

    all: int
    changed: int
    listed: int


class BeforeAfterAnswer(Answer):
    """Samples under the rules before and after, those that change most first."""

    from_: PolicyId | None = Field(alias="from", description="The policy before it.")
    to: str
    carried_on: bool = Field(
        description="Whether the policy before it has ended by then and is counted as if it had not."
    )
    months: list[Month] = Field(description="The first and the last.")
    members: Counted
    items: list[MemberComparedAnswer]
    bills: Counted
    bill_items: list[BillComparedAnswer]


def before_after_document(found: BeforeAfter, language: Language, *, every: bool) -> dict[str, Any]:
    """The answer: what changes, or with `every` also what does not; in both cases at most so many."""
    members = [each for each in found.members if every or each.changed][:ITEMS_MOST]
    bills = [each for each in found.bills if every or each.changed][:ITEMS_MOST]
    return {
        "from": found.before,
        "to": found.after,
        "carried_on": found.carried_on,
        "months": [month_text(found.first), month_text(found.last)],
        "members": _counted(found.members, len(members)),
        "items": [_of_member(each, language) for each in members],
        "bills": _counted(found.bills, len(bills)),
        "bill_items": [_of_bill(each, language) for each in bills],
    }


def _counted(samples: tuple[OfMember, ...] | tuple[OfBill, ...], listed: int) -> dict[str, int]:
    return {"all": len(samples), "changed": sum(each.changed for each in samples), "listed": listed}


def _of_member(found: OfMember, language: Language) -> dict[str, Any]:
    before, after = found.before, found.after
    difference = None
    if before is not None and after is not None:
        difference = Seen(*(new - old for old, new in zip(before, after, strict=True)))
    return {
        "area": found.sample.area,
        "member": _sample(found.sample),
        "before": _seen(before),
        "after": _seen(after),
        "difference": _seen(difference),
        "asks": list(found.asks),
        "text": member_text(found, language),
        "question": question(found.sample),
    }


def _of_bill(found: OfBill, language: Language) -> dict[str, Any]:
    bill, before, after = found.sample.bill, found.before, found.after
    return {
        "area": found.sample.sample.area,
        "member": _sample(found.sample.sample),
        "bill": {
            "on": f"{month_text(found.sample.month)}-{found.sample.day}",
            "setting": bill.setting,
            "tier": bill.tier,
            "total": yuan(bill.total),
        },
        "before": None if before is None else yuan(before),
        "after": None if after is None else yuan(after),
        "difference": None if before is None or after is None else yuan(after - before),
        "asks": list(found.asks),
        "text": bill_text(found, language),
    }


def _sample(sample: Sample) -> dict[str, Any]:
    spell = sample.now
    return {
        "status": spell.status,
        "class": spell.member_class,
        "age": sample.age,
        "ages": list(sample.ages),
        "base": None if spell.base is None else yuan(spell.base),
        "monthly_pension": None if spell.monthly_pension is None else yuan(spell.monthly_pension),
        "retired_from": month_text(spell.start) if spell.status is Status.RETIRED else None,
        "contribution_months": spell.contribution_months,
    }


def _seen(seen: Seen | None) -> dict[str, str] | None:
    return None if seen is None else {name: yuan(fen) for name, fen in seen._asdict().items()}


def question(sample: Sample) -> dict[str, Any]:
    """The sample as a question about balances."""
    member, spell = sample.member, sample.now
    money = ("base", "monthly_pension", "employer_average_wage", "own_credit")
    told: dict[str, Any] = {"from": month_text(spell.start), "status": spell.status.value}
    if spell.member_class is not None:
        told["class"] = spell.member_class.value
    told |= {name: yuan(fen) for name in money if (fen := getattr(spell, name)) is not None}
    counts = ("contribution_months", "account_months")
    told |= {name: count for name in counts if (count := getattr(spell, name)) is not None}
    of_member: dict[str, Any] = {"spells": [told]}
    if member.birth_month is not None:
        of_member["birth_month"] = month_text(member.birth_month)
    if member.sex is not None:
        of_member["sex"] = member.sex.value
    if member.opening.held:
        of_member["opening"] = {bucket.value: yuan(fen) for bucket, fen in member.opening.held.items()}
    asked = {
        "area": sample.area,
        "from": month_text(sample.first),
        "to": month_text(sample.last),
        "member": of_member,
    }
    figures = {name: yuan(fen) for name, fen in member.parameters.items()}
    return {**asked, "parameters": {"figures": figures}} if figures else asked
