"""The area that the READMEs add is complete: its file is sound, and its worked case comes out."""

import asyncio
from pathlib import Path

import pytest

from service.api.v1.worked import found
from service.catalogue import load
from tests.api.asking import running
from tests.cases.reading import cases
from tests.cases.test_cases import ask
from tests.docs.reading import README, blocks_of, text_of


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """The file of the area as the README shows it."""
    return saved(tmp_path / "example.yaml", 0)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The file of the worked case."""
    return saved(tmp_path / "case.yaml", 1)


def saved(file: Path, place: int) -> Path:
    file.write_text(blocks_of(README, "yaml")[place], encoding="utf-8")
    return file


def test_the_file_of_the_area_is_sound(area: Path) -> None:
    documents = load.read([area])
    assert [each.grade for each in documents] == ["A"]
    assert f"{documents[0].policy.area}@{documents[0].policy.effective.from_}.2" in text_of(README)


def test_the_worked_case_comes_out(database_url: str, area: Path, case: Path) -> None:
    national = load.read([load.SHIPPED / "national.yaml"])
    asyncio.run(load.publish(database_url, [*national, *load.read([area])]))
    shown = cases(case)
    assert len(shown) == 1
    with running(database_url) as client:
        answer = ask(client, shown[0])
    assert {path: found(answer, path) for path in shown[0].expect} == shown[0].expect
