"""A publication that is broken off between any two statements has happened whole or not at all."""

import asyncio
import subprocess
import sys

import asyncpg
import pytest

from service.core.errors import StoreAway
from service.core.lifecycle import NotAllowed, State
from service.store import acts, db
from service.store.drafts import Content, Draft
from service.store.idempotency import Once
from tests.store.acting import AUTHOR, EVERYTHING, Office, as_administrator, fetch, office
from tests.store.breaking import after_statement, commits_unanswered, kill_backend
from tests.store.making import Document, document

SHORTENED = document(until="2026-12-31")


async def following(at: Office) -> Draft:
    """A draft whose publication begins two policies and ends two."""
    await at.published(SHORTENED | {"effective": {"from": "2022-09-01", "to": None}})
    later = await at.published(document(since="2019-01-01", until="2022-08-31"))
    made = await acts.supersede(at.engine, AUTHOR, later, document(since="2027-01-01", monthly="120"))
    content = Content(made.draft.document, follows="110000@2022-09-01")
    return await acts.replace(at.engine, AUTHOR, made.draft.id, [1], content)


async def everything(url: str) -> asyncpg.Record:
    [found] = await fetch(url, EVERYTHING)
    return found


async def next_one(at: Office, number: int) -> None:
    """Somebody else's publication, right after a crash."""
    area = f"{120000 + number}"
    assert await at.published(document(area)) == f"{area}@2022-09-01"


async def test_whenever_the_server_ends_the_session_all_of_it_or_nothing_is_done(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await following(at)
        number = 0
        while True:
            number += 1
            before = await everything(database_url)
            with after_statement(at.engine, number, kill_backend(database_url)) as made:
                try:
                    await at.publish(draft, shortened=SHORTENED)
                except StoreAway:
                    assert len(made) >= number
                else:
                    break
            assert await everything(database_url) == before
            await next_one(at, number)
        assert number > len(made) > 10  # a session was ended after each of the statements, the last one too
        assert {"110000@2027-01-01", "110000@2022-09-01.2"} < set(await at.open())
        assert await at.findings() == []


# A process that publishes a draft and is killed after a statement; its children do it one after the other.
PUBLISHER = """
import asyncio, os, sys
from tests.store.acting import office
from tests.store.breaking import after_statement, kill_process
from tests.store.test_crashes import SHORTENED

url, draft_id = sys.argv[1:]

async def publish(number):
    async with office(url) as at:
        draft = await at.read(draft_id)
        with after_statement(at.engine, number, kill_process):
            await at.publish(draft, shortened=SHORTENED)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        asyncio.run(publish(int(line)))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


async def test_whenever_the_process_is_killed_all_of_it_or_nothing_is_done(database_url: str) -> None:
    async with office(database_url) as at:
        draft = await following(at)
        with publishing(database_url, draft.id) as publisher:
            number = 0
            while True:
                number += 1
                before = await everything(database_url)
                if await asyncio.to_thread(publish_by, publisher, number) == 0:
                    break
                assert await everything(database_url) == before
                await next_one(at, number)
            assert publisher.stdin is not None
            publisher.stdin.close()
        assert number > 10
        assert (await at.read(draft.id)).state is State.PUBLISHED
        assert await at.findings() == []


def publishing(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def publish_by(publisher: subprocess.Popen[str], number: int) -> int:
    """How a process ended that was to be killed after its n-th statement: 0 if it made fewer."""
    assert publisher.stdin is not None
    assert publisher.stdout is not None
    publisher.stdin.write(f"{number}\n")
    publisher.stdin.flush()
    return int(publisher.stdout.readline())


async def test_a_commit_that_nobody_answers_is_told_as_such_and_is_seen_by_asking_again(
    database_url: str,
) -> None:
    async with office(database_url) as at:
        draft = await at.draft(document())
        async with commits_unanswered(database_url) as way, office(way) as unanswered:
            with pytest.raises(StoreAway):
                await unanswered.publish(draft)
        assert await at.open() == ["110000@2022-09-01"]
        with pytest.raises(NotAllowed) as published:
            await at.publish(draft)
        assert published.value.state is State.PUBLISHED
        assert await at.findings() == []


async def test_a_draft_whose_making_nobody_answered_is_found_by_its_key(database_url: str) -> None:
    once = Once.of("key-1", "/v1/policies", b"{}")
    content = Content(document())
    async with office(database_url) as at:
        async with commits_unanswered(database_url) as way, office(way) as unanswered:
            with pytest.raises(StoreAway):
                await acts.create(unanswered.engine, AUTHOR, content, once)
        [row] = await fetch(database_url, "SELECT id FROM draft")
        again = await acts.create(at.engine, AUTHOR, content, once)
        assert (again.draft.id, again.replayed) == (row["id"], True)
        assert await at.deeds() == [(AUTHOR, "create", row["id"])]


@pytest.mark.parametrize("changed", [document(monthly="120"), document(since="2022-07-01")])
async def test_a_withdrawal_that_is_broken_off_has_not_happened(database_url: str, changed: Document) -> None:
    async with office(database_url) as at:
        first = await at.published(document())
        second = await at.corrected(first, changed)
        number = 0
        while True:
            number += 1
            before = await everything(database_url)
            with after_statement(at.engine, number, kill_backend(database_url)):
                try:
                    await at.withdraw(second)
                except StoreAway:
                    assert await everything(database_url) == before
                else:
                    break
        assert number > 10
        assert len(await at.open()) == 1
        assert await at.findings() == []


async def test_a_pool_whose_sessions_were_all_ended_does_the_next_act(database_url: str) -> None:
    engine = db.engine(as_administrator(database_url), pool_size=2)
    at = Office(engine)
    await at.published(document())
    await fetch(
        database_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert await at.published(document("120000")) == "120000@2022-09-01"
    await engine.dispose()
