"""What version 1 answers: the contract of the bytes that `render` writes; tests hold real answers to it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.v1.leaves import Carried, Day, Key, Label, Month, SignedYuan, Yuan
from service.core.account import Bucket, PostingKind
from service.core.expense import Category
from service.core.source import Grade

PolicyId = Annotated[str, Field(description="Area and first day of effect: `110000@2022-09-01`.")]
Unknown = Literal["unknown"]


def _open(schema: dict[str, Any]) -> None:
    """Within version 1 fields may be added, so the contract forbids none."""
    schema.pop("additionalProperties", None)


class Answer(BaseModel):
    # Clients ignore fields they do not know; the service's own tests do not.
    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=_open)


class Span(Answer):
    """A range of months, both included."""

    from_: Month = Field(alias="from")
    to: Month


class Taken(Answer):
    """A deduction by name."""

    name: str
    amount: Yuan


class Credit(Answer):
    """What is posted in a month: gross, what is taken from it, net."""

    gross: Yuan
    deductions: list[Taken]
    net: SignedYuan
    for_: Span | None = Field(
        alias="for", description="The months the credit is for; null where none is posted."
    )
    true_up: SignedYuan | None = Field(
        default=None, description="What a settlement or a claw-back moves besides; only where it does."
    )


class ExplainedCredit(Credit):
    """A credit with the rule it rests on."""

    rule: str | None = Field(
        description="Policy and place of the rule in its document; null without a credit."
    )
    formula: str | None = Field(description="How the amount of one month comes about.")
    unrounded: str | None = Field(
        default=None, description="The exact monthly amount, where it is not whole fen."
    )


class Balances(Answer):
    """What the account holds, by part and in all."""

    current_year: SignedYuan
    prior_years: SignedYuan
    health: SignedYuan | None = Field(default=None, description="Only where the policy has it.")
    total: SignedYuan


class Resume(Answer):
    """The state at the month's beginning; given as `member.opening` it starts there with the same outcome."""

    current_year: SignedYuan
    prior_years: SignedYuan
    health: SignedYuan | None = None
    interest: dict[Key, Carried] = Field(default_factory=dict)
    used: dict[Key, Yuan] = Field(default_factory=dict)


class Posting(Answer):
    """One movement of one part of the account (明细)."""

    on: Day
    kind: PostingKind
    bucket: Bucket
    amount: SignedYuan
    basis: str = Field(
        description="Policy id, `#`, and the JSON pointer of the rule in the policy's document."
    )
    sources: list[str] = Field(description="Ids in the sources of the policy named.")
    text: str = Field(description="A sentence ready to show.")
    category: Category | None = Field(default=None, description="Of the expense paid.")
    expense: Label | None = Field(default=None, description="The id given with the expense.")
    for_: Span | None = Field(default=None, alias="for", description="The months a credit is for.")


class MonthOfBalances(Answer):
    """One month of the account."""

    month: Month
    policy: PolicyId
    credit: Credit
    opening: Balances
    closing: Balances
    postings: list[Posting] | None = Field(default=None, description="Only where `detail` is `postings`.")
    resume: Resume


class Totals(Answer):
    """Sums over the months asked for."""

    credited: SignedYuan = Field(description="Net of deductions, settlements included.")
    interest: SignedYuan
    paid_from_account: Yuan
    paid_by_family: Yuan
    cash: Yuan


class Year(Answer):
    """The months asked for of one policy year."""

    from_: Month = Field(alias="from")
    to: Month
    opening: Balances
    closing: Balances
    totals: Totals


class Source(Answer):
    """A source of a policy (政策依据)."""

    id: str
    title: str
    publisher: str
    date: Day | Unknown
    number: str = Field(description="Document number (文号), or `unknown`.")
    address: str | None
    grade: Grade


class Effective(Answer):
    """The days on which a policy is in force, both included."""

    from_: Day | Unknown = Field(alias="from")
    to: Day | None


class PolicySummary(Answer):
    """A policy that an answer rests on, with the sources of the rules that were used."""

    id: PolicyId
    name: str
    grade: Grade
    effective: Effective
    sources: list[Source]


class Notice(Answer):
    """Something a reader must know; `code` is stable."""

    code: str
    severity: Literal["info", "warning"]
    text: str
    month: Month | None = Field(default=None, description="The first month it is about.")
    policy: PolicyId | None = None
    values: dict[str, str] | None = None


class Receipt(Answer):
    """What makes the answer repeatable."""

    engine: str
    snapshot: str = Field(description="Names exactly the policies that were published.")
    request_sha256: str = Field(description="Of the request's body, or of a quote's canonical query.")


class _Closing(Answer):
    policies: list[PolicySummary]
    notices: list[Notice]
    receipt: Receipt


class BalancesAnswer(_Closing):
    """How one member's account went."""

    months: list[MonthOfBalances] = Field(description="Empty where `detail` is `totals` or `years`.")
    years: list[Year] = Field(description="Empty where `detail` is `totals`.")
    totals: Totals


class MonthOfCredits(Answer):
    """The credit of one month."""

    month: Month
    policy: PolicyId
    credit: ExplainedCredit


class CreditTotals(Answer):
    """Sums of the credits asked for."""

    gross: Yuan
    deductions: Yuan
    net: SignedYuan
    true_up: SignedYuan | None = Field(
        default=None, description="Of settlements and claw-backs, which stand apart."
    )


class CreditsAnswer(_Closing):
    """The credits of one member."""

    months: list[MonthOfCredits]
    totals: CreditTotals


class QuoteAnswer(_Closing):
    """The credit of one month."""

    month: Month
    policy: PolicyId
    credit: ExplainedCredit
