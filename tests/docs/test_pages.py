"""The pages say what is so: the same in both languages, commands and places that exist, nothing foreign."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from service import settings
from service.catalogue import load
from service.core.lifecycle import MOVES, Act, Scope
from service.core.policy import Policy
from tests.docs.reading import (
    CHINESE,
    PAGES,
    README,
    ROOT,
    blocks,
    blocks_of,
    commands,
    headings,
    prose,
    rows,
    section,
    text_of,
    words_in_code,
)

EVERY = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES]
SETTINGS = [(README, "Settings"), (CHINESE, "设置")]
ADDRESSES = [(README, "Addresses"), (CHINESE, "接口地址")]
LIVES = [
    (README, "The life of a policy", {"yes": True, "no": False}),
    (CHINESE, "一项政策的经历", {"是": True, "否": False}),
]
RIGHTS = [(README, "Who may do what"), (CHINESE, "谁可以做什么")]
PLACES = {"HOME", "XDG_STATE_HOME"}  # of the machine, not of this service: they only help to find a folder
TARGETS = re.findall(r"^([a-z]+|\.venv/\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
CONTRACT = json.loads((ROOT / "openapi" / "v1.json").read_text(encoding="utf-8"))
TOLD = {
    f"{method.upper()} {path}": str(operation["description"])
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
}
OPERATIONS = set(TOLD)


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
    english, chinese = (
        {link for link in links(page) if not link.startswith("#")} - {README.name, CHINESE.name}
        for page in (README, CHINESE)
    )
    assert english == chinese
    named = [words_in_code(prose(text_of(page))) for page in (README, CHINESE)]
    assert named[0] ^ named[1] == set()


def test_both_readmes_lead_to_the_same_places_of_their_own() -> None:
    english, chinese = (places_in(page) for page in (README, CHINESE))
    assert len(english) > 10
    assert english == chinese


def places_in(page: Path) -> list[int]:
    """Which headings of itself a page leads to, by number."""
    anchors = [anchor(words) for _, words in headings(text_of(page))]
    return [anchors.index(link[1:]) for link in links(page) if link.startswith("#")]


def variables() -> set[str]:
    """The variables of the environment that the settings read: those looked up in what is given."""
    return set(_variables(ast.parse((ROOT / "service" / "settings.py").read_text(encoding="utf-8"))))


def _variables(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=[ast.Name("given"), ast.Constant(str(name)), *_]):  # by a function of its own
                yield name
            case ast.Call(ast.Attribute(ast.Name("given"), "get"), [ast.Constant(str(name)), *_]):
                yield name
            case ast.Subscript(ast.Name("given"), ast.Constant(str(name))):
                yield name
            case _:
                pass


def minded(name: str) -> bool:
    """Whether it matters to the settings that a variable is set, to something that few would take."""
    try:
        return settings.read({name: "~"}) != settings.read({})
    except settings.SettingsError as error:
        return name in str(error)


@pytest.mark.parametrize(("page", "heading"), SETTINGS)
def test_every_setting_is_documented_and_every_documented_one_is_read(page: Path, heading: str) -> None:
    documented = {row[0].strip("`") for row in rows(section(text_of(page), heading))}
    assert documented == variables() - PLACES
    assert {name for name in documented if not minded(name)} == set()
    assert {place for place in PLACES if place not in section(text_of(page), heading)} == set()


@pytest.mark.parametrize(("page", "heading"), SETTINGS)
def test_a_default_that_is_documented_is_the_one_that_holds(page: Path, heading: str) -> None:
    documented = {row[0].strip("`"): row[1] for row in rows(section(text_of(page), heading))}
    told = {name: default.strip("`") for name, default in documented.items() if re.fullmatch("`.+`", default)}
    assert len(told) > 6
    needed = {"OIDC_ISSUER": "https://127.0.0.1/", "OIDC_AUDIENCE": "a"}
    assert settings.read({**needed, **told}) == settings.read(needed)


@pytest.mark.parametrize(("page", "heading"), ADDRESSES)
def test_the_addresses_are_those_of_the_contract_with_the_scopes_that_it_names(
    page: Path, heading: str
) -> None:
    scopes = {scope.value for scope in Scope}
    told = {row[0].strip("`"): words_in_code(row[2]) for row in rows(section(text_of(page), heading))}
    assert told == {address: words_in_code(words) & scopes for address, words in TOLD.items()}


@pytest.mark.parametrize(("page", "heading", "words"), LIVES)
def test_the_moves_of_a_policy_are_those_of_the_code(
    page: Path, heading: str, words: dict[str, bool]
) -> None:
    table = [[cell.replace("`", "") for cell in row] for row in rows(section(text_of(page), heading))]
    shown = {
        (None if state == "—" else state, act): (to, set(scopes.split(", ")), words[second])
        for act, state, to, scopes, second in table
    }
    assert len(shown) == len(table)
    assert shown == {key: (move.to, set(move.scopes), move.second_person) for key, move in MOVES.items()}


def test_the_picture_of_a_policys_life_has_every_move_and_no_other() -> None:
    [picture] = [block for block in blocks_of(README, "mermaid") if block.startswith("stateDiagram")]
    drawn = {
        (None if state == "[*]" else state, act, to)
        for state, to, label in re.findall(r"^ +(\S+) --> (\w+): (.+)$", picture, re.MULTILINE)
        for act in Act
        if act in re.findall(r"[a-z]+", label)
    }
    # Asking for a correction leaves the policy as it is, and makes a draft: that is what is drawn.
    made = {
        (state, act): "draft" if act is Act.SUPERSEDE else move.to for (state, act), move in MOVES.items()
    }
    assert drawn == {(state, act, to) for (state, act), to in made.items()}


@pytest.mark.parametrize(("page", "heading"), RIGHTS)
def test_every_scope_is_told(page: Path, heading: str) -> None:
    assert [row[0].strip("`") for row in rows(section(text_of(page), heading))] == list(Scope)


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
