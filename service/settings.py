"""Everything the environment decides, read once into one frozen value; no default for a secret."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

APP = "yibao-balance"
_SCHEMES = {"postgres", "postgresql", "postgresql+asyncpg"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
# Signed by one key and checked by another: what checks may be read by everybody, and signs nothing.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class SettingsError(ValueError):
    """A variable of the environment that cannot be used; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Oidc:
    """The identity provider whose access tokens are taken."""

    issuer: str
    audience: str  # the name of this service with the provider
    jwks_url: str | None = None  # where its keys are; None: where its own document says
    algorithm: str = "RS256"
    person_claim: str = "sub"  # the claim that names who acts


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process was told; without `database_url` it starts a Postgres in `state_dir`."""

    host: str
    port: int
    workers: int
    database_url: str | None  # a libpq URL, read by asyncpg itself
    database_direct_url: str | None  # past any pooler: LISTEN and migrations need a session of their own
    database_admin_url: str | None  # for the role that may administer policies; None: nobody may
    database_pooled: bool  # behind a transaction pooler: no prepared statement outlives its transaction
    state_dir: Path
    pg_bin: Path | None
    poll_seconds: float
    oidc: Oidc | None = None
    simulations_closed: bool = False  # whether a question asks for the scope `simulate`


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment (of this process by default); SettingsError names a bad value."""
    given = {name: value.strip() for name, value in (os.environ if environ is None else environ).items()}
    database_url = _url(given, "DATABASE_URL")
    if database_url is None and given.get("DATABASE_ADMIN_URL"):
        raise SettingsError("DATABASE_ADMIN_URL needs DATABASE_URL: it is another role of the same database")
    return Settings(
        host=given.get("HOST") or "127.0.0.1",
        port=_whole(given, "PORT", default=8000, least=0, most=65535),
        workers=_whole(given, "WORKERS", default=1, least=1, most=256),
        database_url=database_url,
        database_direct_url=_url(given, "DATABASE_DIRECT_URL") or database_url,
        database_admin_url=_url(given, "DATABASE_ADMIN_URL"),
        database_pooled=_truth(given, "DATABASE_POOLED"),
        state_dir=_state_dir(given),
        pg_bin=Path(given["PG_BIN"]) if given.get("PG_BIN") else None,
        poll_seconds=_seconds(given, "POLL_SECONDS", default=5.0),
        oidc=_oidc(given),
        simulations_closed=_one_of(given, "SIMULATIONS", ("open", "closed")) == "closed",
    )


def _whole(given: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = given.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _seconds(given: Mapping[str, str], name: str, *, default: float) -> float:
    text = given.get(name) or str(default)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.1 <= seconds <= 3600:  # noqa: PLR2004 - the bounds are in the sentence below
        raise SettingsError(f"{name} must be a number of seconds from 0.1 to 3600, not {text!r}")
    return seconds


def _truth(given: Mapping[str, str], name: str) -> bool:
    text = (given.get(name) or "0").lower()
    if text not in _TRUE | _FALSE:
        raise SettingsError(f"{name} must be 1 or 0, not {text!r}")
    return text in _TRUE


def _one_of(given: Mapping[str, str], name: str, words: Sequence[str]) -> str:
    """One of the words, the first by default."""
    text = given.get(name) or words[0]
    if text not in words:
        raise SettingsError(f"{name} must be one of {', '.join(words)}, not {text!r}")
    return text


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    issuer, audience = _address(given, "OIDC_ISSUER"), given.get("OIDC_AUDIENCE")
    if issuer is None or not audience:
        for name in ("OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_JWKS_URL", "OIDC_ALGORITHM", "OIDC_PERSON_CLAIM"):
            if given.get(name):
                raise SettingsError(f"{name} needs both OIDC_ISSUER and OIDC_AUDIENCE to be set")
        return None
    return Oidc(
        issuer=issuer,
        audience=audience,
        jwks_url=_address(given, "OIDC_JWKS_URL"),
        algorithm=_one_of(given, "OIDC_ALGORITHM", _ALGORITHMS),
        person_claim=given.get("OIDC_PERSON_CLAIM") or "sub",
    )


def _address(given: Mapping[str, str], name: str) -> str | None:
    text = given.get(name)
    if not text:
        return None
    if not is_trusted_address(text, local=True):
        # The value is left out: it may hold a password.
        raise SettingsError(f"{name} must be like https://host/path (http only on a loopback address)")
    return text


def is_trusted_address(text: str, *, local: bool) -> bool:
    """Whether keys may be fetched from an address: over https, or `local`, from this machine itself."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and " " not in text and not parts.fragment
    if not plain or not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (local and parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _url(given: Mapping[str, str], name: str) -> str | None:
    text = given.get(name)
    if not text:
        return None
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in _SCHEMES or not _splits(text):
        # The value is left out on purpose: it holds a password.
        raise SettingsError(f"{name} must be like postgresql://user:password@host:5432/database")
    return f"postgresql://{rest}"


def _splits(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def _state_dir(given: Mapping[str, str]) -> Path:
    """STATE_DIR, or the first place of the usual ones that can be written to."""
    if given.get("STATE_DIR"):
        return Path(given["STATE_DIR"]).expanduser().absolute()
    places = [Path(".state").absolute()]
    if given.get("HOME"):
        places.insert(0, Path(given["HOME"]) / ".local" / "state" / APP)
    if given.get("XDG_STATE_HOME"):
        places.insert(0, Path(given["XDG_STATE_HOME"]) / APP)
    if os.geteuid() == 0:
        # Postgres will not run as root, and root's home is closed to the account it runs as.
        places.insert(0, Path("/var/lib") / APP)
    return next((place for place in places if _writable(place)), places[-1])


def _writable(place: Path) -> bool:
    # os.path, not Path: a folder that may not even be looked at is simply not the one.
    nearest = next(path for path in (place, *place.parents) if os.path.exists(path))  # noqa: PTH110
    return os.path.isdir(nearest) and os.access(nearest, os.W_OK | os.X_OK)  # noqa: PTH112
