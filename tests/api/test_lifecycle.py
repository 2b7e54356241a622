"""The life of a policy over HTTP: what may be done in which state, by whom, and what it brings."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from service.core.lifecycle import MOVES, Act, Scope, State
from tests.api.asking import Client, running
from tests.api.officers import AREA, Officer, code, faults, in_use, officer, published
from tests.api.test_as_of import publish as publish_directly
from tests.conftest import execute, on_database
from tests.store.making import document, national

LATER = document(AREA, since="2027-01-01", monthly="120")


@pytest.fixture
def client(database_url: str) -> Iterator[Client]:
    """The application on a database that holds the national document alone."""
    publish_directly(database_url, national())
    # Polling is out of the question within a test: only the notification can bring the news.
    with running(database_url, poll_seconds=600, administered=True) as client:
        yield client


@pytest.fixture
def li(client: Client, database_url: str) -> Officer:
    """Who writes policies."""
    return officer(client, database_url, "li")


@pytest.fixture
def wang(client: Client, database_url: str) -> Officer:
    """Who publishes what Li writes."""
    return officer(client, database_url, "wang")


# Every state, every act


def in_state(state: State, li: Officer, wang: Officer, *, of_draft: bool) -> str:
    """The id of a draft or a policy in a state; Li wrote it."""
    match state, of_draft:
        case State.DRAFT, _:
            return str(li.draft()["id"])
        case State.PUBLISHED, True:
            draft = li.draft()
            wang.publish(draft)
            return str(draft["id"])
        case State.PUBLISHED, False:
            return published(li, wang)
        case State.SUPERSEDED, _:
            policy = published(li, wang)
            in_use(wang, li.correct(policy, document(AREA, monthly="120")))
            return policy
        case _:
            name = str(li.draft()["id"]) if of_draft else published(li, wang)
            assert wang.withdraw(name).status_code == 200
            wang.shown(name, "withdrawn")
            return name


def do(act: Act, who: Officer, name: str) -> Any:
    """One act on a draft or policy."""
    seen = {"if-match": '"1"'}
    match act:
        case Act.CREATE:
            return who.post("/v1/policies", json={"document": document(AREA)})
        case Act.REPLACE:
            body = {"document": document(AREA, monthly="130")}
            return who.ask("PUT", f"/v1/policies/{name}", json=body, headers=seen)
        case Act.CHECK:
            return who.post(f"/v1/policies/{name}/check")
        case Act.PUBLISH:
            return who.post(f"/v1/policies/{name}/publish", headers=seen)
        case Act.SUPERSEDE:
            return who.post(f"/v1/policies/{name}/supersede", json={})
        case Act.WITHDRAW:
            return who.withdraw(name)


KINDS = [(State.DRAFT, True), (State.PUBLISHED, False), (State.SUPERSEDED, False), (State.WITHDRAWN, False)]
PAIRS = list(product(KINDS, [act for act in Act if act is not Act.CREATE]))


@pytest.mark.parametrize(("kind", "act"), PAIRS)
def test_an_act_goes_with_a_state_exactly_as_the_table_says(
    li: Officer, wang: Officer, kind: tuple[State, bool], act: Act
) -> None:
    state, of_draft = kind
    name = in_state(state, li, wang, of_draft=of_draft)
    answer = do(act, wang, name)
    move = MOVES.get((state, act))
    if move is None:
        assert code(answer) == (409, "wrong_state")
        return
    assert answer.status_code in (200, 201), answer.text
    if act is not Act.PUBLISH:  # of a draft that becomes a policy, the policy has an id of its own
        wang.shown(name, move.to)


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CREATE])
@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_a_draft_that_is_over_is_left_as_it_is(li: Officer, wang: Officer, state: State, act: Act) -> None:
    name = in_state(state, li, wang, of_draft=True)
    shown = wang.get(f"/v1/policies/{name}")
    before = shown.json()
    assert before["state"] == state
    assert "etag" not in shown.headers
    assert code(do(act, wang, name)) == (409, "wrong_state")
    assert wang.get(f"/v1/policies/{name}").json() == before


# Versions of a draft


def test_every_writing_of_a_draft_is_a_version_and_makes_an_author(li: Officer, wang: Officer) -> None:
    made = li.post("/v1/policies", json={"document": LATER})
    draft = made.json()
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.headers["location"] == f"/v1/policies/{draft['id']}"
    assert wang.get(made.headers["location"]).json() == draft
    body = {"document": document(AREA, monthly="125")}
    again = wang.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers={"if-match": '"1"'})
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    told = again.json()
    assert (told["version"], told["authors"], told["author"]) == (2, ["li", "wang"], "wang")
    assert told["document"] == body["document"]
    assert told["sha256"] != draft["sha256"]


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
    answer = wang.ask(method, f"/v1/policies/{draft['id']}{address}", json=body, headers=headers)
    assert code(answer) == expected
    assert wang.get(f"/v1/policies/{draft['id']}").json() == before


@pytest.mark.parametrize("header", ['"1"', ' "7" , "1"', 'W/"1", "1"', '"1",', '"x,y", "1"'])
def test_if_match_may_name_several_versions(li: Officer, header: str) -> None:
    draft, body = li.draft(), {"document": LATER}
    answer = li.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers={"if-match": header})
    assert answer.status_code == 200, answer.text


# A request that names itself


@pytest.mark.parametrize("correcting", [False, True])
def test_a_request_sent_again_under_its_key_is_done_once(
    li: Officer, wang: Officer, correcting: bool
) -> None:
    address, body = "/v1/policies", b'{"document": {"area": "990001"}}'
    if correcting:
        address, body = f"/v1/policies/{published(li, wang)}/supersede", b"{}"
    headers = {"idempotency-key": "retirees 2027", "content-type": "application/json"}
    first, second = (li.post(address, content=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (first.headers["etag"], first.headers["location"]) == (
        second.headers["etag"],
        second.headers["location"],
    )
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    drafts = wang.get("/v1/policies", state="draft").json()["items"]
    assert [draft["id"] for draft in drafts] == [first.json()["id"]]
    other = li.post(address, content=body + b" ", headers=headers)
    assert code(other) == (422, "idempotency_key_reused")
    if correcting:
        elsewhere = li.post("/v1/policies", json={"document": LATER}, headers=headers)
        assert code(elsewhere) == (422, "idempotency_key_reused")


def test_a_key_of_one_person_says_nothing_of_anothers_request(li: Officer, wang: Officer) -> None:
    headers, body = {"idempotency-key": "1"}, {"document": LATER}
    first, second = (who.post("/v1/policies", json=body, headers=headers) for who in (li, wang))
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 65, "schl\u00fcssel", "a\tb"])
def test_a_key_of_another_form_is_refused(li: Officer, key: str) -> None:
    headers = {b"idempotency-key": key.encode("latin-1")}
    answer = li.post("/v1/policies", json={"document": LATER}, headers=headers)
    assert faults(answer) == {"/Idempotency-Key": "idempotency_key_form"}


# The second person


def test_nobody_publishes_what_they_have_written_something_of(
    li: Officer, wang: Officer, client: Client, database_url: str
) -> None:
    draft = li.draft()
    assert code(li.publish(draft)) == (403, "second_person_required")
    assert code(officer(client, database_url, "LI").publish(draft)) == (403, "second_person_required")
    body, seen = {"document": LATER}, {"if-match": '"1"'}
    draft = wang.ask("PUT", f"/v1/policies/{draft['id']}", json=body, headers=seen).json()
    assert [code(who.publish(draft)) for who in (li, wang)] == [(403, "second_person_required")] * 2
    zhao = officer(client, database_url, "zhao")
    done = zhao.publish(draft)
    assert done.status_code == 200, done.text
    policy = zhao.shown(done.json()["id"], "published")
    assert (policy["author"], policy["approver"]) == ("wang", "zhao")
    for author in (li, wang):
        assert code(author.withdraw(policy["id"])) == (403, "second_person_required")
    assert zhao.withdraw(policy["id"]).status_code == 200


def test_an_act_needs_its_scope(client: Client, database_url: str, li: Officer, wang: Officer) -> None:
    policy, draft = published(li, wang), li.draft(LATER)
    reader = officer(client, database_url, "reader", Scope.AUDIT)
    drafter = officer(client, database_url, "drafter", Scope.DRAFT)
    publisher = officer(client, database_url, "publisher", Scope.PUBLISH)
    assert code(drafter.publish(draft)) == (403, "scope_missing")
    assert code(drafter.withdraw(policy)) == (403, "scope_missing")
    assert code(publisher.post("/v1/policies", json={"document": LATER})) == (403, "scope_missing")
    assert code(do(Act.REPLACE, publisher, draft["id"])) == (403, "scope_missing")
    assert code(do(Act.SUPERSEDE, publisher, policy)) == (403, "scope_missing")
    for act in Act:
        assert code(do(act, reader, draft["id"])) == (403, "scope_missing")
    assert drafter.withdraw(draft["id"]).status_code == 200


def test_drafts_are_shown_to_nobody_without_a_scope(
    client: Client, database_url: str, li: Officer, wang: Officer
) -> None:
    draft = li.draft(LATER)
    reader = officer(client, database_url, "reader", Scope.AUDIT)
    for address in (f"/v1/policies/{draft['id']}", "/v1/policies?state=draft"):
        assert code(client.get(address)) == (401, "credentials_required")
        assert code(reader.get(address)) == (403, "scope_missing")
        assert wang.get(address).status_code == 200
    assert code(wang.get(f"/v1/policies/draft-{'0' * 32}")) == (404, "not_found")
    for state in ("published", "superseded", "withdrawn"):
        assert draft["id"] not in client.get("/v1/policies", state=state).text


# What is sent


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
    answer = li.post("/v1/policies", content=body, headers={"content-type": "application/json"})
    assert code(answer) == (422, "invalid_request")
    assert faults(answer) == expected
    assert li.get("/v1/policies", state="draft").json()["items"] == []


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


@pytest.mark.parametrize("reason", ["", "x" * 1001, "a\nb", "\u0000", 7])
def test_a_withdrawal_says_why(li: Officer, reason: object) -> None:
    draft = li.draft()
    answer = li.post(f"/v1/policies/{draft['id']}/withdraw", json={"reason": reason})
    assert faults(answer) == {"/reason": "reason_form"}


# Publications, one upon the other


def test_a_policy_follows_another_which_then_ends_the_day_before(li: Officer, wang: Officer) -> None:
    earlier = published(li, wang)
    blocked = wang.publish(li.draft(LATER))
    assert code(blocked) == (409, "policy_overlap")
    assert blocked.json()["policies"] == [earlier]
    done = wang.publish(li.draft(LATER, follows=earlier)).json()
    assert done["began"] == [f"{AREA}@2027-01-01", f"{earlier}.2"]
    assert done["ended"] == [earlier]
    wang.shown(earlier, "superseded")
    shortened = wang.shown(f"{earlier}.2", "published")
    assert shortened["document"]["effective"] == {"from": "2022-09-01", "to": "2026-12-31"}
    assert (shortened["author"], shortened["approver"]) == ("li", "wang")


def test_a_withdrawal_brings_back_what_the_policy_had_ended(li: Officer, wang: Officer) -> None:
    earlier = published(li, wang)
    later = published(li, wang, LATER, follows=earlier)
    gone = wang.withdraw(later).json()
    assert gone["began"] == [f"{earlier}.3"]
    assert set(gone["ended"]) == {later, f"{earlier}.2"}
    assert wang.shown(later, "withdrawn")["published_to"] is not None
    back, first = (
        wang.shown(name, state) for name, state in ((f"{earlier}.3", "published"), (earlier, "superseded"))
    )
    assert (back["document"], back["sha256"]) == (first["document"], first["sha256"])
    assert (back["author"], back["approver"]) == (first["author"], first["approver"])


def test_a_withdrawal_that_brings_nothing_back_leaves_a_gap(li: Officer, wang: Officer) -> None:
    policy = published(li, wang)
    correction = in_use(wang, li.correct(policy, document(AREA, monthly="120")))
    gone = wang.withdraw(correction, restore=False).json()
    assert (gone["began"], gone["ended"]) == ([], [correction])


def test_a_correction_of_what_another_has_corrected_is_refused(li: Officer, wang: Officer) -> None:
    policy = published(li, wang)
    one, other = (li.correct(policy, document(AREA, monthly=monthly)) for monthly in ("120", "130"))
    in_use(wang, one)
    answer = wang.publish(other)
    assert code(answer) in ((409, "not_in_force"), (409, "policy_overlap"))


def test_what_is_unsound_is_not_published_and_every_fault_is_told(li: Officer, wang: Officer) -> None:
    given = document(AREA, monthly="-1") | {"effective": {"from": "2027"}, "unheard": 1}
    draft = li.draft(given)
    answer = wang.publish(draft)
    assert code(answer) == (422, "unsound_policy")
    report = wang.post(f"/v1/policies/{draft['id']}/check").json()
    assert report["sound"] is False
    assert faults(answer) == {fault["pointer"]: fault["code"] for fault in report["faults"]}
    assert {"/unheard", "/effective/from", "/credits/0/amount/amount"} <= faults(answer).keys()
    assert wang.get(f"/v1/policies/{draft['id']}").json()["state"] == "draft"


# Lists


def pages(who: Officer, limit: int, **asked: Any) -> Iterator[list[dict[str, Any]]]:
    """The items of every page, one page after the other."""
    cursor: str | None = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        answer = who.get("/v1/policies", limit=limit, **asked, **more)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) == limit or page["next"] is None
        yield page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def listed(who: Officer, **asked: Any) -> list[str]:
    """The ids of a list, put together from pages of two."""
    return [item["id"] for page in pages(who, 2, **asked) for item in page]


def test_lists_name_each_policy_in_its_state(li: Officer, wang: Officer) -> None:
    first = published(li, wang)
    second = in_use(wang, li.correct(first, document(AREA, monthly="120")))
    other = published(li, wang, document("990002"))
    wang.withdraw(other)
    wang.shown(other, "withdrawn")
    draft, gone = li.draft(LATER), li.draft(LATER)
    li.withdraw(gone["id"])
    assert listed(li) == ["100000@unknown", second]
    assert listed(li, state="superseded") == [first]
    assert listed(li, state="withdrawn") == [other]
    assert listed(li, state="draft") == [draft["id"]]
    assert listed(li, area="990002") == []
    assert listed(li, area="990002", state="withdrawn") == [other]
    assert listed(li, area=AREA, on="2022-09-01") == [second]
    assert listed(li, area=AREA, on="2022-08-31") == []
    [item] = li.get("/v1/policies", area=AREA).json()["items"]
    whole = li.get(f"/v1/policies/{second}").json()
    assert {name: item[name] for name in whole if name != "document"} == {
        name: value for name, value in whole.items() if name != "document"
    }
    assert item["effective"] == {"from": "2022-09-01", "to": None}


def test_a_draft_is_listed_with_what_can_be_read_of_it(li: Officer) -> None:
    given = [
        document(AREA, since="2027-01-01") | {"title": {"zh": "新", "en": "new"}},
        {"area": AREA, "effective": {"from": "2027-02-30"}, "title": "new"},
        {"area": AREA, "effective": [], "title": {"zh": 1}},
    ]
    drafts = {li.draft(each)["id"]: each for each in given}
    items = {item["id"]: item for item in li.get("/v1/policies", state="draft").json()["items"]}
    assert items.keys() == drafts.keys()
    read = [(items[name]["effective"], items[name]["title"]) for name in drafts]
    assert read == [
        ({"from": "2027-01-01", "to": None}, {"zh": "新", "en": "new"}),
        (None, None),
        (None, None),
    ]
    assert {(item["version"], item["author"], item["grade"]) for item in items.values()} == {(1, "li", None)}


def test_no_policy_is_missed_or_told_twice_while_others_are_published(li: Officer, wang: Officer) -> None:
    held = [published(li, wang, document(f"99{number:04}")) for number in range(0, 14, 2)]
    newer = iter([f"99{number:04}" for number in (1, 13, 3)])
    seen = []
    for page in pages(li, 3):
        seen += [item["id"] for item in page]
        if area := next(newer, None):
            published(li, wang, document(area))
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
    assert set(held) <= set(seen)
    assert "990013@2022-09-01" in seen  # published behind the place that the pages had reached
    assert "990001@2022-09-01" not in seen  # and before it


def test_a_list_tells_what_was_known_by_an_instant(li: Officer, wang: Officer) -> None:
    first = published(li, wang)
    began = li.get(f"/v1/policies/{first}").json()["published_from"]
    before = li.get("/v1/policies", area=AREA, as_of=began).content
    second = in_use(wang, li.correct(first, document(AREA, monthly="120")))
    assert li.get("/v1/policies", area=AREA, as_of=began).content == before
    assert listed(li, area=AREA) == [second]
    assert listed(li, area=AREA, as_of=began, state="superseded") == []
    assert listed(li, as_of="2001-01-01T00:00:00Z") == []


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


# What changed


def test_changes_are_told_against_what_a_policy_took_the_place_of(
    client: Client, li: Officer, wang: Officer
) -> None:
    first = published(li, wang)
    assert client.get(f"/v1/policies/{first}/changes").json() == {
        "from": None,
        "to": first,
        "changes": [],
        "patch": [],
    }
    second = in_use(wang, li.correct(first, document(AREA, monthly="120")))
    told = client.get(f"/v1/policies/{second}/changes").json()
    assert (told["from"], told["to"]) == (first, second)
    [change] = told["changes"]
    assert change["pointer"] == "/credits/0/amount/amount"
    assert (change["change"], change["before"], change["after"]) == ("replaced", "100", "120")
    assert told["patch"] == [{"op": "replace", "path": "/credits/0/amount/amount", "value": "120"}]
    assert client.get(f"/v1/policies/{first}/changes", from_=second).json()["changes"][0]["after"] == "100"
    draft = li.draft(document(AREA, since="2027-01-01", monthly="130"), follows=second)
    for given, expected in (
        (draft, second),
        (li.draft(document(AREA, since="2027-01-01")), second),
        (li.correct(second), second),
        (li.draft({"area": AREA}), None),
    ):
        assert li.get(f"/v1/policies/{given['id']}/changes").json()["from"] == expected
    third = in_use(wang, draft)
    assert client.get(f"/v1/policies/{third}/changes").json()["from"] == f"{second[:-2]}.3"


def test_changes_of_a_draft_need_a_scope_on_either_side(client: Client, li: Officer, wang: Officer) -> None:
    policy, draft = published(li, wang), li.draft(LATER)["id"]
    for address in (f"{draft}/changes", f"{policy}/changes?from={draft}"):
        assert code(client.get(f"/v1/policies/{address}")) == (401, "credentials_required")
        answer = li.get(f"/v1/policies/{address}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
    assert faults(li.get(f"/v1/policies/{policy}/changes?from=990009@2022-09-01")) == {
        "/from": "unknown_policy"
    }
    assert code(li.get("/v1/policies/990009@2022-09-01/changes")) == (404, "not_found")


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


# Postgres away


def test_every_act_is_refused_while_postgres_is_away_and_questions_are_answered(
    server_url: str, migrated: str
) -> None:
    name = f"lost_{uuid4().hex}"
    execute(server_url, f"CREATE DATABASE {name} TEMPLATE {migrated}")
    url = on_database(server_url, name)
    publish_directly(url, national())
    with running(url, poll_seconds=600, administered=True) as client:
        li, wang = (officer(client, url, person) for person in ("li", "wang"))
        policy, draft = published(li, wang), li.draft(LATER)["id"]
        execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")
        refused = [do(act, wang, policy if act is Act.SUPERSEDE else draft) for act in Act]
        refused += [wang.get(address) for address in ("/v1/audit", "/v1/policies?state=draft")]
        refused += [wang.get(f"/v1/policies/{draft}"), wang.get(f"/v1/policies/{draft}/changes")]
        assert {code(answer) for answer in refused} == {(503, "store_away")}
        assert {"retry-after" in answer.headers for answer in refused} == {True}
        for address in ("/v1/policies", f"/v1/policies/{policy}", f"/v1/policies/{policy}/changes"):
            assert client.get(address).status_code == 200
