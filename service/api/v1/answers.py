"""What version 1 answers of one account: the contract of the bytes that `render` writes."""

from pydantic import Field

from service.api.v1.answering import Answer, Balances, Grounded, PolicyId, Span
from service.api.v1.leaves import Carried, Day, Key, Label, Month, SignedYuan, Yuan
from service.api.v1.settled import Settled
from service.core.account import Bucket, PostingKind
from service.core.expense import Category


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
    transfer: Label | None = Field(default=None, description="The id given with the transfer.")
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
    paid_from_account: Yuan = Field(description="By the account for its own member.")
    paid_for_family: Yuan = Field(description="By the account for relatives.")
    paid_by_family: Yuan = Field(description="By relatives for the member.")
    fund: Yuan = Field(description="By the pooling fund (统筹基金) for the member's bills.")
    cash: Yuan
    moved: SignedYuan = Field(description="Transferred in, less what was transferred out or withdrawn.")


class Year(Answer):
    """The months asked for of one policy year."""

    from_: Month = Field(alias="from")
    to: Month
    opening: Balances
    closing: Balances
    totals: Totals


class BalancesAnswer(Grounded):
    """How one member's account went."""

    months: list[MonthOfBalances] = Field(description="Empty where `detail` is `totals` or `years`.")
    years: list[Year] = Field(description="Empty where `detail` is `totals`.")
    totals: Totals
    expenses: list[Settled] | None = Field(
        default=None, description="How each was paid; only where the question has any, and lists months."
    )


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


class CreditsAnswer(Grounded):
    """The credits of one member."""

    months: list[MonthOfCredits]
    totals: CreditTotals


class QuoteAnswer(Grounded):
    """The credit of one month."""

    month: Month
    policy: PolicyId
    credit: ExplainedCredit
