"""Answers as bytes, written by hand: building and encoding a model a month costs ten simulations."""

from collections.abc import Mapping
from functools import lru_cache

from service.api.language import Language
from service.api.v1.citing import of_months
from service.api.v1.formula import formula, unrounded
from service.api.v1.grounds import grounds, grounds_of_credits, money, text
from service.api.v1.journal import posting_words
from service.api.v1.schemas import Detail
from service.api.v1.words import say
from service.core.account import Balances, Basis, Bucket, Posting
from service.core.answer import CreditMonth, CreditOfMonth, CreditTable, MonthOf, Simulation, Totals, YearOf
from service.core.book import Book
from service.core.earning import Earned
from service.core.month import month_text
from service.core.policy import InForce


def balances_answer(
    simulation: Simulation, book: Book, detail: Detail, body: bytes, language: Language
) -> bytes:
    """The answer to a question about balances."""
    postings = detail is Detail.POSTINGS
    months = simulation.months if detail in (Detail.MONTHS, Detail.POSTINGS) else ()
    years = () if detail is Detail.TOTALS else simulation.years
    taken: dict[int, str] = {}
    cited = of_months(simulation.months)
    lines = [_month(each, book, language, taken, postings=postings) for each in months]
    written = (
        f'{{"months":[{",".join(lines)}],'
        f'"years":[{",".join(map(_year, years))}],'
        f'"totals":{_totals(simulation.totals)},'
        f"{grounds(simulation.policies, cited, simulation.notices, book, body, language)}}}"
    )
    return written.encode()


def credits_answer(table: CreditTable, book: Book, body: bytes, language: Language) -> bytes:
    """The answer to a question about credits alone."""
    sentences: dict[int, str] = {}
    taken: dict[int, str] = {}
    months = ",".join([_credit_month(each, language, sentences, taken) for each in table.months])
    gross = sum(each.credit.gross for each in table.months)
    net = sum(each.credit.net for each in table.months)
    true_up = sum(each.credit.true_up for each in table.months)
    written = (
        f'{{"months":[{months}],"totals":{{"gross":{money(gross)},"deductions":{money(gross - net)},'
        f'"net":{money(net)}{_true_up(true_up)}}},'
        f"{grounds_of_credits(table, book, body, language)}}}"
    )
    return written.encode()


def quote_answer(table: CreditTable, book: Book, asked: bytes, language: Language) -> bytes:
    """The answer to a quote: one month of a credit table."""
    month = _credit_month(table.months[0], language, {}, {})
    return f"{month[:-1]},{grounds_of_credits(table, book, asked, language)}}}".encode()


def _month(month: MonthOf, book: Book, language: Language, taken: dict[int, str], *, postings: bool) -> str:
    in_force = month.in_force
    health = _shows_health(in_force, month)
    journal = ""
    if postings:
        lines = [_posting(each, in_force, book, language) for each in month.postings]
        journal = f',"postings":[{",".join(lines)}]'
    return (
        f'{{"month":"{month_text(month.month)}","policy":"{in_force.id}",'
        f'"credit":{_credit(month.credit, language, taken)}}},'
        f'"opening":{_balances(month.opening, health=health)},'
        f'"closing":{_balances(month.closing, health=health)}'
        f'{journal},"resume":{_resume(month.resume, health=health)}}}'
    )


def _shows_health(in_force: InForce, month: MonthOf) -> bool:
    """Whether the policy has the health account, or one of an earlier policy still holds money."""
    if Bucket.HEALTH not in month.closing:
        return False
    held = month.opening.get(Bucket.HEALTH) or month.closing[Bucket.HEALTH]
    return bool(held) or Bucket.HEALTH in in_force.policy.buckets


def _balances(held: Mapping[Bucket, int], *, health: bool) -> str:
    return f'{{{_parts(held, health=health)},"total":{money(sum(held.values()))}}}'


def _parts(held: Mapping[Bucket, int], *, health: bool) -> str:
    both = _both(held.get(Bucket.CURRENT_YEAR, 0), held.get(Bucket.PRIOR_YEARS, 0))
    return f'{both},"health":{money(held.get(Bucket.HEALTH, 0))}' if health else both


@lru_cache(maxsize=16_384)
def _both(current_year: int, prior_years: int) -> str:
    # A month opens with what the one before closed with, and mostly resumes with what it opens with.
    return f'"current_year":{money(current_year)},"prior_years":{money(prior_years)}'


def _resume(state: Balances, *, health: bool) -> str:
    """What starts a run at this month; given back as the member's opening."""
    parts = _parts(state.held, health=health)
    if state.interest:
        accrued = [f'"{key}":"{number}"' for key, number in sorted(state.interest.items())]
        parts += f',"interest":{{{",".join(accrued)}}}'
    if state.used:
        used = [f"{text(key)}:{money(fen)}" for key, fen in sorted(state.used.items())]
        parts += f',"used":{{{",".join(used)}}}'
    return f"{{{parts}}}"


def _credit(credit: CreditOfMonth, language: Language, taken: dict[int, str]) -> str:
    """The credit of a month, without its closing brace; deductions repeat from month to month."""
    if id(credit.taken) not in taken:
        taken[id(credit.taken)] = _taken(credit, language)
    return (
        f'{{"gross":{money(credit.gross)},"deductions":[{taken[id(credit.taken)]}],'
        f'"net":{money(credit.net)},"for":{_span(credit.months)}{_true_up(credit.true_up)}'
    )


def _taken(credit: CreditOfMonth, language: Language) -> str:
    return ",".join(
        f'{{"name":{text(say(each.deduction.name, language))},"amount":{money(each.amount)}}}'
        for each in credit.taken
    )


def _true_up(fen: int) -> str:
    return f',"true_up":{money(fen)}' if fen else ""


def _span(months: tuple[int, int] | None) -> str:
    if months is None:
        return "null"
    return f'{{"from":"{month_text(months[0])}","to":"{month_text(months[1])}"}}'


def _credit_month(
    month: CreditMonth, language: Language, sentences: dict[int, str], taken: dict[int, str]
) -> str:
    earned = month.credit.earned
    rule = text(_place(earned[0].basis)) if earned else "null"
    # What a rule gives is the same object for as long as nothing changes.
    reasons = " + ".join([_once(each, language, sentences) for each in earned])
    exact = unrounded(earned[0].amount) if len(earned) == 1 else None
    more = "" if exact is None else f',"unrounded":"{exact}"'
    return (
        f'{{"month":"{month_text(month.month)}","policy":"{month.in_force.id}",'
        f'"credit":{_credit(month.credit, language, taken)},"rule":{rule},'
        f'"formula":{text(reasons) if earned else "null"}{more}}}}}'
    )


def _once(earned: Earned, language: Language, sentences: dict[int, str]) -> str:
    if id(earned) not in sentences:
        sentences[id(earned)] = formula(earned, language)
    return sentences[id(earned)]


def _place(basis: Basis) -> str:
    return f"{basis.policy}#{basis.rule}"


@lru_cache(maxsize=4096)
def _basis(basis: Basis) -> str:
    return f'"basis":{text(_place(basis))},"sources":{text(basis.sources)}'


def _posting(posting: Posting, in_force: InForce, book: Book, language: Language) -> str:
    basis = posting.basis
    policy = in_force.policy if basis.policy == in_force.id else book.versions[basis.policy].policy
    category, _, given = posting.note.partition(" ")
    about = f',"category":"{category}"' if category else ""
    if given:
        about += f',"expense":{text(given)}'
    if posting.months is not None:
        about += f',"for":{_span(posting.months)}'
    return (
        f'{{"on":"{posting.on.isoformat()}","kind":"{posting.kind}","bucket":"{posting.bucket}",'
        f'"amount":{money(posting.amount)},{_basis(basis)},'
        f'"text":{text(posting_words(posting, policy, language))}{about}}}'
    )


def _year(year: YearOf) -> str:
    health = Bucket.HEALTH in year.closing
    return (
        f'{{"from":"{month_text(year.first)}","to":"{month_text(year.last)}",'
        f'"opening":{_balances(year.opening, health=health)},'
        f'"closing":{_balances(year.closing, health=health)},'
        f'"totals":{_totals(year.totals)}}}'
    )


def _totals(totals: Totals) -> str:
    parts = [f'"{name}":{money(fen)}' for name, fen in zip(totals._fields, totals, strict=True)]
    return f"{{{','.join(parts)}}}"
