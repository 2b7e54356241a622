"""Settings: what the environment says, or one line on what is wrong with it."""

import os
from pathlib import Path

import pytest

from service import settings
from service.settings import SettingsError


def test_an_empty_environment_gives_the_defaults() -> None:
    told = settings.read({})
    assert (told.host, told.port, told.workers, told.database_url) == ("127.0.0.1", 8000, 1, None)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_a_database_url_is_read_whatever_its_scheme(scheme: str) -> None:
    told = settings.read({"DATABASE_URL": f"{scheme}://me:secret@db:5432/yibao?sslmode=require"})
    assert told.database_url == "postgresql://me:secret@db:5432/yibao?sslmode=require"
    assert told.database_direct_url == told.database_url


def test_a_pooler_is_passed_by_for_what_needs_a_session() -> None:
    told = settings.read(
        {
            "DATABASE_URL": "postgres://pooler/yibao",
            "DATABASE_DIRECT_URL": "postgres://server/yibao",
            "DATABASE_POOLED": "true",
        }
    )
    assert told.database_pooled
    assert (told.database_url, told.database_direct_url) == (
        "postgresql://pooler/yibao",
        "postgresql://server/yibao",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٨"),
        ("WORKERS", "0"),
        ("POLL_SECONDS", "0"),
        ("POLL_SECONDS", "nan"),
        ("DATABASE_POOLED", "perhaps"),
        ("DATABASE_URL", "mysql://db/yibao"),
        ("DATABASE_URL", "db"),
        ("DATABASE_URL", "postgres://[::1/yibao"),
    ],
)
def test_a_bad_value_is_refused_in_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read({name: value})
    assert str(refused.value).startswith(f"{name} ")
    assert "\n" not in str(refused.value)


def test_a_refused_database_url_is_not_repeated_with_its_password() -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read({"DATABASE_URL": "mysql://me:secret@db/yibao"})
    assert "secret" not in str(refused.value)


def test_the_state_folder_is_the_one_that_was_named(tmp_path: Path) -> None:
    assert settings.read({"STATE_DIR": str(tmp_path / "x")}).state_dir == tmp_path / "x"


def test_a_home_that_cannot_be_written_is_passed_over() -> None:
    chosen = settings.read({"HOME": "/proc/nowhere", "XDG_STATE_HOME": "/dev/null"}).state_dir
    rooted = os.geteuid() == 0
    assert chosen == (Path("/var/lib/yibao-balance") if rooted else Path(".state").absolute())
