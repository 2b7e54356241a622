"""The schema: migrations go up, down and up again, and make what the tables say."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import alembic.command
import asyncpg
import pytest

from service.store import db
from tests.conftest import execute, on_database


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database without a schema."""
    name = f"empty_{uuid4().hex}"
    execute(server_url, f"CREATE DATABASE {name}")
    yield on_database(server_url, name)
    execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def tables(url: str) -> set[str]:
    async def read() -> set[str]:
        connection = await asyncpg.connect(url)
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        await connection.close()
        return {row["tablename"] for row in rows}

    return asyncio.run(read())


def test_migrations_go_up_down_and_up_again(empty_url: str) -> None:
    db.upgrade(empty_url)
    assert "policy" in tables(empty_url)
    db.downgrade(empty_url, "base")
    assert tables(empty_url) == {"alembic_version"}
    db.upgrade(empty_url)
    assert "policy" in tables(empty_url)


def test_migrations_make_what_the_tables_say(empty_url: str) -> None:
    db.upgrade(empty_url)
    alembic.command.check(db.config(empty_url))
