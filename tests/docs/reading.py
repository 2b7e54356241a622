"""Reads the pages for people: headings, fenced blocks, tables, links and the commands they show."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
CHINESE = ROOT / "README.zh-CN.md"
POLICY_DOCUMENT = ROOT / "docs" / "policy-document.md"
CODES = ROOT / "docs" / "codes.md"
PAGES = [
    README,
    CHINESE,
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "openapi" / "README.md",
    POLICY_DOCUMENT,
    ROOT / "docs" / "policy-officer.md",
    ROOT / "docs" / "policy-officer.zh-CN.md",
    CODES,
]
LEFT_OUT = "…"

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block and the language that it names."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Curl:
    """A request as a page shows it."""

    method: str
    target: str  # path and query
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


def text_of(page: Path) -> str:
    """What a page says."""
    return page.read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(*found) for found in _FENCE.findall(text)]


def blocks_of(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [block.text for block in blocks(text_of(page)) if block.language == language]


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[tuple[int, str]]:
    """Every heading of a page with its level."""
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.+)$", prose(text), re.MULTILINE)]


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found is not None, heading
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest if end is None else rest[: end.start()]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table of a text, without heads and rules."""
    lines = [line.removeprefix("|").removesuffix("|") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    heads = {place - 1 for place, row in enumerate(cells) if set(row[0]) == {"-"}}
    return [row for place, row in enumerate(cells) if place not in heads and set(row[0]) != {"-"}]


def words_in_code(text: str) -> set[str]:
    """What stands in backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def commands(page: Path) -> list[list[str]]:
    """Every command of a page's shell blocks, split as a shell would."""
    texts = [block.replace("\\\n", " ") for block in blocks_of(page, "sh")]
    return [command for text in texts for command in _commands(text)]


def _commands(text: str) -> list[list[str]]:
    found: list[list[str]] = []
    pending = ""
    for line in text.splitlines(keepends=True):
        pending += line
        try:
            words = shlex.split(pending)
        except ValueError:  # a quote that a later line closes
            continue
        pending = ""
        found += [words] if words else []
    assert not pending, pending
    return found


def curls(page: Path) -> list[Curl]:
    """The requests that a page shows."""
    return [_curl(command[1:]) for command in commands(page) if command[0] == "curl"]


def _curl(words: list[str]) -> Curl:
    headers: dict[str, str] = {}
    body: bytes | None = None
    address = ""
    rest = iter(words)
    for word in rest:
        match word:
            case "-s":
                pass
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest).encode()
            case _:
                assert not word.startswith("-"), f"{word} is not known to this test"
                address = word
    parts = urlsplit(address)
    assert parts.netloc == "127.0.0.1:8000", address
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Curl("GET" if body is None else "POST", target, headers, body)


def shown_answers(page: Path) -> list[Any]:
    """The answers that a page shows, one for each request."""
    return [json.loads(text) for text in blocks_of(page, "json")]


def differences(shown: Any, real: Any, place: str = "") -> list[str]:
    """Where what is shown is not what was answered; `…` stands for what a page left out."""
    match shown, real:
        case str(), _ if shown == LEFT_OUT:
            return []
        case dict(), dict():
            return _differences_of_objects(shown, real, place)
        case list(), list():
            return _differences_of_lists(shown, real, place)
        case _:
            return [] if shown == real else [f"{place}: {shown!r} is shown, {real!r} was answered"]


def _differences_of_objects(shown: dict[str, Any], real: dict[str, Any], place: str) -> list[str]:
    invented = [f"{place}/{key} is not in the answer" for key in shown.keys() - real.keys() - {LEFT_OUT}]
    silent = set() if LEFT_OUT in shown else real.keys() - shown.keys()
    dropped = [f"{place}/{key} is left out in silence" for key in silent]
    both = sorted(shown.keys() & real.keys())
    return invented + dropped + [d for k in both for d in differences(shown[k], real[k], f"{place}/{k}")]


def _differences_of_lists(shown: list[Any], real: list[Any], place: str) -> list[str]:
    if LEFT_OUT not in shown:
        if len(shown) != len(real):
            return [f"{place}: {len(shown)} items are shown, {len(real)} were answered"]
        pairs = enumerate(zip(shown, real, strict=True))
        return [d for index, (one, other) in pairs for d in differences(one, other, f"{place}/{index}")]
    at = 0
    for index, item in enumerate(shown):
        if item == LEFT_OUT:
            continue
        anywhere = index > 0 and shown[index - 1] == LEFT_OUT
        candidates = range(at, len(real)) if anywhere else range(at, min(at + 1, len(real)))
        hit = next((number for number in candidates if not differences(item, real[number])), None)
        if hit is None:
            return [f"{place}/{index} is shown, and not in the answer there"]
        at = hit + 1
    return []
