"""Whether an error says that Postgres is away, and nothing of what was asked of it."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

ERRORS = (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Every kind of error by which that may be said; what is asked of Postgres raises no other OSError."""

# Classes of SQLSTATE: the connection, resources (too many connections), the operator (shut down, starting).
_CLASSES = ("08", "53", "57P")
_READ_ONLY = "25006"  # a standby answers: the one to write to is being replaced


def is_away(error: BaseException) -> bool:
    """Whether trying again later may help."""
    if isinstance(error, (PoolTimeout, OSError)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    found = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(found, "sqlstate", None) or ""
    return state.startswith(_CLASSES) or state == _READ_ONLY


def said(error: BaseException) -> str:
    """The error in one line, without the statement and its values."""
    found = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(found).__name__}: {found}".partition("\n")[0]
