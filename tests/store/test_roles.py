"""Each kind of work has a role of its own, which may do that and nothing more."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from service.core.lifecycle import Scope
from service.store import acts, audit, db, keys, logins, tables
from service.store.documents import checked
from service.store.drafts import Content
from service.store.idempotency import Once
from service.store.snapshot import following
from tests.conftest import execute, on_database
from tests.store.making import document, national, publish_in

ROOT = Path(__file__).parents[2]
REFUSED = asyncpg.InsufficientPrivilegeError


@dataclass(frozen=True, slots=True)
class Urls:
    """One database, for its owner, and for a login in each of the two roles."""

    owner: str
    reader: str
    administrator: str


def as_login(url: str, login: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{login}:{password}@{parts.netloc.rpartition('@')[2]}"))


@pytest.fixture
def urls(database_url: str) -> Iterator[Urls]:
    """Published policies and a key, and two logins that are members of the roles."""
    asyncio.run(publish_in(database_url, national(), document()))
    asyncio.run(issue(database_url))
    mark = uuid4().hex[:12]
    made = {role: f"{role}_{mark}" for role in ("yibao_reader", "yibao_administrator")}
    execute(
        database_url,
        *(f"CREATE ROLE {login} LOGIN PASSWORD '{mark}' IN ROLE {role}" for role, login in made.items()),
    )
    yield Urls(database_url, *(as_login(database_url, login, mark) for login in made.values()))
    execute(database_url, *(f"DROP ROLE {login}" for login in made.values()))


async def issue(url: str) -> None:
    engine = db.direct_engine(url)
    async with engine.begin() as connection:
        await keys.issue(connection, "Ann", [Scope.DRAFT])
    await engine.dispose()


def rows(url: str, query: str, *given: Any) -> list[tuple[Any, ...]]:
    async def read() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(query, *given)]
        finally:
            await connection.close()

    return asyncio.run(read())


APPROVED = ", repeat('a', 64), 'B', 'ann', 'bo', NULL"
HELD = """
SELECT c.relname, p.privilege, attribute.attname
FROM pg_class AS c
CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS p (privilege)
LEFT JOIN pg_attribute AS attribute ON attribute.attrelid = c.oid AND attribute.attnum > 0
    AND NOT attribute.attisdropped AND p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
    AND NOT has_table_privilege($1, c.oid, p.privilege)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S', 'p') AND (
    has_table_privilege($1, c.oid, p.privilege)
    OR has_column_privilege($1, c.oid, attribute.attnum, p.privilege))
"""


def test_the_reader_may_read_what_it_answers_from_and_proves_and_nothing_else(urls: Urls) -> None:
    assert set(rows(urls.owner, HELD, "yibao_reader")) == {
        (table, "SELECT", None) for table in ("policy", "audit", "audit_head", "api_key")
    }


def test_the_administrator_may_do_what_the_acts_need_and_nothing_else(urls: Urls) -> None:
    read = ("policy", "draft", "audit", "audit_head", "api_key", "idempotency")
    written = {column.name for column in tables.draft.columns} - {"id", "supersedes", "created_at"}
    assert set(rows(urls.owner, HELD, "yibao_administrator")) == {
        *((table, "SELECT", None) for table in read),
        *((table, "INSERT", None) for table in ("policy", "draft", "audit", "idempotency")),
        *(("policy", "UPDATE", column) for column in ("published", "ended_as")),
        *(("draft", "UPDATE", column) for column in written),
        ("idempotency", "DELETE", None),
    }


def test_neither_role_is_anything_more(urls: Urls) -> None:
    powers = "rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls"
    for role in ("yibao_reader", "yibao_administrator"):
        assert rows(urls.owner, f"SELECT {powers} FROM pg_roles WHERE rolname = $1", role) == [(False,) * 6]


async def test_a_reader_answers_and_proves_the_audit(urls: Urls) -> None:
    engine = db.direct_engine(urls.reader)
    async with following(urls.reader, poll_seconds=3600) as snapshots:
        assert await snapshots.loaded(within=30)
        assert set(snapshots.current.versions) == {"100000@unknown", "110000@2022-09-01"}
        # Told by Postgres: the poll is an hour away.
        await publish_in(urls.owner, document("120000"))
        async with asyncio.timeout(30):
            while "120000@2022-09-01" not in snapshots.current.versions:  # noqa: ASYNC110 - told by Postgres
                await asyncio.sleep(0.01)
    async with engine.connect() as connection:
        assert [key.person for key in (await keys.read_all(connection)).values()] == ["Ann"]
        assert await audit.verify(connection) == []
    await engine.dispose()


async def test_an_administrator_can_do_every_act(urls: Urls) -> None:
    engine = db.direct_engine(urls.administrator)
    await publish(engine)
    made = await acts.supersede(engine, "Ann", "120000@2022-09-01")
    await acts.withdraw_draft(engine, "Ann", made.draft.id, "not needed")
    await acts.withdraw_policy(engine, "Bob", "120000@2022-09-01", "a mistake", restore=True)
    async with engine.connect() as connection:
        assert await keys.any_in_use(connection)
        assert await audit.verify(connection) == []
        told = [entry.act for entry in await audit.read(connection, area="120000")]
    assert told == ["create", "replace", "check", "publish", "create", "withdraw", "withdraw"]
    await engine.dispose()


async def publish(engine: AsyncEngine) -> None:
    once = Once.of("k", "/v1/policies", b"{}")
    draft = (await acts.create(engine, "Ann", Content(document("120000")), once)).draft
    assert (await acts.create(engine, "Ann", Content(document("120000")), once)).replayed
    content = Content(document("120000", monthly="120"))
    draft = await acts.replace(engine, "Ann", draft.id, [1], content)
    await acts.check(engine, "Bob", draft, sound=True, faults=0)
    await acts.publish(engine, "Bob", draft, checked(content.document))


WRITES = [
    "INSERT INTO {table} SELECT * FROM {table}",
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table}",
]
COLUMNS = {"policy": "document", "draft": "document", "audit": "actor", "audit_head": "hash"} | {
    "api_key": "scopes",
    "idempotency": "answer",
    "alembic_version": "version_num",
}


@pytest.mark.parametrize("table", COLUMNS)
def test_a_reader_can_write_nothing(urls: Urls, table: str) -> None:
    for write in WRITES:
        with pytest.raises(REFUSED):
            execute(urls.reader, write.format(table=table, column=COLUMNS[table]))


FORBIDDEN = [
    (table, write)
    for table in COLUMNS
    for write in WRITES
    if not (write.startswith("INSERT") and table in {"policy", "draft", "audit", "idempotency"})
    and (table, write.split(" ")[0]) not in {("draft", "UPDATE"), ("idempotency", "DELETE")}
]


@pytest.mark.parametrize(("table", "write"), FORBIDDEN)
def test_an_administrator_can_change_nothing_that_was_published_or_written_down(
    urls: Urls, table: str, write: str
) -> None:
    with pytest.raises(REFUSED):
        execute(urls.administrator, write.format(table=table, column=COLUMNS[table]))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE draft SET supersedes = NULL",
        "UPDATE draft SET id = id",
        "SET session_replication_role = replica",
        "CREATE TABLE audit_of_mine (i int)",
        "CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE sql AS ''",
        "SELECT audit_is_a_chain()",
        "CREATE ROLE yibao_other",
    ],
)
def test_an_administrator_cannot_get_round_that(urls: Urls, statement: str) -> None:
    with pytest.raises((REFUSED, asyncpg.FeatureNotSupportedError)):
        execute(urls.administrator, statement)


def test_an_administrator_cannot_become_the_owner(urls: Urls) -> None:
    [(owner,)] = rows(urls.owner, "SELECT tableowner FROM pg_tables WHERE tablename = 'audit'")
    with pytest.raises(REFUSED):
        execute(urls.administrator, f'SET ROLE "{owner}"')


MOVE_THE_HEAD = (
    "CREATE TEMPORARY TABLE mine (LIKE audit)",
    "CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION public.audit_is_a_chain()",
)


def test_the_head_is_not_moved_by_a_trigger_on_a_table_of_ones_own(urls: Urls) -> None:
    with pytest.raises(REFUSED, match=r"permission denied for function .*audit_is_a_chain"):
        execute(urls.administrator, *MOVE_THE_HEAD)


APPEND = (
    "INSERT INTO public.audit SELECT seq + 1, now(), 'Ann', 'create', 'draft-0', NULL, '{}', hash,"
    " public.audit_hash(seq + 1, now(), 'Ann', 'create', 'draft-0', NULL, '{}', hash) FROM public.audit_head"
)


def test_what_lies_in_a_schema_of_ones_own_leads_the_chain_nowhere(urls: Urls) -> None:
    """The trigger has its owner's rights: which tables it meets must not be the caller's choice."""
    execute(
        urls.administrator,
        "CREATE TEMPORARY TABLE audit_head AS SELECT * FROM public.audit_head",
        "CREATE TEMPORARY TABLE audit AS SELECT * FROM public.audit",
        "SET search_path = pg_temp, public",
        APPEND,
    )
    assert rows(urls.owner, "SELECT h.seq, h.hash = a.hash FROM audit_head h JOIN audit a USING (seq)") == [
        (4, True)
    ]


PAST = "INSERT INTO policy SELECT '130000@unknown', '130000', '(,)', {published}, '{{\"area\": \"130000\"}}'"


@pytest.mark.parametrize(
    "published",
    [
        "tstzrange(now() - interval '1 day', NULL)",
        "tstzrange(now() + interval '1 day', NULL)",
        "tstzrange('infinity', NULL)",
        "tstzrange(now(), now() + interval '1 day')",
        "'(,)'",
    ],
)
def test_nobody_publishes_at_another_time_or_for_a_while(urls: Urls, published: str) -> None:
    for url in (urls.administrator, urls.owner):
        with pytest.raises(asyncpg.RestrictViolationError, match="published now"):
            execute(url, PAST.format(published=published) + APPROVED)
    execute(urls.administrator, PAST.format(published="tstzrange(now(), NULL)") + APPROVED)


def test_only_the_owner_publishes_what_nobody_has_approved(urls: Urls) -> None:
    shipped = (
        PAST.format(published="tstzrange(now(), NULL)") + ", repeat('a', 64), 'B', 'catalogue', NULL, NULL"
    )
    with pytest.raises(asyncpg.RestrictViolationError, match="needs an approver"):
        execute(urls.administrator, shipped)
    execute(urls.owner, shipped)


@pytest.mark.parametrize(
    "end",
    [
        "now() - interval '1 minute'",
        "lower(published) + interval '1us'",
        "now() + interval '1 day'",
        "'infinity'",
    ],
)
def test_nobody_ends_a_publication_at_another_time(urls: Urls, end: str) -> None:
    change = f"UPDATE policy SET published = tstzrange(lower(published), {end}), ended_as = 'withdrawn'"
    for url in (urls.administrator, urls.owner):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.DataError)):
            execute(url, change)


PRETENCE = (
    "CREATE FUNCTION mine.{name}(tstzrange) RETURNS timestamptz LANGUAGE sql RETURN 'infinity'::timestamptz"
)
INTO_THE_PAST = PAST.replace("policy", "public.policy").format(published="tstzrange('2001-01-01', NULL)")
END_IN_THE_PAST = (
    "UPDATE public.policy SET ended_as = 'withdrawn', published ="
    " tstzrange(pg_catalog.lower(published), pg_catalog.lower(published) + interval '1us')"
)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("lower", f"{INTO_THE_PAST}, repeat('a', 64), 'B', 'catalogue', NULL, NULL"),
        ("upper", END_IN_THE_PAST),
    ],
)
def test_what_lies_in_another_schema_opens_no_guard(urls: Urls, name: str, write: str) -> None:
    """Who may create in some schema of the database must not thereby say what an operator means."""
    execute(
        urls.owner,
        "CREATE SCHEMA mine",
        PRETENCE.format(name=name),
        "GRANT USAGE ON SCHEMA mine TO PUBLIC",
    )
    with pytest.raises(asyncpg.RestrictViolationError):
        execute(urls.administrator, "SET search_path = mine, public, pg_catalog", write)


FINISHED = (
    "INSERT INTO draft SELECT 'draft-' || repeat('a', 32), state, version, area, document, sha256,"
    " '{Zoe}', supersedes, follows, created_at, changed_at, published_as FROM draft"
)


async def test_what_has_become_of_a_draft_is_not_rewritten(urls: Urls) -> None:
    engine = db.direct_engine(urls.administrator)
    await publish(engine)
    await engine.dispose()
    for statement in (
        "UPDATE draft SET authors = '{Zoe}'",
        "UPDATE draft SET began = '{}', ended = '{100000@unknown}'",
        "UPDATE draft SET state = 'draft', published_as = NULL",
        FINISHED,
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="a draft becomes something once"):
            await asyncio.to_thread(execute, urls.administrator, statement)


def test_the_superuser_too_is_stopped_by_the_triggers(urls: Urls) -> None:
    for statement in (
        "UPDATE policy SET document = document || '{\"note\": null}'",
        "DELETE FROM policy",
        "TRUNCATE policy CASCADE",
        "UPDATE audit SET actor = 'Eve'",
        "DELETE FROM audit",
        "TRUNCATE audit",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            execute(urls.owner, statement)


def command(module: str, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_who_only_reads_or_administers_cannot_make_keys_and_is_told_in_one_line_who_can(urls: Urls) -> None:
    for url in (urls.administrator, urls.reader):
        answer = command("service.store.keys", url, "issue", "--person", "Eve", "--scope", "policy:publish")
        assert (answer.returncode, answer.stdout) == (1, "")
        assert re.fullmatch(
            r"permission denied for table \w+ "
            r"\(this needs the address of the tables' owner, not one of the service's\)\n",
            answer.stderr,
        )


def statements(block: str) -> list[str]:
    """The statements of a block of SQL, each for itself."""
    lines = [line for line in block.splitlines() if line.strip() and not line.strip().startswith("--")]
    return [each.strip() for each in " ".join(lines).split(";") if each.strip()]


def test_who_may_not_create_roles_is_told_what_somebody_else_has_to_run(fresh_server: str) -> None:
    execute(fresh_server, "CREATE ROLE plain LOGIN", "CREATE DATABASE plain OWNER plain")
    plain = logins.as_role(on_database(fresh_server, "plain"), "plain")
    refused = command("service.store.db", plain, "upgrade")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.startswith("plain may not create roles; a database administrator has to run first: CREATE")
    assert rows(plain, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    execute(fresh_server, *statements(line.partition("first: ")[2]))
    assert command("service.store.db", plain, "upgrade").returncode == 0


def test_what_the_operators_guide_has_a_database_administrator_run_is_enough(fresh_server: str) -> None:
    [block] = re.findall(r"```sql\n(.*?)```", (ROOT / "k8s/README.md").read_text(), re.DOTALL)
    execute(fresh_server, *statements(block))
    made = on_database(fresh_server, "yibao")
    migrating, administering, reading = (
        logins.as_role(made, f"yibao_{work}") for work in ("migrating", "administering", "reading")
    )
    assert command("service.store.db", migrating, "upgrade").returncode == 0
    asyncio.run(publish_in(migrating, national(), document()))
    asyncio.run(issue(migrating))
    asyncio.run(publish(db.direct_engine(administering)))
    for url, blind in ((reading, True), (administering, False), (migrating, False)):
        done = command("service.store.audit", url, "verify")
        assert done.stdout.startswith("sound: 7 rows, head 7:")
        assert ("drafts were not looked at" in done.stderr) is blind
    for url, statement in ((reading, "DELETE FROM draft"), (administering, "DELETE FROM audit")):
        with pytest.raises(REFUSED):
            execute(url, statement)


def test_the_embedded_server_has_a_login_for_each_role_however_often_it_starts(fresh_server: str) -> None:
    db.upgrade(fresh_server)
    made = asyncio.run(logins.make(fresh_server))
    assert asyncio.run(logins.make(fresh_server)) == made
    for url, role in ((made.reading, "yibao_reader"), (made.administering, "yibao_administrator")):
        query = "SELECT current_user <> 'postgres', pg_has_role(current_user, $1, 'USAGE'), rolsuper"
        of_ours = f"{query} FROM pg_roles WHERE rolname = current_user"
        assert rows(url, of_ours, role) == [(True, True, False)]
    asyncio.run(publish(db.direct_engine(made.administering)))
    with pytest.raises(REFUSED):
        execute(made.reading, "DELETE FROM policy")
