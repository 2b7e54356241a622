"""Simulations that an operator has closed: who may ask, from memory alone; open ones ask nobody."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from service.api.app import Access
from service.core.lifecycle import Scope
from tests.api.asking import Client, running
from tests.api.identity import provided
from tests.api.keyholders import SECRET, issued, revoked
from tests.conftest import database, execute

CLOSED = Access(simulations_closed=True)
QUOTE = "/v1/quotes/credit?area=110000&on=2025-03&status=retired&age=71"
RETIREMENT = "/v1/retirement?birth_month=1965-05&kind=male"


def questions(client: Client) -> list[tuple[str, str, Any]]:
    """Every question that the contract knows, with its example."""
    found: list[tuple[str, str, Any]] = [("GET", QUOTE, None), ("GET", RETIREMENT, None)]
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        if path.startswith("/v1/simulations/"):
            asked = operations["post"]["requestBody"]["content"]["application/json"]["example"]
            found.append(("POST", path, asked))
    return found


@pytest.fixture
def url(server_url: str, filled: str) -> Iterator[str]:
    """A database of the test's own with the shipped policies."""
    with database(server_url, filled) as url:
        yield url


def code_of(response: httpx.Response) -> str:
    """The code of a problem."""
    return str(response.json()["code"])


def until(code: str, client: Client, key: str) -> None:
    """Asks under a key until the answer is what it comes to be; the bound only ends a wait in vain."""
    deadline = time.monotonic() + 30
    response = client.get(RETIREMENT, {"x-api-key": key})
    while response.json().get("code", "answered") != code and time.monotonic() < deadline:
        time.sleep(0.01)
        response = client.get(RETIREMENT, {"x-api-key": key})
    assert response.json().get("code", "answered") == code


def test_every_question_is_answered_to_the_scope_and_to_nobody_else(url: str, client: Client) -> None:
    key, other = issued(url, Scope.SIMULATE), issued(url, Scope.DRAFT, Scope.PUBLISH, Scope.AUDIT)
    with running(url, access=CLOSED) as closed:
        asked = questions(client)
        assert len(asked) > 6
        for method, address, question in asked:
            how = {} if question is None else {"json": question}
            assert code_of(closed.request(method, address, **how)) == "credentials_required"
            refused = closed.request(method, address, headers={"x-api-key": other.text}, **how)
            assert (refused.status_code, code_of(refused)) == (403, "scope_missing")
            answered = closed.request(method, address, headers={"x-api-key": key.text}, **how)
            open_one = client.request(method, address, **how)
            assert answered.status_code == open_one.status_code == 200
            assert set(answered.json()) == set(open_one.json())


def test_a_stranger_learns_nothing_of_what_is_wrong_with_a_question(url: str) -> None:
    with running(url, access=CLOSED) as closed:
        for response in (
            closed.post("/v1/simulations/credits", content=b"{"),
            closed.post("/v1/simulations/credits", content=b" " * 1_100_000),
            closed.get("/v1/quotes/credit?colour=red"),
        ):
            assert (response.status_code, code_of(response)) == (401, "credentials_required")


def test_an_answer_to_somebody_is_not_kept_for_everybody(url: str, client: Client) -> None:
    key = issued(url, Scope.SIMULATE)
    with running(url, access=CLOSED) as closed:
        for address in (QUOTE, RETIREMENT):
            answered = closed.get(address, {"x-api-key": key.text})
            assert answered.headers["cache-control"].startswith("private")
            assert client.get(address).headers["cache-control"].startswith("public")
            again = {"x-api-key": key.text, "if-none-match": answered.headers["etag"]}
            assert closed.get(address, again).status_code == 304
            stranger = closed.get(address, {"if-none-match": answered.headers["etag"]})
            assert stranger.status_code == 401


def test_what_is_published_stays_open_and_so_do_questions_by_default(url: str, client: Client) -> None:
    with running(url, access=CLOSED) as closed:
        for address in (
            "/v1/areas",
            "/v1/areas/110000",
            "/v1/policies/110000@2022-09-01",
            "/readyz",
            "/docs",
        ):
            assert closed.get(address).status_code == 200
    assert client.get(RETIREMENT, {"x-api-key": "nonsense"}).status_code == 200


def test_a_token_may_ask_too(url: str) -> None:
    with provided() as provider:
        access = Access(simulations_closed=True, oidc=provider.told())
        with running(url, access=access) as closed:
            bearer = {"authorization": f"Bearer {provider.token(scope='simulate')}"}
            assert closed.get(RETIREMENT, bearer).status_code == 200
            bearer = {"authorization": f"Bearer {provider.token(scope='policy:draft')}"}
            assert code_of(closed.get(RETIREMENT, bearer)) == "scope_missing"


def test_a_new_key_is_heard_of_and_a_revoked_one_too(url: str) -> None:
    with running(url, access=CLOSED, poll_seconds=60) as closed:
        key = issued(url, Scope.SIMULATE)
        until("answered", closed, key.text)
        revoked(url, key)
        until("key_revoked", closed, key.text)
        brief = issued(url, Scope.SIMULATE, lasting=timedelta(microseconds=1))
        until("key_expired", closed, brief.text)
        wrong = closed.get(RETIREMENT, {"x-api-key": f"ybk_{brief.key.id}_{SECRET}"})
        assert code_of(wrong) == "key_unknown"


def test_keys_are_known_while_postgres_is_away(url: str, server_url: str) -> None:
    key, database = issued(url, Scope.SIMULATE), url.rpartition("/")[2].partition("?")[0]
    with running(url, access=CLOSED) as closed:
        assert closed.get(RETIREMENT, {"x-api-key": key.text}).status_code == 200
        execute(
            server_url,
            f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'",
        )
        deadline = time.monotonic() + 30
        while closed.snapshots.live and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not closed.snapshots.live
        assert closed.get(RETIREMENT, {"x-api-key": key.text}).status_code == 200
        assert code_of(closed.get(RETIREMENT, {"x-api-key": "x"})) == "key_unknown"


def test_before_keys_were_read_nobody_can_say_who_asks() -> None:
    with running("postgresql://nobody@127.0.0.1:9/none", access=CLOSED) as closed:
        response = closed.get(RETIREMENT, {"x-api-key": f"ybk_{'0' * 16}_{SECRET}"})
        assert (response.status_code, code_of(response)) == (503, "not_ready")
        assert code_of(closed.get(RETIREMENT)) == "credentials_required"
