"""A migrated Postgres for every test that asks for one: one server a worker, one database a test."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from service.catalogue import load
from service.store import db, embedded

# Nothing here outlives the run, so nothing need survive a crash.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def on_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def execute(url: str, *statements: str) -> None:
    """Runs statements, each in a transaction of its own."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A server: the one that TEST_DATABASE_URL names, or an embedded one for this worker."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Not pytest's own folder: it is closed to the account that Postgres runs as when we are root.
    with (
        tempfile.TemporaryDirectory(prefix="yibao-tests-") as folder,
        embedded.running(Path(folder), options=FORGETFUL) as url,
    ):
        yield url


@pytest.fixture
def fresh_server() -> Iterator[str]:
    """A server of the test's own, on which nobody has ever migrated: roles belong to a whole server."""
    with (
        tempfile.TemporaryDirectory(prefix="yibao-tests-") as folder,
        embedded.running(Path(folder), options=FORGETFUL) as url,
    ):
        yield url


@contextmanager
def database(server_url: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database on a server, made like another one; it goes when the block ends."""
    name = f"test_{uuid4().hex}"
    execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield on_database(server_url, name)
    finally:
        execute(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def name_of(url: str) -> str:
    """The database that an address names."""
    return urlsplit(url).path.removeprefix("/")


@pytest.fixture(scope="session")
def migrated(server_url: str) -> Iterator[str]:
    """The name of a migrated database from which the others are cloned."""
    with database(server_url) as url:
        db.upgrade(url)
        yield name_of(url)


@pytest.fixture(scope="session")
def filled(server_url: str, migrated: str) -> Iterator[str]:
    """The name of a migrated database that holds the shipped catalogue."""
    with database(server_url, migrated) as url:
        asyncio.run(load.publish(url, load.read()))
        yield name_of(url)


@pytest.fixture
def database_url(server_url: str, migrated: str) -> Iterator[str]:
    """A migrated, empty database of the test's own."""
    with database(server_url, migrated) as url:
        yield url


@pytest.fixture
def catalogue_url(server_url: str, filled: str) -> Iterator[str]:
    """A database of the test's own in which the shipped catalogue is published."""
    with database(server_url, filled) as url:
        yield url
