"""People with keys who administer policies, as the tests of the administration need them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from service.core.lifecycle import Act, Scope
from service.store import db, keys
from tests.api.asking import Client
from tests.store.making import Document, document

EVERYTHING = (Scope.DRAFT, Scope.PUBLISH, Scope.AUDIT)
AREA = "990001"
LATER = document(AREA, since="2027-01-01", monthly="120")


@dataclass(frozen=True)
class Officer:
    """Somebody who asks under a key of their own."""

    client: Client
    key: str = field(repr=False)

    def ask(self, method: str, address: str, **how: Any) -> httpx.Response:
        """Any request under the key."""
        headers = {"x-api-key": self.key, **(how.pop("headers", None) or {})}
        return self.client.request(method, address, headers=headers, **how)

    def get(self, address: str, **parameters: object) -> httpx.Response:
        """A look-up."""
        return self.ask("GET", address, params=parameters or None)

    def post(self, address: str, **how: Any) -> httpx.Response:
        """An act."""
        return self.ask("POST", address, **how)

    def draft(self, given: Document | None = None, **more: Any) -> dict[str, Any]:
        """A new draft, which must be made."""
        body = {"document": document(AREA) if given is None else given, **more}
        made = self.post("/v1/policies", json=body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    def publish(self, draft: Mapping[str, Any]) -> httpx.Response:
        """The draft as it was seen, to be published."""
        seen = {"if-match": f'"{draft["version"]}"'}
        return self.post(f"/v1/policies/{draft['id']}/publish", headers=seen)

    def correct(self, policy: str, given: Document | None = None) -> dict[str, Any]:
        """A draft that is to take the place of a policy."""
        made = self.post(
            f"/v1/policies/{policy}/supersede", json={} if given is None else {"document": given}
        )
        assert made.status_code == 201, made.text
        return dict(made.json())

    def shown(self, policy: str, state: str) -> dict[str, Any]:
        """The policy, which must be in a state: once an act is answered, the service answers by it."""
        answer = self.get(f"/v1/policies/{policy}")
        assert answer.status_code == 200, answer.text
        found = dict(answer.json())
        assert found["state"] == state, found
        return found

    def withdraw(self, name: str, **more: Any) -> httpx.Response:
        """The draft or policy taken back."""
        return self.post(f"/v1/policies/{name}/withdraw", json={"reason": "by mistake", **more})


def officer(client: Client, url: str, person: str, *scopes: Scope) -> Officer:
    """Somebody with a new key; without scopes named, with all of administration."""
    return Officer(client, issued(url, person, *scopes))


def issued(url: str, person: str, *scopes: Scope) -> str:
    """A new key of a person's; without scopes named, with all of administration."""

    async def issue() -> str:
        engine = db.direct_engine(url)
        try:
            async with engine.begin() as connection:
                return (await keys.issue(connection, person, scopes or EVERYTHING)).text
        finally:
            await engine.dispose()

    return asyncio.run(issue())


def published(author: Officer, approver: Officer, given: Document | None = None, **more: Any) -> str:
    """The id of a policy that one has written and the other published."""
    return in_use(approver, author.draft(given, **more))


def in_use(approver: Officer, draft: Mapping[str, Any]) -> str:
    """The id of the policy that a draft has become, once it is answered from."""
    answer = approver.publish(draft)
    assert answer.status_code == 200, answer.text
    policy = str(answer.json()["id"])
    approver.shown(policy, "published")
    return policy


def code(response: httpx.Response) -> tuple[int, str]:
    """The status and the code of a problem."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    return response.status_code, str(problem["code"])


def faults(response: httpx.Response) -> dict[str, str]:
    """The faults of a problem: the code of each place."""
    return {fault["pointer"]: fault["code"] for fault in response.json()["faults"]}


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
