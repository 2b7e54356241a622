"""What version 1 answers of one bill at the counter: who pays what, and what each account still holds."""

from collections.abc import Mapping

from pydantic import Field

from service.api.language import Language
from service.api.v1.answering import Answer, Balances, Grounded
from service.api.v1.citing import Cited, bases_of, cite
from service.api.v1.counter import BillsQuestion, name_of
from service.api.v1.grounds import grounds_of_several, text
from service.api.v1.lines import balances
from service.api.v1.settled import Settled, settled_fields
from service.core.account import Bucket
from service.core.book import Book
from service.core.checkout import CheckedOut


class BalancesAtCounter(Answer):
    """What an account holds before and after the bill."""

    id: str | None = Field(default=None, description="Of the member; a relative's place if none was given.")
    before: Balances
    after: Balances


class BillsAnswer(Settled, Grounded):
    """How the bill was settled, and what each account still holds."""

    balances: list[BalancesAtCounter] = Field(description="The member's own first, then the relatives'.")


def bills_answer(
    found: CheckedOut, question: BillsQuestion, book: Book, body: bytes, language: Language
) -> bytes:
    """The answer to a question about one bill."""
    own = question.member.id or ""
    names = [own, *(name_of(each.member, place) for place, each in enumerate(question.family))]
    held = [_held(*each) for each in zip(names, found.before, found.after, strict=True)]
    cited: Cited = {}
    cite(cited, bases_of(found.settled))
    told = list(zip(names, found.notices, strict=True))
    policies = (found.settled.in_force, *found.policies)
    written = (
        f"{{{settled_fields(found.settled, names, language, whose=bool(own))},"
        f'"balances":[{",".join(held)}],'
        f"{grounds_of_several(policies, cited, told, book, body, language)}}}"
    )
    return written.encode()


def _held(name: str, before: Mapping[Bucket, int], after: Mapping[Bucket, int]) -> str:
    given = f'"id":{text(name)},' if name else ""
    health = Bucket.HEALTH in before
    return f'{{{given}"before":{balances(before, health=health)},"after":{balances(after, health=health)}}}'
