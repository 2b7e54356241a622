"""Who may administer: each refusal by its own code, and nothing secret in what is said of it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
import uvicorn

from service.api.app import Access, create_app
from service.api.problem_words import PROBLEMS
from service.api.v1.shown import Problem
from service.core.lifecycle import Scope
from service.store.keys import Issued
from tests.api.asking import Client, running
from tests.api.identity import IdentityProvider, provided
from tests.api.keyholders import SECRET, WHO, issued, revoked, rotated

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"  # the port of a service that discards


@pytest.fixture
def key(database_url: str) -> Issued:
    return issued(database_url, Scope.DRAFT)


@pytest.fixture
def client(database_url: str) -> Iterator[Client]:
    with running(database_url, administered=True, routes=WHO) as client:
        yield client


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with provided() as provider:
        yield provider


def asked(client: Client, key: str | None = None, **headers: str) -> httpx.Response:
    """Who asks, asked with a key or other headers."""
    shown = {} if key is None else {"x-api-key": key}
    return client.get("/who", shown | headers)


def code_of(response: httpx.Response) -> str:
    """The code of a problem, which must be told as problems are."""
    problem = Problem.model_validate_json(response.content)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    told = PROBLEMS[problem.code]
    assert (problem.status, problem.title) == (response.status_code, told.title[0])
    assert response.status_code == told.status
    assert ("www-authenticate" in response.headers) == (response.status_code == 401)
    assert ("retry-after" in response.headers) == (response.status_code == 503)
    assert "{" not in problem.detail
    return problem.code


def test_a_key_names_its_person_and_what_they_may_do(client: Client, database_url: str) -> None:
    key = issued(database_url, Scope.DRAFT, Scope.AUDIT, person="wang")
    assert asked(client, key.text).json() == {"person": "wang", "scopes": ["audit:read", "policy:draft"]}


def test_any_of_several_scopes_is_enough(client: Client, database_url: str) -> None:
    for scope in (Scope.DRAFT, Scope.PUBLISH):
        assert asked(client, issued(database_url, scope).text).status_code == 200
    for scope in (Scope.AUDIT, Scope.SIMULATE):
        response = asked(client, issued(database_url, scope).text)
        assert code_of(response) == "scope_missing"
        assert "policy:draft, policy:publish" in response.json()["detail"]


def test_without_credentials_one_is_told_which_are_taken(client: Client, key: Issued) -> None:
    response = asked(client)
    assert code_of(response) == "credentials_required"
    challenge = response.headers["www-authenticate"]
    assert challenge == 'ApiKey realm="yibao-balance", Bearer realm="yibao-balance"'
    assert code_of(asked(client, authorization="Basic bGk6c2VjcmV0")) == "credentials_required"
    assert code_of(asked(client, authorization=key.text)) == "credentials_required"


def test_credentials_given_twice_are_refused(client: Client, key: Issued) -> None:
    assert code_of(asked(client, key.text, authorization="Bearer x")) == "credentials_given_twice"
    twice = client.request("GET", "/who", headers=[("x-api-key", key.text), ("x-api-key", key.text)])
    assert code_of(twice) == "credentials_given_twice"


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "shown", ["", "x", "ybk_", "ybk_0_0", f"ybk_{'0' * 16}_{SECRET}", f"YBK_{'0' * 16}_{SECRET}", "密" * 3]
)
def test_what_is_no_key_is_refused(client: Client, shown: str) -> None:
    response = client.request("GET", "/who", headers=[(b"x-api-key", shown.encode())])
    assert code_of(response) == "key_unknown"


def test_an_unknown_key_and_a_wrong_secret_are_answered_alike(client: Client, key: Issued) -> None:
    unknown = asked(client, f"ybk_{'0' * 16}_{SECRET}")
    wrong = asked(client, f"ybk_{key.key.id}_{SECRET}")
    assert code_of(unknown) == "key_unknown"
    assert (unknown.content, unknown.headers) == (wrong.content, wrong.headers)
    nearly = key.text[:-1] + ("0" if key.text[-1] != "0" else "1")
    assert asked(client, nearly).content == wrong.content


def test_a_revoked_key_opens_nothing_from_then_on(client: Client, database_url: str, key: Issued) -> None:
    assert asked(client, key.text).status_code == 200
    revoked(database_url, key)
    assert code_of(asked(client, key.text)) == "key_revoked"


def test_of_a_revoked_key_only_who_has_it_learns_that_it_was(
    client: Client, database_url: str, key: Issued
) -> None:
    issued(database_url, Scope.DRAFT)
    revoked(database_url, key)
    assert code_of(asked(client, f"ybk_{key.key.id}_{SECRET}")) == "key_unknown"


def test_an_expired_key_is_refused(client: Client, database_url: str) -> None:
    assert asked(client, issued(database_url, Scope.DRAFT, lasting=timedelta(days=1)).text).status_code == 200
    expired = issued(database_url, Scope.DRAFT, lasting=timedelta(microseconds=1))
    assert code_of(asked(client, expired.text)) == "key_expired"


def test_a_rotated_key_goes_on_for_its_grace(client: Client, database_url: str, key: Issued) -> None:
    new = rotated(database_url, key, timedelta(hours=1))
    assert asked(client, key.text).json() == asked(client, new.text).json()
    newest = rotated(database_url, new, timedelta(0))
    assert code_of(asked(client, new.text)) == "key_expired"
    assert asked(client, newest.text).status_code == 200


def test_a_token_is_as_good_as_a_key(database_url: str, provider: IdentityProvider) -> None:
    with running(database_url, administered=True, access=Access(oidc=provider.told()), routes=WHO) as client:
        answer = asked(client, authorization=f"Bearer {provider.token(sub='wang')}")
        assert answer.json() == {"person": "wang", "scopes": ["policy:draft"]}
        assert asked(client, authorization=f"bearer  {provider.token()}").status_code == 200
        without = asked(client, authorization=f"Bearer {provider.token(scope='openid')}")
        assert code_of(without) == "scope_missing"
        wrong = asked(client, authorization=f"Bearer {provider.token(exp=1)}")
        assert code_of(wrong) == "token_expired"
        assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
        # Without any key in the table a provider is enough to be open.
        assert code_of(asked(client)) == "credentials_required"
        key = issued(database_url, Scope.PUBLISH)
        assert asked(client, key.text).status_code == 200


def test_a_provider_that_is_away_is_no_fault_of_the_token(database_url: str) -> None:
    with provided() as gone:
        token, access = gone.token(), Access(oidc=gone.told())
    with running(database_url, administered=True, access=access, routes=WHO) as client:
        assert code_of(asked(client, authorization=f"Bearer {token}")) == "identity_provider_away"


@pytest.mark.usefixtures("key")
def test_a_token_is_refused_where_no_provider_is_trusted(client: Client, provider: IdentityProvider) -> None:
    assert code_of(asked(client, authorization=f"Bearer {provider.token()}")) == "token_issuer"


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-api-key": "x"}, {"x-api-key": f"ybk_{'0' * 16}_{SECRET}"}, {"authorization": "Bearer x.y.z"}],
)
def test_administration_is_closed_until_there_are_credentials_and_opens_by_the_first(
    client: Client, database_url: str, headers: dict[str, str]
) -> None:
    assert code_of(client.get("/who", headers)) == "administration_closed"
    key = issued(database_url, Scope.DRAFT)
    assert asked(client, key.text).status_code == 200
    assert client.get("/who", headers).status_code == 401
    revoked(database_url, key)
    assert code_of(client.get("/who", headers)) == "administration_closed"


def test_administration_is_closed_without_a_role_for_it(
    database_url: str, key: Issued, provider: IdentityProvider
) -> None:
    with running(database_url, access=Access(oidc=provider.told()), routes=WHO) as client:
        assert code_of(asked(client)) == "administration_closed"
        assert code_of(asked(client, key.text)) == "administration_closed"
        token = asked(client, authorization=f"Bearer {provider.token()}")
        assert code_of(token) == "administration_closed"


def test_while_postgres_is_away_nobody_is_let_in_and_nothing_breaks(
    database_url: str, key: Issued, provider: IdentityProvider
) -> None:
    with running(database_url, access=Access(admin_url=NOWHERE), routes=WHO) as client:
        assert code_of(asked(client, key.text)) == "store_away"
        assert code_of(asked(client)) == "store_away"
    access = Access(admin_url=NOWHERE, oidc=provider.told())
    with running(database_url, access=access, routes=WHO) as client:
        assert asked(client, authorization=f"Bearer {provider.token()}").status_code == 200


@pytest.mark.usefixtures("key")
def test_a_refusal_is_told_in_english_too(client: Client) -> None:
    answer = asked(client, **{"accept-language": "en"}).json()
    assert answer["title"] == PROBLEMS["credentials_required"].title[1]


@pytest.mark.usefixtures("key")
def test_every_operation_that_is_not_for_everybody_refuses_strangers(client: Client) -> None:
    contract = client.get("/openapi.json").json()
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            if operation["security"] and {} not in operation["security"]:
                address = path.replace("{policy}", "draft-" + "0" * 32)
                response = client.request(method.upper(), address, content=b"{")
                assert code_of(response) == "credentials_required", path
                assert {"401", "403"} <= set(operation["responses"])


@contextmanager
def served(database_url: str, access: Access) -> Iterator[str]:
    """The application under the server that people run, on a port of its own; gives its address."""
    app = create_app(database_url, access=access)
    app.router.routes.extend(WHO)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="debug", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_nothing_secret_is_said_or_logged(
    database_url: str, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole run with everything logged: good and bad keys and tokens, a failure of the service too."""
    caplog.set_level(logging.DEBUG)
    good, gone = (issued(database_url, Scope.DRAFT) for _ in range(2))
    revoked(database_url, gone)
    keys = [good.text, gone.text, f"ybk_{good.key.id}_{SECRET}", "ybk_mistyped-but-nearly-right"]
    tokens = [
        provider.token(),
        provider.token(exp=1),
        provider.token(aud="x"),
        provider.token(kid="unlisted"),
        provider.token() + "tampered",
        "not.a.token-at-all",
    ]
    shown = [{"x-api-key": key} for key in keys] + [{"authorization": f"Bearer {token}"} for token in tokens]
    said = [repr(good), repr(gone), repr(good.key)]
    access = Access(admin_url=database_url, oidc=provider.told(), simulations_closed=True)
    with served(database_url, access) as address:
        for headers in shown:
            for path in ("/who", "/broken", "/v1/retirement", "/nowhere"):
                answer = httpx.get(f"{address}{path}", headers=headers)
                said += [answer.text, str(answer.headers)]
        said.append(httpx.get(f"{address}/openapi.json").text)
    assert "broken while li asked" in caplog.text  # the failure was logged, with its traceback
    for secret in [key.rpartition("_")[2] for key in keys] + tokens + [tokens[0].split(".")[2]]:
        assert secret not in caplog.text
        assert not [each for each in said if secret in each]
    for held in (good.key.hash, gone.key.hash):
        assert not [each for each in [caplog.text, *said] if held in each]
