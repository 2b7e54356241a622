"""The command: `python -m service.store.keys issue`, `list`, `rotate` or `revoke`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from service import settings
from service.core.errors import NotFound
from service.core.lifecycle import Scope
from service.store import db, embedded
from service.store.keys import held, issuing
from service.store.keys.held import Key, KeyRefused
from service.store.keys.issuing import Issued
from service.store.state import EmbeddedError

_HOURS_MOST = 24 * 365
_DAYS_MOST = 36_500
_DENIED = "42501"  # not permitted for this role


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command on the database that the environment names, as the owner of its tables."""
    told = _parser().parse_args(arguments)
    try:
        with embedded.database(settings.read(), existing=True) as url:
            asyncio.run(_run(told, url))
    except (settings.SettingsError, EmbeddedError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
    except NotFound as error:
        print(f"there is no key {error.name}", file=sys.stderr)
    except KeyRefused as error:
        print(f"{told.id} is {error.code.removeprefix('key_')}", file=sys.stderr)
    except DBAPIError as error:
        print(f"{db.reason(error)}{_hint(error)}", file=sys.stderr)
    else:
        return 0
    return 1


def _hint(error: DBAPIError) -> str:
    """Whose address it takes, where it was not that one: the service's own roles make no keys."""
    denied = getattr(error.orig, "sqlstate", None) == _DENIED
    return " (this needs the address of the tables' owner, not one of the service's)" if denied else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service.store.keys", description="API keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    issue = commands.add_parser("issue", help="make a key and print it, this once")
    issue.add_argument("--person", required=True, help="who it acts as; one person has one name")
    scopes = [scope.value for scope in Scope]
    issue.add_argument("--scope", required=True, action="append", choices=scopes, help="what it may do")
    issue.add_argument("--days", type=_whole(1, _DAYS_MOST), help="how long it lasts; for ever by default")
    commands.add_parser("list", help="print what is known of every key")
    rotate = commands.add_parser("rotate", help="make a key of the same person and scopes, and print it")
    rotate.add_argument("id")
    rotate.add_argument("--grace-hours", type=_whole(0, _HOURS_MOST), default=24, help="24 by default")
    commands.add_parser("revoke", help="end a key at once and for ever").add_argument("id")
    return parser


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return int(text)

    return read


async def _run(told: argparse.Namespace, url: str) -> None:
    engine = db.direct_engine(url)
    try:
        async with engine.begin() as connection:
            said = await _do(told, connection)
    finally:
        await engine.dispose()
    # After the commit: a key that was shown is a key that opens something.
    if isinstance(said, Issued):
        print(said.text)
        print(f"key {_line(said.key)}; it is not shown again", file=sys.stderr)
    else:
        for key in said:
            print(_line(key))


async def _do(told: argparse.Namespace, connection: AsyncConnection) -> Issued | list[Key]:
    match told.command:
        case "issue":
            lasting = None if told.days is None else timedelta(days=told.days)
            scopes = [Scope(scope) for scope in told.scope]
            return await issuing.issue(connection, told.person, scopes, lasting=lasting)
        case "rotate":
            grace = timedelta(hours=told.grace_hours)
            return await issuing.rotate(connection, told.id, grace=grace)
        case "revoke":
            return [await issuing.revoke(connection, told.id)]
        case _:
            return list((await held.read_all(connection)).values())


def _line(key: Key) -> str:
    """All of a key that may be shown, in one line."""
    told = [key.id, key.person, *key.scopes, f"issued {_day(key.issued_at)}"]
    if key.revoked_at is not None:
        told.append(f"revoked {_day(key.revoked_at)}")
    elif key.expires_at is not None:
        told.append(
            f"{'expires' if key.expires_at > datetime.now(UTC) else 'expired'} {_day(key.expires_at)}"
        )
    if key.replaced_by is not None:
        told.append(f"replaced by {key.replaced_by}")
    return "  ".join(told)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


if __name__ == "__main__":
    sys.exit(main())
