"""What every answer ends with: the policies and sources it rests on, its notices, its receipt."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache

from service import __version__
from service.api.language import Language
from service.api.v1.citing import Cited, cite, of_credits
from service.api.v1.notices import notice_words
from service.api.v1.words import say
from service.core.account import Basis, Notice
from service.core.answer import CreditTable
from service.core.book import Book
from service.core.errors import YibaoError
from service.core.money import yuan
from service.core.month import month_text
from service.core.policy import InForce, Version
from service.core.source import Source
from service.supposed import is_supposed

_LARGEST = 10**14 - 1  # fen: twelve digits of yuan

text = json.JSONEncoder(ensure_ascii=False).encode
"""A value as JSON, Chinese as it is."""


class PastWriting(YibaoError):
    """An amount of more digits than the contract lets any have; no published rule gives one."""


@lru_cache(maxsize=16_384)
def money(fen: int) -> str:
    """An amount in fen as JSON; the same few come again and again within an answer."""
    if not -_LARGEST <= fen <= _LARGEST:
        raise PastWriting
    return f'"{yuan(fen)}"'


def place_of(basis: Basis) -> str:
    """Policy id, `#`, and the JSON pointer of the rule in the policy's document."""
    return f"{basis.policy}#{basis.rule}"


def basis_of(basis: Basis) -> str:
    """What something rests on, as two fields."""
    # What was only supposed is not kept: its documents are as many as there are questions.
    return (_basis.__wrapped__ if is_supposed(basis.policy) else _basis)(basis)


@lru_cache(maxsize=4096)
def _basis(basis: Basis) -> str:
    return f'"basis":{text(place_of(basis))},"sources":{text(basis.sources)}'


def grounds_of_credits(table: CreditTable, book: Book, asked: bytes, language: Language) -> str:
    """The end of an answer about credits alone."""
    cited = of_credits((each.month, each.credit) for each in table.months)
    cite(cited, table.bases)
    return grounds(table.policies, cited, table.notices, book, asked, language)


def grounds(
    policies: Iterable[InForce],
    cited: Cited,
    notices: Iterable[Notice],
    book: Book,
    asked: bytes,
    language: Language,
) -> str:
    """What every answer ends with: policies, notices, receipt."""
    return grounds_of_several(policies, cited, [("", notices)], book, asked, language)


def grounds_of_several(
    policies: Iterable[InForce],
    cited: Cited,
    notices: Iterable[tuple[str, Iterable[Notice]]],
    book: Book,
    asked: bytes,
    language: Language,
) -> str:
    """The same with the notices of several members, each with the member's name."""
    listed = [(name, notice) for name, several in notices for notice in several]
    named = [value for _, notice in listed for key, value in notice.values if key == "policy"]
    used = dict.fromkeys([*(in_force.id for in_force in policies), *cited, *named])
    shown = ",".join([_policy(book.versions[name], cited.get(name, set()), language) for name in used])
    told = notice_lines(listed, used, language)
    digest = hashlib.sha256(asked).hexdigest()
    return (
        f'"policies":[{shown}],"notices":[{told}],'
        f'"receipt":{{"engine":"{__version__}","snapshot":"{book.id}","request_sha256":"{digest}"}}'
    )


def notice_lines(listed: Iterable[tuple[str, Notice]], policies: Iterable[str], language: Language) -> str:
    """Notices of an answer that rests on policies, each with the member that it is about."""
    write = _notice.__wrapped__ if any(map(is_supposed, policies)) else _notice
    return ",".join([write(notice, name, language) for name, notice in listed])


def _policy(version: Version, cited: set[str], language: Language) -> str:
    """A policy as answers name it, with the sources cited of it."""
    head, sources = _written(version, language)
    return f'{head},"sources":[{",".join([source for name, source in sources.items() if name in cited])}]}}'


_Written = tuple[str, dict[str, str]]
_policies: dict[tuple[str, str, Language], _Written] = {}
"""Written once; at most the policies ever published, in two languages."""


def _written(version: Version, language: Language) -> _Written:
    if is_supposed(version.id):
        return _write(version, language)
    key = (version.id, version.sha256, language)
    if key not in _policies:
        _policies[key] = _write(version, language)
    return _policies[key]


def _write(version: Version, language: Language) -> _Written:
    policy = version.policy
    effective = {
        "from": str(policy.effective.from_),
        "to": None if policy.effective.to is None else policy.effective.to.isoformat(),
    }
    name = say(policy.name, language)
    named = {"id": version.id, "name": name, "grade": version.grade, "effective": effective}
    head = text({**named, "supposed": True} if is_supposed(version.id) else named)
    return head[:-1], {name: text(_source(name, source)) for name, source in policy.sources.items()}


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


@lru_cache(maxsize=8192)
def _notice(notice: Notice, member: str, language: Language) -> str:
    values = dict(notice.values)
    more = f',"member":{text(member)}' if member else ""
    more += f',"month":"{month_text(notice.month)}"' if notice.month is not None else ""
    if "policy" in values:
        more += f',"policy":{text(values.pop("policy"))}'
    if values:
        more += f',"values":{text(values)}'
    return (
        f'{{"code":"{notice.code}","severity":"{notice.severity}",'
        f'"text":{text(notice_words(notice, language))}{more}}}'
    )
