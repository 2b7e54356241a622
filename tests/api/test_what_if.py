"""Questions that suppose other rules: overrides on published policies, or a policy in place of an area."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.v1.answered import KINDS, answered
from service.api.v1.examples import BALANCES, BILL, CLOSURE, CREDITS, DIAGNOSIS, FAMILY
from service.core.book import Book
from service.core.errors import Refused
from service.core.month import month_text
from service.core.policy import Policy
from tests.api.asking import Client
from tests.api.questions import question

Question = dict[str, Any]
Faults = set[tuple[str, str]]

EXAMPLES = {
    "credits": CREDITS,
    "balances": BALANCES,
    "families": FAMILY,
    "bills": BILL,
    "closures": CLOSURE,
    "diagnoses": DIAGNOSIS,
}
BEIJING = "110000@2022-09-01"
NO_RULES = {"credits": [], "interest": {"current_year": 5}, "surprise": 1}


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
    assert set(EXAMPLES) == set(KINDS)


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
    lowest = effective.first_month or (effective.last_month or 2013 * 12) - 36
    highest = min(effective.last_month or lowest + 36, lowest + 36)
    first = draw(st.integers(lowest, highest))
    last = draw(st.integers(first, min(first + 11, highest)))
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


def test_overrides_hold_in_the_months_asked_for_and_change_what_they_say(client: Client) -> None:
    asked = {**BALANCES, "from": "2022-07", "expenses": [], "overrides": {"deductions": []}}
    answer = client.post("/v1/simulations/balances", json=asked).json()
    assert len({each["policy"] for each in answer["months"]}) > 1
    assert all("~" in each["policy"] for each in answer["months"])
    assert all(each["credit"]["net"] == each["credit"]["gross"] for each in answer["months"])


def test_a_version_outside_the_months_asked_for_need_not_be_sound_under_a_patch(
    client: Client, book: Book
) -> None:
    """Sources that only the later version has may be named where only the later version is asked."""
    later = book.versions[BEIJING].document
    only = {"sources": {"mine": _source()}, "deductions": [{**_taken(later), "source": ["mine"]}]}
    assert client.post("/v1/simulations/credits", json={**CREDITS, "overrides": only}).status_code == 200


def _source() -> Question:
    return {"title": "假设", "publisher": "我", "date": "2026-01-01", "number": "unknown", "grade": "B"}


def _taken(document: Any) -> Question:
    taken: Question = document["deductions"][0]
    return taken


def test_relatives_in_other_areas_are_not_touched(client: Client) -> None:
    away = [{**FAMILY["members"][0]}, {**FAMILY["members"][1], "area": "440100"}, FAMILY["members"][2]]
    asked = {**FAMILY, "members": away, "detail": "months"}
    plain = client.post("/v1/simulations/families", json=asked).json()
    supposed = client.post("/v1/simulations/families", json={**asked, "overrides": {"deductions": []}}).json()
    assert supposed["members"][1] == plain["members"][1]
    assert supposed["members"][0]["totals"] != plain["members"][0]["totals"]


def test_exactly_one_of_area_and_policy_is_given(client: Client, book: Book) -> None:
    document = book.versions[BEIJING].document
    assert faults(client, "credits", {**CREDITS, "policy": document}) == {("/policy", "area_or_policy")}
    assert faults(client, "credits", without_area(CREDITS)) == {("/area", "area_or_policy")}
    assert client.post(
        "/v1/simulations/credits", json={**without_area(CREDITS), "policy": document}
    ).is_success


def test_faults_of_overrides_are_told_with_all_others_of_the_question(client: Client) -> None:
    asked = {**CREDITS, "from": "2025-13", "overrides": {**NO_RULES, "area": "310000"}, "more": 1}
    told = faults(client, "credits", asked)
    assert {
        ("/from", "month_form"),
        ("/more", "unknown_field"),
        ("/overrides/area", "area_stays"),
        ("/overrides/surprise", "unknown_field"),
    } <= told
    assert any(pointer == "/overrides/interest/current_year" for pointer, _ in told)
    late = {**CREDITS, "from": "2025-04", "overrides": NO_RULES, "member": {"spells": [], "birth_month": "x"}}
    told = faults(client, "credits", late)
    assert {("/to", "to_before_from"), ("/member/birth_month", "month_form")} <= told
    assert ("/overrides/surprise", "unknown_field") in told


def test_faults_of_an_unsound_policy_are_told_with_all_others(client: Client) -> None:
    asked = {**without_area(FAMILY), "to": "2020-01", "policy": {"area": "110000", "name": 1.5, "x~/": 1}}
    told = faults(client, "families", asked)
    assert {
        ("/to", "to_before_from"),
        ("/policy/name", "not_integer"),
        ("/policy/x~0~1", "unknown_field"),
        ("/policy/effective", "required"),
    } <= told


def test_what_an_unsound_supposition_would_ask_nobody_tells(client: Client) -> None:
    """Nor is a month said to be without a policy where the overrides meant to give it one."""
    asked = {**CREDITS, "from": "2000-01", "to": "2000-03", "overrides": {"surprise": 1}}
    assert ("/overrides/surprise", "unknown_field") in faults(client, "credits", asked)
    retired = {"spells": [{"from": "2020-01", "status": "retired"}]}
    told = faults(client, "credits", {**CREDITS, "member": retired, "overrides": {"surprise": 1}})
    assert told == {("/overrides/surprise", "unknown_field")}
    told = faults(client, "credits", {**CREDITS, "member": retired, "overrides": {}})
    assert told == {("/member/birth_month", "fact_required")}


def test_an_unknown_area_stays_unknown_under_overrides(client: Client) -> None:
    asked = {**CREDITS, "area": "999999", "overrides": {"surprise": 1}}
    assert faults(client, "credits", asked) == {("/area", "unknown_area")}


def test_overrides_make_no_two_versions_meet(client: Client) -> None:
    asked = {**CREDITS, "overrides": {"effective": {"from": "1990-01-01"}}}
    assert faults(client, "credits", asked) == {("/overrides/effective", "versions_overlap")}


def test_the_national_document_is_not_supposed(client: Client, book: Book) -> None:
    national = book.national
    assert national is not None
    asked = {**without_area(CREDITS), "policy": national.document}
    assert faults(client, "credits", asked) == {("/policy/area", "national_stays")}


def test_a_fault_is_told_where_it_can_be_mended(client: Client, book: Book) -> None:
    document = {**book.versions[BEIJING].document, "buckets": ["nothing"]}
    asked = {**without_area(CREDITS), "policy": document, "overrides": {"title": 5}}
    pointers = {pointer for pointer, _ in faults(client, "credits", asked)}
    assert {"/policy/buckets/0", "/overrides/title"} == pointers


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity", "1.5", "1e16", "9" * 4000])
@pytest.mark.parametrize("place", ["overrides", "policy"])
def test_numbers_that_no_policy_has_are_refused(client: Client, number: str, place: str) -> None:
    asked = without_area(CREDITS) if place == "policy" else CREDITS
    body = f'{json.dumps(asked)[:-1]},"{place}":{{"credits":{number}}}}}'
    headers = {"content-type": "application/json"}
    response = client.post("/v1/simulations/credits", content=body, headers=headers)
    assert response.status_code == 422, response.text
    assert f"/{place}/credits" in {each["pointer"] for each in response.json()["faults"]}


@pytest.mark.parametrize("depth", [100, 190, 300, 5000])
@pytest.mark.parametrize("place", ["overrides", "policy"])
def test_deep_documents_are_refused(client: Client, depth: int, place: str) -> None:
    deep = '{"of":[' * depth + "1" + "]}" * depth
    asked = without_area(CREDITS) if place == "policy" else CREDITS
    body = f'{json.dumps(asked)[:-1]},"{place}":{{"credits":[{{"amount":{deep}}}]}}}}'
    headers = {"content-type": "application/json"}
    assert client.post("/v1/simulations/credits", content=body, headers=headers).status_code == 422


def test_amounts_that_cannot_be_written_are_refused(client: Client, book: Book) -> None:
    rule = book.versions[BEIJING].document["credits"]
    assert isinstance(rule, list)
    rich = [{**each, "amount": {"kind": "fixed", "amount": "999999999999.00"}} for each in rule]
    told = faults(client, "balances", {**BALANCES, "overrides": {"credits": rich}})
    assert told == {("/overrides", "amounts_past_writing")}


def test_an_answer_about_the_past_may_suppose_too(client: Client, book: Book) -> None:
    """`as_of` before everything: nothing is published yet, so nothing can be overridden."""
    asked = {**CREDITS, "as_of": "2000-01-01T00:00:00Z", "overrides": {"deductions": []}}
    assert faults(client, "credits", asked) == {("/area", "unknown_area")}
    asked["as_of"] = "2999-01-01T00:00:00Z"
    answer = client.post("/v1/simulations/credits", json=asked).json()
    assert answer["policies"][0]["supposed"] is True
    assert answer["receipt"]["snapshot"] == book.id


@pytest.mark.parametrize("place", ["overrides", "policy"])
def test_what_is_supposed_has_bounds_that_no_published_document_comes_near(
    client: Client, book: Book, place: str
) -> None:
    asked = without_area(CREDITS) if place == "policy" else CREDITS
    rules = book.versions[BEIJING].document["credits"]
    assert isinstance(rules, list)
    several = {**book.versions[BEIJING].document, "credits": rules * 60}
    assert (f"/{place}/credits", "too_many") in faults(client, "credits", {**asked, place: several})
    twice = {**book.versions[BEIJING].document, "buckets": ["current_year", "current_year"]}
    assert faults(client, "credits", {**asked, place: twice}) == {(f"/{place}/buckets", "item_given_twice")}
    long = {"note": {"zh": "x" * 100_000, "en": "y"}}
    assert faults(client, "credits", {**asked, place: long}) == {(f"/{place}", "document_too_large")}
    sizes = [len(json.dumps(each.document)) for each in book.versions.values()]
    assert max(sizes) * 2 < 65_536
