"""Ways in which an act is broken off: after any statement, on either side, or during its commit."""

import asyncio
import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

COMMIT = b"COMMIT;"


@contextmanager
def after_statement(engine: AsyncEngine, number: int, strike: Callable[[Any], None]) -> Iterator[list[str]]:
    """Strikes at the connection right after its n-th statement; gives the statements that were made."""
    made: list[str] = []

    def count(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        made.append(statement)
        if len(made) == number:
            strike(connection)

    event.listen(engine.sync_engine, "after_cursor_execute", count)
    try:
        yield made
    finally:
        event.remove(engine.sync_engine, "after_cursor_execute", count)


def kill_backend(url: str) -> Callable[[Any], None]:
    """Has the server end the session of a connection, and waits until it is gone."""

    async def kill(pid: int) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("SELECT pg_terminate_backend($1)", pid)
        ended = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
        while await connection.fetchval(ended, pid):  # noqa: ASYNC110 - what is awaited is Postgres
            await asyncio.sleep(0.002)
        await connection.close()

    def strike(connection: Any) -> None:
        pid = connection.connection.driver_connection.get_server_pid()
        # The event loop stands still between two statements, so the killing has one of its own.
        killer = threading.Thread(target=lambda: asyncio.run(kill(pid)))
        killer.start()
        killer.join()

    return strike


def kill_process(_connection: Any) -> None:
    """Ends this process as a machine that loses its power would."""
    os.kill(os.getpid(), signal.SIGKILL)


@asynccontextmanager
async def commits_unanswered(url: str) -> AsyncIterator[str]:
    """The URL of the same database by a way on which the answer to every commit is lost."""
    parts = make_url(url)
    host = str(parts.query.get("host") or parts.host)
    port = int(str(parts.query.get("port") or parts.port or 5432))

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if host.startswith("/"):
            answers, server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            answers, server = await asyncio.open_connection(host, port)
        committed = asyncio.Event()
        ways = (_there(reader, server, committed), _back(answers, writer, committed))
        await asyncio.gather(*ways)
        for way in (server, writer):
            way.close()
            with contextlib.suppress(OSError):
                await way.wait_closed()

    with tempfile.TemporaryDirectory(prefix="yibao-tests-") as folder:
        path = Path(folder) / ".s.PGSQL.5432"
        async with await asyncio.start_unix_server(carry, path):
            query = {**parts.query, "host": folder, "port": "5432"}
            changed = parts.set(host=None, port=None, query=query)
            yield changed.render_as_string(hide_password=False)


async def _there(
    reader: asyncio.StreamReader, server: asyncio.StreamWriter, committed: asyncio.Event
) -> None:
    """Carries what is asked to the server, and notes when that is a commit."""
    while asked := await reader.read(65536):
        if COMMIT in asked:
            committed.set()
        server.write(asked)
        await server.drain()


async def _back(
    answers: asyncio.StreamReader, writer: asyncio.StreamWriter, committed: asyncio.Event
) -> None:
    """Carries what is answered back, until a commit was: that is done by then, and nobody is told."""
    while answer := await answers.read(65536):
        if committed.is_set():
            break
        writer.write(answer)
        await writer.drain()
    writer.close()
