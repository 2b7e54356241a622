"""Engines on Postgres, and the command that moves its schema: `python -m service.store.db upgrade`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import alembic.command
import alembic.util
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from service import settings
from service.store import embedded
from service.store.state import EmbeddedError

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"
_CONNECT_SECONDS = 5
_COMMAND_SECONDS = 30
_NO_TABLE = "42P01"


def engine(url: str, *, pooled: bool = False, pool_size: int = 5) -> AsyncEngine:
    """An engine for requests; `pooled` says that a transaction pooler stands before the server."""
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args=_arguments(url)
        | {"command_timeout": _COMMAND_SECONDS}
        | (_no_statement_cache() if pooled else {}),
        hide_parameters=True,  # an error that is logged tells its statement, not what was stored with it
        pool_pre_ping=True,  # a server that was restarted costs one ping, not one failed request
        pool_size=pool_size,
    )


def direct_engine(url: str) -> AsyncEngine:
    """An engine whose connections are its users' own: for LISTEN, migrations and commands."""
    return create_async_engine(
        "postgresql+asyncpg://", connect_args=_arguments(url), hide_parameters=True, poolclass=NullPool
    )


def _arguments(url: str) -> dict[str, Any]:
    # The URL goes to asyncpg whole: it knows sslmode, several hosts and sockets, as libpq does.
    return {
        "dsn": url,
        "timeout": _CONNECT_SECONDS,
        "server_settings": {"application_name": settings.APP},
    }


def _no_statement_cache() -> dict[str, int]:
    # The next transaction may run on another server connection, which knows no prepared statement.
    return {"statement_cache_size": 0, "prepared_statement_cache_size": 0}


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the schema up to a revision; not from inside a running event loop."""
    alembic.command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Takes the schema back to a revision, `base` being before the first."""
    alembic.command.downgrade(config(url), revision)


def standing(url: str) -> str:
    """At which revision the schema is, in one line; not from inside a running event loop."""
    script = ScriptDirectory.from_config(config(url))
    newest, now = ", ".join(script.get_heads()), ", ".join(asyncio.run(_revisions(url)))
    if now == newest:
        return f"the schema is at revision {now}, the newest"
    return f"the schema is at {f'revision {now}' if now else 'no revision'} (the newest is {newest})"


async def _revisions(url: str) -> tuple[str, ...]:
    made = direct_engine(url)
    try:
        async with made.connect() as connection:
            return await connection.run_sync(
                lambda held: MigrationContext.configure(held).get_current_heads()
            )
    finally:
        await made.dispose()


def config(url: str) -> Config:
    """What Alembic needs to know to work on a database."""
    made = Config(toml_file=_PROJECT)
    made.attributes["url"] = url
    return made


def reason(error: DBAPIError) -> str:
    """What Postgres said, without the statement; for the operator of a command."""
    said = str(getattr(error.orig, "__cause__", None) or error.orig)
    if getattr(error.orig, "sqlstate", None) == _NO_TABLE:
        return f"{said} (nothing was set up in this database: is it the service's?)"
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command on the database that the environment names."""
    parser = argparse.ArgumentParser(prog="python -m service.store.db", description="Moves the schema.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="to a revision").add_argument("revision", nargs="?", default="head")
    commands.add_parser("downgrade", help="back to a revision").add_argument("revision")
    commands.add_parser("current", help="print the revision")
    commands.add_parser("check", help="fail unless the schema is what the tables say")
    told = parser.parse_args(arguments)
    try:
        with embedded.database(settings.read()) as url:
            _run(told, url)
    except (settings.SettingsError, EmbeddedError, alembic.util.CommandError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except DBAPIError as error:
        print(reason(error), file=sys.stderr)
        return 1
    return 0


def _run(told: argparse.Namespace, url: str) -> None:
    match told.command:
        case "upgrade":
            upgrade(url, told.revision)
            print(standing(url))
        case "downgrade":
            downgrade(url, told.revision)
            print(standing(url))
        case "current":
            alembic.command.current(config(url))
        case _:
            alembic.command.check(config(url))


if __name__ == "__main__":
    sys.exit(main())
