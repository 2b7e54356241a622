"""A service that nobody may administer says so at its start, and the first key opens it."""

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from service.api.app import Access, why_closed
from service.core.lifecycle import Scope
from service.settings import Oidc
from service.store import db, embedded, keys, logins
from tests.api.asking import running
from tests.api.identity import AUDIENCE
from tests.conftest import FORGETFUL, execute

ROOT = Path(__file__).parents[2]
NOWHERE = "postgresql://nobody@127.0.0.1:9/none"


@pytest.fixture
def folder() -> Iterator[str]:
    """A state folder; not pytest's own, which is closed to the account that Postgres runs as under root."""
    with tempfile.TemporaryDirectory(prefix="yibao-opening-") as name:
        yield name


def environ(folder: str, **settings: str) -> Mapping[str, str]:
    """An environment in which nothing else is said of databases."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PG"))}
    return kept | {"STATE_DIR": folder, "PORT": "0", "HOST": "127.0.0.1", **settings}


def command(folder: str, *arguments: str) -> str:
    """What a command on the same state folder prints."""
    run = subprocess.run(
        [sys.executable, "-m", "service.store.keys", *arguments],
        cwd=ROOT,
        env=environ(folder),
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return run.stdout


def answered(address: str, key: str) -> httpx.Response:
    """What is answered under a key; a worker that has only begun is waited for."""
    deadline = time.monotonic() + 120
    while True:
        try:
            return httpx.get(address, headers={"x-api-key": key}, timeout=30)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_the_first_key_opens_a_running_service_that_said_how_to_issue_one(
    folder: str, tmp_path: Path
) -> None:
    errors = tmp_path / "said"
    with (
        errors.open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "service.main"],
            cwd=ROOT,
            env=environ(folder, SIMULATIONS="closed", WORKERS="2"),
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            audit = f"{found[0]}/v1/audit?act=issue_key"
            closed = answered(audit, f"ybk_{'0' * 16}_{'0' * 64}")
            assert (closed.status_code, closed.json()["code"]) == (403, "administration_closed")
            told = errors.read_text()
            assert told.count("administration is closed") == 1
            assert "python -m service.store.keys issue" in told
            assert told.count("simulations are closed") == 1
            printed = command(folder, "issue", "--person", "li", "--scope", "audit:read")
            key = re.search(r"ybk_[0-9a-f]{16}_[0-9a-f]{64}", printed)
            assert key is not None
            opened = answered(audit, key[0])
            assert opened.status_code == 200
            assert [item["details"]["person"] for item in opened.json()["items"]] == ["li"]
            asked = answered(f"{found[0]}/v1/retirement", key[0])
            assert asked.json()["code"] in {"scope_missing", "key_unknown"}  # as soon as it is heard of
            for secret in (key[0], key[0].rpartition("_")[2]):
                assert secret not in errors.read_text() + opened.text + command(folder, "list")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


async def test_why_administration_is_closed_is_said(database_url: str) -> None:
    oidc = Oidc("https://id.example", AUDIENCE)
    assert "DATABASE_ADMIN_URL" in str(await why_closed(Access(oidc=oidc)))
    unopened = str(await why_closed(Access(admin_url=database_url)))
    assert "keys issue --person NAME --scope policy:draft" in unopened
    assert "--person ANOTHER --scope policy:publish" in unopened  # one person alone publishes nothing
    assert "Postgres is away" in str(await why_closed(Access(admin_url=NOWHERE)))
    assert await why_closed(Access(admin_url=database_url, oidc=oidc)) is None


@pytest.fixture
def reader_url(database_url: str) -> Iterator[str]:
    """The address of somebody who may only read; a name of its own, for roles belong to the whole server."""
    mark = uuid4().hex[:12]
    name = f"yibao_reader_{mark}"
    execute(database_url, f"CREATE ROLE {name} LOGIN PASSWORD '{mark}' IN ROLE yibao_reader")
    yield logins.as_role(database_url, f"{name}:{mark}")
    execute(database_url, f"DROP ROLE {name}")


@pytest.fixture
def asking_for_passwords() -> Iterator[str]:
    """The address of a server that asks everybody but its owner for a password, as servers do."""
    with (
        tempfile.TemporaryDirectory(prefix="yibao-opening-") as name,
        tempfile.NamedTemporaryFile("w", prefix="yibao-opening-") as rules,
    ):
        rules.write("local all postgres trust\nlocal all all scram-sha-256\n")
        rules.flush()
        Path(rules.name).chmod(0o644)
        with embedded.running(Path(name), options=FORGETFUL | {"hba_file": rules.name}) as url:
            yield url


@pytest.mark.parametrize("oidc", [None, Oidc("https://id.example", AUDIENCE)])
def test_an_address_that_may_only_read_is_told_at_the_start(
    reader_url: str, oidc: Oidc | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="service"):
        told = asyncio.run(why_closed(Access(admin_url=reader_url, oidc=oidc)))
    assert told == "the role of DATABASE_ADMIN_URL may not administer (it is to be in yibao_administrator)"
    assert caplog.records == []  # one line is said of it, and whoever asks says that


@pytest.mark.parametrize("named", ["officer:wr0ng", "officer", "nobody:wr0ng"])
@pytest.mark.parametrize("oidc", [None, Oidc("https://id.example", AUDIENCE)])
def test_an_address_that_cannot_log_in_is_told_at_the_start(
    asking_for_passwords: str, named: str, oidc: Oidc | None, caplog: pytest.LogCaptureFixture
) -> None:
    execute(asking_for_passwords, "CREATE ROLE officer LOGIN PASSWORD 'right'")
    with caplog.at_level(logging.INFO, logger="service"):
        access = Access(admin_url=logins.as_role(asking_for_passwords, named), oidc=oidc)
        told = asyncio.run(why_closed(access))
    assert told == "DATABASE_ADMIN_URL cannot log in (its name, password or database is wrong)"
    assert caplog.records == []


async def issued(url: str) -> str:
    """A key for whoever writes drafts."""
    engine = db.direct_engine(url)
    async with engine.begin() as connection:
        made = await keys.issue(connection, "li", [Scope.DRAFT])
    await engine.dispose()
    return made.text


def test_an_act_that_its_address_may_not_do_is_logged_as_what_it_is(
    database_url: str, reader_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    key = asyncio.run(issued(database_url))
    with (
        caplog.at_level(logging.INFO, logger="service"),
        running(database_url, access=Access(admin_url=reader_url)) as client,
    ):
        draft = {"document": {"area": "110000"}}
        response = client.post("/v1/policies", json=draft, headers={"x-api-key": key})
    assert (response.status_code, response.json()["code"]) == (503, "store_away")
    [told] = [each.message for each in caplog.records if each.name == "service.store.transaction"]
    assert told.startswith("not done, not permitted: ")
    assert "permission denied for table" in told
    assert "away" not in told
