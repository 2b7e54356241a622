"""The application on the shipped policies, asked what the pages ask."""

from collections.abc import Iterator

import pytest

from tests.api.asking import Client, running
from tests.conftest import database


@pytest.fixture(scope="session")
def client(server_url: str, filled: str) -> Iterator[Client]:
    """One application a worker: no page's request changes anything."""
    with database(server_url, filled) as url, running(url) as client:
        yield client
