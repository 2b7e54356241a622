"""Runs the commands of a guide in one shell, as a reader would, and tells what each block printed."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.reading import ROOT, Block, blocks, differences, text_of

_SHOWN = "http://127.0.0.1:8000"
_WHAT_CHANGES = (
    (r"draft-[0-9a-f]{32}", "draft-…"),
    (r"ybk_[0-9a-f_]+", "ybk_…"),
    (r"\b[0-9a-f]{64}\b", "<hash>"),
    (r"\b[0-9a-f]{16}\b", "<key>"),
    (r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]{5})", "<instant>"),
    (r"\b[0-9]+ rows, head [0-9]+:", "<n> rows, head <n>:"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A block of commands, and the block that shows what they print; none where they print nothing."""

    commands: str
    shown: Block | None


def steps(page: Path) -> list[Step]:
    """The steps of a guide, in order."""
    found: list[Step] = []
    for block in blocks(text_of(page)):
        if block.language == "sh":
            found.append(Step(block.text, None))
        elif block.language in ("text", "json"):
            assert found, block.text
            assert found[-1].shown is None, block.text
            found[-1] = Step(found[-1].commands, block)
    return found


def printed(walk: list[Step], address: str, folder: Path, **environ: str) -> list[str]:
    """What each step prints to its standard output, on the service at an address."""
    script = ["set -euo pipefail"]
    script += [f"{{\n{step.commands}}} > {folder}/{place}.out" for place, step in enumerate(walk)]
    text = "\n".join(script).replace(_SHOWN, address).replace(".venv/bin/python", sys.executable)
    ran = subprocess.run(
        ["bash"],
        input=re.sub(r"\bpython3\b", sys.executable, text),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)} | environ,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [(folder / f"{place}.out").read_text("utf-8") for place in range(len(walk))]


def unlike(shown: Block | None, real: str) -> list[str]:
    """Where what is shown is not what was printed; what is another one each time is left aside."""
    if shown is None:
        return [f"{real!r} was printed, and nothing is shown"] if real else []
    if shown.language == "json":
        return differences(json.loads(settled(shown.text)), json.loads(settled(real)))
    both = settled(shown.text).splitlines(), settled(real).splitlines()
    lines = [
        f"{one!r} is shown, {other!r} was printed" for one, other in zip(*both, strict=False) if one != other
    ]
    return lines + [f"{len(both[0])} lines are shown, {len(both[1])} were printed"] * (
        len(both[0]) != len(both[1])
    )


def settled(text: str) -> str:
    """A text in which nothing is left of one run alone: ids, hashes, keys, instants."""
    for pattern, name in _WHAT_CHANGES:
        text = re.sub(pattern, name, text)
    return text
