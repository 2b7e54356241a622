"""One transaction on Postgres, and what of the driver's errors means that Postgres is away."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.core.errors import NotPermitted, StoreAway
from service.store import away

# Beside what says that Postgres cannot be reached: what another time, or an operator, may mend.
_HELD_UP = (
    "25P03",  # idle in a transaction for too long
    "25P04",  # a transaction that took too long
    "40",  # deadlock, serialization failure
    "42703",  # no such column: the schema is older than the service
    "42P01",  # no such table
    "55P03",  # a lock was not to be had in time
    "57014",  # cancelled, or a statement that took too long
    "58",  # system error
)
# What an operator has to mend first.
_NOT_PERMITTED = (
    "28",  # not let in
    "3D",  # no such database
    "42501",  # not permitted for this role
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
def told_away(*, logged: bool = True) -> Iterator[None]:
    """Has every error that means that Postgres is away, or shut to us, raised as StoreAway."""
    try:
        yield
    except away.ERRORS as error:
        found = _away(error)
        if found is None:
            raise
        if logged:
            why = "not permitted" if isinstance(found, NotPermitted) else "Postgres is away"
            log.warning("not done, %s: %s", why, found)
        raise found from error


def _away(error: BaseException) -> StoreAway | None:
    """What the error means, unless it is one of the statement itself."""
    found = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(found, "sqlstate", None) or ""
    if away.is_away(error) or state.startswith(_HELD_UP):
        return StoreAway(away.said(error))
    return NotPermitted(away.said(error)) if state.startswith(_NOT_PERMITTED) else None
