"""The command that writes the contract: `python -m service.api.openapi`, with `--check` to compare only."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from service.api.app import create_app

FILE = Path(__file__).parents[2] / "openapi" / "v1.json"
_NOWHERE = "postgresql://nowhere.invalid/none"  # the contract is made without a database


def written() -> str:
    """The contract as the file holds it."""
    contract = create_app(_NOWHERE).openapi()
    return json.dumps(contract, ensure_ascii=False, indent=2) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the file, or fails if it is not what the code says."""
    parser = argparse.ArgumentParser(
        prog="python -m service.api.openapi", description="Writes openapi/v1.json."
    )
    parser.add_argument("--check", action="store_true", help="only compare")
    contract = written()
    if parser.parse_args(arguments).check:
        same = FILE.exists() and FILE.read_text("utf-8") == contract
        if not same:
            print(
                f"{FILE.name} is not what the code says: run python -m service.api.openapi", file=sys.stderr
            )
        return 0 if same else 1
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(contract, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
