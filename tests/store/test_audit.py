"""The audit: it only grows, each row holds on to the one before, and whatever is changed by hand is found."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from service.core.lifecycle import Scope
from service.store import acts, audit, db, keys
from service.store.audit import Deed, Entry, chain
from service.store.audit.chain import Head
from service.store.documents import checked, sha256
from service.store.drafts import Content
from tests.conftest import execute
from tests.store.making import document, national, publish_in

NO_TRIGGERS = "SET session_replication_role = replica"


async def govern(url: str) -> None:
    """One of everything that can be done: the catalogue, a draft, its publication and withdrawal, keys."""
    await publish_in(url, national(), document())
    await publish_in(url, document(monthly="110"))
    engine = db.direct_engine(url)
    draft = (await acts.create(engine, "Ann", Content(document("120000")))).draft
    await acts.publish(engine, "Bob", draft, checked(document("120000")))
    await acts.withdraw_policy(engine, "Bob", "120000@2022-09-01", "a mistake", restore=True)
    async with engine.begin() as connection:
        first = await keys.issue(connection, "Ann", [Scope.DRAFT], lasting=timedelta(days=90))
        await keys.rotate(connection, first.key.id, grace=timedelta(hours=24))
        other = await keys.issue(connection, "Bob", [Scope.PUBLISH, Scope.AUDIT])
        await keys.revoke(connection, other.key.id)
    await engine.dispose()


@pytest.fixture
def governed(database_url: str) -> str:
    asyncio.run(govern(database_url))
    return database_url


def entries(url: str, **filters: Any) -> list[Entry]:
    async def read() -> list[Entry]:
        engine = db.direct_engine(url)
        async with engine.connect() as connection:
            found = await audit.read(connection, **filters)
        await engine.dispose()
        return found

    return asyncio.run(read())


def findings(url: str, noted: Head | None = None) -> list[str]:
    async def read() -> list[str]:
        engine = db.direct_engine(url)
        async with engine.connect() as connection:
            found = await audit.verify(connection, noted)
        await engine.dispose()
        return found

    return asyncio.run(read())


def append(url: str, *deeds: Deed) -> list[Entry]:
    async def write() -> list[Entry]:
        engine = db.direct_engine(url)
        async with engine.begin() as connection:
            found = await audit.append_all(connection, deeds)
        await engine.dispose()
        return found

    return asyncio.run(write())


def tamper(url: str, *statements: str) -> None:
    """Changes rows as only a superuser can: with every trigger off."""
    execute(url, NO_TRIGGERS, *statements)


def deed(number: int = 1, **details: Any) -> Deed:
    return Deed("Ann", "check", f"draft-{number:032x}", "110000", details)


def test_what_was_done_is_told_in_order_each_row_holding_on_to_the_one_before(governed: str) -> None:
    told = entries(governed)
    assert [(each.actor, each.act) for each in told] == [
        ("catalogue", "publish"),
        ("catalogue", "publish"),
        ("catalogue", "supersede"),
        ("catalogue", "publish"),
        ("Ann", "create"),
        ("Bob", "publish"),
        ("Bob", "withdraw"),
        ("operator", "issue_key"),
        ("operator", "issue_key"),
        ("operator", "rotate_key"),
        ("operator", "issue_key"),
        ("operator", "revoke_key"),
    ]
    assert [each.seq for each in told] == list(range(1, 13))
    assert [each.previous for each in told] == ["0" * 64, *(each.hash for each in told[:-1])]
    assert [each.at for each in told] == sorted(each.at for each in told)
    assert findings(governed) == []


def test_what_is_appended_is_what_is_read(database_url: str) -> None:
    given = [deed(number, note=f"第{number}次") for number in range(1, 8)]
    assert entries(database_url) == []
    appended = append(database_url, *given)
    assert entries(database_url) == appended
    assert entries(database_url, after=2, limit=3) == appended[2:5]
    assert append(database_url) == []


def test_entries_are_found_by_who_what_whereto_and_where(governed: str) -> None:
    assert [each.seq for each in entries(governed, actor="Bob")] == [6, 7]
    assert [each.seq for each in entries(governed, act="publish", area="110000")] == [2, 4]
    assert [each.seq for each in entries(governed, subject="110000@2022-09-01")] == [2, 3]
    assert entries(governed, actor="Eve") == []


def test_an_entry_is_never_older_than_the_one_before_even_if_the_clock_is_set_back(database_url: str) -> None:
    append(database_url, deed(1))
    ahead = datetime(2100, 1, 1, tzinfo=UTC)
    tamper(database_url, "UPDATE audit SET at = '2100-01-01T00:00:00Z'")
    assert append(database_url, deed(2))[0].at == ahead


def test_the_database_computes_the_same_hash_of_any_text(database_url: str) -> None:
    texts = [
        'quotes " and \\ and /',
        "\b\f\n\r\t\x01\x1f\x7f",
        "“引号” ½ 𠮷 é é \u2028 \u2029 \ufeff \U0001f469\u200d\U0001f52c",
        "%s :name {} $1 ' ; --",
    ]
    appended = append(
        database_url, *(Deed(text, text, text, text, {text: [text, None, 1]}) for text in texts)
    )
    assert entries(database_url) == appended
    assert findings(database_url) == []


async def test_a_transaction_that_is_undone_leaves_nothing_and_no_gap(database_url: str) -> None:
    engine = db.direct_engine(database_url)
    connection = await engine.connect()
    await audit.append(connection, "Ann", "create", "draft-1", None, {})
    await connection.rollback()
    kept = await audit.append(connection, "Bob", "create", "draft-2", None, {})
    await connection.commit()
    assert kept.seq == 1
    assert await audit.read(connection) == [kept]
    await connection.close()
    await engine.dispose()


async def test_many_who_append_at_once_make_one_chain(database_url: str) -> None:
    engine = db.direct_engine(database_url)

    async def act(person: int) -> None:
        for _ in range(4):
            async with engine.begin() as connection:
                await audit.append_all(connection, [deed(person), deed(person, again=True)])

    await asyncio.gather(*(act(person) for person in range(12)))
    async with engine.connect() as connection:
        assert [each.seq for each in await audit.read(connection, limit=1000)] == list(range(1, 97))
        assert await audit.verify(connection) == []
    await engine.dispose()


CHANGES = {
    "seq": "SET seq = 1000 + seq",
    "at": "SET at = at - interval '1 microsecond'",
    "at for ever": "SET at = 'infinity'",
    "actor": "SET actor = actor || ' '",
    "act": "SET act = 'check'",
    "subject": "SET subject = 'draft-0'",
    "area": "SET area = coalesce(area, '') || '0'",
    "no area": "SET area = CASE WHEN area IS NULL THEN '110000' END",
    "details": "SET details = replace(details, '}', ',\"x\":1}')",
    "details' spaces": "SET details = details || ' '",
    "not JSON": "SET details = '{'",
    "previous": "SET previous = repeat('a', 64)",
    "hash": "SET hash = repeat('a', 64)",
}


@pytest.mark.parametrize("seq", [1, 7, 12])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_row_is_found_whatever_was_changed_of_it(governed: str, seq: int, change: str) -> None:
    tamper(governed, f"UPDATE audit {change} WHERE seq = {seq}")
    found = findings(governed)
    told = "missing" if "seq" in change else f"row {seq} was changed"
    assert any(told in finding for finding in found), found


def rehash(url: str, *seqs: int) -> None:
    """What somebody clever does after a change: every row from there on is chained anew."""
    for seq in seqs:
        tamper(
            url,
            "UPDATE audit SET previous = coalesce((SELECT hash FROM audit AS before"
            f" WHERE before.seq = audit.seq - 1), repeat('0', 64)) WHERE seq = {seq}",
            "UPDATE audit SET hash = audit_hash(seq, at, actor, act, subject, area, details, previous)"
            f" WHERE seq = {seq}",
        )


def test_a_changed_row_with_a_fitting_hash_is_given_away_by_the_next(governed: str) -> None:
    tamper(governed, "UPDATE audit SET actor = 'Eve' WHERE seq = 7")
    rehash(governed, 7)
    assert findings(governed) == ["row 8 does not follow row 7: one of them was put in another's place"]


def test_a_chain_made_anew_to_its_end_is_given_away_by_the_head(governed: str) -> None:
    tamper(governed, "UPDATE audit SET actor = 'Eve' WHERE seq = 7")
    rehash(governed, *range(7, 13))
    assert findings(governed) == [
        "the head of the audit does not fit: it names row 12, the last one is row 12"
    ]


def test_an_instant_moved_behind_the_row_before_is_found_even_in_a_chain_made_anew(governed: str) -> None:
    tamper(governed, "UPDATE audit SET at = at - interval '1 day' WHERE seq = 5")
    rehash(governed, *range(5, 13))
    tamper(governed, "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 12)")
    assert findings(governed) == ["row 5 is older than the row before it"]


def test_a_chain_made_anew_with_its_head_is_given_away_by_a_head_that_was_noted(governed: str) -> None:
    noted = [Head(each.seq, each.hash) for each in entries(governed)]
    tamper(governed, "UPDATE audit SET actor = 'Eve' WHERE seq = 7")
    rehash(governed, *range(7, 13))
    tamper(governed, "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 12)")
    assert findings(governed) == findings(governed, noted[5]) == []
    for head in noted[6:]:
        assert findings(governed, head) == [
            f"row {head.seq} is not the one that was noted: the chain was made anew"
        ]


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("seq = 1", "row 1 is missing"),
        ("seq = 5", "row 5 is missing"),
        ("seq IN (5, 7)", "row 7 is missing"),
        ("seq BETWEEN 5 AND 7", "rows 5 to 7 are missing"),
        ("seq = 12", "row 12 is missing at the end"),
        ("seq > 9", "rows 10 to 12 are missing at the end"),
        ("true", "rows 1 to 12 are missing at the end"),
    ],
)
def test_missing_rows_are_found_also_at_the_end(governed: str, gone: str, told: str) -> None:
    tamper(governed, f"DELETE FROM audit WHERE {gone}")
    assert told in findings(governed)


def test_an_end_cut_off_with_its_head_is_given_away_by_a_head_that_was_noted(governed: str) -> None:
    last = entries(governed)[-1]
    tamper(
        governed,
        "UPDATE api_key SET revoked_at = NULL",
        "DELETE FROM audit WHERE seq = 12",
        "UPDATE audit_head SET seq = 11, hash = (SELECT hash FROM audit WHERE seq = 11)",
    )
    assert findings(governed) == []
    assert findings(governed, Head(last.seq, last.hash)) == ["row 12 is missing at the end"]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (5, 6), (5, 12)])
def test_reordered_rows_are_found(governed: str, one: int, other: int) -> None:
    tamper(
        governed,
        f"UPDATE audit SET seq = 1000 WHERE seq = {one}",
        f"UPDATE audit SET seq = {one} WHERE seq = {other}",
        f"UPDATE audit SET seq = {other} WHERE seq = 1000",
    )
    found = findings(governed)
    for seq in (one, other):
        assert (
            f"row {seq} was changed, or moved here from another place: its hash is not of its content"
            in found
        )


INSERT = (
    "INSERT INTO audit SELECT seq + 1, at, 'Eve', 'check', 'draft-0', NULL, '{}', hash,"
    " audit_hash(seq + 1, at, 'Eve', 'check', 'draft-0', NULL, '{}', hash) FROM audit WHERE seq = "
)


def test_a_row_inserted_by_hand_is_found_at_the_end_and_in_a_gap(governed: str) -> None:
    tamper(governed, INSERT + "12")
    assert findings(governed) == [
        "the head of the audit does not fit: it names row 12, the last one is row 13"
    ]
    tamper(governed, "DELETE FROM audit WHERE seq IN (5, 13)", INSERT + "4")
    follows, unmade = findings(governed)
    assert follows == "row 6 does not follow row 5: one of them was put in another's place"
    assert unmade.endswith("no row of the audit tells of its making")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE audit_head SET hash = repeat('a', 64)", "the head of the audit does not fit"),
        ("UPDATE audit_head SET seq = 11", "the head of the audit does not fit"),
        ("UPDATE audit_head SET seq = 13", "row 13 is missing at the end"),
        ("DELETE FROM audit_head", "the head of the audit is missing"),
    ],
)
def test_a_changed_head_is_found(governed: str, change: str, told: str) -> None:
    tamper(governed, change)
    [finding] = findings(governed)
    assert finding.startswith(told)


REVISION = "WHERE id = '110000@2022-09-01.2'"
FIRST = "WHERE id = '110000@2022-09-01'"
PATCHED = """document || '{"note": null}'"""
ENDED, OPEN, SHORT = (
    f"tstzrange(lower(published), {end})" for end in ("now()", "NULL", "lower(published) + interval '1us'")
)
NO_AREA = (
    "ALTER TABLE policy DROP CONSTRAINT policy_document_names_area, DROP CONSTRAINT policy_id_names_area"
)
OF_POLICIES = {
    "document": (f"UPDATE policy SET document = {PATCHED} {REVISION}", "its document is not"),
    "sha256": (f"UPDATE policy SET sha256 = repeat('a', 64) {REVISION}", "its sha256 is not"),
    "grade": (f"UPDATE policy SET grade = 'A' {REVISION}", "its grade is not"),
    "approver": (f"UPDATE policy SET approver = 'Eve' {REVISION}", "its approver is not"),
    "author": (f"UPDATE policy SET author = 'Eve', approver = 'Bob' {REVISION}", "its author is not"),
    "days": (
        f"UPDATE policy SET effective = daterange('2023-01-01', NULL) {REVISION}",
        "it is in force on other days",
    ),
    "beginning": (
        f"UPDATE policy SET published = tstzrange(lower(published) + interval '1us', NULL) {REVISION}",
        "its published_from is not",
    ),
    "end": (
        f"UPDATE policy SET published = {SHORT} {FIRST}",
        "its published_to is not",
    ),
    "reason": (f"UPDATE policy SET ended_as = 'withdrawn' {FIRST}", "its ended_as is not"),
    "ended": (
        f"UPDATE policy SET published = {ENDED}, ended_as = 'withdrawn' {REVISION}",
        "no row of the audit tells of its end",
    ),
    "reopened": (
        f"UPDATE policy SET published = {OPEN}, ended_as = NULL WHERE id = '120000@2022-09-01'",
        "but it is published still",
    ),
    "deleted": (f"DELETE FROM policy {REVISION}", "it is gone, though row 4"),
    "area": (f"{NO_AREA}; UPDATE policy SET area = '990000' {REVISION}", "its area is not the one of its id"),
    "renamed": (f"UPDATE policy SET id = '110000@2022-09-01.9' {REVISION}", "no row of the audit tells of"),
}


@pytest.mark.parametrize(("change", "told"), OF_POLICIES.values(), ids=OF_POLICIES.keys())
def test_a_policy_that_is_not_as_the_audit_tells_is_found(governed: str, change: str, told: str) -> None:
    tamper(governed, change)
    assert any(told in finding for finding in findings(governed)), findings(governed)


def test_a_document_changed_with_its_sha256_is_found(governed: str) -> None:
    other = document(monthly="900")
    both = f"document = '{json.dumps(other)}', sha256 = '{checked(other).sha256}'"
    tamper(governed, f"UPDATE policy SET {both} {REVISION}")
    assert findings(governed) == [
        "policy 110000@2022-09-01.2: its sha256 is not the one that row 4 of the audit tells of"
    ]


def test_a_policy_published_past_the_audit_is_found(governed: str) -> None:
    content = {"area": "130000", "effective": {"from": "unknown"}}
    row = f"'130000', '(,)', tstzrange(now(), NULL), '{json.dumps(content)}', '{sha256(content)}', 'B'"
    execute(
        governed,
        "INSERT INTO policy (id, area, effective, published, document, sha256, grade, author)"
        f" SELECT '130000@unknown', {row}, 'catalogue'",
    )
    assert findings(governed) == ["policy 130000@unknown: no row of the audit tells of its publication"]


def test_an_entry_that_does_not_tell_all_of_a_publication_is_found(governed: str) -> None:
    tamper(
        governed,
        "UPDATE audit SET details = '{\"sha256\":\"' || (details::jsonb ->> 'sha256') || '\"}' WHERE seq = 4",
    )
    rehash(governed, *range(4, 13))
    tamper(governed, "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE seq = 12)")
    assert findings(governed) == [
        f"policy 110000@2022-09-01.2: row 4 of the audit does not tell its {name}"
        for name in ("grade", "author", "approver", "published_from")
    ]


OPEN_DRAFT = "WHERE state = 'draft'"
OF_DRAFTS = {
    "document": (f"UPDATE draft SET document = {PATCHED} {OPEN_DRAFT}", "its document is not"),
    "sha256": (f"UPDATE draft SET sha256 = repeat('a', 64) {OPEN_DRAFT}", "its sha256 is not"),
    "version": (f"UPDATE draft SET version = 3 {OPEN_DRAFT}", "its version is not"),
    "authors": (f"UPDATE draft SET authors = '{{Ann}}' {OPEN_DRAFT}", "its authors are not"),
    "supersedes": (f"UPDATE draft SET supersedes = '110000@2022-09-01.2' {OPEN_DRAFT}", "its supersedes is"),
    "follows": (f"UPDATE draft SET follows = NULL {OPEN_DRAFT}", "its follows is not"),
    "withdrawn": (f"UPDATE draft SET state = 'withdrawn' {OPEN_DRAFT}", "it is withdrawn and the audit"),
    "opened again": (
        "UPDATE draft SET state = 'draft' WHERE state = 'withdrawn'",
        "its withdrawal was undone",
    ),
    "published": (
        f"UPDATE draft SET state = 'published', published_as = '110000@2022-09-01' {OPEN_DRAFT}",
        "no row of the audit tells of its publication",
    ),
    "deleted": (f"DELETE FROM draft {OPEN_DRAFT}", "it is gone, though row 13"),
    "made": (
        (
            "INSERT INTO draft (id, state, area, document, sha256, authors, created_at, changed_at)"
            " SELECT 'draft-' || repeat('0', 32), state, area, document, sha256, authors, now(), now()"
            f" FROM draft {OPEN_DRAFT}"
        ),
        "no row of the audit tells of its making",
    ),
}


async def write_drafts(url: str) -> None:
    """A draft by two people that follows a policy, and one that was given up."""
    engine = db.direct_engine(url)
    content = Content(document(since="2030-01-01"), follows="110000@2022-09-01.2")
    held = (await acts.create(engine, "Ann", content)).draft
    await acts.replace(engine, "Bob", held.id, [1], content)
    given_up = (await acts.create(engine, "Ann", Content(document("130000")))).draft
    await acts.withdraw_draft(engine, "Ann", given_up.id, "not needed")
    await engine.dispose()


@pytest.mark.parametrize(("change", "told"), OF_DRAFTS.values(), ids=OF_DRAFTS.keys())
def test_a_draft_that_is_not_as_the_audit_tells_is_found(governed: str, change: str, told: str) -> None:
    asyncio.run(write_drafts(governed))
    assert findings(governed) == []
    tamper(governed, change)
    found = findings(governed)
    assert all(finding.startswith("draft-") for finding in found)
    assert any(told in finding for finding in found), found


OF_KEYS = {
    "person": ("UPDATE api_key SET person = 'Eve' WHERE {bob}", "its person is not"),
    "scopes": ("UPDATE api_key SET scopes = '{{policy:draft}}' WHERE {bob}", "its scopes is not"),
    "hash": ("UPDATE api_key SET hash = repeat('a', 64) WHERE {bob}", "its fingerprint is not"),
    "lasting": ("UPDATE api_key SET expires_at = NULL WHERE {old}", "its expires_at is not"),
    "not replaced": ("UPDATE api_key SET replaced_by = NULL WHERE {old}", "its replaced_by is not"),
    "not revoked": ("UPDATE api_key SET revoked_at = NULL WHERE {bob}", "its revocation was undone"),
    "revoked": ("UPDATE api_key SET revoked_at = now() WHERE {old}", "it is revoked and the audit"),
    "deleted": ("DELETE FROM api_key WHERE {bob}", "it is gone, though row 11"),
    "made": (
        "INSERT INTO api_key SELECT 'x', hash, person, scopes, issued_at FROM api_key WHERE {old}",
        "no row of the audit tells of its issue",
    ),
}


@pytest.mark.parametrize(("change", "told"), OF_KEYS.values(), ids=OF_KEYS.keys())
def test_a_key_that_is_not_as_the_audit_tells_is_found(governed: str, change: str, told: str) -> None:
    tamper(governed, change.format(bob="person = 'Bob'", old="replaced_by IS NOT NULL"))
    [finding] = findings(governed)
    assert finding.startswith("key ")
    assert told in finding


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'Eve'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
        "INSERT INTO audit_head VALUES (1, 0, repeat('0', 64))",
    ],
)
def test_the_superuser_too_is_stopped_while_the_triggers_are_on(governed: str, statement: str) -> None:
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.UniqueViolationError)):
        execute(governed, statement)
    assert findings(governed) == []


ROW = (
    "INSERT INTO audit SELECT {seq}, {at}, 'Eve', 'check', 'draft-0', NULL, '{{}}', {previous},"
    " audit_hash({seq}, {at}, 'Eve', {act}, 'draft-0', NULL, '{{}}', {previous}) FROM audit_head"
)
FITTING = {"seq": "seq + 1", "at": "clock_timestamp()", "act": "'check'", "previous": "hash"}


@pytest.mark.parametrize(
    ("unfitting", "told"),
    [
        ({"act": "'publish'"}, "does not have the hash of its content"),
        ({"seq": "seq + 2"}, "does not follow its head"),
        ({"seq": "seq"}, "does not follow its head"),
        ({"previous": "repeat('0', 64)"}, "does not follow its head"),
        ({"at": "now() - interval '1 day'"}, "is not of now"),
        ({"at": "now() + interval '1 day'"}, "is not of now"),
    ],
)
def test_the_database_takes_no_row_that_does_not_fit(
    governed: str, unfitting: dict[str, str], told: str
) -> None:
    at = {"at": "transaction_timestamp()"}  # the same instant in the row and in its hash
    execute(governed, ROW.format(**FITTING | at))
    with pytest.raises(asyncpg.RestrictViolationError, match=told):
        execute(governed, ROW.format(**FITTING | at | unfitting))
    assert findings(governed) == []


async def test_a_driver_says_that_the_chain_was_broken(database_url: str) -> None:
    engine = db.direct_engine(database_url)
    with pytest.raises(DBAPIError, match="does not follow its head"):
        async with engine.begin() as connection:
            await connection.exec_driver_sql(ROW.format(**FITTING | {"seq": "seq + 5", "at": "now()"}))
    await engine.dispose()


def command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service.store.audit", "verify", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_the_head_of_a_sound_audit_and_compares_with_a_noted_one(governed: str) -> None:
    last = entries(governed)[-1]
    head = f"{last.seq}:{last.hash}"
    answer = command(governed, "--head", head)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"sound: 12 rows, head {head}\n", "")
    other = command(governed, "--head", f"{last.seq}:{'a' * 64}")
    assert other.returncode == 1
    assert other.stdout == "row 12 is not the one that was noted: the chain was made anew\n"
    assert command(governed, "--head", "12").returncode == 2


def test_the_command_prints_every_finding(governed: str) -> None:
    tamper(governed, "UPDATE audit SET actor = 'Eve' WHERE seq IN (2, 9)", f"DELETE FROM policy {REVISION}")
    answer = command(governed)
    assert answer.returncode == 1
    assert answer.stdout.splitlines() == findings(governed)
    assert len(answer.stdout.splitlines()) == 3


def test_the_command_says_in_one_line_that_there_is_no_audit(server_url: str) -> None:
    answer = command(server_url)
    assert (answer.returncode, answer.stdout) == (1, "")
    told = 'relation "audit" does not exist (nothing was set up in this database: is it the service\'s?)'
    assert answer.stderr == f"{told}\n"


def test_instants_have_one_text() -> None:
    assert chain.instant(datetime(2026, 1, 2, 11, tzinfo=UTC)) == "2026-01-02T11:00:00.000000+00:00"
