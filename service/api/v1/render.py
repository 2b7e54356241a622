"""Answers as bytes, written by hand: building and encoding a model a month costs ten simulations."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

from service import __version__
from service.api.language import Language
from service.api.v1.citing import Cited, of_credits, of_months
from service.api.v1.formula import formula, unrounded
from service.api.v1.schemas import Detail
from service.api.v1.words import notice_words, posting_words, say
from service.core.account import Balances, Basis, Bucket, Notice, Posting
from service.core.answer import CreditMonth, CreditOfMonth, CreditTable, MonthOf, Simulation, Totals, YearOf
from service.core.book import Book
from service.core.earning import Earned
from service.core.money import yuan
from service.core.month import month_text
from service.core.policy import InForce, Version
from service.core.source import Source

text = json.JSONEncoder(ensure_ascii=False).encode
"""A value as JSON, Chinese as it is."""


@lru_cache(maxsize=16_384)
def money(fen: int) -> str:
    """An amount in fen as JSON; the same few come again and again within an answer."""
    return f'"{yuan(fen)}"'


def balances_answer(
    simulation: Simulation, book: Book, detail: Detail, body: bytes, language: Language
) -> bytes:
    """The answer to a question about balances."""
    postings = detail is Detail.POSTINGS
    months = simulation.months if detail in (Detail.MONTHS, Detail.POSTINGS) else ()
    years = () if detail is Detail.TOTALS else simulation.years
    cited = of_months(simulation.months)
    written = (
        f'{{"months":[{",".join(_month(each, book, language, postings=postings) for each in months)}],'
        f'"years":[{",".join(map(_year, years))}],'
        f'"totals":{_totals(simulation.totals)},'
        f"{_grounds(simulation.policies, cited, simulation.notices, book, body, language)}}}"
    )
    return written.encode()


def credits_answer(table: CreditTable, book: Book, body: bytes, language: Language) -> bytes:
    """The answer to a question about credits alone."""
    sentences: dict[int, str] = {}
    months = ",".join(_credit_month(each, language, sentences) for each in table.months)
    gross = sum(each.credit.gross for each in table.months)
    net = sum(each.credit.net for each in table.months)
    true_up = sum(each.credit.true_up for each in table.months)
    written = (
        f'{{"months":[{months}],"totals":{{"gross":{money(gross)},"deductions":{money(gross - net)},'
        f'"net":{money(net)}{_true_up(true_up)}}},'
        f"{_grounds_of_credits(table, book, body, language)}}}"
    )
    return written.encode()


def quote_answer(table: CreditTable, book: Book, asked: bytes, language: Language) -> bytes:
    """The answer to a quote: one month of a credit table."""
    month = _credit_month(table.months[0], language, {})
    return f"{month[:-1]},{_grounds_of_credits(table, book, asked, language)}}}".encode()


def _grounds_of_credits(table: CreditTable, book: Book, asked: bytes, language: Language) -> str:
    cited = of_credits((each.month, each.credit) for each in table.months)
    return _grounds(table.policies, cited, table.notices, book, asked, language)


def _grounds(
    policies: Iterable[InForce],
    cited: Cited,
    notices: Iterable[Notice],
    book: Book,
    asked: bytes,
    language: Language,
) -> str:
    """What every answer ends with: policies, notices, receipt."""
    used = dict.fromkeys([*(in_force.id for in_force in policies), *cited])
    shown = ",".join([_policy(book.versions[name], cited.get(name, set()), language) for name in used])
    told = ",".join([_notice(notice, language) for notice in notices])
    digest = hashlib.sha256(asked).hexdigest()
    return (
        f'"policies":[{shown}],"notices":[{told}],'
        f'"receipt":{{"engine":"{__version__}","snapshot":"{book.id}","request_sha256":"{digest}"}}'
    )


def _month(month: MonthOf, book: Book, language: Language, *, postings: bool) -> str:
    in_force = month.in_force
    shown = _shown_buckets(in_force, month.opening, month.closing)
    journal = ""
    if postings:
        journal = (
            f',"postings":[{",".join(_posting(each, in_force, book, language) for each in month.postings)}]'
        )
    return (
        f'{{"month":"{month_text(month.month)}","policy":"{in_force.id}",'
        f'"credit":{_credit(month.credit, language)}}},'
        f'"opening":{_balances(month.opening, shown)},"closing":{_balances(month.closing, shown)}'
        f'{journal},"resume":{_resume(month.resume, shown)}}}'
    )


def _shown_buckets(
    in_force: InForce, opening: Mapping[Bucket, int], closing: Mapping[Bucket, int]
) -> tuple[Bucket, ...]:
    """The buckets of the policy, and any other that holds money."""
    buckets = in_force.policy.buckets
    return tuple(b for b in Bucket if b in buckets or opening.get(b) or closing.get(b))


def _balances(held: Mapping[Bucket, int], shown: tuple[Bucket, ...]) -> str:
    parts = ",".join([f'"{bucket}":{money(held.get(bucket, 0))}' for bucket in shown])
    return f'{{{parts},"total":{money(sum(held.values()))}}}'


def _resume(state: Balances, shown: tuple[Bucket, ...]) -> str:
    """What starts a run at this month; given back as the member's opening."""
    parts = [f'"{bucket}":{money(state.held.get(bucket, 0))}' for bucket in shown]
    if state.interest:
        accrued = ",".join([f'"{key}":"{number}"' for key, number in sorted(state.interest.items())])
        parts.append(f'"interest":{{{accrued}}}')
    if state.used:
        used = ",".join([f"{text(key)}:{money(fen)}" for key, fen in sorted(state.used.items())])
        parts.append(f'"used":{{{used}}}')
    return f"{{{','.join(parts)}}}"


def _credit(credit: CreditOfMonth, language: Language) -> str:
    """The credit of a month, without its closing brace."""
    taken = ",".join(
        [
            f'{{"name":{text(say(t.deduction.name, language))},"amount":{money(t.amount)}}}'
            for t in credit.taken
        ]
    )
    return (
        f'{{"gross":{money(credit.gross)},"deductions":[{taken}],"net":{money(credit.net)},'
        f'"for":{_span(credit.months)}{_true_up(credit.true_up)}'
    )


def _true_up(fen: int) -> str:
    return f',"true_up":{money(fen)}' if fen else ""


def _span(months: tuple[int, int] | None) -> str:
    if months is None:
        return "null"
    return f'{{"from":"{month_text(months[0])}","to":"{month_text(months[1])}"}}'


def _credit_month(month: CreditMonth, language: Language, sentences: dict[int, str]) -> str:
    earned = month.credit.earned
    rule = text(_place(earned[0].basis)) if earned else "null"
    # What a rule gives is the same object for as long as nothing changes.
    reasons = " + ".join([_once(each, language, sentences) for each in earned])
    exact = unrounded(earned[0].amount) if len(earned) == 1 else None
    more = "" if exact is None else f',"unrounded":"{exact}"'
    return (
        f'{{"month":"{month_text(month.month)}","policy":"{month.in_force.id}",'
        f'"credit":{_credit(month.credit, language)},"rule":{rule},'
        f'"formula":{text(reasons) if earned else "null"}{more}}}}}'
    )


def _once(earned: Earned, language: Language, sentences: dict[int, str]) -> str:
    if id(earned) not in sentences:
        sentences[id(earned)] = formula(earned, language)
    return sentences[id(earned)]


def _place(basis: Basis) -> str:
    return f"{basis.policy}#{basis.rule}"


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
        f'"amount":{money(posting.amount)},"basis":{text(_place(basis))},'
        f'"sources":{text(basis.sources)},"text":{text(posting_words(posting, policy, language))}{about}}}'
    )


def _year(year: YearOf) -> str:
    shown = tuple(b for b in Bucket if b is not Bucket.HEALTH or b in year.opening or b in year.closing)
    return (
        f'{{"from":"{month_text(year.first)}","to":"{month_text(year.last)}",'
        f'"opening":{_balances(year.opening, shown)},"closing":{_balances(year.closing, shown)},'
        f'"totals":{_totals(year.totals)}}}'
    )


def _totals(totals: Totals) -> str:
    parts = [f'"{name}":{money(fen)}' for name, fen in zip(totals._fields, totals, strict=True)]
    return f"{{{','.join(parts)}}}"


def _notice(notice: Notice, language: Language) -> str:
    values = dict(notice.values)
    more = f',"month":"{month_text(notice.month)}"' if notice.month is not None else ""
    if "policy" in values:
        more += f',"policy":{text(values.pop("policy"))}'
    if values:
        more += f',"values":{text(values)}'
    return (
        f'{{"code":"{notice.code}","severity":"{notice.severity}",'
        f'"text":{text(notice_words(notice, language))}{more}}}'
    )


def _policy(version: Version, cited: set[str], language: Language) -> str:
    """A policy as answers name it, with the sources cited of it."""
    head, sources = _written(version, language)
    return f'{head},"sources":[{",".join([source for name, source in sources.items() if name in cited])}]}}'


_policies: dict[tuple[str, str, Language], tuple[str, dict[str, str]]] = {}
"""Written once; at most the policies ever published, in two languages."""


def _written(version: Version, language: Language) -> tuple[str, dict[str, str]]:
    key = (version.id, version.sha256, language)
    if key not in _policies:
        policy = version.policy
        effective = {
            "from": str(policy.effective.from_),
            "to": None if policy.effective.to is None else policy.effective.to.isoformat(),
        }
        name = say(policy.name, language)
        head = text({"id": version.id, "name": name, "grade": version.grade, "effective": effective})
        sources = {name: text(_source(name, source)) for name, source in policy.sources.items()}
        _policies[key] = head[:-1], sources
    return _policies[key]


def _source(name: str, source: Source) -> dict[str, object]:
    return {
        "id": name,
        "title": source.title,
        "publisher": source.publisher,
        "date": str(source.date),
        "number": source.number,
        "address": source.address,
        "grade": source.grade,
    }
