"""The reference of the policy document says all that a document may contain, and its examples are sound."""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from enum import EnumType
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter

from service.catalogue import written
from service.store.documents import checked
from tests.docs.documents import Record, enumerations, kind_of, names, options, records, unions
from tests.docs.reading import POLICY_DOCUMENT, ROOT, blocks, headings, rows, section, text_of, words_in_code

SHAPE = ConfigDict(extra="forbid", strict=True, alias_generator=lambda name: name.removesuffix("_"))
PAGE = text_of(POLICY_DOCUMENT)
HEADINGS = [words for level, words in headings(PAGE) if level == 3]
PLAIN = [pytest.param(each, id=each.__name__) for each in records() if kind_of(each) is None]
EVERY = [pytest.param(each, id=f"{each.__module__}.{each.__name__}") for each in records()]
UNIONS = [pytest.param(each, id="-".join(str(kind_of(record)) for record in each)) for each in unions()]
LISTS = [pytest.param(each, id=each.__name__) for each in enumerations()]
Read = Callable[[str], Any]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads YAML as the catalogue does."""

    def read(text: str) -> Any:
        file = tmp_path / "example.yaml"
        file.write_text(text, encoding="utf-8")
        return written.read(file)

    return read


def heading_of(name: str) -> str:
    """The heading under which a record or a list of words is explained."""
    found = [each for each in HEADINGS if each.partition(" (")[0].replace(" ", "").lower() == name.lower()]
    assert len(found) == 1, f"{name} needs one heading of its own in {POLICY_DOCUMENT.name}"
    return found[0]


def sound(record: Record, value: Any) -> None:
    """The value is a record of that type; pydantic says where it is not."""
    adapter = TypeAdapter(tuple[record], config=SHAPE)  # type: ignore[valid-type]  # a type found by walking
    adapter.validate_json(adapter_text(value))


def adapter_text(value: Any) -> bytes:
    """The value as the only item of a JSON list."""
    return json.dumps([value]).encode()


def union_heading(union: tuple[Record, ...]) -> str:
    """The heading of the table that has exactly the kinds of a union."""
    kinds = [kind_of(record) for record in union]
    tables = {each: [row[0].strip("`") for row in rows(section(PAGE, each))] for each in HEADINGS}
    found = [each for each, listed in tables.items() if listed == kinds]
    assert len(found) == 1, f"no table of {POLICY_DOCUMENT.name} has just the kinds {kinds}, in this order"
    return found[0]


@pytest.mark.parametrize("record", PLAIN)
def test_every_record_has_a_table_of_its_fields(record: Record) -> None:
    table = rows(section(PAGE, heading_of(record.__name__)))
    listed = {row[0].strip("`"): row for row in table if len(row) > 3}
    assert list(listed) == names(record)
    needed = {
        each.name.removesuffix("_")
        for each in fields(record)
        if each.default is MISSING and each.default_factory is MISSING
    }
    assert {name for name, row in listed.items() if row[2] == "required"} == needed


@pytest.mark.parametrize("record", PLAIN)
def test_every_record_has_an_example_that_the_core_reads(record: Record, read: Read) -> None:
    shown = blocks(section(PAGE, heading_of(record.__name__)))
    assert [block.language for block in shown] == ["yaml"]
    sound(record, read(shown[0].text))


@pytest.mark.parametrize("union", UNIONS)
def test_every_kind_has_a_row_with_its_fields_and_an_example(union: tuple[Record, ...], read: Read) -> None:
    table = rows(section(PAGE, union_heading(union)))
    for record, (kind, chinese, meaning, example) in zip(union, table, strict=True):
        assert re.search(r"[\u4e00-\u9fff]", chinese), kind
        value = read(example.strip("`"))
        assert value["kind"] == kind.strip("`")
        sound(record, value)
        told = words_in_code(meaning) | set(value)
        assert set(names(record)) - told - {"source"} == set(), f"{kind} does not tell all its fields"


@pytest.mark.parametrize("record", EVERY)
def test_every_word_that_a_field_chooses_from_is_told_near_it(record: Record) -> None:
    union = next((each for each in unions() if record in each), None)
    if union is None:
        told = words_in_code(section(PAGE, heading_of(record.__name__)))
    else:
        told = words_in_code(section(PAGE, union_heading(union)))
        if "at" in names(record):
            told |= words_in_code(section(PAGE, heading_of("Band")))
    plain = {word.strip('"') for word in told}
    assert options(record) - plain == set()


@pytest.mark.parametrize("words", LISTS)
def test_every_word_of_a_closed_list_has_a_row_with_its_chinese(words: EnumType) -> None:
    table = rows(section(PAGE, heading_of(words.__name__)))
    assert [row[0].strip("`") for row in table] == [str(word) for word in words]  # type: ignore[var-annotated]
    assert all(row[1] for row in table)


def test_the_complete_documents_may_be_published(read: Read) -> None:
    for name in ("Policy", "National"):
        assert checked(read(blocks(section(PAGE, heading_of(name)))[0].text)).grade == "A"


def test_every_code_of_the_check_is_told() -> None:
    table = {row[0].strip("`") for row in rows(section(PAGE, "What the check may say (检查结果)"))}
    places = [*(ROOT / "service/core").glob("check*.py"), ROOT / "service/store/documents.py"]
    found = {code for place in (*places, ROOT / "service/review/report.py") for code in codes_in(place)}
    assert table - {"required", "unknown_field"} == found


def codes_in(place: Path) -> set[str]:
    """The codes of the faults that a module finds."""
    tree = ast.parse(place.read_text(encoding="utf-8"))
    return {
        str(code.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Fault"
        for code in call.args[1:2]
        if isinstance(code, ast.Constant)
    }
