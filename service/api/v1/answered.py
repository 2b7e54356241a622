"""One question answered from its bytes: every kind of question is one row of a table."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from service import diagnosing, usecases
from service.api.language import Language
from service.api.v1.bills import bills_answer
from service.api.v1.closures import closures_answer
from service.api.v1.counter import BillsQuestion
from service.api.v1.diagnoses import diagnoses_answer
from service.api.v1.families import families_answer
from service.api.v1.grounds import PastWriting
from service.api.v1.household import FamiliesQuestion
from service.api.v1.leaving import ClosuresQuestion
from service.api.v1.observing import DiagnosesQuestion
from service.api.v1.posed import BookAt, read
from service.api.v1.published import supposed_by, unpublished
from service.api.v1.queries import QuoteQuery, of_query
from service.api.v1.reading import Asks, parts_of
from service.api.v1.render import balances_answer, credits_answer, quote_answer
from service.api.v1.schemas import BalancesQuestion, CreditsQuestion, Question
from service.core.book import Book
from service.core.errors import Fault, Refused


class Kind(NamedTuple):
    """A kind of question: what it looks like, the use case that answers it, and what writes the answer."""

    question: type[Question]
    use_case: Callable[[Book, Any], Any]
    write: Callable[[Any, Any, Book, bytes, Language], bytes]


KINDS: Mapping[Asks, Kind] = {
    "credits": Kind(CreditsQuestion, usecases.simulate_credits, credits_answer),
    "balances": Kind(BalancesQuestion, usecases.simulate_balances, balances_answer),
    "families": Kind(FamiliesQuestion, usecases.simulate_families, families_answer),
    "bills": Kind(BillsQuestion, usecases.simulate_bills, bills_answer),
    "closures": Kind(ClosuresQuestion, usecases.simulate_closures, closures_answer),
    "diagnoses": Kind(DiagnosesQuestion, diagnosing.diagnose_balance, diagnoses_answer),
}

PAST_WRITING = "amounts_past_writing"

_ADAPTERS: Mapping[Asks, TypeAdapter[Any]] = {ask: TypeAdapter(kind.question) for ask, kind in KINDS.items()}


def answered(ask: Asks, body: bytes, book_at: BookAt, language: Language) -> bytes:
    """The answer to a question as it came; Refused names every fault of it."""
    question = read(_ADAPTERS[ask], ask, body, book_at)
    published = book_at(question.as_of)
    _, use_case, write = KINDS[ask]
    try:
        book = book_for(question, published)
        found = use_case(book, question.to_core())
        return write(found, question, book, body, language)
    except Refused as refused:
        # What is looked up first must not hide what the rules would have asked for.
        faults = list(refused.faults)
        raise Refused([*faults, *unpublished(published, parts_of(question), faults)]) from refused
    except PastWriting as past:
        raise Refused([past_writing(question)]) from past


def book_for(question: Question, published: Book) -> Book:
    """The book that a question is answered from: what is published, and what it supposes."""
    if question.overrides is None and question.policy is None:
        return published
    parts = parts_of(question)
    return supposed_by(parts.head, published, parts.first, parts.last)


def past_writing(question: Question) -> Fault:
    """The rules asked about, supposed or published, give amounts that no answer can say."""
    if question.overrides is not None:
        return Fault("/overrides", PAST_WRITING)
    return Fault("/area" if question.policy is None else "/policy", PAST_WRITING)


def quoted(query: QuoteQuery, asked: bytes, book_at: BookAt, language: Language) -> bytes:
    """The answer to a quote; `asked` is what its receipt names. Refused names every fault."""
    book = book_at(query.as_of)
    try:
        table = usecases.quote_credit(book, query.to_core(), cohort_known=query.retired_from is not None)
    except Refused as refused:
        raise Refused(of_query(refused.faults)) from refused
    try:
        return quote_answer(table, book, asked, language)
    except PastWriting as past:
        raise Refused([Fault("/area", PAST_WRITING)]) from past
