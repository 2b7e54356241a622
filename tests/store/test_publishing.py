"""Publishing: once, corrected without losing the past, never two in force at once."""

import asyncio
import json
import subprocess
import sys

import asyncpg
import pytest

from service.core.errors import PolicyOverlap, UnsoundPolicy
from service.core.policy import Policy, Version
from service.store import db, policies
from service.store.documents import checked
from service.store.shipping import Act, Outcome
from service.store.snapshot import Snapshot
from tests.store.making import Document, document, national, publish_in


async def versions(url: str) -> dict[str, Version]:
    engine = db.direct_engine(url)
    async with engine.connect() as connection:
        rows = await policies.read_versions(connection, {})
    await engine.dispose()
    return {version.id: version for version in rows}


async def test_a_document_is_published_under_its_area_and_first_day(database_url: str) -> None:
    outcomes = await publish_in(database_url, document(), document("420100", since="unknown"))
    assert outcomes == [
        Outcome("110000@2022-09-01", Act.PUBLISHED),
        Outcome("420100@unknown", Act.PUBLISHED),
    ]
    held = await versions(database_url)
    assert held["110000@2022-09-01"].document == document()
    assert held["110000@2022-09-01"].published_to is None
    assert isinstance(held["420100@unknown"].policy, Policy)


async def test_publishing_the_same_document_again_changes_nothing(database_url: str) -> None:
    await publish_in(database_url, document())
    before = await versions(database_url)
    reordered = dict(reversed(document().items()))
    assert await publish_in(database_url, reordered) == [Outcome("110000@2022-09-01", Act.UNCHANGED)]
    assert await versions(database_url) == before


async def test_a_correction_keeps_what_was_published_before(database_url: str) -> None:
    await publish_in(database_url, national(), document())
    between = (await versions(database_url))["110000@2022-09-01"].published_from
    outcomes = await publish_in(database_url, document(monthly="110"))
    assert outcomes == [Outcome("110000@2022-09-01.2", Act.CORRECTED, "110000@2022-09-01")]
    held = await versions(database_url)
    assert held["110000@2022-09-01"].published_to == held["110000@2022-09-01.2"].published_from
    snapshot = Snapshot(list(held.values()))
    assert set(snapshot.book().versions) == {"100000@unknown", "110000@2022-09-01.2"}
    assert set(snapshot.book(between).versions) == {"100000@unknown", "110000@2022-09-01"}


async def test_a_correction_may_return_to_an_earlier_wording(database_url: str) -> None:
    for monthly in ("100", "110", "100"):
        await publish_in(database_url, document(monthly=monthly))
    held = await versions(database_url)
    assert [each.published_to is None for each in held.values()] == [False, False, True]
    assert held["110000@2022-09-01.3"].sha256 == held["110000@2022-09-01"].sha256


async def test_a_version_that_ends_and_its_successor_arrive_together(database_url: str) -> None:
    await publish_in(database_url, document())
    successor = document(since="2025-01-01", monthly="120")
    outcomes = await publish_in(database_url, successor, document(until="2024-12-31"))
    assert [(outcome.id, outcome.act) for outcome in outcomes] == [
        ("110000@2025-01-01", Act.PUBLISHED),
        ("110000@2022-09-01.2", Act.CORRECTED),
    ]


@pytest.mark.parametrize(
    "other",
    [
        document(since="2025-01-01"),
        document(since="unknown"),
        document(since="2000-01-01", until="2022-09-01"),
    ],
)
async def test_a_policy_for_days_that_are_taken_is_refused_whole(database_url: str, other: Document) -> None:
    await publish_in(database_url, document())
    with pytest.raises(PolicyOverlap):
        await publish_in(database_url, document("120000"), other)
    assert set(await versions(database_url)) == {"110000@2022-09-01"}


async def test_a_policy_may_end_the_day_before_another_begins(database_url: str) -> None:
    await publish_in(database_url, document(), document(since="unknown", until="2022-08-31"))
    assert set(await versions(database_url)) == {"110000@2022-09-01", "110000@unknown"}


async def test_the_constraint_decides_between_two_open_transactions(database_url: str) -> None:
    """Without the publishers' queue: two plain inserts, both made before either commits."""
    insert = (
        "INSERT INTO policy (id, area, effective, published, document, sha256, grade, author)"
        " VALUES ($1, '110000', daterange($2::text::date, NULL), tstzrange(now(), NULL), $3, $4, 'B',"
        " 'catalogue')"
    )
    first, second = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    content = json.dumps(document())
    transaction = first.transaction()
    await transaction.start()
    await first.execute(insert, "110000@2022-09-01", "2022-09-01", content, "a" * 64)
    waiting = asyncio.create_task(
        second.execute(insert, "110000@2023-01-01", "2023-01-01", content, "b" * 64)
    )
    while not await first.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - Postgres
        await asyncio.sleep(0.01)
    await transaction.commit()
    with pytest.raises(asyncpg.ExclusionViolationError):
        await waiting
    assert set(await versions(database_url)) == {"110000@2022-09-01"}
    await first.close()
    await second.close()


async def test_of_many_racing_publishers_exactly_one_wins(database_url: str) -> None:
    rivals = [document(since=f"2023-01-{day:02d}") for day in range(1, 9)]
    results = await asyncio.gather(
        *(publish_in(database_url, rival) for rival in rivals), return_exceptions=True
    )
    won = [result for result in results if isinstance(result, list)]
    lost = [result for result in results if isinstance(result, PolicyOverlap)]
    assert (len(won), len(lost)) == (1, len(rivals) - 1)
    assert set(await versions(database_url)) == {won[0][0].id}


RIVAL = """
import asyncio, json, sys
from service.core.errors import PolicyOverlap
from tests.store.making import publish_in
url, text = sys.argv[1:]
sys.stdin.readline()
try:
    print(asyncio.run(publish_in(url, json.loads(text)))[0].id)
except PolicyOverlap:
    print("overlap")
"""


def test_of_two_racing_processes_exactly_one_wins(database_url: str) -> None:
    rivals = [
        subprocess.Popen(
            [sys.executable, "-c", RIVAL, database_url, json.dumps(document(since=since))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for since in ("2022-09-01", "2023-01-01")
    ]
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("go\n")
        rival.stdin.flush()
    said = sorted(rival.communicate(timeout=60)[0].strip() for rival in rivals)
    assert said in (["110000@2022-09-01", "overlap"], ["110000@2023-01-01", "overlap"])


async def test_the_same_document_published_twice_at_once_is_published_once(database_url: str) -> None:
    results = await asyncio.gather(*(publish_in(database_url, document()) for _ in range(5)))
    assert sorted(result[0].act for result in results) == [Act.PUBLISHED, *[Act.UNCHANGED] * 4]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy SET document = document || '{\"note\": null}'",
        "UPDATE policy SET grade = 'A'",
        "UPDATE policy SET effective = daterange('2020-01-01', NULL)",
        "UPDATE policy SET published = tstzrange('2000-01-01', now())",
        "UPDATE policy SET published = published",
        "DELETE FROM policy",
        "TRUNCATE policy CASCADE",
    ],
)
async def test_a_published_row_is_immutable(database_url: str, statement: str) -> None:
    await publish_in(database_url, document())
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute(statement)
    await connection.close()


async def test_a_publication_ends_only_once(database_url: str) -> None:
    await publish_in(database_url, document())
    await publish_in(database_url, document(monthly="110"))
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute(
            "UPDATE policy SET published = tstzrange(lower(published), NULL) WHERE id = '110000@2022-09-01'"
        )
    await connection.close()


async def test_what_postgres_holds_still_has_the_content_it_was_published_with(database_url: str) -> None:
    given = document() | {"note": {"zh": "“引号”与\\反斜杠 ½", "en": 'quotes " and \\'}}
    await publish_in(database_url, given)
    held = (await versions(database_url))["110000@2022-09-01"]
    assert held.sha256 == checked(held.document).sha256 == checked(given).sha256


def test_every_fault_of_a_document_is_told_at_once() -> None:
    broken = document() | {"area": "1100", "years": {"kind": "calendar", "source": ["nowhere"]}}
    broken["credits"][0]["source"] = []
    with pytest.raises(UnsoundPolicy) as refused:
        checked(broken)
    assert {fault.pointer for fault in refused.value.faults} == {
        "/area",
        "/years/source/0",
        "/credits/0/source",
    }


def test_every_fault_of_shape_is_told_at_once() -> None:
    broken = document() | {"interest": {"method": "daily_product"}, "colour": "red"}
    broken["effective"] = {"from": "2022-13-01"}
    broken["credits"][0]["amount"] = {"kind": "fixed", "amount": 100}
    with pytest.raises(UnsoundPolicy) as refused:
        checked(broken)
    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {
        ("/effective/from", "string_pattern_mismatch"),
        ("/credits/0/amount/amount", "string_type"),
        ("/interest/current_year", "required"),
        ("/interest/prior_years", "required"),
        ("/interest/posted", "required"),
        ("/interest/source", "required"),
        ("/colour", "unknown_field"),
    }
