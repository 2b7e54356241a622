import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from service.api.v1.shown import Alive, Readiness
from service.catalogue import load
from service.store import db, embedded
from tests.api.asking import Client, running
from tests.api.questions import specified
from tests.conftest import FORGETFUL


def until(condition: Callable[[], bool]) -> None:
    """Waits for what must come; the bound only ends a wait in vain."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def ready(client: Client) -> dict[str, Any]:
    """What /readyz says."""
    response = client.get("/readyz")
    Readiness.model_validate_json(response.content)
    answer: dict[str, Any] = response.json()
    assert (response.status_code == 200) == (answer["status"] == "ready")
    return answer


def test_the_process_lives_and_tells_what_it_holds(client: Client) -> None:
    Alive.model_validate_json(client.get("/livez").content)
    answer = ready(client)
    assert (answer["status"], answer["store"], answer["listening"]) == ("ready", "connected", True)
    assert answer["policies"] > 30
    assert answer["age_seconds"] >= 0


def test_without_a_snapshot_questions_are_put_off_and_the_process_is_not_ready() -> None:
    with running("postgresql://postgres@127.0.0.1:1/none?connect_timeout=1") as client:
        assert client.get("/livez").status_code == 200
        assert ready(client)["status"] == "not_ready"
        for response in (
            client.post("/v1/simulations/balances", json=specified()),
            client.get("/v1/areas"),
            client.get("/v1/policies/110000@2022-09-01"),
            client.get("/v1/quotes/credit?area=110000&on=2025-01&status=retired&age=70"),
        ):
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
            assert response.json()["code"] == "not_ready"


def test_a_database_without_policies_is_not_ready(database_url: str) -> None:
    with running(database_url) as client:
        answer = ready(client)
        assert (answer["status"], answer["store"], answer["policies"]) == ("not_ready", "connected", 0)


@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="stops the server")
def test_simulations_go_on_while_postgres_is_away_and_who_starts_without_it_recovers() -> None:
    """The server is stopped and started again on the same folder, hence the same address."""
    with tempfile.TemporaryDirectory(prefix="yibao-away-") as folder, ExitStack() as stack:
        server = stack.enter_context(ExitStack())
        url = server.enter_context(embedded.running(Path(folder), options=FORGETFUL))
        db.upgrade(url)
        asyncio.run(load.publish(url, load.read()))
        client = stack.enter_context(running(url, poll_seconds=0.2))
        before = client.post("/v1/simulations/balances", json=specified())
        server.close()
        until(lambda: ready(client)["store"] == "away")
        away = ready(client)
        assert (away["status"], away["listening"]) == ("ready", False)
        until(lambda: ready(client)["age_seconds"] > away["age_seconds"])
        after = client.post("/v1/simulations/balances", json=specified())
        assert (after.status_code, after.content) == (200, before.content)
        assert client.get("/v1/areas").status_code == 200
        late = stack.enter_context(running(url, poll_seconds=0.2))
        assert ready(late)["status"] == "not_ready"
        assert late.post("/v1/simulations/balances", json=specified()).status_code == 503
        assert server.enter_context(embedded.running(Path(folder), options=FORGETFUL)) == url
        until(lambda: ready(client)["store"] == "connected")
        assert ready(client)["age_seconds"] < 60
        until(lambda: ready(late)["status"] == "ready")
        assert late.post("/v1/simulations/balances", json=specified()).content == before.content
