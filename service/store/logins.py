"""The roles under which the service logs in: the two of an embedded server, and what a login may do."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import db

# What every act of administration writes, or nearly; the owner of the tables may do it too.
_ADMINISTERS = """
SELECT bool_and(has_table_privilege(written, 'INSERT'))
FROM unnest(ARRAY['policy', 'draft', 'audit']) AS written
"""

# Without passwords: the embedded server is reached by a socket in a folder that only its owner may enter.
_MAKE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}') THEN
        CREATE ROLE {login} LOGIN;
    END IF;
END
$$
"""


@dataclass(frozen=True, slots=True)
class Logins:
    """Where the service reads and where it administers, neither as the owner of a table."""

    reading: str
    administering: str


async def make(url: str) -> Logins:
    """Makes the login roles on a migrated embedded server, once, and gives the URLs of both."""
    engine = db.direct_engine(url)
    try:
        async with engine.begin() as connection:
            for login, role in (
                ("yibao_reading", "yibao_reader"),
                ("yibao_administering", "yibao_administrator"),
            ):
                await connection.execute(text(_MAKE.format(login=login)))
                await connection.execute(text(f"GRANT {role} TO {login}"))
    finally:
        await engine.dispose()
    return Logins(as_role(url, "yibao_reading"), as_role(url, "yibao_administering"))


async def may_administer(connection: AsyncConnection) -> bool:
    """Whether the role of the connection may write what acts write."""
    found: bool = (await connection.execute(text(_ADMINISTERS))).scalar_one()
    return found


def as_role(url: str, role: str) -> str:
    """The URL of the same database for another role, which needs no password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
