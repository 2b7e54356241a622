"""The audit over HTTP: who did what, in order, for those who may read it."""

import hashlib
import json
from typing import Any

import pytest

from service.core.lifecycle import Scope
from tests.api.asking import Client
from tests.api.officers import AREA, Officer, code, faults, in_use, officer, published
from tests.store.making import document


@pytest.fixture
def client(administered: Client) -> Client:
    """The application on a database that holds the national document alone."""
    return administered


def rows(who: Officer, **asked: Any) -> list[dict[str, Any]]:
    """Every row that fits, page after page of two."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        more = {} if after is None else {"after": after}
        page = who.get("/v1/audit", limit=2, **asked, **more).json()
        found += page["items"]
        after = page["next"]
        if after is None:
            return found


def deeds(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Who did what with what."""
    return [(row["actor"], row["act"], row["subject"]) for row in found]


def test_every_act_of_a_policys_life_is_a_row(li: Officer, wang: Officer) -> None:
    before = len(rows(wang))
    draft = li.draft()
    li.ask(
        "PUT", f"/v1/policies/{draft['id']}", json={"document": document(AREA)}, headers={"if-match": '"1"'}
    )
    wang.post(f"/v1/policies/{draft['id']}/check")
    policy = in_use(wang, {**draft, "version": 2})
    second = in_use(wang, correction := li.correct(policy, document(AREA, monthly="120")))
    wang.withdraw(second, reason="the notice was withdrawn")
    found = rows(wang)[before:]
    assert deeds(found) == [
        ("li", "create", draft["id"]),
        ("li", "replace", draft["id"]),
        ("wang", "check", draft["id"]),
        ("wang", "publish", policy),
        ("li", "create", correction["id"]),
        ("wang", "supersede", policy),
        ("wang", "publish", second),
        ("wang", "withdraw", second),
        ("wang", "restore", f"{policy}.3"),
    ]
    assert {row["area"] for row in found} == {AREA}
    assert found[3]["details"]["authors"] == ["li"]
    assert found[3]["details"]["draft"] == draft["id"]
    assert found[-2]["details"]["reason"] == "the notice was withdrawn"


def test_what_is_refused_leaves_no_row(li: Officer, wang: Officer) -> None:
    draft = li.draft()
    before = rows(wang)
    li.publish(draft)
    wang.publish({**draft, "version": 7})
    wang.withdraw(draft["id"], reason="")
    li.post("/v1/policies", json={"document": {}})
    assert rows(wang) == before


def test_rows_are_a_chain_and_numbered_without_a_gap(li: Officer, wang: Officer) -> None:
    published(li, wang)
    found = rows(wang)
    assert [row["seq"] for row in found] == list(range(1, len(found) + 1))
    assert [row["previous"] for row in found] == ["0" * 64, *(row["hash"] for row in found[:-1])]
    for row in found:
        told = [row[name] for name in ("actor", "act", "subject", "area")]
        details = json.dumps(row["details"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        text = json.dumps(
            [row["seq"], row["at"], *told, details, row["previous"]],
            separators=(",", ":"),
            ensure_ascii=False,
        )
        assert hashlib.sha256(text.encode()).hexdigest() == row["hash"]


def test_rows_are_found_by_subject_area_actor_and_act(li: Officer, wang: Officer) -> None:
    policy = published(li, wang)
    published(li, wang, document("990002"))
    assert deeds(rows(wang, subject=policy)) == [("wang", "publish", policy)]
    assert {row["area"] for row in rows(wang, area="990002")} == {"990002"}
    assert {row["act"] for row in rows(wang, actor="li")} == {"create"}
    assert [row["subject"] for row in rows(wang, act="publish", actor="wang")] == [
        policy,
        "990002@2022-09-01",
    ]
    assert {row["actor"] for row in rows(wang, act="issue_key")} == {"operator"}
    assert rows(wang, subject="nothing") == []


def test_no_row_holds_a_secret(li: Officer, wang: Officer) -> None:
    published(li, wang)
    answer = wang.get("/v1/audit", limit=500).text
    for who in (li, wang):
        secret = who.key.rpartition("_")[2]
        assert secret not in answer
        assert hashlib.sha256(secret.encode()).hexdigest() not in answer


def test_only_who_may_reads_the_audit(client: Client, database_url: str, wang: Officer) -> None:
    assert code(client.get("/v1/audit")) == (401, "credentials_required")
    drafter = officer(client, database_url, "drafter", Scope.DRAFT, Scope.PUBLISH)
    assert code(drafter.get("/v1/audit")) == (403, "scope_missing")
    answer = wang.get("/v1/audit")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("after=-1", {"/after": "too_small"}),
        ("after=9223372036854775808", {"/after": "too_large"}),
        ("after=x&limit=0", {"/after": "not_integer", "/limit": "too_small"}),
        ("subject=%00", {"/subject": "name_form"}),
        ("actor=", {"/actor": "name_form"}),
        ("area=x&who=li", {"/area": "area_form", "/who": "unknown_field"}),
    ],
)
def test_a_question_to_the_audit_that_makes_no_sense_is_refused(
    wang: Officer, query: str, expected: dict[str, str]
) -> None:
    answer = wang.get(f"/v1/audit?{query}")
    assert answer.status_code == 422
    assert faults(answer) == expected
    assert wang.get("/v1/audit?after=9223372036854775807").json() == {"items": [], "next": None}
