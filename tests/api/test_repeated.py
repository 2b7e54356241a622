"""Any past answer is repeated byte for byte: in the running service, and in one that has just begun."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from service.api.v1.examples import BALANCES, BILL, CREDITS, FAMILY, RETIREE
from tests.api.asking import Client, running
from tests.api.officers import in_use, officer
from tests.conftest import database

PRESENT = "110000@2022-09-01"
CLOSURE = {"area": "110000", "on": "2025-10-20", "reason": "death", "from": "2025-07", "member": RETIREE}
QUESTIONS: dict[str, dict[str, Any]] = {
    "balances": BALANCES,
    "credits": {**CREDITS, "member": RETIREE},
    "families": FAMILY,
    "bills": BILL,
    "closures": CLOSURE,
}
QUOTE = "/v1/quotes/credit?area=110000&on=2025-03&status=retired&age=71"


@pytest.fixture
def url(server_url: str, filled: str) -> Iterator[str]:
    """A database of the test's own with the shipped policies."""
    with database(server_url, filled) as url:
        yield url


def answers(client: Client, as_of: str | None = None) -> dict[str, bytes]:
    """The answer to every kind of question, as of an instant or as of now."""
    found = {
        kind: client.post(
            f"/v1/simulations/{kind}", json=asked if as_of is None else {**asked, "as_of": as_of}
        )
        for kind, asked in QUESTIONS.items()
    }
    found["quote"] = client.get(QUOTE if as_of is None else f"{QUOTE}&as_of={as_of.replace('+', '%2B')}")
    for kind, answer in found.items():
        assert answer.status_code == 200, (kind, answer.text)
    return {kind: answer.content for kind, answer in found.items()}


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """The policy with other credits for retirees, and another deductible of what they pay themselves."""
    rules = [dict(rule) for rule in document["credits"]]
    for rule in rules:
        if rule["who"]["status"] == ["retired"]:
            rule["amount"] = {"kind": "fixed", "amount": "200"}
    bills = [rule for rule in document["bills"] if rule["who"]["status"] != ["retired"]]
    bills += [
        {**rule, "deductible": [{"amount": "700"}]}
        for rule in document["bills"]
        if rule["who"]["status"] == ["retired"]
    ]
    # Its worked cases are about the old amounts.
    return {**document, "credits": rules, "bills": bills, "cases": []}


def test_an_answer_as_of_before_a_correction_is_the_old_one_to_the_byte(url: str) -> None:
    with running(url, poll_seconds=600, administered=True) as client:
        li, wang = (officer(client, url, person) for person in ("li", "wang"))
        first = li.get(f"/v1/policies/{PRESENT}").json()
        then = first["published_from"]
        before = answers(client, then)
        policy = in_use(wang, li.correct(PRESENT, corrected(first["document"])))
        later = li.get(f"/v1/policies/{policy}").json()["published_from"]
        after = answers(client, later)
        assert answers(client, then) == before
        assert {kind for kind in before if _rests_on(after[kind]) != {policy}} == set()
        assert {kind for kind in before if _told(before[kind]) == _told(after[kind])} == set()
        assert wang.withdraw(policy).status_code == 200
        wang.shown(f"{PRESENT}.3", "published")
        assert answers(client, then) == before
        assert answers(client, later) == after
        now = answers(client)
    with running(url) as client:
        assert answers(client, then) == before
        assert answers(client, later) == after
        assert answers(client) == now


def _rests_on(answer: bytes) -> set[str]:
    return {each["id"] for each in json.loads(answer)["policies"] if each["id"].startswith(PRESENT)}


def _told(answer: bytes) -> Any:
    """What an answer says, apart from what it rests on."""
    return {name: part for name, part in json.loads(answer).items() if name not in ("policies", "receipt")}
