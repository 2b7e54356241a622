"""The laws of the account, held over generated policies, members and expenses."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings

from service.core.account import Bucket, Posting, PostingKind
from service.core.answer import MonthOf, Simulation
from service.core.simulate import Question, credit_table, simulate
from service.store.documents import checked
from tests.core.asking import book_of, to_core
from tests.generated.questions import Case, cases

Test = Callable[[Case], None]
CREDITS = {PostingKind.CREDIT, PostingKind.ADVANCE, PostingKind.TRUE_UP, PostingKind.DEDUCTION}


def law(test: Test) -> Test:
    """A test that must hold for every generated case."""
    limits = settings(
        max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    return limits(given(case=cases() | cases(advancing=True))(test))


def asked(case: Case) -> Question:
    """The case as a question to the core."""
    documents, national, question = case
    return to_core(book_of([*documents, national]), question)


def postings(answer: Simulation) -> list[Posting]:
    """All postings in their order."""
    return [posting for month in answer.months for posting in month.postings]


def shown(months: Iterable[MonthOf]) -> list[tuple[object, ...]]:
    """Everything of a month but the facts it was worked out on, which know the run they belong to."""
    return [(*month._replace(credit=month.credit._replace(earned=())),) for month in months]


def summed(month: MonthOf, bucket: Bucket) -> int:
    """What a month's postings move in a bucket."""
    return sum(posting.amount for posting in month.postings if posting.bucket is bucket)


@law
def test_the_generated_documents_could_be_published(case: Case) -> None:
    documents, national, _ = case
    for document in (*documents, national):
        assert checked(document).document == document


@law
def test_a_closing_balance_is_the_opening_balance_plus_the_postings_of_its_bucket(case: Case) -> None:
    for month in simulate(asked(case)).months:
        for bucket, closing in month.closing.items():
            assert closing == month.opening[bucket] + summed(month, bucket)


@law
def test_a_month_opens_with_what_the_month_before_closed_with(case: Case) -> None:
    months = simulate(asked(case)).months
    for before, month in pairwise(months):
        assert {b: fen for b, fen in month.opening.items() if fen} == {
            b: fen for b, fen in before.closing.items() if fen
        }


@law
def test_a_rollover_sums_to_zero(case: Case) -> None:
    for month in simulate(asked(case)).months:
        assert sum(p.amount for p in month.postings if p.kind is PostingKind.ROLLOVER) == 0


@law
def test_a_payment_or_a_deduction_never_overdraws(case: Case) -> None:
    for month in simulate(asked(case)).months:
        held = dict(month.opening)
        for posting in month.postings:
            held[posting.bucket] += posting.amount
            if posting.kind in {PostingKind.PAYMENT, PostingKind.DEDUCTION}:
                assert posting.amount < 0 <= held[posting.bucket]


@law
def test_only_a_true_up_makes_a_balance_negative_and_a_notice_says_so(case: Case) -> None:
    question = asked(case)
    answer = simulate(question)
    trued_up, negative = False, False
    for month in answer.months:
        trued_up |= any(p.kind is PostingKind.TRUE_UP for p in month.postings)
        negative |= trued_up and min(month.closing.values()) < 0
    assert any(notice.code == "negative_after_true_up" for notice in answer.notices) is negative
    taken_back = any(p.kind is PostingKind.TRUE_UP and p.amount < 0 for p in postings(answer))
    if not taken_back and min(question.member.opening.held.values()) >= 0:
        assert min(fen for month in answer.months for fen in month.closing.values()) >= 0


@law
def test_simulating_to_a_month_equals_simulating_further_and_cutting_there(case: Case) -> None:
    question = asked(case)
    middle = (question.first + question.last) // 2
    earlier = tuple(e for e in question.expenses if e.on_month <= middle)
    cut = simulate(replace(question, last=middle, expenses=earlier))
    assert shown(cut.months) == shown(simulate(question).months[: middle - question.first + 1])


@law
def test_any_month_asked_alone_equals_the_same_month_of_the_full_run(case: Case) -> None:
    question = asked(case)
    for month in simulate(question).months:
        member = replace(question.member, opening=month.resume)
        paid = tuple(e for e in question.expenses if e.on_month == month.month)
        asked_alone = replace(question, member=member, first=month.month, last=month.month, expenses=paid)
        alone = simulate(asked_alone).months[0]
        started = len(month.postings) - len(alone.postings)
        assert alone.postings == month.postings[started:]
        assert alone.closing == month.closing
        assert alone.credit.net == month.credit.net
        assert alone.credit.gross == month.credit.gross
        assert alone.spent.cash == month.spent.cash


@law
def test_a_run_taken_up_at_any_month_goes_on_in_the_same_way(case: Case) -> None:
    question = asked(case)
    full = simulate(question).months
    at = random.Random(len(question.expenses)).randrange(len(full))
    member = replace(question.member, opening=full[at].resume)
    later = tuple(e for e in question.expenses if e.on_month >= full[at].month)
    rest = simulate(replace(question, member=member, first=full[at].month, expenses=later)).months
    assert [m.closing for m in rest] == [m.closing for m in full[at:]]
    assert shown(rest[1:]) == shown(full[at + 1 :])


@law
def test_gross_less_deductions_is_net(case: Case) -> None:
    for month in simulate(asked(case)).months:
        credit = month.credit
        assert credit.gross - sum(taken.amount for taken in credit.taken) == credit.net
        moved = sum(p.amount for p in month.postings if p.kind in CREDITS)
        assert moved == credit.net + credit.true_up


@law
def test_credited_plus_interest_less_paid_is_the_change_of_the_total(case: Case) -> None:
    question = asked(case)
    answer = simulate(question)
    totals = answer.totals
    change = sum(answer.months[-1].closing.values()) - sum(answer.months[0].opening.values())
    assert totals.credited + totals.interest - totals.paid_from_account == change
    assert totals.paid_from_account + totals.cash == sum(e.amount for e in question.expenses)
    assert totals.cash == sum(year.totals.cash for year in answer.years)


@law
def test_the_credit_table_shows_the_credits_of_the_simulation(case: Case) -> None:
    question = asked(case)
    table = credit_table(question).months
    for row, month in zip(table, simulate(question).months, strict=True):
        assert row.credit.gross == month.credit.gross
        assert row.credit.net <= month.credit.net  # an empty account owes a deduction it cannot pay


@law
def test_the_same_question_gets_the_same_answer(case: Case) -> None:
    assert simulate(asked(case)) == simulate(asked(case))


@law
def test_the_order_in_which_policies_were_published_does_not_matter(case: Case) -> None:
    documents, national, question = case
    shuffled = book_of([national, *reversed(documents)])
    assert shuffled.id == book_of([*documents, national]).id
    assert simulate(to_core(shuffled, question)) == simulate(asked(case))


@law
def test_an_expense_is_paid_once_from_the_account_or_in_cash(case: Case) -> None:
    question = asked(case)
    for month in simulate(question).months:
        due = sum(e.amount for e in question.expenses if e.on_month == month.month)
        paid = -sum(p.amount for p in month.postings if p.kind is PostingKind.PAYMENT)
        assert paid + month.spent.cash == due


@law
def test_every_posting_names_a_rule_and_the_sources_it_rests_on(case: Case) -> None:
    question = asked(case)
    for month in simulate(question).months:
        for posting in month.postings:
            assert posting.basis.rule.startswith("/")
            assert posting.basis.sources == ("notice",)
            assert "@" in posting.basis.policy
