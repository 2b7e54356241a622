"""The application on the shipped policies: one a worker, for tests that publish nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.asking import Client, running
from tests.api.officers import Officer, officer
from tests.conftest import database
from tests.store.making import national, publish

Answer = dict[str, Any]


@pytest.fixture(scope="session")
def catalogue_url(server_url: str, filled: str) -> Iterator[str]:
    """A database with the shipped policies."""
    with database(server_url, filled) as url:
        yield url


@pytest.fixture(scope="session")
def client(catalogue_url: str) -> Iterator[Client]:
    """The application on the shipped policies."""
    with running(catalogue_url) as client:
        yield client


@pytest.fixture
def administered(database_url: str) -> Iterator[Client]:
    """The application, open to administration, on a database that holds the national document alone."""
    publish(database_url, national())
    # Polling is out of the question within a test: only the notification can bring the news.
    with running(database_url, poll_seconds=600, administered=True) as client:
        yield client


@pytest.fixture
def balances(client: Client) -> Callable[..., Answer]:
    """Asks for balances and gives the answer, which must be one."""

    def ask(question: dict[str, Any], **changes: Any) -> Answer:
        response = client.post("/v1/simulations/balances", json={**question, **changes})
        assert response.status_code == 200, response.text
        answer: Answer = response.json()
        return answer

    return ask


@pytest.fixture
def credits_of(client: Client) -> Callable[..., Answer]:
    """Asks for credits and gives the answer, which must be one."""

    def ask(question: dict[str, Any], **changes: Any) -> Answer:
        response = client.post("/v1/simulations/credits", json={**question, **changes})
        assert response.status_code == 200, response.text
        answer: Answer = response.json()
        return answer

    return ask


@pytest.fixture
def li(client: Client, database_url: str) -> Officer:
    """Who writes policies, by the application of the test's own database."""
    return officer(client, database_url, "li")


@pytest.fixture
def wang(client: Client, database_url: str) -> Officer:
    """Who publishes what Li writes, and reads the audit."""
    return officer(client, database_url, "wang")
