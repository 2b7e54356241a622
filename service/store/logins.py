"""The two roles under which the service itself logs in to an embedded server; neither owns a table."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import text

from service.store import db

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
    """Where the service reads and where it administers."""

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


def as_role(url: str, role: str) -> str:
    """The URL of the same database for another role, which needs no password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
