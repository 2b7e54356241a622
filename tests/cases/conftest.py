"""The application on the shipped policies and on those that cases bring with them."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest

from service.catalogue import load
from service.store.documents import checked, sha256
from tests.api.asking import Client, running
from tests.cases.reading import cases, files
from tests.conftest import execute, on_database


@pytest.fixture(scope="session")
def cases_client(server_url: str, migrated: str) -> Iterator[Client]:
    """One application a worker: no case changes what is published."""
    name = f"cases_{uuid4().hex}"
    execute(server_url, f"CREATE DATABASE {name} TEMPLATE {migrated}")
    url = on_database(server_url, name)
    brought = {sha256(each): each for path in files() for case in cases(path) for each in case.policies}
    asyncio.run(load.publish(url, [*load.read(), *map(checked, brought.values())]))
    with running(url) as client:
        yield client
    execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")
