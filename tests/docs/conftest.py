"""The application on the shipped policies, asked what the pages ask."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.api.asking import Client, running
from tests.conftest import execute, on_database


@pytest.fixture(scope="session")
def client(server_url: str, filled: str) -> Iterator[Client]:
    """One application a worker: no page's request changes anything."""
    name = f"docs_{uuid4().hex}"
    execute(server_url, f"CREATE DATABASE {name} TEMPLATE {filled}")
    with running(on_database(server_url, name)) as client:
        yield client
    execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")
