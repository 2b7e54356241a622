"""The command: `python -m service.store.audit verify`, which changes nothing."""

import argparse
import asyncio
import re
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from service import settings
from service.store import db, embedded
from service.store.audit import chain, soundness
from service.store.audit.chain import Head
from service.store.state import EmbeddedError

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 if the audit is sound, 1 with a line for everything that is not."""
    parser = argparse.ArgumentParser(prog="python -m service.store.audit", description="The audit.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="find every row that is not as it was written down")
    verify.add_argument("--head", type=_head, help="SEQ:HASH that an earlier run printed", metavar="SEQ:HASH")
    told = parser.parse_args(arguments)
    try:
        with embedded.database(settings.read(), existing=True) as url:
            return asyncio.run(_verify(url, told.head))
    except (settings.SettingsError, EmbeddedError, OSError) as error:
        print(error, file=sys.stderr)
    except DBAPIError as error:
        print(db.reason(error), file=sys.stderr)
    return 1


def _head(text: str) -> Head:
    found = _HEAD.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("a head is like 12:hash, as an earlier run printed it")
    return Head(int(found[1]), found[2])


async def _verify(url: str, noted: Head | None) -> int:
    engine = db.direct_engine(url).execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    sound = True
    try:
        async with engine.connect() as connection:
            async for finding in soundness.findings(connection, noted):
                sound = False
                print(finding)
            end = await chain.head(connection)
            if not await soundness.sees_drafts(connection):
                print("drafts were not looked at: this role may not read them", file=sys.stderr)
    finally:
        await engine.dispose()
    if sound:
        print(f"sound: {end.seq} rows, head {end.seq}:{end.hash}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
