"""The pages say what is so: the same in both languages, commands and places that exist, nothing foreign."""

import json
import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from service import settings
from service.catalogue import load
from service.core.policy import Policy
from service.settings import Settings
from tests.docs.reading import (
    CHINESE,
    PAGES,
    README,
    ROOT,
    blocks,
    commands,
    headings,
    prose,
    rows,
    section,
    text_of,
    words_in_code,
)

EVERY = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES]
BOTH = [(README, "Settings", "Addresses"), (CHINESE, "设置", "接口地址")]
TARGETS = re.findall(r"^([a-z]+|\.venv/\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
CONTRACT = json.loads((ROOT / "openapi" / "v1.json").read_text(encoding="utf-8"))
OPERATIONS = {f"{method.upper()} {path}" for path, item in CONTRACT["paths"].items() for method in item}


def targets_of(page: Path) -> list[str]:
    """The targets of the `make` commands that a page shows or speaks of."""
    spoken = [words.split() for words in words_in_code(prose(text_of(page)))]
    called = [words[1:] for words in [*commands(page), *spoken] if words[:1] == ["make"]]
    return [word for words in called for word in words if "=" not in word]


def links(page: Path) -> list[str]:
    """Where the links of a page lead."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text_of(page)))


def anchor(heading: str) -> str:
    """The anchor that a heading gets where pages are shown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_both_readmes_have_the_same_structure() -> None:
    english, chinese = headings(text_of(README)), headings(text_of(CHINESE))
    assert len(english) > 10
    assert [level for level, _ in english] == [level for level, _ in chinese]


def test_both_readmes_show_the_same_commands_answers_and_files() -> None:
    assert blocks(text_of(README)) == blocks(text_of(CHINESE))


def test_both_readmes_have_the_same_tables() -> None:
    english, chinese = ([row[0] for row in rows(text_of(page))] for page in (README, CHINESE))
    assert english == chinese


def test_both_readmes_name_the_same_code_and_places() -> None:
    english, chinese = (sorted(set(links(page)) - {README.name, CHINESE.name}) for page in (README, CHINESE))
    assert english == chinese
    named = [words_in_code(prose(text_of(page))) for page in (README, CHINESE)]
    assert named[0] ^ named[1] == set()


@pytest.mark.parametrize(("page", "heading", "_"), BOTH)
def test_every_setting_is_documented_and_every_documented_one_exists(
    page: Path, heading: str, _: str
) -> None:
    documented = {row[0].strip("`"): row[1].strip("`") for row in rows(section(text_of(page), heading))}
    assert set(documented) == {each.name.upper() for each in fields(Settings)}
    real = settings.read({})
    numbers = {
        "HOST": real.host,
        "PORT": real.port,
        "WORKERS": real.workers,
        "POLL_SECONDS": real.poll_seconds,
    }
    assert {name: documented[name] for name in numbers} == {name: str(it) for name, it in numbers.items()}


@pytest.mark.parametrize(("page", "heading", "_"), BOTH)
def test_every_variable_that_the_settings_read_is_named(page: Path, heading: str, _: str) -> None:
    source = (ROOT / "service" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z][A-Z_]{3,})"', source))
    said = section(text_of(page), heading)
    assert {name for name in read if name not in said} == set()


@pytest.mark.parametrize(("page", "_", "heading"), BOTH)
def test_the_addresses_are_those_of_the_contract(page: Path, _: str, heading: str) -> None:
    assert {row[0].strip("`") for row in rows(section(text_of(page), heading))} == OPERATIONS


def test_the_changelog_names_every_address() -> None:
    assert OPERATIONS - words_in_code(text_of(ROOT / "CHANGELOG.md")) == set()


def test_the_changelog_names_every_area_with_its_versions() -> None:
    written = {
        row[0].strip("`"): row for row in rows(text_of(ROOT / "CHANGELOG.md")) if row[0].startswith("`")
    }
    for found in load.read():
        row = written.get(found.policy.area)
        assert row is not None, f"{found.policy.area} is not in CHANGELOG.md"
        assert f"`{found.policy.effective.from_}`" in row[2], found.policy.area
        if isinstance(found.policy, Policy):
            assert row[1] == f"{found.policy.name.en} {found.policy.name.zh}"


@pytest.mark.parametrize("page", EVERY)
def test_every_make_target_named_exists(page: Path) -> None:
    assert set(targets_of(page)) - set(TARGETS) == set()


def test_the_targets_that_people_use_are_all_in_the_readme_or_the_contributors_page() -> None:
    named = {target for page in PAGES for target in targets_of(page)}
    assert {"run", "test", "check", "format", "cover", "contract", "bench", "lock", "image"} <= named


@pytest.mark.parametrize("page", EVERY)
def test_every_module_and_file_that_a_command_names_exists(page: Path) -> None:
    for command in commands(page):
        words = command[command.index("-m") + 1 :] if "-m" in command else []
        if words and words[0] != "pytest":
            module = ROOT / words[0].replace(".", "/")
            assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), words[0]
        for word in words[1:]:
            if word.startswith("tests/"):
                assert (ROOT / word).exists(), word


@pytest.mark.parametrize("page", EVERY)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        assert not urlsplit(link).scheme, f"{link} is not relative"
        place, _, fragment = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        if fragment:
            assert fragment in {anchor(words) for _, words in headings(text_of(target))}, link


@pytest.mark.parametrize("page", EVERY)
def test_every_folder_and_file_named_in_code_exists(page: Path) -> None:
    first = {path.name for path in ROOT.iterdir()} - {".venv"}
    named = [words for words in words_in_code(prose(text_of(page))) if " " not in words]
    places = [words for words in named if words.partition("/")[0] in first and "<" not in words]
    made_up = {"service/catalogue/example.yaml", "tests/cases/example.yaml"}
    assert [place for place in places if place not in made_up and not (ROOT / place).exists()] == []


@pytest.mark.parametrize("page", EVERY)
def test_a_page_names_no_host_but_this_machine_and_official_ones(page: Path) -> None:
    hosts = {urlsplit(found).hostname for found in re.findall(r"\bhttps?://[^\s'\"`)]+", text_of(page))}
    assert {host for host in hosts if host != "127.0.0.1" and not (host or "").endswith(".gov.cn")} == set()


@pytest.mark.parametrize("page", EVERY)
def test_a_page_names_no_place_of_one_machine_and_no_ticket(page: Path) -> None:
    said = text_of(page)
    assert re.findall(r"(?<![\w./])/(?:root|home|work|tmp|opt|Users)\b[^\s`]*", said) == []
    assert re.findall(r"(?:^|\s)#\d+|\bissues? \d+", prose(said), re.IGNORECASE) == []


@pytest.mark.parametrize("page", EVERY)
def test_lines_are_not_broken_off_and_blocks_are_closed(page: Path) -> None:
    said = text_of(page)
    assert said.endswith("\n")
    assert said.count("\n```") % 2 == 0
    assert re.findall(r"@@|TODO|FIXME|XXX", said) == []
