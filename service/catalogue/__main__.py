"""The command: `python -m service.catalogue publish` (or `check`, which writes nothing)."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from service import settings
from service.catalogue import load
from service.core.errors import PolicyOverlap
from service.store import embedded
from service.store.documents import Checked
from service.store.shipping import Act
from service.store.state import EmbeddedError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 if all is well, 1 with a line on standard error for everything that is not."""
    parser = argparse.ArgumentParser(prog="python -m service.catalogue", description="The shipped policies.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (("check", "read everything and tell every fault"), ("publish", "check, then publish")):
        command = commands.add_parser(name, help=does)
        command.add_argument("files", nargs="*", type=Path, help="YAML files instead of the shipped ones")
    told = parser.parse_args(arguments)
    try:
        found = load.read(told.files or None)
        return _check(found) if told.command == "check" else _publish(found)
    except (load.UnsoundCatalogue, PolicyOverlap, settings.SettingsError, EmbeddedError, OSError) as error:
        print(error, file=sys.stderr)
    except DBAPIError as error:
        print(f"{error.orig} (a new database needs: python -m service.store.db upgrade)", file=sys.stderr)
    return 1


def _check(found: Sequence[Checked]) -> int:
    print(f"{len(found)} versions of {len({each.policy.area for each in found})} areas are sound")
    return 0


def _publish(found: Sequence[Checked]) -> int:
    with embedded.database(settings.read()) as url:
        outcomes = asyncio.run(load.publish(url, found))
    for outcome in outcomes:
        said = f" in place of {outcome.corrects}" if outcome.corrects else ""
        print(
            f"{outcome.act}: {outcome.id}" if outcome.act is Act.LEFT else f"{outcome.act} {outcome.id}{said}"
        )
    counts = Counter(outcome.act.value for outcome in outcomes)
    print(", ".join(f"{count} {act}" for act, count in sorted(counts.items())) or "nothing to publish")
    return 0


if __name__ == "__main__":
    sys.exit(main())
