"""API keys: shown once, kept as a hash, each refused for its own reason, each act told in the audit."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from service.core.errors import NotFound
from service.core.lifecycle import Scope
from service.store import audit, db, keys, policies
from service.store.keys import Issued, Key, KeyRefused

SHOWN = re.compile(r"ybk_([0-9a-f]{16})_([0-9a-f]{64})")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
IN_A_DAY = timedelta(days=1)


async def in_transaction(url: str, act: Any, /, *given: Any, **named: Any) -> Any:
    """What an act gives, committed."""
    engine = db.direct_engine(url)
    try:
        async with engine.begin() as connection:
            return await act(connection, *given, **named)
    finally:
        await engine.dispose()


async def issued(url: str, person: str = "Ann", **named: Any) -> Issued:
    found: Issued = await in_transaction(url, keys.issue, person, [Scope.DRAFT, Scope.AUDIT], **named)
    return found


async def presented(url: str, text: str, *, later: timedelta = timedelta()) -> Key:
    """The key that somebody brings along, as the service checks it."""
    key_id, secret = keys.parse(text)
    return keys.check(await in_transaction(url, keys.find, key_id), secret, datetime.now(UTC) + later)


def refusal(key: Key | None, secret: str, now: datetime = LONG_AGO) -> str:
    with pytest.raises(KeyRefused) as refused:
        keys.check(key, secret, now)
    return refused.value.code


async def test_a_key_opens_what_it_was_issued_for(database_url: str) -> None:
    made = await issued(database_url)
    assert SHOWN.fullmatch(made.text)
    held = await presented(database_url, made.text)
    assert held == made.key
    assert (held.person, held.scopes) == ("Ann", ("audit:read", "policy:draft"))
    assert (held.expires_at, held.revoked_at, held.replaced_by) == (None, None, None)
    assert (await issued(database_url)).text != made.text


async def test_nothing_that_opens_is_kept_or_told(database_url: str) -> None:
    made = await issued(database_url)
    _, secret = keys.parse(made.text)
    connection = await asyncpg.connect(database_url)
    [row] = await connection.fetch("SELECT api_key::text FROM api_key")
    told = await connection.fetchval("SELECT string_agg(audit::text, '') FROM audit")
    await connection.close()
    assert secret not in row["api_key"] + told
    assert made.key.hash not in told
    assert secret not in repr(made)
    assert made.key.hash not in repr(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ybk_",
        f"ybk_{'a' * 16}",
        f"ybk_{'a' * 16}_{'b' * 63}",
        f"ybk_{'A' * 16}_{'b' * 64}",
        f"ybk_{'a' * 16}_{'b' * 64}\n",
        f"xyz_{'a' * 16}_{'b' * 64}",
        f"ybk_{'٠' * 16}_{'b' * 64}",
    ],
)
def test_what_cannot_be_a_key_is_unknown(text: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        keys.parse(text)
    assert refused.value.code == "key_unknown"
    assert not str(refused.value).count("b")


async def test_who_does_not_know_the_secret_learns_nothing_about_the_key(database_url: str) -> None:
    made = await issued(database_url, lasting=IN_A_DAY)
    revoked = await in_transaction(database_url, keys.revoke, made.key.id)
    for key in (None, made.key, revoked):
        assert refusal(key, "a" * 64, datetime.now(UTC) + 2 * IN_A_DAY) == "key_unknown"


async def test_an_expired_key_opens_nothing_from_that_instant_on(database_url: str) -> None:
    made = await issued(database_url, lasting=IN_A_DAY)
    _, secret = keys.parse(made.text)
    assert made.key.expires_at == made.key.issued_at + IN_A_DAY
    keys.check(made.key, secret, made.key.expires_at - timedelta(microseconds=1))
    assert refusal(made.key, secret, made.key.expires_at) == "key_expired"


async def test_a_revoked_key_opens_nothing_and_stays_revoked(database_url: str) -> None:
    made = await issued(database_url, lasting=IN_A_DAY)
    _, secret = keys.parse(made.text)
    revoked = await in_transaction(database_url, keys.revoke, made.key.id)
    assert refusal(revoked, secret) == "key_revoked"
    assert refusal(revoked, secret, datetime.now(UTC) + 2 * IN_A_DAY) == "key_revoked"
    assert await in_transaction(database_url, keys.revoke, made.key.id) == revoked
    told = await in_transaction(database_url, audit.read, act="revoke_key")
    assert [(each.subject, each.details) for each in told] == [(made.key.id, {"person": "Ann"})]
    with pytest.raises(KeyRefused, match="key_revoked"):
        await in_transaction(database_url, keys.rotate, made.key.id, grace=IN_A_DAY)


async def test_a_rotated_key_goes_on_for_its_grace_beside_the_new_one(database_url: str) -> None:
    old = await issued(database_url)
    new = await in_transaction(database_url, keys.rotate, old.key.id, grace=IN_A_DAY)
    assert (new.key.person, new.key.scopes) == (old.key.person, old.key.scopes)
    assert new.key.expires_at is None
    assert (await presented(database_url, old.text)).replaced_by == new.key.id
    assert await presented(database_url, new.text, later=2 * IN_A_DAY) == new.key
    with pytest.raises(KeyRefused, match="key_expired"):
        await presented(database_url, old.text, later=2 * IN_A_DAY)
    with pytest.raises(ValueError, match=f"was rotated to {new.key.id} already"):
        await in_transaction(database_url, keys.rotate, old.key.id, grace=IN_A_DAY)


async def test_the_new_key_lasts_as_long_as_the_old_one_was_meant_to(database_url: str) -> None:
    old = await issued(database_url, lasting=90 * IN_A_DAY)
    new = await in_transaction(database_url, keys.rotate, old.key.id, grace=365 * IN_A_DAY)
    assert new.key.expires_at == new.key.issued_at + 90 * IN_A_DAY
    assert (
        await presented(database_url, old.text)
    ).expires_at == old.key.expires_at  # no grace beyond its end


async def test_an_expired_key_is_not_rotated(database_url: str) -> None:
    old = await issued(database_url, lasting=timedelta())
    with pytest.raises(KeyRefused, match="key_expired"):
        await in_transaction(database_url, keys.rotate, old.key.id, grace=IN_A_DAY)


@pytest.mark.parametrize(
    "person", ["", " ", "Ann ", "A\nnn", "catalogue", "Operator", "CATALOGUE", "x" * 201]
)
async def test_a_name_that_would_not_tell_who_it_was_is_refused(database_url: str, person: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a person"):
        await issued(database_url, person)
    assert await in_transaction(database_url, keys.read_all) == {}
    assert await in_transaction(database_url, audit.read) == []


async def test_a_key_that_is_not_there_cannot_be_changed(database_url: str) -> None:
    for act, named in ((keys.revoke, {}), (keys.rotate, {"grace": IN_A_DAY})):
        with pytest.raises(NotFound):
            await in_transaction(database_url, act, "0" * 16, **named)
    assert await in_transaction(database_url, keys.find, "0" * 16) is None


async def test_whether_any_key_is_in_use(database_url: str) -> None:
    assert not await in_transaction(database_url, keys.any_in_use)
    await issued(database_url, lasting=timedelta())
    assert not await in_transaction(database_url, keys.any_in_use)
    made = await issued(database_url)
    assert await in_transaction(database_url, keys.any_in_use)
    await in_transaction(database_url, keys.revoke, made.key.id)
    assert not await in_transaction(database_url, keys.any_in_use)


async def test_who_holds_keys_in_memory_is_told_of_each_change(database_url: str) -> None:
    listening = await asyncpg.connect(database_url)
    told = asyncio.Queue[str]()
    await listening.add_listener(policies.CHANNEL, lambda *given: told.put_nowait(given[2]))
    made = await issued(database_url)
    await asyncio.wait_for(told.get(), 30)
    new = await in_transaction(database_url, keys.rotate, made.key.id, grace=IN_A_DAY)
    await asyncio.wait_for(told.get(), 30)
    await in_transaction(database_url, keys.revoke, new.key.id)
    await asyncio.wait_for(told.get(), 30)
    await listening.close()


async def test_an_act_that_is_undone_leaves_neither_key_nor_row(database_url: str) -> None:
    async def fail(connection: AsyncConnection) -> None:
        await keys.issue(connection, "Ann", [Scope.DRAFT])
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await in_transaction(database_url, fail)
    assert await in_transaction(database_url, keys.read_all) == {}
    assert await in_transaction(database_url, audit.read) == []


async def test_of_two_who_rotate_one_key_at_once_one_is_too_late(database_url: str) -> None:
    old = await issued(database_url)
    rivals = [in_transaction(database_url, keys.rotate, old.key.id, grace=IN_A_DAY) for _ in range(4)]
    results = await asyncio.gather(*rivals, return_exceptions=True)
    assert [type(each) for each in results].count(ValueError) == 3
    assert len(await in_transaction(database_url, keys.read_all)) == 2
    assert await in_transaction(database_url, audit.verify) == []


def command(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service.store.keys", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_shows_a_key_once_and_what_is_known_of_it_ever_after(database_url: str) -> None:
    first = command(
        database_url, "issue", "--person", "Ann Li", "--scope", "policy:draft", "--scope", "audit:read"
    )
    assert first.returncode == 0, first.stderr
    shown = SHOWN.fullmatch(first.stdout.strip())
    assert shown is not None
    assert shown[2] not in first.stderr
    second = command(database_url, "rotate", shown[1], "--grace-hours", "1")
    renewed = SHOWN.fullmatch(second.stdout.strip())
    assert renewed is not None, second.stderr
    assert command(database_url, "revoke", shown[1]).returncode == 0
    listed = command(database_url, "list")
    assert shown[2] not in listed.stdout
    assert [line.split("  ")[:4] for line in listed.stdout.splitlines()] == [
        [found[1], "Ann Li", "audit:read", "policy:draft"] for found in (shown, renewed)
    ]
    assert "  revoked " in listed.stdout.splitlines()[0]
    assert listed.stdout.splitlines()[0].endswith(f"replaced by {renewed[1]}")
    assert asyncio.run(presented(database_url, second.stdout.strip())).person == "Ann Li"
    assert asyncio.run(in_transaction(database_url, audit.verify)) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("revoke", "0" * 16), "there is no key 0000000000000000\n"),
        (("rotate", "0" * 16), "there is no key 0000000000000000\n"),
        (
            ("issue", "--person", "operator", "--scope", "audit:read"),
            "'operator' cannot be the name of a person\n",
        ),
    ],
)
def test_the_command_says_in_one_line_what_it_will_not_do(
    database_url: str, arguments: tuple[str, ...], told: str
) -> None:
    answer = command(database_url, *arguments)
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", told)


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize(
    "arguments",
    [
        ("service.store.keys", "issue", "--person", "Ann", "--scope", "audit:read"),
        ("service.store.keys", "list"),
        ("service.store.keys", "rotate", "0" * 16),
        ("service.store.keys", "revoke", "0" * 16),
        ("service.store.audit", "verify"),
    ],
)
def test_where_nothing_was_set_up_a_command_sets_up_nothing(
    tmp_path: Path, arguments: tuple[str, ...], *, made: bool
) -> None:
    folder = tmp_path / "elsewhere"
    if made:
        folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    answer = subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**kept, "STATE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"nothing was set up in {folder}: is it the service's STATE_DIR?\n"
    assert [*tmp_path.rglob("*")] == ([folder] if made else [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("issue", "--person", "Ann"),
        ("issue", "--person", "Ann", "--scope", "everything"),
        ("issue", "--person", "Ann", "--scope", "simulate", "--days", "0"),
        ("rotate", "0" * 16, "--grace-hours", "-1"),
    ],
)
def test_the_command_does_not_guess(database_url: str, arguments: tuple[str, ...]) -> None:
    answer = command(database_url, *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert asyncio.run(in_transaction(database_url, keys.read_all)) == {}
