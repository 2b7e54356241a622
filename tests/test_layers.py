"""What import-linter cannot say: the core imports the standard library and itself, nothing else at all."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).parents[1] / "service" / "core"


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(name), level=0):
                yield name
            case _:
                pass


def foreign(module: Path) -> list[str]:
    return [
        name
        for name in imported(module)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("service.core")
    ]


@pytest.mark.parametrize("module", sorted(CORE.rglob("*.py")), ids=lambda path: path.stem)
def test_the_core_imports_only_the_standard_library(module: Path) -> None:
    assert foreign(module) == []


def test_a_foreign_import_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "rule.py"
    module.write_text(
        "import json\nimport yaml.nodes\nfrom service.store import db\nfrom service.core import money\n"
    )
    assert foreign(module) == ["yaml.nodes", "service.store"]
