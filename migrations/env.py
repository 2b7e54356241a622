"""Runs the migrations on an asynchronous engine, one transaction for all, one runner at a time."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text

from service.store import db
from service.store.tables import metadata

RUNNERS = 7_316_100  # the advisory lock of those who migrate
WAIT_FOR_RUNNER = "60s"
WAIT_FOR_TABLE = "4s"  # rather give up than queue behind a long query and block all who come after
STATEMENT = "60s"  # what takes longer does not belong into a migration that services wait for


def offline() -> None:
    """Writes the SQL instead of running it."""
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.execute(f"SET LOCAL lock_timeout = '{WAIT_FOR_TABLE}'")
        context.execute(f"SET LOCAL statement_timeout = '{STATEMENT}'")
        context.run_migrations()


def online(connection: Connection) -> None:
    """Runs the migrations on a connection."""
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_RUNNER}'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RUNNERS})
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_TABLE}'"))
        connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT}'"))
        context.run_migrations()


async def connect() -> None:
    """Opens a connection of its own, past any pooler, and runs on it."""
    engine = db.direct_engine(context.config.attributes["url"])
    async with engine.connect() as connection:
        await connection.run_sync(online)
    await engine.dispose()


if context.is_offline_mode():
    offline()
else:
    asyncio.run(connect())
