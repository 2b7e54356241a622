"""The real process over TCP: started, ended, killed and started again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # its types are a package of their own
import pytest

from tests.api.questions import specified

ROOT = Path(__file__).parents[2]


class Service:
    """A started service."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        self.address = address

    def family(self) -> list[psutil.Process]:
        """The process and all that it has begun."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def asked(self) -> httpx.Response:
        """The specified question, asked."""
        return httpx.post(f"{self.address}/v1/simulations/balances", json=specified(), timeout=30)


@contextmanager
def started(folder: str, *, ready: bool = True, **settings: str) -> Iterator[Service]:
    """A service on a state folder, started as people start it and in the end gone."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PG"))}
    environ |= {"STATE_DIR": folder, "PORT": "0", "HOST": "127.0.0.1", "WORKERS": "1", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "service.main"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, line
        service = Service(process, found[0])
        if ready:
            until_ready(service.address)
        yield service
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until_ready(address: str) -> None:
    """Waits until /readyz says so; the bound only ends a wait in vain."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(address)


def gone(family: Sequence[psutil.Process]) -> bool:
    """Whether none of the processes is left, within a time that only ends a wait in vain."""
    _, alive = psutil.wait_procs(family, timeout=60)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def folder() -> Iterator[str]:
    """A state folder; not pytest's own, which is closed to the account that Postgres runs as under root."""
    with tempfile.TemporaryDirectory(prefix="yibao-process-") as name:
        yield name


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_service_says_where_it_serves_answers_and_ends_without_a_trace(
    folder: str, ending: signal.Signals
) -> None:
    with started(folder) as service:
        assert service.asked().json()["months"][0]["credit"]["net"] == "107.00"
        family = service.family()
        assert len(family) > 1
        service.process.send_signal(ending)
        assert gone(family)
        assert service.process.wait() == 0


def test_a_killed_service_leaves_no_process_and_a_new_start_loses_nothing(folder: str) -> None:
    with started(folder) as service:
        before = service.asked().content
        first = httpx.get(f"{service.address}/v1/policies/110000@2022-09-01").json()
        family = service.family()
        service.process.kill()
        assert gone(family)
    with started(folder) as service:
        assert service.asked().content == before
        assert httpx.get(f"{service.address}/v1/policies/110000@2022-09-01").json() == first
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_several_workers_serve_and_end_together(folder: str, ending: signal.Signals) -> None:
    with started(folder, WORKERS="2") as service:
        answers = {service.asked().content for _ in range(8)}
        assert len(answers) == 1
        family = service.family()
        assert len(family) > 3
        service.process.send_signal(ending)
        assert gone(family)


def test_workers_that_come_up_after_their_parent_was_killed_end_as_well(folder: str) -> None:
    with started(folder, ready=False, WORKERS="2") as service:
        family = service.family()
        deadline = time.monotonic() + 60
        while (
            len([each for each in family if "spawn_main" in told(each)]) < 2 and time.monotonic() < deadline
        ):
            family = service.family()
        service.process.kill()
        assert gone(family)


def told(process: psutil.Process) -> str:
    """The command line of a process, or nothing if it is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_a_second_service_on_the_same_folder_is_refused_in_one_line(folder: str) -> None:
    with started(folder) as service:
        second = run_in_vain({"STATE_DIR": folder, "PORT": "0"})
        assert second.returncode == 1
        assert folder in second.stderr
        assert "Traceback" not in second.stderr
        assert service.asked().status_code == 200


def test_a_port_in_use_is_refused_in_one_line_before_anything_is_begun(folder: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        second = run_in_vain({"STATE_DIR": folder, "PORT": port})
    assert second.returncode == 1
    assert port in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    assert not any(Path(folder).iterdir())


@pytest.mark.parametrize("settings", [{"PORT": "http"}, {"DATABASE_URL": "mysql://x"}, {"WORKERS": "0"}])
def test_a_bad_setting_is_refused_in_one_line(folder: str, settings: dict[str, str]) -> None:
    refused = run_in_vain({"STATE_DIR": folder, **settings})
    assert refused.returncode == 1
    assert refused.stderr.startswith(next(iter(settings)))
    assert len(refused.stderr.strip().splitlines()) == 1


def run_in_vain(settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """A start that must fail."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "PG"))}
    return subprocess.run(
        [sys.executable, "-m", "service.main"],
        cwd=ROOT,
        env=environ | settings,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_a_named_postgres_is_served_from_and_neither_migrated_nor_filled(
    folder: str, database_url: str
) -> None:
    environ = os.environ | {"DATABASE_URL": database_url, "STATE_DIR": folder, "PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "service.main"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        response = httpx.get(f"{found[0]}/readyz")
        assert response.status_code == 503
        assert json.loads(response.content)["policies"] == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert not any(Path(folder).iterdir())
