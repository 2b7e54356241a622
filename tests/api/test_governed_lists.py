"""Policies in lists, page by page, and what changed from one to the next; drafts for those who may."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.core.lifecycle import Scope
from tests.api.asking import Client
from tests.api.officers import AREA, LATER, Officer, code, faults, in_use, officer, published
from tests.store.making import document


@pytest.fixture
def client(administered: Client) -> Client:
    """The application on a database that holds the national document alone."""
    return administered


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
