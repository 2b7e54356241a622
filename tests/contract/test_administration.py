"""What the contract says of the administration is what is answered, to those who may and to those who not."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from service.api import openapi
from service.api.v1.examples import ANSWERS, CORRECTED, DRAFTED, WITHDRAWN
from tests.api.asking import Client, running
from tests.api.officers import Officer, code, officer
from tests.conftest import database
from tests.contract.test_contract import ADMINISTERED

Schema = dict[str, Any]
CONTRACT: Schema = json.loads(openapi.FILE.read_text("utf-8"))
OPERATIONS: dict[str, tuple[str, str, Schema]] = {
    operation["operationId"]: (path, method, operation)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
}
ACTS = [name for name, (_, _, told) in OPERATIONS.items() if ADMINISTERED in told.get("tags", [])]
DRAFT = f"draft-{'0' * 32}"
CHANGING = {"created_at", "changed_at", "at", "hash", "previous", "seq", "published_to", "draft"}
"""What is another one each time."""


@pytest.fixture(scope="module")
def url(server_url: str, filled: str) -> Iterator[str]:
    """A database of this module's own with the shipped policies."""
    with database(server_url, filled) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    """The application, which may be administered."""
    with running(url, administered=True) as client:
        yield client


@pytest.fixture(scope="module")
def li(client: Client, url: str) -> Officer:
    """Who writes."""
    return officer(client, url, "li")


@pytest.fixture(scope="module")
def walk(client: Client, url: str, li: Officer) -> dict[str, httpx.Response]:
    """The answers to the requests that the contract shows, one after the other."""
    wang, found = officer(client, url, "wang"), {}
    found["create_policy"] = li.post("/v1/policies", json=DRAFTED)
    draft = found["create_policy"].json()["id"]
    again = li.ask("PUT", f"/v1/policies/{draft}", json=DRAFTED, headers={"if-match": '"1"'})
    found["replace_policy"] = again
    found["check_policy"] = wang.post(f"/v1/policies/{draft}/check")
    found["publish_policy"] = wang.publish(again.json())
    policy = found["publish_policy"].json()["id"]
    wang.shown(policy, "published")
    found["supersede_policy"] = li.post(f"/v1/policies/{policy}/supersede", json=CORRECTED)
    found["withdraw_policy"] = wang.post(f"/v1/policies/{policy}/withdraw", json=WITHDRAWN)
    found["list_audit"] = wang.get("/v1/audit", act="withdraw")
    return found


def validator(name: str, status: int, media: str = "application/json") -> Draft202012Validator:
    """The schema of an answer; references lead into the whole contract."""
    schema = OPERATIONS[name][2]["responses"][str(status)]["content"][media]["schema"]
    return Draft202012Validator({**schema, "components": CONTRACT["components"]})


def test_every_act_is_shown_by_an_example() -> None:
    assert sorted(ACTS) == sorted(set(ANSWERS) & set(ACTS))
    assert len(ACTS) == 7


@pytest.mark.parametrize("name", ACTS)
def test_the_examples_are_what_is_answered(walk: dict[str, httpx.Response], name: str) -> None:
    answer = walk[name]
    assert answer.status_code in (200, 201), answer.text
    for shown in (answer.json(), ANSWERS[name]):
        validator(name, answer.status_code).validate(shown)
    assert_alike(ANSWERS[name], answer.json(), "")


def assert_alike(example: Any, real: Any, at: str) -> None:
    """An example is cut out of the real answer."""
    match example:
        case dict():
            assert set(example) <= set(real), at
            for name in example.keys() - CHANGING:
                assert_alike(example[name], real[name], f"{at}/{name}")
        case list():
            assert len(example) <= len(real), at
            for place, value in enumerate(example):
                assert_alike(value, real[place], f"{at}/{place}")
        case str() if example.startswith("draft-"):
            assert real.startswith("draft-"), at
        case _:
            assert example == real, at


@pytest.mark.usefixtures("li")  # without any key that opens something, administration is closed
@pytest.mark.parametrize("name", ACTS)
def test_who_shows_nothing_or_may_not_is_answered_as_declared(client: Client, name: str) -> None:
    path, method, operation = OPERATIONS[name]
    assert operation["security"] == [{"apiKey": []}, {"oidc": []}]
    address = path.replace("{policy}", DRAFT)
    nobody = client.request(method.upper(), address)
    assert code(nobody) == (401, "credentials_required")
    assert "www-authenticate" in nobody.headers
    stranger = Officer(client, f"ybk_{'0' * 16}_{'0' * 64}").ask(method.upper(), address)
    assert code(stranger) == (401, "key_unknown")
    for refusal in (nobody, stranger):
        validator(name, 401, "application/problem+json").validate(refusal.json())


def test_the_headers_of_a_change_are_declared() -> None:
    for name, wanted in (
        ("create_policy", {"Idempotency-Key"}),
        ("supersede_policy", {"Idempotency-Key"}),
        ("replace_policy", {"If-Match"}),
        ("publish_policy", {"If-Match"}),
    ):
        parameters = OPERATIONS[name][2]["parameters"]
        named = {each["name"] for each in parameters if each["in"] == "header"}
        assert named == wanted | {"Accept-Language"}
    for name in ("create_policy", "supersede_policy"):
        headers = OPERATIONS[name][2]["responses"]["201"]["headers"]
        assert set(headers) == {"ETag", "Location", "Idempotency-Replayed"}


def test_nothing_secret_stands_in_the_contract() -> None:
    assert re.findall(r"ybk_[0-9a-f]|eyJ|postgres(ql)?://", json.dumps(CONTRACT)) == []
