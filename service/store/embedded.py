"""An embedded Postgres for a machine without one: data in a state folder, life that of this process."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from service.settings import Settings
from service.store import binaries, tether
from service.store.binaries import Binaries
from service.store.state import EmbeddedError, State, StateInUse, claimed, socket_folder

_STILL_IN_USE = "pre-existing shared memory block"
_LOG_MOST = 1_000_000  # bytes, after which a start begins the log anew


@contextmanager
def running(
    state_dir: Path, *, pg_bin: Path | None = None, options: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A Postgres on the state folder for as long as the block runs; gives its URL.

    The server also ends when this process is killed, or rather when the thread that entered the
    block ends: enter it from the main thread. Raises EmbeddedError, whose kinds are StateInUse
    and NoPostgres.
    """
    with claimed(state_dir) as state, socket_folder(state) as sockets:
        found = binaries.find(pg_bin, state)
        _clear(state.data, sockets)
        _initialise(state, found)
        server = _start(state, found, sockets, options or {})
        try:
            url = f"postgresql://postgres@/postgres?host={quote(str(sockets), safe='')}&port=5432"
            state.announce(url)
            yield url
        finally:
            _stop(server)


@contextmanager
def database(told: Settings, *, existing: bool = False) -> Iterator[str]:
    """The Postgres a command works on: the one it was told, the one running here, or one for the block.

    `existing` is for a command that has nothing to do where no data is yet: it makes none.
    """
    if told.database_direct_url is not None:
        yield told.database_direct_url
        return
    if existing and not (told.state_dir / "data").exists():
        raise EmbeddedError(f"nothing was set up in {told.state_dir}: is it the service's STATE_DIR?")
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running(told.state_dir, pg_bin=told.pg_bin))
        except StateInUse as error:
            if error.url is None:
                raise
            url = error.url
        yield url


def _clear(data: Path, sockets: Path) -> None:
    """Ends a server that outlived its process, and its traces; it can only be ours, for we hold the lock."""
    pid = int(_pid_file(data)[0] or 0)
    for ending in (signal.SIGINT, signal.SIGQUIT):
        if not _serves(pid, data):
            break
        os.kill(pid, ending)
        deadline = time.monotonic() + 30
        while _serves(pid, data) and time.monotonic() < deadline:
            time.sleep(0.02)
    if _serves(pid, data):
        raise EmbeddedError(f"a Postgres left behind (pid {pid}) still runs on {data} and does not end")
    # The id may be another process's by now, or a zombie's, which PostgreSQL would take for a live server.
    for trace in (data / "postmaster.pid", *sockets.iterdir()):
        trace.unlink(missing_ok=True)


def _pid_file(data: Path) -> list[str]:
    """The lines of the file in which a server says its process id (first) and its state (eighth)."""
    try:
        return (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return [""]


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a server on that data; one that ended but was not waited for is not."""
    if pid == 0:
        return False
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return os.fsencode(data) in command.split(b"\0")
    answer = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607 - where ps lies differs
        capture_output=True,
        text=True,
        check=False,
    )
    return str(data) in answer.stdout


def _initialise(state: State, found: Binaries) -> None:
    """Makes the data folder, whole or not at all, or checks that it is of this version."""
    if state.data.exists():
        held = (state.data / "PG_VERSION").read_text().strip()
        if held != str(found.major):
            raise EmbeddedError(
                f"{state.data} was made by PostgreSQL {held}, not {found.major} ({found.folder}): "
                "set PG_BIN or STATE_DIR"
            )
        return
    unfinished = state.folder / "data-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    state.make_own(unfinished)
    initdb = [str(found.folder / "initdb"), "-D", str(unfinished)]
    choices = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    account = state.account
    answer = subprocess.run(
        [*initdb, *choices],
        user=None if account is None else account.pw_uid,
        group=None if account is None else account.pw_gid,
        extra_groups=None if account is None else [],
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise EmbeddedError(f"initdb failed: {answer.stderr.strip()}")
    unfinished.rename(state.data)


def _environment() -> dict[str, str]:
    """Ours, without what would steer PostgreSQL elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _start(
    state: State, found: Binaries, sockets: Path, options: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """A server that answers; tried again while workers of a killed one still hold its memory."""
    said = ""
    for patience in (0.1, 0.2, 0.4, 0.8, 1.6):
        state.log.touch(mode=0o600)
        with state.log.open("ab") as log:
            if log.tell() > _LOG_MOST:
                log.truncate(0)
            began = log.tell()
            server = _launch(state, found, sockets, options, log.fileno())
        if _answers(server, state.data):
            return server
        said = state.log.read_bytes()[began:].decode(errors="replace").strip()
        if _STILL_IN_USE not in said:
            break
        time.sleep(patience)
    raise EmbeddedError(f"Postgres did not start on {state.data}: {said}")


def _launch(
    state: State, found: Binaries, sockets: Path, options: Mapping[str, str], log: int
) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "port": "5432",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "shared_buffers": "32MB",
        **options,
    }
    account = state.account
    become = ["-", "-"] if account is None else [str(account.pw_uid), str(account.pw_gid)]
    tethered = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *become]
    postgres = [str(found.folder / "postgres"), "-D", str(state.data)]
    return subprocess.Popen(
        [*tethered, *postgres, *(f"--{name}={value}" for name, value in settings.items())],
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for us: the server ends after what was asked is answered
    )


def _answers(server: subprocess.Popen[bytes], data: Path) -> bool:
    """Waits until the server says it is ready; False if it ended instead."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        lines = _pid_file(data)
        if lines[0] == str(server.pid) and "".join(lines[7:8]).strip() == "ready":
            return True
        time.sleep(0.01)
    _stop(server)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are ended, everything committed is written."""
    for ending in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(ending)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue
