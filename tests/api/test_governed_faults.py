"""What is wrong with a request to the administration is told, all of it at once, and nothing is done."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.core.lifecycle import Act
from tests.api.asking import Client, running
from tests.api.officers import AREA, LATER, Officer, code, do, faults, officer
from tests.conftest import database
from tests.store.making import national, publish


@pytest.fixture(scope="module")
def url(server_url: str, migrated: str) -> Iterator[str]:
    """A database that holds the national document alone; no test here needs one of its own."""
    with database(server_url, migrated) as url:
        publish(url, national())
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    """The application, which may be administered."""
    with running(url, administered=True) as client:
        yield client


@pytest.fixture(scope="module")
def li(client: Client, url: str) -> Officer:
    """Who writes policies."""
    return officer(client, url, "li")


@pytest.fixture(scope="module")
def wang(client: Client, url: str) -> Officer:
    """Who publishes what Li writes."""
    return officer(client, url, "wang")


@pytest.mark.parametrize("act", [Act.REPLACE, Act.PUBLISH])
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, (428, "if_match_required")),
        ('"1"', (412, "stale_version")),
        ('W/"2"', (412, "stale_version")),
        ('"another"', (412, "stale_version")),
        ('"02", "3"', (412, "stale_version")),
        ("*", (422, "invalid_request")),
        ("2", (422, "invalid_request")),
        ('"2', (422, "invalid_request")),
        ("", (422, "invalid_request")),
        ('"2" "1"', (422, "invalid_request")),
    ],
)
def test_a_draft_is_changed_by_nobody_who_has_not_seen_it(
    li: Officer, wang: Officer, act: Act, header: str | None, expected: tuple[int, str]
) -> None:
    draft = li.draft()
    body = {"document": LATER}
    li.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers={"if-match": '"1"'})
    before = wang.get(f"/v1/policies/{draft['id']}").json()
    method, address = ("PUT", "") if act is Act.REPLACE else ("POST", "/publish")
    headers = {} if header is None else {"if-match": header}
    sent = {"json": body} if act is Act.REPLACE else {}
    answer = wang.ask(method, f"/v1/policies/{draft['id']}{address}", headers=headers, **sent)
    assert code(answer) == expected
    assert wang.get(f"/v1/policies/{draft['id']}").json() == before


@pytest.mark.parametrize("header", ['"1"', ' "7" , "1"', 'W/"1", "1"', '"1",', '"x,y", "1"'])
def test_if_match_may_name_several_versions(li: Officer, header: str) -> None:
    draft, body = li.draft(), {"document": LATER}
    answer = li.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers={"if-match": header})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("key", ["", "x" * 65, "schl\u00fcssel", "a\tb"])
def test_a_key_of_another_form_is_refused(li: Officer, key: str) -> None:
    headers = {b"idempotency-key": key.encode("latin-1")}
    answer = li.post("/v1/policies", json={"document": LATER}, headers=headers)
    assert faults(answer) == {"/Idempotency-Key": "idempotency_key_form"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", {"": "body_required"}),
        (b"{", {"": "json_invalid"}),
        (b"[]", {"": "not_object"}),
        (b"{}", {"/document": "required"}),
        (b'{"document": []}', {"/document": "not_object"}),
        (b'{"document": {}}', {"/document/area": "required"}),
        (b'{"document": {"area": 110000}}', {"/document/area": "area_form"}),
        (b'{"document": {"area": "11000\xef\xbc\x90"}}', {"/document/area": "area_form"}),
        (b'{"document": {"area": "990001"}, "x": 1}', {"/x": "unknown_field"}),
        (b'{"document": {"area": "990001"}, "follows": "x"}', {"/follows": "policy_form"}),
        (
            b'{"document": {"area": "990001"}, "follows": "990001@2022-09-01"}',
            {"/follows": "unknown_policy"},
        ),
        (b'{"document": {"area": "990001", "a": {"b": 1, "b": 2}}}', {"/document/a/b": "duplicate_key"}),
        (b'{"document": {"area": "990001", "a": "\\u0000"}}', {"/document/a": "null_character"}),
        (b'{"document": {"area": "990001", "a\\u0000": 1}}', {"/document/a\0": "null_character"}),
        (b'{"document": {"area": "990001", "a": ["\\ud800"]}}', {"": "json_invalid"}),
        (b'{"document": {"area": "990001", "a": "\xff"}}', {"": "json_invalid"}),
        (b'{"document": {"area": "990001", "a": 0.5}}', {"/document/a": "not_integer"}),
        (b'{"document": {"area": "990001", "a": 1e400}}', {"/document/a": "not_integer"}),
        (b'{"document": {"area": "990001", "a": NaN}}', {"/document/a": "not_integer"}),
        (b'{"document": {"area": "990001", "a": 1%s}}' % (b"0" * 20), {"/document/a": "number_too_large"}),
        (b'{"document": {"area": "990001", "a": 1%s}}' % (b"0" * 9000), {"": "json_invalid"}),
        (b'{"document": {"area": "990001", "a": %s%s}}' % (b"[" * 9000, b"]" * 9000), {"": "json_invalid"}),
        (
            b'{"document": {"area": "99", "a": 0.5, "b": "\\u0000"}, "c": 1}',
            {
                "/document/area": "area_form",
                "/document/a": "not_integer",
                "/document/b": "null_character",
                "/c": "unknown_field",
            },
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_with_all_its_faults(
    li: Officer, body: bytes, expected: dict[str, str]
) -> None:
    before = li.get("/v1/policies", state="draft", limit=500).json()
    answer = li.post("/v1/policies", content=body, headers={"content-type": "application/json"})
    assert code(answer) == (422, "invalid_request")
    assert faults(answer) == expected
    assert li.get("/v1/policies", state="draft", limit=500).json() == before


def test_a_document_of_any_depth_that_is_taken_comes_back_as_it_went(li: Officer) -> None:
    deep: Any = {"\U0001f600 \u7ef4": [2**53 - 1, -(2**53) + 1, True, None, "\u0001", ""]}
    for _ in range(90):
        deep = {"a/~b": [deep]}
    given = {"area": AREA, "deep": deep}
    draft = li.draft(given)
    assert draft["document"] == given
    assert li.get(f"/v1/policies/{draft['id']}").json() == draft
    report = li.post(f"/v1/policies/{draft['id']}/check")
    assert report.status_code == 200, report.text
    assert report.json()["sound"] is False


def test_a_body_is_bounded_and_is_json(li: Officer) -> None:
    large = b'{"document": {"area": "990001", "a": "%s"}}' % (b"x" * 1_048_576)
    headers = {"content-type": "application/json"}
    assert code(li.post("/v1/policies", content=large, headers=headers)) == (413, "too_large")
    text = li.post("/v1/policies", content=b"{}", headers={"content-type": "text/plain"})
    assert code(text) == (415, "unsupported_media_type")


def test_who_may_not_ask_is_told_so_before_anything_of_the_question(client: Client, li: Officer) -> None:
    assert li.get("/v1/policies", state="draft").status_code == 200
    answer = client.request("POST", "/v1/policies", content=b"{", headers={"if-match": "*"})
    assert code(answer) == (401, "credentials_required")


@pytest.mark.parametrize(
    "name", ["nothing", "draft-1", "990001@2022-09-01.99", "%00", "%C3%28", "990001@2022-13-77", "x" * 5000]
)
@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CREATE])
def test_what_nobody_has_written_is_not_found(li: Officer, act: Act, name: str) -> None:
    assert code(do(act, li, name)) == (404, "not_found")


@pytest.mark.parametrize(
    "reason", ["", " ", "\u3000\u00a0", "\u200b \ufeff", "x" * 1001, "a\nb", "\u0000", 7]
)
def test_a_withdrawal_says_why(li: Officer, reason: object) -> None:
    draft = li.draft()
    answer = li.post(f"/v1/policies/{draft['id']}/withdraw", json={"reason": reason})
    assert faults(answer) == {"/reason": "reason_form"}


@pytest.mark.parametrize("reason", [".", " 误 ", "x" * 1000])
def test_a_reason_that_can_be_seen_is_enough(li: Officer, reason: str) -> None:
    answer = li.post(f"/v1/policies/{li.draft()['id']}/withdraw", json={"reason": reason})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("act", ["check", "publish"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"at": "now"}', {"/at": "unknown_field"}),
        (b'{"all": true, "document": {}}', {"/all": "unknown_field", "/document": "unknown_field"}),
        (b"[]", {"": "not_object"}),
        (b"{", {"": "json_invalid"}),
    ],
)
def test_an_act_that_asks_for_nothing_takes_nothing(
    li: Officer, wang: Officer, act: str, body: bytes, expected: dict[str, str]
) -> None:
    draft = li.draft()
    headers = {"content-type": "application/json", "if-match": '"1"'}
    answer = wang.post(f"/v1/policies/{draft['id']}/{act}", content=body, headers=headers)
    assert code(answer) == (422, "invalid_request")
    assert faults(answer) == expected
    assert li.get(f"/v1/policies/{draft['id']}").json() == draft


def test_an_act_that_asks_for_nothing_bounds_what_it_is_sent(li: Officer) -> None:
    address, json = f"/v1/policies/{li.draft()['id']}/check", {"content-type": "application/json"}
    assert code(li.post(address, content=b" " * 1_048_577, headers=json)) == (413, "too_large")
    text = li.post(address, content=b"{}", headers={"content-type": "text/plain"})
    assert code(text) == (415, "unsupported_media_type")
    for body in (b"", b"{}", b" { } "):
        assert li.post(address, content=body, headers=json).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=open", {"/state": "not_one_of"}),
        ("state=draft&on=2027-01-01", {"/on": "not_of_drafts"}),
        ("state=draft&as_of=2027-01-01T00:00:00Z", {"/as_of": "not_of_drafts"}),
        ("cursor=%00", {"/cursor": "cursor_form"}),
        ("area=99&limit=501&x=1", {"/area": "area_form", "/limit": "too_large", "/x": "unknown_field"}),
    ],
)
def test_a_list_that_cannot_be_made_is_refused(li: Officer, query: str, expected: dict[str, str]) -> None:
    answer = li.get(f"/v1/policies?{query}")
    assert answer.status_code == 422
    assert faults(answer) == expected


def test_a_method_that_an_address_lacks_is_told_all_that_it_has(client: Client) -> None:
    for address, allowed in (
        ("/v1/policies", "GET, POST"),
        ("/v1/policies/990001@2022-09-01", "GET, PUT"),
        ("/v1/policies/990001@2022-09-01/publish", "POST"),
        ("/v1/audit", "GET"),
    ):
        answer = client.request("DELETE", address)
        assert code(answer) == (405, "method_not_allowed")
        assert answer.headers["allow"] == allowed


def test_a_backslash_before_a_code_is_text_like_any_other(li: Officer) -> None:
    answer = li.post(
        "/v1/policies", json={"document": {**LATER, "note": {"zh": r"\u0000", "en": r"\\u0000"}}}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["document"]["note"] == {"zh": r"\u0000", "en": r"\\u0000"}


def test_a_check_lists_on_request_what_does_not_change(li: Officer) -> None:
    address = f"/v1/policies/{li.draft()['id']}/check"
    short, whole = li.post(address).json(), li.post(f"{address}?all=true").json()
    members = short["before_after"]["members"]
    assert members["listed"] == members["changed"] < members["all"]
    assert whole["before_after"]["members"]["listed"] == members["all"]
    for query in ("all=maybe", "all", "all=true&all=false"):
        assert faults(li.post(f"{address}?{query}")) == {"/all": "not_boolean"}
