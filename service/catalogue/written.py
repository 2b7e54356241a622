"""Reads the YAML in which policies are written: text stays text, a number that is not exact is refused."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from service.core.errors import YibaoError

# libyaml's parser where the wheel has it: ten times as fast.
_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL, _BOOL, _INT, _FLOAT, _MERGE = (
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "merge")
)


class NotReadable(YibaoError):
    """A file that is not the YAML that policies are written in; the message has the place."""


class _Loader(_Base):  # type: ignore[misc, valid-type]  # one of two classes, known when it runs
    """YAML without surprises: a day is text, `no` is text, a key stands once, a float is refused."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - pyyaml's own way

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != _MERGE and key.value in seen:
                raise NotReadable(f"{_place(key)}: the key {key.value} stands twice")
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _refuse(_: _Loader, node: yaml.ScalarNode) -> None:
    raise NotReadable(f"{_place(node)}: write {node.value} in quotes, numbers of the law are exact")


def _place(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


for _tag, _pattern, _first in (
    (_NULL, r"^(~|null|)$", ["~", "n", ""]),
    (_BOOL, r"^(true|false)$", ["t", "f"]),
    (_INT, r"^-?(0|[1-9][0-9]*)$", list("-0123456789")),
    (_FLOAT, r"^[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    (_MERGE, r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)
_Loader.add_constructor(_FLOAT, _refuse)


def read(path: Path) -> Any:
    """What a file says, in text, whole numbers, true, false and null; NotReadable if it cannot be read."""
    try:
        # The loader descends from the safe one: it makes no objects.
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise NotReadable(" ".join(str(error).split())) from error
    except UnicodeDecodeError as error:
        raise NotReadable("not UTF-8") from error
