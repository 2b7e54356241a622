"""The lines of an account as bytes, written by hand: months, policy years, postings, balances, totals."""

from collections.abc import Mapping
from functools import lru_cache

from service.api.language import Language
from service.api.v1.grounds import basis_of, money, text
from service.api.v1.journal import posting_words
from service.api.v1.schemas import Detail
from service.api.v1.words import say
from service.core.account import Balances, Bucket, Posting, PostingKind
from service.core.answer import CreditOfMonth, MonthOf, Simulation, Totals, YearOf
from service.core.book import Book
from service.core.month import month_text
from service.core.policy import InForce

_BY_TRANSFER = (PostingKind.TRANSFER_IN, PostingKind.TRANSFER_OUT)


def account_fields(simulation: Simulation, book: Book, detail: Detail, language: Language) -> str:
    """The months and years of an account, as far as the detail asks for them."""
    postings = detail is Detail.POSTINGS
    months = simulation.months if detail in (Detail.MONTHS, Detail.POSTINGS) else ()
    years = () if detail is Detail.TOTALS else simulation.years
    taken: dict[int, str] = {}
    lines = [month_line(each, book, language, taken, postings=postings) for each in months]
    return f'"months":[{",".join(lines)}],"years":[{",".join(map(year_line, years))}]'


def month_line(
    month: MonthOf, book: Book, language: Language, taken: dict[int, str], *, postings: bool
) -> str:
    in_force = month.in_force
    health = _shows_health(in_force, month)
    journal = ""
    if postings:
        lines = [posting_line(each, in_force, book, language) for each in month.postings]
        journal = f',"postings":[{",".join(lines)}]'
    return (
        f'{{"month":"{month_text(month.month)}","policy":"{in_force.id}",'
        f'"credit":{credit_fields(month.credit, language, taken)}}},'
        f'"opening":{balances(month.opening, health=health)},'
        f'"closing":{balances(month.closing, health=health)}'
        f'{journal},"resume":{_resume(month.resume, health=health)}}}'
    )


def _shows_health(in_force: InForce, month: MonthOf) -> bool:
    """Whether the policy has the health account, or one of an earlier policy still holds money."""
    if Bucket.HEALTH not in month.closing:
        return False
    held = month.opening.get(Bucket.HEALTH) or month.closing[Bucket.HEALTH]
    return bool(held) or Bucket.HEALTH in in_force.policy.buckets


def balances(held: Mapping[Bucket, int], *, health: bool) -> str:
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


def credit_fields(credit: CreditOfMonth, language: Language, taken: dict[int, str]) -> str:
    """The credit of a month, without its closing brace; deductions repeat from month to month."""
    if id(credit.taken) not in taken:
        taken[id(credit.taken)] = _taken(credit, language)
    return (
        f'{{"gross":{money(credit.gross)},"deductions":[{taken[id(credit.taken)]}],'
        f'"net":{money(credit.net)},"for":{span(credit.months)}{true_up(credit.true_up)}'
    )


def _taken(credit: CreditOfMonth, language: Language) -> str:
    return ",".join(
        f'{{"name":{text(say(each.deduction.name, language))},"amount":{money(each.amount)}}}'
        for each in credit.taken
    )


def true_up(fen: int) -> str:
    return f',"true_up":{money(fen)}' if fen else ""


def span(months: tuple[int, int] | None) -> str:
    if months is None:
        return "null"
    return f'{{"from":"{month_text(months[0])}","to":"{month_text(months[1])}"}}'


def posting_line(posting: Posting, in_force: InForce, book: Book, language: Language) -> str:
    basis = posting.basis
    policy = in_force.policy if basis.policy == in_force.id else book.versions[basis.policy].policy
    category, _, given = posting.note.partition(" ")
    about = f',"category":"{category}"' if category else ""
    if given:
        named = "transfer" if posting.kind in _BY_TRANSFER else "expense"
        about += f',"{named}":{text(given)}'
    if posting.months is not None:
        about += f',"for":{span(posting.months)}'
    return (
        f'{{"on":"{posting.on.isoformat()}","kind":"{posting.kind}","bucket":"{posting.bucket}",'
        f'"amount":{money(posting.amount)},{basis_of(basis)},'
        f'"text":{text(posting_words(posting, policy, language))}{about}}}'
    )


def year_line(year: YearOf) -> str:
    health = Bucket.HEALTH in year.closing
    return (
        f'{{"from":"{month_text(year.first)}","to":"{month_text(year.last)}",'
        f'"opening":{balances(year.opening, health=health)},'
        f'"closing":{balances(year.closing, health=health)},'
        f'"totals":{totals_line(year.totals)}}}'
    )


def totals_line(totals: Totals) -> str:
    parts = [f'"{name}":{money(fen)}' for name, fen in zip(totals._fields, totals, strict=True)]
    return f"{{{','.join(parts)}}}"
