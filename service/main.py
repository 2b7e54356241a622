"""The process: `python -m service.main` serves, on a Postgres of its own where none is named."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from service import settings
from service.api.app import Access, create_app, why_closed
from service.catalogue import load
from service.settings import Settings
from service.store import db, embedded, logins
from service.store.state import EmbeddedError

_ENDINGS = (signal.SIGINT, signal.SIGTERM)
_GRACE_SECONDS = 10  # in which questions being answered may finish
_WATCH_SECONDS = 0.5
log = logging.getLogger("service.main")  # its name also where it is run as a script
_PARENT = "YIBAO_BALANCE_PARENT"  # the process that began this worker; set by itself, not by people


def main() -> int:
    """Serves until told to end; 0 then, 1 with a line on standard error if it cannot begin."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for ending in _ENDINGS:
        signal.signal(ending, _leave)
    try:
        told = settings.read()
        listening = _listen(told)
        with _database(told):
            _say_what_is_closed(settings.read())
            return _serve(told, listening)
    except (settings.SettingsError, load.UnsoundCatalogue, EmbeddedError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Ends by way of every `finally`, once: a second signal does not interrupt the first."""
    for ending in _ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(0)


def _listen(told: Settings) -> socket.socket:
    """The socket, taken before anything else is begun: a port in use is said at once."""
    family = socket.AF_INET6 if ":" in told.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((told.host, told.port))
    except OSError as error:
        raise OSError(f"HOST {told.host} PORT {told.port} cannot be served on: {error.strerror}") from error
    listening.set_inheritable(True)
    return listening


@contextmanager
def _database(told: Settings) -> Iterator[None]:
    """The named Postgres as it is, or one of our own: migrated, and with the shipped policies published."""
    if told.database_url is not None:
        yield
        return
    with embedded.running(told.state_dir, pg_bin=told.pg_bin) as url:
        db.upgrade(url)
        asyncio.run(load.publish(url, load.read()))
        made = asyncio.run(logins.make(url))
        # Where the application looks, in this process and in workers.
        os.environ |= {"DATABASE_URL": made.reading, "DATABASE_ADMIN_URL": made.administering}
        yield


def _say_what_is_closed(told: Settings) -> None:
    """One line for whatever not everybody may do, and for what nobody may."""
    why = asyncio.run(why_closed(access_of(told)))
    if why is not None:
        log.warning("administration is closed: %s", why)
    if told.simulations_closed:
        log.info("simulations are closed: a question needs a key or a token with the scope simulate")


def _serve(told: Settings, listening: socket.socket) -> int:
    config = uvicorn.Config(
        "service.main:application",
        factory=True,
        workers=told.workers,
        lifespan="on",
        log_level="warning",
        access_log=False,  # it costs half the throughput
        proxy_headers=False,  # nothing answered depends on who asks
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    host, port = listening.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    line = f"Serving on {address} (documentation: {address}/docs)"
    if told.workers > 1:
        os.environ[_PARENT] = str(os.getpid())
        print(line, flush=True)
        Multiprocess(config, [listening]).run()
        return 0
    server = _Server(config, line)
    server.run([listening])
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """A server that says where it serves once it does."""

    def __init__(self, config: uvicorn.Config, line: str) -> None:
        super().__init__(config)
        self.line = line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then says so."""
        await super().startup(sockets)
        if self.started:
            gc.freeze()  # what is loaded by now stays; collections need not look at it again
            print(self.line, flush=True)


def application() -> FastAPI:
    """The application as the environment says; every worker makes its own."""
    told = settings.read()
    if told.database_direct_url is None:
        raise settings.SettingsError("DATABASE_URL names no Postgres")
    if _PARENT in os.environ:
        # Told, not asked for: a worker that comes up late may be an orphan already.
        threading.Thread(target=_end_with, args=(int(os.environ[_PARENT]),), daemon=True).start()
    return create_app(told.database_direct_url, poll_seconds=told.poll_seconds, access=access_of(told))


def access_of(told: Settings) -> Access:
    """Who may do what, as the environment says."""
    return Access(
        admin_url=told.database_admin_url,
        admin_pooled=told.database_pooled,
        oidc=told.oidc,
        simulations_closed=told.simulations_closed,
    )


def _end_with(parent: int) -> None:
    """Ends this worker when the process that began it is gone, however that was killed."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
