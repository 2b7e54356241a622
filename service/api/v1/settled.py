"""How an expense or a bill was settled: the contract of it, and its bytes."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer
from service.api.v1.bill_words import paid_words, step_words
from service.api.v1.grounds import basis_of, money, text
from service.api.v1.leaves import Day, Label, Rate, SignedYuan, Yuan
from service.api.v1.notices import notice_words
from service.core import answer
from service.core.account import Basis, Bucket, Notice
from service.core.bill import Step as CoreStep
from service.core.bill import StepKind
from service.core.expense import Category
from service.supposed import is_supposed

_DECIMALS = 6


class Share(Answer):
    """What a person has to pay of an expense, by category."""

    category: Category
    amount: Yuan


class Step(Answer):
    """One line of how the pooling fund shares in a bill."""

    step: StepKind
    of: Yuan = Field(description="The cost that the line is about.")
    amount: SignedYuan = Field(description="What comes of it; a cap takes away.")
    ratio: Rate | None = None
    basis: str | None = Field(
        default=None, description="Policy id, `#`, and the JSON pointer of the rule, where there is one."
    )
    sources: list[str] | None = None
    text: str


class PaidLine(Answer):
    """A part of an expense that was not cash."""

    by: Literal["own", "wallet", "quota", "till"]
    holder: str | None = Field(default=None, description="Whose account, if a relative's.")
    bucket: Bucket | None = None
    category: Category
    amount: Yuan
    basis: str
    sources: list[str]
    text: str


class PassedOver(Answer):
    """A holder who could not pay, or not all."""

    holder: str
    category: Category
    code: str = Field(description="That of a notice.")
    text: str


class Settled(Answer):
    """How one expense was settled: total = fund + what was paid + cash."""

    member: Label | None = Field(default=None, description="Whose it is, where there are several.")
    on: Day
    expense: Label | None = Field(default=None, description="The id given with it.")
    total: Yuan
    fund: Yuan = Field(description="Paid by the pooling fund (统筹基金).")
    own_share: Yuan = Field(description="What the fund leaves (个人负担).")
    shares: list[Share]
    steps: list[Step] = Field(description="Empty where the expense was the own share already.")
    paid: list[PaidLine]
    passed_over: list[PassedOver]
    cash: Yuan


def settled_line(
    settled: answer.Settled, names: Sequence[str], language: Language, *, whose: bool = False
) -> str:
    """A settled expense as an object; `whose` names the member."""
    return f"{{{settled_fields(settled, names, language, whose=whose)}}}"


def settled_fields(settled: answer.Settled, names: Sequence[str], language: Language, *, whose: bool) -> str:
    """The fields of a settled expense, without braces."""
    expense = settled.expense
    given = expense.note if expense.bill is not None else expense.note.partition(" ")[2]
    member = f'"member":{text(names[expense.member])},' if whose else ""
    name = f'"expense":{text(given)},' if given else ""
    shares = [_share(category, fen) for category, fen in settled.shares]
    steps = [_step(step, basis, settled, language) for step, basis in settled.steps]
    paid = [_paid(each, names, language) for each in settled.paid]
    passed = [_passed_over(each, settled, names, language) for each in settled.passed_over]
    return (
        f'{member}"on":"{settled.on.isoformat()}",{name}"total":{money(expense.amount)},'
        f'"fund":{money(settled.fund)},"own_share":{money(expense.amount - settled.fund)},'
        f'"shares":[{",".join(shares)}],"steps":[{",".join(steps)}],"paid":[{",".join(paid)}],'
        f'"passed_over":[{",".join(passed)}],"cash":{money(settled.cash)}'
    )


@lru_cache(maxsize=4096)
def _share(category: str, fen: int) -> str:
    return f'{{"category":"{category}","amount":{money(fen)}}}'


def _step(step: CoreStep, basis: Basis | None, settled: answer.Settled, language: Language) -> str:
    ratio = "" if step.ratio is None else f'"ratio":"{_rate(step.ratio)}",'
    rests = "" if basis is None else f"{basis_of(basis)},"
    return (
        f'{{"step":"{step.kind}","of":{money(step.of)},"amount":{money(step.amount)},{ratio}{rests}'
        f'"text":{text(step_words(step, basis, settled, language))}}}'
    )


@lru_cache(maxsize=1024)
def _rate(rate: Fraction) -> str:
    """A rate as a document writes it, with as many decimals as it has."""
    whole, rest = divmod(int(rate * 10**_DECIMALS), 10**_DECIMALS)
    return f"{whole}.{rest:0{_DECIMALS}d}".rstrip("0").rstrip(".")


def _paid(paid: answer.Paid, names: Sequence[str], language: Language) -> str:
    holder = names[paid.holder] if paid.by in ("till", "quota") else ""
    line = _paid_line.__wrapped__ if is_supposed(paid.basis.policy) else _paid_line
    return line(paid, holder, language)


@lru_cache(maxsize=8192)
def _paid_line(paid: answer.Paid, holder: str, language: Language) -> str:
    whose = f'"holder":{text(holder)},' if holder else ""
    bucket = "" if paid.bucket is None else f'"bucket":"{paid.bucket}",'
    return (
        f'{{"by":"{paid.by}",{whose}{bucket}"category":"{paid.category}","amount":{money(paid.amount)},'
        f'{basis_of(paid.basis)},"text":{text(paid_words(paid, holder, language))}}}'
    )


def _passed_over(
    passed: answer.PassedOver, settled: answer.Settled, names: Sequence[str], language: Language
) -> str:
    holder = names[passed.holder]
    told = Notice(passed.code, "info", settled.expense.on_month, (("holder", holder),))
    return (
        f'{{"holder":{text(holder)},"category":"{passed.category}","code":"{passed.code}",'
        f'"text":{text(notice_words(told, language))}}}'
    )
