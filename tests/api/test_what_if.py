"""Questions that suppose other rules: overrides on published policies, or a policy in place of an area."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.v1.answered import KINDS, answered
from service.api.v1.examples import BALANCES, BILL, CLOSURE, CREDITS, FAMILY
from service.core.book import Book
from service.core.errors import Refused
from service.core.month import month_text
from service.core.policy import Policy
from service.core.source import Grade
from tests.api.asking import Client
from tests.api.questions import employee, question, retiree

Question = dict[str, Any]
Faults = set[tuple[str, str]]

EXAMPLES = {"credits": CREDITS, "balances": BALANCES, "families": FAMILY, "bills": BILL, "closures": CLOSURE}
FLAT = {"credits": [{"who": {"status": ["retired"]}, "amount": {"kind": "fixed", "amount": "200"}}]}
BEIJING = "110000@2022-09-01"


def without_area(asked: Question) -> Question:
    return {name: value for name, value in asked.items() if name != "area"}


def as_published(answer: Any) -> Any:
    """An answer without what only a supposition has: marks, ids, and the receipt of its own bytes."""
    if isinstance(answer, dict):
        kept = {name: as_published(value) for name, value in answer.items()}
        return {name: value for name, value in kept.items() if name not in ("supposed", "request_sha256")}
    if isinstance(answer, list):
        return [as_published(each) for each in answer]
    return re.sub(r"~[0-9a-f]{8}\b", "", answer) if isinstance(answer, str) else answer


def figures(answer: Any) -> Any:
    """The same without what names policies and their sources."""
    if isinstance(answer, dict):
        named = ("policies", "notices", "receipt", "basis", "sources", "rule", "policy", "text")
        return {name: figures(value) for name, value in answer.items() if name not in named}
    return [figures(each) for each in answer] if isinstance(answer, list) else answer


def outcome(book: Book, ask: Any, asked: Question) -> Any:
    """The answer, or the faults; either by itself without knowing what was supposed."""
    try:
        return as_published(json.loads(answered(ask, json.dumps(asked).encode(), lambda _: book, "zh")))
    except Refused as refused:
        return {(each.pointer, each.code) for each in refused.faults}


def faults(client: Client, ask: str, asked: Any) -> Faults:
    response = client.post(f"/v1/simulations/{ask}", json=asked)
    assert response.status_code == 422, response.text
    return {(each["pointer"], each["code"]) for each in response.json()["faults"]}


@pytest.fixture(scope="module")
def book(client: Client) -> Book:
    return client.snapshots.current.book()


def test_every_kind_of_question_is_among_the_examples() -> None:
    assert set(EXAMPLES) <= set(KINDS)


@pytest.mark.parametrize("ask", EXAMPLES)
def test_an_empty_patch_changes_nothing_but_ids_and_marks(client: Client, book: Book, ask: str) -> None:
    supposed = client.post(f"/v1/simulations/{ask}", json={**EXAMPLES[ask], "overrides": {}}).json()
    plain = client.post(f"/v1/simulations/{ask}", json=EXAMPLES[ask]).json()
    assert as_published(supposed) == as_published(plain)
    marked = [each for each in supposed["policies"] if each.get("supposed")]
    assert marked
    for each in marked:
        version = book.versions[each["id"].partition("~")[0]]
        assert each["id"] == f"{version.id}~{version.sha256[:8]}"
    assert not any("supposed" in each for each in plain["policies"])
    assert supposed["receipt"]["snapshot"] == plain["receipt"]["snapshot"]


MEMBERS = st.sampled_from(["retired", "employed", "flexible"])


@st.composite
def asked_of(draw: st.DrawFn, book: Book) -> tuple[str, Question]:
    """A year or less of somebody under some version of some area, and which version that is."""
    versions = sorted(name for name, each in book.versions.items() if isinstance(each.policy, Policy))
    version = book.versions[draw(st.sampled_from(versions))]
    effective = version.policy.effective
    lowest = max(effective.first_month, 2010 * 12)
    highest = min(effective.last_month or lowest + 36, lowest + 36)
    first = draw(st.integers(lowest, max(lowest, highest)))
    last = draw(st.integers(first, max(first, min(first + 11, highest))))
    status = draw(MEMBERS)
    born = f"{draw(st.integers(1935, 1990))}-0{draw(st.integers(1, 9))}"
    spell = {"from": "2008-07", "status": status, "own_credit": "88.00", "class": draw(CLASSES)}
    money = f"{draw(st.integers(1000, 30000))}.00"
    spell |= {"monthly_pension": money} if status == "retired" else {"base": money}
    member = {"birth_month": born, "sex": "female", "spells": [spell]}
    asked = question(member, area=version.policy.area, first=month_text(first), last=month_text(last))
    rates = dict.fromkeys(("demand", "three_month", "one_year"), "0.01")
    return version.id, {**asked, "parameters": {"deposit_rates": rates}}


CLASSES = st.sampled_from([None, "enterprise", "local", "tier_one"])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), ask=st.sampled_from(["credits", "balances"]))
def test_whatever_is_asked_an_empty_patch_and_a_policys_own_document_change_nothing(
    book: Book, data: st.DataObject, ask: str
) -> None:
    version, asked = data.draw(asked_of(book))
    plain = outcome(book, ask, asked)
    assert outcome(book, ask, {**asked, "overrides": {}}) == plain
    document = book.versions[version].document
    assert outcome(book, ask, {**asked, "overrides": document}) == plain


@settings(max_examples=60, deadline=None)
@given(data=st.data(), ask=st.sampled_from(["credits", "balances"]))
def test_a_published_document_in_place_of_its_area_gives_the_same_figures(
    book: Book, data: st.DataObject, ask: str
) -> None:
    version, asked = data.draw(asked_of(book))
    document = book.versions[version].document
    inline = outcome(book, ask, {**without_area(asked), "policy": document})
    assert figures(inline) == figures(outcome(book, ask, asked))
