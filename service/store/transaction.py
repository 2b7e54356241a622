"""One transaction on Postgres, and what of the driver's errors means that Postgres is away."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.core.errors import StoreAway
from service.store import away

# Beside what says that Postgres cannot be reached: what another time, or an operator, may mend.
_HELD_UP = (
    "25P03",  # idle in a transaction for too long
    "25P04",  # a transaction that took too long
    "28",  # not let in
    "3D",  # no such database
    "40",  # deadlock, serialization failure
    "42501",  # not permitted for this role
    "42703",  # no such column: the schema is older than the service
    "42P01",  # no such table
    "55P03",  # a lock was not to be had in time
    "57014",  # cancelled, or a statement that took too long
    "58",  # system error
)
# An act waits for those before it, but not for ever; and nobody waits for a client that is gone.
LIMITS = {
    "lock_timeout": "10s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "20s",
}

log = logging.getLogger(__name__)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that is committed when the block ends, or undone by whatever is raised in it.

    Raises StoreAway where Postgres cannot be had or was lost. When it was lost during the commit
    nobody can say whether that was done: whoever asks again is told.
    """
    with told_away():
        async with engine.begin() as connection:
            limits = (func.set_config(name, limit, True) for name, limit in LIMITS.items())
            await connection.execute(select(*limits))
            yield connection


@contextmanager
def told_away() -> Iterator[None]:
    """Has every error that means that Postgres is away raised as StoreAway."""
    try:
        yield
    except away.ERRORS as error:
        if not (away.is_away(error) or _held_up(error)):
            raise
        log.warning("not done, Postgres is away: %s", away.said(error))
        raise StoreAway(away.said(error)) from error


def _held_up(error: BaseException) -> bool:
    """Whether Postgres was reached, but could not or would not do it now."""
    found = error.orig if isinstance(error, DBAPIError) else error
    return (getattr(found, "sqlstate", None) or "").startswith(_HELD_UP)
