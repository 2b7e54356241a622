"""The snapshot: follows what is published, and stays when Postgres goes."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest

from service.core.errors import NotReady
from service.core.lifecycle import Scope, State
from service.store import db, embedded, keys
from service.store.snapshot import following
from tests.conftest import FORGETFUL, execute
from tests.store.acting import APPROVER, AUTHOR, office
from tests.store.making import document, national, publish_in

NEVER = 3600.0  # a poll so rare that only a notification can have brought the news
SOON = 60.0  # how long a test waits for what must come before it fails


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 - what is awaited is another server's doing
            await asyncio.sleep(0.005)


class Stoppable:
    """A server of the test's own that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()

    def start(self) -> str:
        return self.stack.enter_context(embedded.running(self.folder, options=FORGETFUL))

    def stop(self) -> None:
        self.stack.close()


@pytest.fixture
def server() -> Iterator[Stoppable]:
    with tempfile.TemporaryDirectory(prefix="yibao-tests-") as folder:
        stoppable = Stoppable(Path(folder))
        yield stoppable
        stoppable.stop()


async def test_a_new_policy_is_in_use_because_postgres_tells(database_url: str) -> None:
    await publish_in(database_url, national())
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        assert await snapshots.loaded(within=SOON)
        assert "110000" not in snapshots.current.book().areas
        await publish_in(database_url, document())
        await until(lambda: "110000" in snapshots.current.book().areas)


async def test_who_has_published_need_only_wait_for_the_next_reading(database_url: str) -> None:
    await publish_in(database_url, national())
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        assert await snapshots.loaded(within=SOON)
        for monthly in ("110", "120", "130"):
            await publish_in(database_url, document(monthly=monthly))
            assert await snapshots.caught_up(within=SOON)
            areas = snapshots.current.book().versions.values()
            found = next(each for each in areas if each.policy.area == "110000")
            assert found.document["credits"] == document(monthly=monthly)["credits"]


async def test_a_new_policy_is_in_use_even_if_nobody_tells(database_url: str) -> None:
    await publish_in(database_url, national(), document())
    async with following(database_url, poll_seconds=0.1) as snapshots:
        assert await snapshots.loaded(within=SOON)
        before = snapshots.current
        connection = await asyncpg.connect(database_url)
        await connection.execute(
            "UPDATE policy SET published = tstzrange(lower(published), now()), ended_as = 'withdrawn'"
            " WHERE area = '110000'"
        )
        await connection.close()
        await until(lambda: "110000" not in snapshots.current.book().areas)
        assert "110000" in before.book().areas


async def test_a_correction_is_followed_and_the_past_stays_readable(database_url: str) -> None:
    await publish_in(database_url, national(), document())
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        assert await snapshots.loaded(within=SOON)
        first = snapshots.current
        instant = first.versions["110000@2022-09-01"].published_from
        await publish_in(database_url, document(monthly="110"))
        await until(lambda: "110000@2022-09-01.2" in snapshots.current.book().versions)
        assert snapshots.current.book(instant).id == first.book().id
        assert snapshots.current.book().id != first.book().id


async def test_a_withdrawal_is_followed_though_nothing_takes_its_place(database_url: str) -> None:
    await publish_in(database_url, national())
    async with office(database_url) as at, following(database_url, poll_seconds=NEVER) as snapshots:
        await at.published(document())
        await until(lambda: "110000" in snapshots.current.book().areas)
        kept = snapshots.current.versions["110000@2022-09-01"]
        await at.withdraw(kept.id)
        await until(lambda: "110000" not in snapshots.current.book().areas)
        withdrawn = snapshots.current.versions[kept.id]
        assert (withdrawn.state, withdrawn.author, withdrawn.approver) == (State.WITHDRAWN, AUTHOR, APPROVER)
        assert withdrawn.policy is kept.policy  # known rows are not parsed again
        assert "110000" in snapshots.current.book(kept.published_from).areas


async def test_keys_are_known_as_soon_as_they_are_issued_and_revoked(database_url: str) -> None:
    owner = db.direct_engine(database_url)
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        assert await snapshots.loaded(within=SOON)
        assert snapshots.keys == {}
        async with owner.begin() as connection:
            issued = await keys.issue(connection, AUTHOR, [Scope.SIMULATE])
        await until(lambda: issued.key.id in snapshots.keys)
        assert snapshots.keys[issued.key.id] == issued.key
        unreadable = json.dumps({"area": "120000", "novelty": True})
        async with owner.begin() as connection:  # what this release cannot read keeps no key in use
            await connection.exec_driver_sql(
                "INSERT INTO policy (id, area, effective, published, document, sha256, grade, author)"
                f" VALUES ('120000@unknown', '120000', '(,)', tstzrange(now(), NULL), '{unreadable}',"
                " repeat('c', 64), 'B', 'catalogue')"
            )
            await keys.revoke(connection, issued.key.id)
        await until(lambda: snapshots.keys[issued.key.id].revoked_at is not None)
        await until(lambda: snapshots.trouble is not None)
    await owner.dispose()


async def test_before_anything_was_published_nothing_is_in_force(database_url: str) -> None:
    await publish_in(database_url, national(), document())
    async with following(database_url) as snapshots:
        assert await snapshots.loaded(within=SOON)
        begun = snapshots.current.versions["100000@unknown"].published_from
        assert snapshots.current.book(begun.replace(year=2000)).versions == {}


async def test_without_postgres_the_last_snapshot_stays_and_its_age_grows(server: Stoppable) -> None:
    url = server.start()
    await asyncio.to_thread(db.upgrade, url)
    await publish_in(url, national(), document())
    async with following(url, poll_seconds=0.1) as snapshots:
        assert await snapshots.loaded(within=SOON)
        await until(lambda: snapshots.live)
        server.stop()
        assert not await snapshots.caught_up(within=0.1)
        await until(lambda: not snapshots.live)
        age = snapshots.age
        assert age is not None
        await until(lambda: (snapshots.age or 0) > age + 0.3)
        assert "110000" in snapshots.current.book().areas
        assert snapshots.trouble is not None

        server.start()
        await publish_in(url, document("120000"))
        await until(lambda: "120000" in snapshots.current.book().areas)
        assert snapshots.live
        assert snapshots.trouble is None


async def test_a_session_that_the_server_ends_is_replaced(database_url: str) -> None:
    await publish_in(database_url, national())
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        assert await snapshots.loaded(within=SOON)
        connection = await asyncpg.connect(database_url)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()
        await until(lambda: not snapshots.live)
        await until(lambda: snapshots.live)
        await publish_in(database_url, document())
        await until(lambda: "110000" in snapshots.current.book().areas)


async def test_a_row_that_cannot_be_read_leaves_the_last_snapshot_in_use(database_url: str) -> None:
    await publish_in(database_url, national(), document())
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        assert await snapshots.loaded(within=SOON)
        connection = await asyncpg.connect(database_url)
        await connection.execute(
            "INSERT INTO policy (id, area, effective, published, document, sha256, grade, author)"
            " VALUES ('120000@unknown', '120000', '(,)', tstzrange(now(), NULL), $1, $2, 'B', 'catalogue')",
            json.dumps({"area": "120000", "novelty": True}),
            "c" * 64,
        )
        await connection.execute("NOTIFY policy_published")
        await connection.close()
        await until(lambda: "120000@unknown" in (snapshots.trouble or ""))
        assert snapshots.live
        assert "110000" in snapshots.current.book().areas


async def test_a_schema_that_is_not_migrated_yet_is_waited_for_and_told_in_one_line(
    database_url: str,
) -> None:
    await publish_in(database_url, document())
    await asyncio.to_thread(execute, database_url, "ALTER TABLE api_key RENAME TO to_come")
    async with following(database_url, poll_seconds=NEVER) as snapshots:
        await until(lambda: snapshots.trouble is not None)
        assert str(snapshots.trouble).endswith('relation "api_key" does not exist')
        await asyncio.to_thread(execute, database_url, "ALTER TABLE to_come RENAME TO api_key")
        assert await snapshots.loaded(within=SOON)


async def test_without_a_first_snapshot_there_is_nothing_to_answer_from() -> None:
    async with following("postgresql://postgres@127.0.0.1:1/nowhere") as snapshots:
        assert not await snapshots.loaded(within=0.2)
        assert snapshots.age is None
        with pytest.raises(NotReady):
            _ = snapshots.current
