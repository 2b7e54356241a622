"""The schema: migrations go up, down and up again, and make what the tables say."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import alembic.command
import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Table

from service.store import audit, db
from service.store.documents import sha256
from service.store.tables import metadata
from tests.conftest import database, execute, on_database
from tests.store.making import document, national, publish_in


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database without a schema."""
    with database(server_url) as url:
        yield url


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


def test_the_command_says_at_which_revision_the_schema_is_now(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_url)
    [newest] = ScriptDirectory.from_config(db.config(empty_url)).get_heads()
    for arguments, told in (
        (["upgrade", "policies"], f"the schema is at revision policies (the newest is {newest})\n"),
        (["upgrade"], f"the schema is at revision {newest}, the newest\n"),
        (["upgrade"], f"the schema is at revision {newest}, the newest\n"),
        (["downgrade", "base"], f"the schema is at no revision (the newest is {newest})\n"),
    ):
        assert db.main(arguments) == 0
        assert capsys.readouterr().out == told


OLD_ROW = """
INSERT INTO policy (id, area, effective, published, document, sha256, grade, author) VALUES
    ('{id}', '{area}', '(,)', tstzrange('2026-01-02', {end}), '{document}', '{sha256}', 'B', 'catalogue')
"""


def old_row(policy_id: str, end: str = "NULL") -> str:
    """A row as the first migration knew it."""
    content = {"area": policy_id[:6], "effective": {"from": "unknown", "to": None}}
    return OLD_ROW.format(
        id=policy_id, area=policy_id[:6], end=end, document=json.dumps(content), sha256=sha256(content)
    )


def verified(url: str) -> tuple[list[str], list[tuple[str, str]]]:
    """What is found wrong with the audit, and act and subject of each of its entries."""

    async def read() -> tuple[list[str], list[tuple[str, str]]]:
        engine = db.direct_engine(url)
        async with engine.connect() as connection:
            told = [(entry.act, entry.subject) for entry in await audit.read(connection)]
            found = await audit.verify(connection)
        await engine.dispose()
        return found, told

    return asyncio.run(read())


def test_what_was_published_before_there_was_an_audit_is_adopted_and_guarded_as_ever(empty_url: str) -> None:
    db.upgrade(empty_url, "policies")
    execute(empty_url, old_row("110000@unknown", "'2026-03-04'"), old_row("120000@unknown"))
    db.upgrade(empty_url)
    adopted = [("adopt", "110000@unknown"), ("adopt", "120000@unknown")]
    assert verified(empty_url) == ([], adopted)
    with pytest.raises(asyncpg.RestrictViolationError):
        execute(empty_url, "UPDATE policy SET grade = 'A'")
    execute(
        empty_url,
        "SET session_replication_role = replica",
        "UPDATE policy SET published = '[2026-01-02, 2026-03-05)' WHERE id = '110000@unknown'",
    )
    told = "policy 110000@unknown: its published_to is not the one that row 1 of the audit tells of"
    assert verified(empty_url) == ([told], adopted)


def test_published_rows_outlive_going_down_and_up_again(empty_url: str) -> None:
    db.upgrade(empty_url)
    asyncio.run(publish_in(empty_url, national(), document()))
    asyncio.run(publish_in(empty_url, document(monthly="110")))
    db.downgrade(empty_url, "policies")
    assert tables(empty_url) == {"alembic_version", "policy"}
    with pytest.raises(asyncpg.RestrictViolationError):
        execute(empty_url, "DELETE FROM policy")
    db.upgrade(empty_url)
    ids = ["100000@unknown", "110000@2022-09-01", "110000@2022-09-01.2"]
    assert verified(empty_url) == ([], [("adopt", each) for each in ids])
    asyncio.run(publish_in(empty_url, document(monthly="120")))
    assert verified(empty_url)[0] == []


def test_databases_of_one_server_may_be_migrated_at_once(fresh_server: str) -> None:
    """The roles belong to the server: whoever comes second finds them made, or being made."""
    names = [f"one_{number}" for number in range(4)]
    execute(fresh_server, *(f"CREATE DATABASE {name}" for name in names))
    runners = [upgrading(on_database(fresh_server, name)) for name in names]
    assert [runner.wait() for runner in runners] == [0] * 4
    for name in names:
        assert "audit" in tables(on_database(fresh_server, name))


def test_roles_that_were_made_before_are_taken_as_they_are(fresh_server: str) -> None:
    execute(fresh_server, "CREATE ROLE yibao_reader NOLOGIN", "CREATE DATABASE other")
    for url in (fresh_server, on_database(fresh_server, "other")):
        db.upgrade(url)
        db.downgrade(url, "base")
        db.upgrade(url)


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


def upgrading(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "service.store.db", "upgrade"], env={**os.environ, "DATABASE_URL": url}
    )


def test_those_who_migrate_at_once_take_turns(empty_url: str) -> None:
    runners = [upgrading(empty_url) for _ in range(3)]
    assert [runner.wait() for runner in runners] == [0, 0, 0]
    assert "policy" in tables(empty_url)


@pytest.mark.parametrize("table", metadata.tables.values(), ids=metadata.tables.keys())
def test_every_constraint_is_the_one_that_the_tables_name(database_url: str, table: Table) -> None:
    """Alembic compares neither checks nor exclusions."""
    query = "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype <> 'n'"

    async def read() -> set[str]:
        connection = await asyncpg.connect(database_url)
        rows = await connection.fetch(query, table.name)
        await connection.close()
        return {row["conname"] for row in rows}

    assert asyncio.run(read()) == {str(constraint.name) for constraint in table.constraints}


def test_migrations_make_what_the_tables_say(empty_url: str) -> None:
    db.upgrade(empty_url)
    alembic.command.check(db.config(empty_url))
