"""The schema: migrations go up, down and up again, and make what the tables say."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import alembic.command
import asyncpg
import pytest

from service.store import db
from service.store.tables import policy
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


def test_what_the_migrations_do_to_a_table_in_use_is_sound(tmp_path: Path) -> None:
    written = io.StringIO()
    config = db.config("postgresql://nowhere/never-connected")
    config.output_buffer = written
    alembic.command.upgrade(config, "head", sql=True)
    sql = tmp_path / "upgrade.sql"
    sql.write_text(written.getvalue())
    linter = Path(sys.executable).with_name("squawk")
    answer = subprocess.run(
        # The one text field with a size is Alembic's own.
        [linter, "--pg-version=15.0", "--exclude=prefer-text-field", sql],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CREATE TABLE policy" in sql.read_text()
    assert answer.returncode == 0, answer.stdout


def test_those_who_migrate_at_once_take_turns(empty_url: str) -> None:
    runners = [
        subprocess.Popen(
            [sys.executable, "-m", "service.store.db", "upgrade"],
            env={**os.environ, "DATABASE_URL": empty_url},
        )
        for _ in range(3)
    ]
    assert [runner.wait() for runner in runners] == [0, 0, 0]
    assert "policy" in tables(empty_url)


def test_every_constraint_has_the_name_that_the_tables_give_it(empty_url: str) -> None:
    db.upgrade(empty_url)
    query = "SELECT conname FROM pg_constraint WHERE conrelid = 'policy'::regclass AND contype <> 'n'"

    async def read() -> set[str]:
        connection = await asyncpg.connect(empty_url)
        rows = await connection.fetch(query)
        await connection.close()
        return {row["conname"] for row in rows}

    assert asyncio.run(read()) == {str(constraint.name) for constraint in policy.constraints}


def test_migrations_make_what_the_tables_say(empty_url: str) -> None:
    db.upgrade(empty_url)
    alembic.command.check(db.config(empty_url))
