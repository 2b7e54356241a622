"""Answers as bytes, written by hand: building and encoding a model a month costs ten simulations."""

from typing import NamedTuple

from service.api.language import Language
from service.api.v1.citing import of_simulation
from service.api.v1.formula import formula, unrounded
from service.api.v1.grounds import grounds, grounds_of_credits, money, place_of, text
from service.api.v1.lines import account_fields, credit_fields, totals_line, true_up
from service.api.v1.schemas import BalancesQuestion, CreditsQuestion, Detail
from service.api.v1.settled import settled_line
from service.core.answer import CreditMonth, CreditTable, Simulation
from service.core.book import Book
from service.core.earning import Earned
from service.core.month import month_text


class _Said(NamedTuple):
    """How what a rule gives comes about, and what it exactly is where it is not whole fen."""

    formula: str
    unrounded: str | None


def balances_answer(
    simulation: Simulation, question: BalancesQuestion, book: Book, body: bytes, language: Language
) -> bytes:
    """The answer to a question about balances."""
    detail = question.detail
    cited = of_simulation(simulation)
    expenses = ""
    if simulation.expenses and detail in (Detail.MONTHS, Detail.POSTINGS):
        settled = [settled_line(each, ("",), language) for each in simulation.expenses]
        expenses = f'"expenses":[{",".join(settled)}],'
    written = (
        f"{{{account_fields(simulation, book, detail, language)},"
        f'"totals":{totals_line(simulation.totals)},{expenses}'
        f"{grounds(simulation.policies, cited, simulation.notices, book, body, language)}}}"
    )
    return written.encode()


def credits_answer(
    table: CreditTable, _question: CreditsQuestion, book: Book, body: bytes, language: Language
) -> bytes:
    """The answer to a question about credits alone."""
    sentences: dict[int, _Said] = {}
    taken: dict[int, str] = {}
    months = ",".join([_credit_month(each, language, sentences, taken) for each in table.months])
    gross = sum(each.credit.gross for each in table.months)
    net = sum(each.credit.net for each in table.months)
    settled = sum(each.credit.true_up for each in table.months)
    written = (
        f'{{"months":[{months}],"totals":{{"gross":{money(gross)},"deductions":{money(gross - net)},'
        f'"net":{money(net)}{true_up(settled)}}},'
        f"{grounds_of_credits(table, book, body, language)}}}"
    )
    return written.encode()


def quote_answer(table: CreditTable, book: Book, asked: bytes, language: Language) -> bytes:
    """The answer to a quote: one month of a credit table."""
    month = _credit_month(table.months[0], language, {}, {})
    return f"{month[:-1]},{grounds_of_credits(table, book, asked, language)}}}".encode()


def _credit_month(
    month: CreditMonth, language: Language, sentences: dict[int, _Said], taken: dict[int, str]
) -> str:
    earned = month.credit.earned
    rule = text(place_of(earned[0].basis)) if earned else "null"
    # What a rule gives is the same object for as long as nothing changes.
    said = [_once(each, language, sentences) for each in earned]
    reasons = " + ".join([each.formula for each in said])
    exact = said[0].unrounded if len(said) == 1 else None
    more = "" if exact is None else f',"unrounded":"{exact}"'
    return (
        f'{{"month":"{month_text(month.month)}","policy":"{month.in_force.id}",'
        f'"credit":{credit_fields(month.credit, language, taken)},"rule":{rule},'
        f'"formula":{text(reasons) if earned else "null"}{more}}}}}'
    )


def _once(earned: Earned, language: Language, sentences: dict[int, _Said]) -> _Said:
    if id(earned) not in sentences:
        sentences[id(earned)] = _Said(formula(earned, language), unrounded(earned.amount))
    return sentences[id(earned)]
