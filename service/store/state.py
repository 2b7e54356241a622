"""The state folder: held by one process at a time, owned by an account that PostgreSQL agrees to run as."""

import fcntl
import os
import pwd
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pwd import struct_passwd

_SOCKET_PATH_MOST = 100  # the kernel allows 107 bytes (103 on macOS), file name included


class EmbeddedError(RuntimeError):
    """The embedded Postgres cannot be had; the message is one line for the operator."""


class StateInUse(EmbeddedError):
    """Another process runs its Postgres on the same state folder; `url` is where it answers."""

    def __init__(self, folder: Path, holder: str, url: str | None) -> None:
        super().__init__(f"STATE_DIR {folder} is in use: process {holder} runs its Postgres on it")
        self.url = url


@dataclass(frozen=True, slots=True)
class State:
    """A state folder that this process holds."""

    folder: Path
    account: struct_passwd | None  # whom PostgreSQL runs as; None: as ourselves
    lock: int  # the open lock file; it tells others who holds it

    def announce(self, url: str) -> None:
        """Tells who else comes to the folder where our Postgres answers."""
        os.pwrite(self.lock, f"{os.getpid()}\n{url}\n".encode(), 0)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def make_own(self, folder: Path) -> None:
        """Makes a folder that only the account may enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)


@contextmanager
def claimed(folder: Path) -> Iterator[State]:
    """The folder, made if need be, under a lock that even a killed process gives back."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.resolve()
        account = _account(state) if os.geteuid() == 0 else None
        if account is not None:
            _let_in(state, account)
        lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EmbeddedError(f"STATE_DIR {folder} cannot be used: {error.strerror}") from error
    try:
        _lock(lock, state)
        yield State(state, account, lock)
    finally:
        os.close(lock)


def _let_in(folder: Path, account: struct_passwd) -> None:
    """Makes sure that the account may pass; only the state folder itself is changed for that."""
    if (folder / "data").exists() or not any(folder.iterdir()):
        folder.chmod(0o711)
    blocking = closed_to(folder, account)
    if blocking is not None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and {blocking} is closed to the account {account.pw_name}: "
            "set STATE_DIR to a folder outside it"
        )


def _account(folder: Path) -> struct_passwd:
    """Whom to run as when we are root, which PostgreSQL refuses to be."""
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    if (folder / "data").exists():
        owner = (folder / "data").stat().st_uid
        found = next((account for account in accounts.values() if account.pw_uid == owner), None)
        if found is None:
            raise EmbeddedError(f"{folder / 'data'} belongs to {owner}, which is no account of this machine")
        return found
    found = accounts.get("postgres") or accounts.get("nobody")
    if found is None:
        raise EmbeddedError("PostgreSQL does not run as root, and there is no account postgres or nobody")
    return found


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder, url, *_ = [*os.read(lock, 1000).decode().split("\n"), "", ""]
        raise StateInUse(folder, holder or "unknown", url or None) from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())


def closed_to(folder: Path, account: struct_passwd) -> Path | None:
    """The first folder on the way, from the root down, that the account may not pass."""
    resolved = folder.resolve()
    steps = [*reversed(resolved.parents), resolved]
    return next((step for step in steps if not _passes(step, account)), None)


def _passes(folder: Path, account: struct_passwd) -> bool:
    status = folder.stat()
    if status.st_uid == account.pw_uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.pw_gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


@contextmanager
def socket_folder(state: State) -> Iterator[Path]:
    """A folder that only we may enter: the server opens no port, so nobody else on the machine reaches it."""
    folder = state.folder / "socket"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= _SOCKET_PATH_MOST:
        state.make_own(folder)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="postgres-") as short:
        state.make_own(Path(short))
        yield Path(short)
