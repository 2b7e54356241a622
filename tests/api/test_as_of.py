import time
from typing import Any

import httpx

from tests.api.asking import Client, running
from tests.api.questions import question, retiree
from tests.store.making import document, national, publish

ASKED = question(retiree(), area="990001", last="2025-01")


def net(response: httpx.Response) -> str:
    """What the first month credits."""
    assert response.status_code == 200, response.text
    amount: str = response.json()["months"][0]["credit"]["net"]
    return amount


def published_from(client: Client, policy: str) -> str:
    """The instant of publication, as the service tells it."""
    instant: str = client.get(f"/v1/policies/{policy}").json()["published_from"]
    return instant


def test_as_of_answers_with_what_was_published_by_then(database_url: str) -> None:
    publish(database_url, national(), document("990001", monthly="100"))
    publish(database_url, document("990001", monthly="120"))
    with running(database_url) as client:
        first = published_from(client, "990001@2022-09-01")
        second = published_from(client, "990001@2022-09-01.2")
        answers = {
            instant: client.post("/v1/simulations/credits", json={**ASKED, "as_of": instant})
            for instant in (first, second)
        }
        assert net(answers[first]) == "100.00"
        assert net(answers[second]) == net(client.post("/v1/simulations/credits", json=ASKED)) == "120.00"
        receipts = {instant: answer.json()["receipt"]["snapshot"] for instant, answer in answers.items()}
        assert receipts[first] != receipts[second]
        before = client.post("/v1/simulations/credits", json={**ASKED, "as_of": "2001-01-01T00:00:00+08:00"})
        assert [fault["code"] for fault in before.json()["faults"]] == ["unknown_area"]


def test_look_ups_are_answered_as_of_an_instant_too(database_url: str) -> None:
    publish(database_url, national(), document("990001", monthly="100"))
    publish(database_url, document("990001", monthly="120"))
    with running(database_url) as client:
        first = published_from(client, "990001@2022-09-01")
        area = client.get("/v1/areas/990001", as_of=first).json()
        assert [version["id"] for version in area["versions"]] == ["990001@2022-09-01"]
        area = client.get("/v1/areas/990001").json()
        assert [version["id"] for version in area["versions"]] == ["990001@2022-09-01.2"]
        quote: dict[str, Any] = {"area": "990001", "on": "2025-01", "status": "retired"}
        assert client.get("/v1/quotes/credit", as_of=first, **quote).json()["credit"]["net"] == "100.00"
        assert client.get("/v1/quotes/credit", **quote).json()["credit"]["net"] == "120.00"
        assert client.get("/v1/policies/990001@2022-09-01").json()["published_to"] is not None
        assert client.get("/v1/areas", as_of="2001-01-01T00:00:00Z").json() == {"items": [], "next": None}


def test_a_policy_published_while_the_service_runs_is_used_without_a_restart(database_url: str) -> None:
    publish(database_url, national(), document("990001", monthly="100"))
    # Polling is out of the question within the test: only the notification can bring the news.
    with running(database_url, poll_seconds=600) as client:
        before = client.get("/readyz").json()["snapshot"]
        assert net(client.post("/v1/simulations/credits", json=ASKED)) == "100.00"
        publish(database_url, document("990001", monthly="120"))
        deadline = time.monotonic() + 30
        while client.get("/readyz").json()["snapshot"] == before and time.monotonic() < deadline:
            time.sleep(0.02)
        assert net(client.post("/v1/simulations/credits", json=ASKED)) == "120.00"
