import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

from service.api.document_words import DOCUMENT_SENTENCES
from service.api.faults import SENTENCES
from service.api.v1 import notices, words
from service.core import amount
from service.core.account import Bucket
from service.core.expense import Category
from service.core.member import MemberClass, Sex, Status

CORE = Path(amount.__file__).parent
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
GAPS = {"month", "policy", "category", "parameter", "grade", "holder", "why", "count"}
GAP = re.compile(r"{(\w+)}")


def told_by(name: str) -> Iterator[str]:
    """The codes that the core and the use cases hand to a function of that name."""
    for path in [*CORE.glob("*.py"), *CORE.parent.glob("*.py"), *(CORE.parent / "review").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == name
            ):
                for given in node.args:
                    if isinstance(given, ast.Constant) and CODE.fullmatch(str(given.value)):
                        yield str(given.value)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (words.STATUS, Status),
        (words.MEMBER_CLASS, MemberClass),
        (words.SEX, Sex),
        (words.CATEGORY, Category),
        (words.BUCKET, Bucket),
    ],
)
def test_every_word_of_the_domain_has_words_for_people(
    table: dict[StrEnum, object], kind: type[StrEnum]
) -> None:
    assert set(table) == set(kind)


def test_every_notice_of_the_core_has_a_sentence() -> None:
    codes = {*told_by("note"), *told_by("assumed"), *told_by("Notice"), *get_args(amount.Because)}
    assert len(codes) > 15
    assert codes <= set(notices.NOTICES)


def test_every_fault_of_the_core_has_a_sentence() -> None:
    codes = {*told_by("fault")}
    assert len(codes) >= 5
    assert codes <= set(SENTENCES)
    assert {*told_by("Fault")} <= {*SENTENCES, *DOCUMENT_SENTENCES}


def test_both_languages_fill_the_same_gaps() -> None:
    pairs = [(text.zh, text.en) for text in notices.NOTICES.values()]
    for zh, en in pairs:
        assert set(GAP.findall(zh)) <= GAPS
        assert set(GAP.findall(en)) <= GAPS
    for zh, en in [*SENTENCES.values(), *DOCUMENT_SENTENCES.values()]:
        assert set(GAP.findall(zh)) == set(GAP.findall(en))
