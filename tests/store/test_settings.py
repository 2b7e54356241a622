"""Settings: what the environment says, or one line on what is wrong with it."""

import os
from pathlib import Path

import pytest

from service import settings
from service.settings import Oidc, SettingsError


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
        ("DATABASE_ADMIN_URL", "postgres://db/yibao"),
        ("SIMULATIONS", "shut"),
        ("SIMULATIONS", "Closed"),
        ("OIDC_ISSUER", "https://id.example"),
        ("OIDC_AUDIENCE", "yibao"),
        ("OIDC_JWKS_URL", "https://id.example/keys"),
        ("OIDC_ALGORITHM", "RS256"),
        ("OIDC_PERSON_CLAIM", "email"),
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


def test_nobody_may_administer_and_everybody_may_ask_unless_something_else_is_said() -> None:
    told = settings.read({"DATABASE_URL": "postgres://db/yibao"})
    assert (told.database_admin_url, told.oidc, told.simulations_closed) == (None, None, False)


def test_another_role_of_the_database_may_administer() -> None:
    told = settings.read(
        {"DATABASE_URL": "postgres://reader@db/yibao", "DATABASE_ADMIN_URL": "postgres://officer@db/yibao"}
    )
    assert told.database_admin_url == "postgresql://officer@db/yibao"
    with pytest.raises(SettingsError, match=r"^DATABASE_ADMIN_URL must be like") as refused:
        settings.read({"DATABASE_URL": "postgres://db/yibao", "DATABASE_ADMIN_URL": "mysql://me:secret@db"})
    assert "secret" not in str(refused.value)


def test_simulations_can_be_closed() -> None:
    assert settings.read({"SIMULATIONS": "closed"}).simulations_closed
    assert not settings.read({"SIMULATIONS": "open"}).simulations_closed


PROVIDER = {"OIDC_ISSUER": "https://id.example/realm", "OIDC_AUDIENCE": "yibao"}


def test_an_identity_provider_needs_an_issuer_and_an_audience() -> None:
    told = settings.read(PROVIDER).oidc
    assert told == Oidc("https://id.example/realm", "yibao", None, "RS256", "sub")


def test_an_identity_provider_can_be_told_of_in_full() -> None:
    more = {
        "OIDC_JWKS_URL": "https://keys.example/all?of=them",
        "OIDC_ALGORITHM": "ES256",
        "OIDC_PERSON_CLAIM": "email",
    }
    told = settings.read(PROVIDER | more).oidc
    assert told == Oidc(
        "https://id.example/realm", "yibao", "https://keys.example/all?of=them", "ES256", "email"
    )


@pytest.mark.parametrize("algorithm", ["HS256", "HS512", "none", "rs256", "RS1", "RS256,HS256"])
def test_an_algorithm_whose_checking_key_could_sign_is_refused(algorithm: str) -> None:
    with pytest.raises(SettingsError, match=r"^OIDC_ALGORITHM must be one of RS256, "):
        settings.read(PROVIDER | {"OIDC_ALGORITHM": algorithm})


@pytest.mark.parametrize("name", ["OIDC_ISSUER", "OIDC_JWKS_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "http://id.example",
        "http://10.0.0.1/realm",
        "http://localhost.example",
        "ftp://id.example",
        "file:///etc/passwd",
        "id.example",
        "https://",
        "https://me:secret@id.example",
        "https://id.example/#part",
        "https://id.example/a b",
        "https://id.example:port",
        "https://[::1",
    ],
)
def test_keys_are_fetched_over_https_alone(name: str, address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read(PROVIDER | {name: address})
    assert str(refused.value).startswith(f"{name} must be like https://")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_a_provider_on_this_machine_may_do_without(host: str) -> None:
    told = settings.read(PROVIDER | {"OIDC_ISSUER": f"http://{host}:8080/realm"}).oidc
    assert told is not None
    assert told.issuer == f"http://{host}:8080/realm"


def test_the_state_folder_is_the_one_that_was_named(tmp_path: Path) -> None:
    assert settings.read({"STATE_DIR": str(tmp_path / "x")}).state_dir == tmp_path / "x"


def test_a_home_that_cannot_be_written_is_passed_over() -> None:
    chosen = settings.read({"HOME": "/proc/nowhere", "XDG_STATE_HOME": "/dev/null"}).state_dir
    rooted = os.geteuid() == 0
    assert chosen == (Path("/var/lib/yibao-balance") if rooted else Path(".state").absolute())
