"""The catalogue: every fault told before anything is written, then published once."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
import yaml

from service.catalogue import load, written
from service.store.shipping import Act
from tests.store.acting import office
from tests.store.making import Document, document, publish_in


def command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service.catalogue", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def rows(url: str) -> int:
    async def count() -> int:
        connection = await asyncpg.connect(url)
        found: int = await connection.fetchval("SELECT count(*) FROM policy")
        await connection.close()
        return found

    return asyncio.run(count())


def write(folder: Path, name: str, *versions: Document) -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump({"versions": list(versions)}, allow_unicode=True))
    return path


def test_the_shipped_catalogue_is_published_once(database_url: str) -> None:
    first = command(database_url, "publish")
    assert (first.returncode, first.stderr) == (0, "")
    published = rows(database_url)
    assert published == len(load.read()) > 0
    assert "published 110000@2022-09-01\n" in first.stdout
    second = command(database_url, "publish")
    assert second.stdout.endswith(f"{published} unchanged\n")
    assert rows(database_url) == published


def test_the_published_catalogue_is_a_fixture_of_other_tests(catalogue_url: str) -> None:
    assert rows(catalogue_url) == len(load.read())


def test_a_changed_file_is_published_as_a_correction(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path, "somewhere.yaml", document())
    assert command(database_url, "publish", str(path)).returncode == 0
    write(tmp_path, "somewhere.yaml", document(until="2024-12-31"), document(since="2025-01-01"))
    said = command(database_url, "publish", str(path)).stdout
    assert "corrected 110000@2022-09-01.2 in place of 110000@2022-09-01\n" in said
    assert "published 110000@2025-01-01\n" in said


def test_one_fault_anywhere_and_nothing_is_written(database_url: str, tmp_path: Path) -> None:
    sound = write(tmp_path, "sound.yaml", document())
    first = write(
        tmp_path, "first.yaml", document("120000"), document("120000", since="2030-01-01", monthly="1.5")
    )
    second = write(tmp_path, "second.yaml", document("130000") | {"colour": "red"})
    broken = tmp_path / "broken.yaml"
    broken.write_text("area: [")
    answer = command(database_url, "publish", *map(str, (sound, first, second, broken)))
    assert answer.returncode == 1
    assert rows(database_url) == 0
    assert "first.yaml versions/1 /credits/0/amount/amount string_pattern_mismatch" in answer.stderr
    assert "second.yaml versions/0 /colour unknown_field" in answer.stderr
    assert "broken.yaml" in answer.stderr


def test_versions_of_an_area_that_overlap_are_told_by_file(tmp_path: Path) -> None:
    one = write(tmp_path, "one.yaml", document(until="2024-12-31"))
    other = write(tmp_path, "other.yaml", document(since="2024-12-31"))
    with pytest.raises(load.UnsoundCatalogue) as refused:
        load.read([one, other])
    (fault,) = refused.value.faults
    assert fault.startswith("other.yaml versions/0 /effective/from overlaps: one.yaml versions/0 ")


def test_a_database_without_a_schema_is_told_what_it_needs(server_url: str, tmp_path: Path) -> None:
    answer = command(server_url, "publish", str(write(tmp_path, "somewhere.yaml", document())))
    assert answer.returncode == 1
    assert "service.store.db upgrade" in answer.stderr


def test_what_stands_beside_the_versions_belongs_to_each(tmp_path: Path) -> None:
    path = tmp_path / "shared.yaml"
    given = document()
    later = {"effective": {"from": "2025-01-01"}, "sources": {"own": given["sources"]["notice"]}}
    path.write_text(
        yaml.safe_dump(
            {
                "area": "110000",
                "name": given["name"],
                "attested": given["attested"],
                "sources": given["sources"],
                "credits": given["credits"],
                "versions": [{"effective": {"from": "2022-09-01", "to": "2024-12-31"}}, later],
            }
        )
    )
    first, second = load.read([path])
    assert first.document == document(until="2024-12-31")
    assert set(second.document["sources"]) == {"notice", "own"}


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return written.read(path)


def test_days_months_and_words_stay_text_and_only_exact_numbers_are_numbers(tmp_path: Path) -> None:
    days = "day: 2022-09-01, month: 2022-09, time: 12:30"
    text = f"{{{days}, no: no, on: on, code: 010000, age: 70, none: ~, is: true}}"
    assert read(tmp_path, text) == {
        "day": "2022-09-01",
        "month": "2022-09",
        "no": "no",
        "on": "on",
        "code": "010000",
        "age": 70,
        "none": None,
        "time": "12:30",
        "is": True,
    }


@pytest.mark.parametrize("number", ["0.02", "-1.5", "1e3", ".5", "1."])
def test_a_number_that_is_not_exact_is_refused_with_its_line(tmp_path: Path, number: str) -> None:
    with pytest.raises(written.NotReadable, match=f"line 2: write {number} in quotes"):
        read(tmp_path, f"kind: share\nrate: {number}\n")


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(written.NotReadable, match="line 2: the key rate stands twice"):
        read(tmp_path, 'rate: "0.02"\nrate: "0.03"\n')


def test_publishing_reports_what_it_did(database_url: str) -> None:
    found = load.read()
    first = asyncio.run(load.publish(database_url, found))
    second = asyncio.run(load.publish(database_url, found))
    assert {outcome.act for outcome in first} == {Act.PUBLISHED}
    assert [outcome.id for outcome in second] == [outcome.id for outcome in first]
    assert {outcome.act for outcome in second} == {Act.UNCHANGED}


async def test_what_officers_did_in_an_area_is_left_alone_and_all_else_is_published(
    database_url: str, tmp_path: Path
) -> None:
    acted = ("110000", "120000", "130000", "140000")
    path = write(tmp_path, "areas.yaml", *(document(area) for area in (*acted, "150000")))
    assert command(database_url, "publish", str(path)).returncode == 0
    async with office(database_url) as at:
        await at.corrected("110000@2022-09-01", document("110000", monthly="110"))
        await at.published(document("120000", since="2020-01-01", until="2022-08-31"))
        await at.withdraw("130000@2022-09-01")
        await at.corrected("140000@2022-09-01", document("140000", monthly="110"))
        await at.withdraw("140000@2022-09-01.2")
        before = await at.states()
        changed = [document(area, monthly="130") for area in (*acted, "150000", "160000")]
        said = command(database_url, "publish", str(write(tmp_path, "areas.yaml", *changed)))
        assert said.stdout.splitlines() == [
            *(f"left to its officers: {area}@2022-09-01" for area in acted),
            "corrected 150000@2022-09-01.2 in place of 150000@2022-09-01",
            "published 160000@2022-09-01",
            "1 corrected, 4 left to its officers, 1 published",
        ]
        assert said.returncode == 0
        after = await at.states()
        assert {name: after[name] for name in before if name[:6] in acted} == {
            name: state for name, state in before.items() if name[:6] in acted
        }
        assert await at.findings() == []


async def test_a_shipped_version_that_would_overlap_an_officers_does_not_fail_the_deployment(
    database_url: str, tmp_path: Path
) -> None:
    async with office(database_url) as at:
        await at.published(document(since="2020-01-01"))
        said = command(database_url, "publish", str(write(tmp_path, "one.yaml", document())))
        assert (said.returncode, said.stdout.splitlines()[0]) == (
            0,
            "left to its officers: 110000@2022-09-01",
        )
        assert await at.open() == ["110000@2020-01-01"]


async def test_what_an_officer_put_back_as_it_was_shipped_is_unchanged(
    database_url: str, tmp_path: Path
) -> None:
    path = write(tmp_path, "one.yaml", document())
    command(database_url, "publish", str(path))
    async with office(database_url) as at:
        await at.corrected("110000@2022-09-01", document(monthly="110"))
        await at.withdraw("110000@2022-09-01.2")
        assert (
            command(database_url, "publish", str(path)).stdout
            == "unchanged 110000@2022-09-01.3\n1 unchanged\n"
        )


async def test_the_audit_tells_what_the_catalogue_published_and_corrected(database_url: str) -> None:
    async with office(database_url) as at:
        await publish_in(database_url, document())
        await publish_in(database_url, document())
        await publish_in(database_url, document(until="2024-12-31"), document(since="2025-01-01"))
        assert await at.deeds() == [
            ("catalogue", "publish", "110000@2022-09-01"),
            ("catalogue", "supersede", "110000@2022-09-01"),
            ("catalogue", "publish", "110000@2022-09-01.2"),
            ("catalogue", "publish", "110000@2025-01-01"),
        ]
        assert await at.findings() == []
