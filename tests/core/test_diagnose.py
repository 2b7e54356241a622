"""Lines against the journal, and what is supposed: one thing at a time, on documents of the test's own."""

from dataclasses import replace
from typing import Any

from service.core.account import Bucket, PostingKind
from service.core.course import Declared, course
from service.core.diagnose import Diagnosis, Doubt, diagnose
from service.core.diagnose_entries import entries
from service.core.diagnose_match import match
from service.core.diagnose_search import tried
from service.core.diagnose_seen import Line, Observed, Reading, held_on
from service.core.diagnose_trial import Trials
from service.core.member import Member
from service.core.money import parse_yuan, yuan
from service.core.month import day_in, parse_day, parse_month
from service.core.simulate import Household, Question, simulate, simulate_family
from tests.core.asking import book_of
from tests.core.making import AREA, Document, fixed, national, policy, question, rule

ALL = "2025-03-31"
TWICE = [{"on": "2025-02-10", "category": "pharmacy", "amount": "30"}] * 2


def doubted(
    total: str, *lines: Line, documents: Document | None = None, on: str = ALL, **changes: Any
) -> Doubt:
    """A hundred yuan a month from January to March 2025, and what is seen of it."""
    document = documents or policy()
    asked: Question = question(document, from_="2025-01", to="2025-03", **changes)
    observed = Observed(parse_day(on), parse_yuan(total), lines=lines)
    book = book_of([document, national()])
    return Doubt(book, Declared(asked.member, AREA), asked.first, observed, asked.expenses)


def found(doubt: Doubt) -> Diagnosis:
    """The diagnosis of a doubt."""
    person = course(doubt.declared, doubt.book, doubt.first, doubt.last).person
    household = Household((person,), doubt.first, doubt.last, expenses=doubt.expenses)
    return diagnose(doubt, simulate_family(household).people[0])


def told(doubt: Doubt) -> list[tuple[str, str, str]]:
    """Code, yuan and certainty of every cause."""
    return [(each.code, yuan(sum(each.amount)), each.certainty) for each in found(doubt).causes]


def line(on: str, amount: str, kind: str | None = None, bucket: str | None = None) -> Line:
    """A line as seen."""
    named = None if kind is None else PostingKind(kind)
    return Line(parse_day(on), parse_yuan(amount), named, None if bucket is None else Bucket(bucket))


def test_a_balance_on_a_day_has_the_postings_up_to_it() -> None:
    document = policy(credits=[rule(fixed("100"), posting={"kind": "monthly", "day": 15, "lag_months": 0})])
    answer = simulate(question(document, from_="2025-01", to="2025-02"))
    assert sum(held_on(answer, parse_day("2025-02-14"), Reading()).values()) == 10000
    assert sum(held_on(answer, parse_day("2025-02-15"), Reading()).values()) == 20000


def test_of_two_payments_alike_one_may_be_lacking() -> None:
    lines = [line(f"2025-0{month}-01", "100", "credit") for month in (1, 2, 3)]
    lines.append(line("2025-02-10", "-30", "payment"))
    assert told(doubted("270", *lines, expenses=TWICE)) == [("spending_not_posted", "30.00", "likely")]


def test_what_one_expense_draws_from_two_parts_is_one_line_and_two_expenses_are_two() -> None:
    expenses = [{**TWICE[0], "amount": "230"}, {**TWICE[0], "amount": "40"}]
    opening = {"current_year": "0", "prior_years": "80"}
    answer = simulate(question(policy(), from_="2025-01", to="2025-03", expenses=expenses, opening=opening))
    paid = [each.amount for each in entries(answer, parse_day(ALL), split=False) if each.amount < 0]
    assert paid == [-23000, -4000]
    parts = [each.amount for each in entries(answer, parse_day(ALL), split=True) if each.amount < 0]
    assert parts == [-20000, -3000, -4000]


def test_a_movement_is_known_by_its_amount_within_a_month_of_its_day() -> None:
    answer = simulate(question(policy(), from_="2025-01", to="2025-03"))
    expected = entries(answer, day_in(parse_month("2025-03"), 31), split=False)
    late = match(expected, [line("2025-03-28", "100", "credit")])
    assert (late.besides, late.lacking) == ([], [])
    stray = match(expected, [line("2025-01-25", "77", "payment")])
    assert [each.amount for each in stray.besides] == [-7700] or [each.amount for each in stray.besides] == [
        7700
    ]
    assert [str(each.on) for each in stray.lacking] == ["2025-02-01", "2025-03-01"]


def test_what_lies_before_the_oldest_line_or_on_its_day_cannot_be_lacking() -> None:
    assert told(doubted("250", line("2025-03-01", "-50", "payment"))) == [
        ("spending_not_declared", "-50.00", "shown")
    ]


def test_lines_that_lack_count_only_where_they_lessen_the_difference() -> None:
    lines = (line("2025-01-20", "-50", "payment"),)
    assert told(doubted("250", *lines)) == [("spending_not_declared", "-50.00", "shown")]
    assert told(doubted("50", *lines)) == [
        ("spending_not_declared", "-50.00", "shown"),
        ("not_yet_credited", "-200.00", "likely"),
    ]


def test_several_lines_of_one_kind_are_one_cause() -> None:
    lines = (line("2025-03-10", "-50", "payment"), line("2025-03-12", "-20", "payment"))
    assert told(doubted("230", *lines)) == [("spending_not_declared", "-70.00", "shown")]
    assert dict(found(doubted("230", *lines)).causes[0].values) == {"count": "2"}


def test_what_is_supposed_is_measured_with_all_it_brings_about() -> None:
    """Without March's credit the expense of March is paid in cash for the most part."""
    expenses = [{"on": "2025-03-10", "category": "pharmacy", "amount": "250"}]
    found_ = found(doubted("0", expenses=expenses))
    stopped = [each for each in (*found_.causes, *found_.alternatives) if each.code == "gap_no_credit"]
    assert found_.difference == (-5000,)
    assert [(each.amount, each.month) for each in stopped] == [((-5000,), parse_month("2025-03"))]


def test_two_suppositions_explain_what_one_does_not() -> None:
    opening = {"current_year": "0", "prior_years": "700"}
    assert told(doubted("200", opening=opening)) == [
        ("not_yet_credited", "-100.00", "possible"),
        ("rolled_over", "-700.00", "possible"),
    ]


def test_a_cause_that_leaves_almost_nothing_is_named_and_the_rest_is_said() -> None:
    assert told(doubted("199.50")) == [
        ("not_yet_credited", "-100.00", "possible"),
        ("unexplained", "-0.50", "possible"),
    ]
    assert told(doubted("190")) == [("unexplained", "-110.00", "possible")]


def test_a_supposition_that_lacks_a_fact_is_left_out() -> None:
    """Whether a retiree's pension gives less nobody can tell without the pension."""
    share = {"kind": "share", "rate": "0.01", "of": {"kind": "pension"}}
    document = policy(credits=[rule(fixed("100"), "employed"), rule(share, "retired")])
    codes = {each.code for each in tried_of(doubted("250", documents=document))}
    assert "gap_no_credit" not in codes
    assert "status_changed" not in codes


def tried_of(doubt: Doubt) -> list[Any]:
    """Everything that moves the figure."""
    person = course(doubt.declared, doubt.book, doubt.first, doubt.last).person
    household = Household((person,), doubt.first, doubt.last, expenses=doubt.expenses)
    trials = Trials(doubt, simulate_family(household).people[0])
    return tried(trials, trials.base, (-5000,))


def test_runs_are_bounded_by_months_and_expenses() -> None:
    doubt = doubted("50")
    answer = simulate(question(policy(), from_="2025-01", to="2025-03"))
    assert Trials(doubt, answer).left == 48
    long = replace(doubt, first=doubt.last - 599)
    assert Trials(long, answer).left == 5
    many = replace(long, expenses=tuple(_expense(doubt) for _ in range(2000)))
    assert Trials(many, answer).left == 1


def test_a_credit_due_before_one_that_came_is_lacking_for_good() -> None:
    lines = [line("2025-01-01", "100", "credit"), line("2025-03-01", "100", "credit")]
    assert told(doubted("200", *lines)) == [("gap_no_credit", "-100.00", "likely")]


def test_parts_of_one_movement_may_be_listed_one_by_one() -> None:
    opening = {"current_year": "0", "prior_years": "80"}
    expenses = [{**TWICE[0], "on": "2025-03-10", "amount": "330"}]
    lines = [line("2025-03-01", "100", "credit")]
    lines += [line("2025-03-10", amount, "payment") for amount in ("-300", "-30", "-20")]
    assert told(doubted("30", *lines, opening=opening, expenses=expenses)) == [
        ("spending_not_declared", "-20.00", "shown")
    ]


def test_money_in_of_the_same_month_is_the_credit_where_the_app_names_no_kind() -> None:
    assert told(doubted("290", line("2025-03-01", "90"))) == [("credit_differs", "-10.00", "shown")]


def test_nobody_who_pays_is_taken_for_a_veteran_cadre_nor_the_young_for_retired() -> None:
    document = policy(
        credits=[
            rule(fixed("100"), "employed"),
            rule(fixed("60"), "retired"),
            rule({"kind": "none", "because": "no_account_exempt"}, "exempt"),
        ]
    )
    young = question(document, to="2025-03", birth_month="1995-01").member
    assert not statuses(doubted("0", documents=document), young) & {"exempt", "retired"}
    assert "retired" in statuses(doubted("0", documents=document), replace(young, birth_month=1960 * 12))


def statuses(doubt: Doubt, member: Member) -> set[str]:
    """Who else the member of a doubt may be."""
    doubt = replace(doubt, declared=replace(doubt.declared, member=member))
    return {dict(each.values).get("status", "") for each in tried_of(doubt)}


def _expense(doubt: Doubt) -> Any:
    asked = question(policy(), to="2025-03", expenses=[{**TWICE[0], "on": "2025-03-10"}])
    return asked.expenses[0]._replace(on_month=doubt.last)
