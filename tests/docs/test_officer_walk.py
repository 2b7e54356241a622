"""The policy officer's walk is walked, on both pages: real commands, a real server, a real Postgres."""

import tempfile
from pathlib import Path

import pytest

from service.core.lifecycle import MOVES
from tests.api.test_process import started
from tests.docs.reading import ROOT, Block, headings, prose, rows, section, text_of
from tests.docs.walking import printed, settled, steps, unlike

ENGLISH = ROOT / "docs" / "policy-officer.md"
CHINESE = ROOT / "docs" / "policy-officer.zh-CN.md"
PAGES = [pytest.param(page, id=page.name) for page in (ENGLISH, CHINESE)]
TABLES = [
    pytest.param(ENGLISH, "States and moves", {"yes": True, "no": False}, id=ENGLISH.name),
    pytest.param(CHINESE, "状态与动作", {"是": True, "否": False}, id=CHINESE.name),
]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_what_the_page_shows(page: Path) -> None:
    walk = steps(page)
    assert len(walk) > 10
    with (
        tempfile.TemporaryDirectory(prefix="yibao-walk-") as folder,
        tempfile.TemporaryDirectory() as kept,
        # Polling is out of the question within the walk: what it waits a second for, only news can bring.
        started(folder, POLL_SECONDS="600") as service,
    ):
        outputs = printed(walk, service.address, Path(kept), STATE_DIR=folder)
    for step, output in zip(walk, outputs, strict=True):
        assert unlike(step.shown, output) == [], step.commands


@pytest.mark.parametrize(("page", "heading", "words"), TABLES)
def test_the_table_of_states_and_moves_is_the_one_in_the_code(
    page: Path, heading: str, words: dict[str, bool]
) -> None:
    table = [[cell.replace("`", "") for cell in row] for row in rows(section(text_of(page), heading))]
    shown = [
        (None if state == "—" else state, act, to, set(scopes.split(", ")), words[second])
        for state, act, to, scopes, second in table
    ]
    assert shown == [
        (state, act, move.to, set(move.scopes), move.second_person) for (state, act), move in MOVES.items()
    ]


def test_both_pages_are_built_alike() -> None:
    english, chinese = (text_of(page) for page in (ENGLISH, CHINESE))
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(chinese)]
    assert len(prose(english).split("\n\n")) == len(prose(chinese).split("\n\n"))
    both = zip(steps(ENGLISH), steps(CHINESE), strict=True)
    for one, other in both:
        assert (one.shown is None) == (other.shown is None)
        assert len(one.commands.splitlines()) == len(other.commands.splitlines())


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        (Block("text", "state draft\n"), "state published\n"),
        (Block("text", "one\n"), "one\ntwo\n"),
        (Block("text", "one\ntwo\n"), "one\n"),
        (Block("json", '{"a": "1"}'), '{"a": "2"}'),
        (None, "something\n"),
    ],
)
def test_what_a_page_does_not_show_as_it_is_is_noticed(shown: Block | None, real: str) -> None:
    assert unlike(shown, real)


def test_only_what_is_another_one_each_time_is_left_aside() -> None:
    one, other = (f"draft-{digit * 32} {digit * 64} 2026-11-2{digit}T06:46Z" for digit in "12")
    assert settled(one) == settled(other)
    assert settled("110000@2027-01-01.2 122.00") == "110000@2027-01-01.2 122.00"
