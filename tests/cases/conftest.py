"""The application on the shipped policies and on those that cases bring with them."""

import asyncio
from collections.abc import Iterator

import pytest

from service.catalogue import load
from service.store.documents import checked, sha256
from tests.api.asking import Client, running
from tests.cases.reading import cases, files
from tests.conftest import database


@pytest.fixture(scope="session")
def cases_client(server_url: str, migrated: str) -> Iterator[Client]:
    """One application a worker: no case changes what is published."""
    brought = {sha256(each): each for path in files() for case in cases(path) for each in case.policies}
    with database(server_url, migrated) as url:
        asyncio.run(load.publish(url, [*load.read(), *map(checked, brought.values())]))
        with running(url) as client:
            yield client
