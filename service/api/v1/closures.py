"""What version 1 answers of leaving: may the money be taken, why, how much, and what follows."""

from typing import Literal

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, Balances, Grounded, PolicyId
from service.api.v1.answers import Posting
from service.api.v1.citing import cite, of_months
from service.api.v1.grounds import basis_of, grounds, money, text
from service.api.v1.leaves import Day, SignedYuan
from service.api.v1.leaving import ClosuresQuestion
from service.api.v1.leaving_words import consequence_words, why_words
from service.api.v1.lines import balances, posting_line
from service.core.account import Bucket
from service.core.book import Book
from service.core.closing import Consequence, Reason
from service.core.closure import Closure


class Follows(Answer):
    """Something that a person must be told of what comes after."""

    code: Consequence
    text: str


class ClosuresAnswer(Grounded):
    """What leaving brings."""

    on: Day
    reason: Reason
    policy: PolicyId
    allowed: Literal["yes", "no", "unknown"]
    why: str = Field(description="A sentence ready to show.")
    basis: str | None = Field(
        default=None, description="Policy id, `#`, and the JSON pointer of the rule, where there is one."
    )
    sources: list[str] | None = None
    amount: SignedYuan = Field(description="What leaves the account; a debt that moves along is negative.")
    by_bucket: Balances = Field(description="The same, by part of the account.")
    before: Balances = Field(description="What the account holds when the settlement begins.")
    after: Balances
    postings: list[Posting] = Field(description="Of the settlement and the payment, in order.")
    follows: list[Follows]


def closures_answer(
    closure: Closure, question: ClosuresQuestion, book: Book, body: bytes, language: Language
) -> bytes:
    """The answer to a question about leaving."""
    cited, rests = of_months(closure.months), ""
    if closure.basis is not None:
        cite(cited, [closure.basis])
        rests = f"{basis_of(closure.basis)},"
    health = Bucket.HEALTH in closure.after
    left = dict.fromkeys(closure.after, 0)
    for posting in closure.postings:
        if posting.kind in ("transfer_out", "withdrawal"):
            left[posting.bucket] -= posting.amount
    postings = [posting_line(each, closure.in_force, book, language) for each in closure.postings]
    follows = [
        f'{{"code":"{each}","text":{text(consequence_words(each, language))}}}' for each in closure.follows
    ]
    policies = (*(month.in_force for month in closure.months), closure.in_force)
    written = (
        f'{{"on":"{question.on.isoformat()}","reason":"{question.reason}","policy":"{closure.in_force.id}",'
        f'"allowed":"{closure.allowed}","why":{text(why_words(closure.rule, question.reason, language))},'
        f'{rests}"amount":{money(closure.amount)},"by_bucket":{balances(left, health=health)},'
        f'"before":{balances(closure.before, health=health)},'
        f'"after":{balances(closure.after, health=health)},'
        f'"postings":[{",".join(postings)}],"follows":[{",".join(follows)}],'
        f"{grounds(policies, cited, closure.notices, book, body, language)}}}"
    )
    return written.encode()
