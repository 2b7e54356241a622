"""The public keys of an identity provider: fetched, kept for a while, fetched again when they change."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from jwt import PyJWK
from jwt.exceptions import InvalidKeyError, PyJWKError

from service.settings import Oidc, is_trusted_address

FRESH_SECONDS = 300.0  # in which keys are not asked for again
STALE_SECONDS = 3600.0  # for which they serve while the provider is away
UNKNOWN_SECONDS = 10.0  # at least, between two fetches because a key is not among them
FAILED_SECONDS = 2.0  # at least, between a fetch that failed and the next
PATIENCE_SECONDS = 5.0  # for all of one fetch
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 100
_SHOWN_MOST = 200  # characters of what a provider says that are logged
_PLAIN = {"accept": "application/json", "accept-encoding": "identity"}  # nothing unpacks to more than it is

# What a key must be to have made a signature of an algorithm; only these of its members are read.
_RSA: Mapping[str, str | None] = {"kty": "RSA", "n": None, "e": None}
_SHAPES: Mapping[str, Mapping[str, str | None]] = {
    "RS256": _RSA,
    "RS384": _RSA,
    "RS512": _RSA,
    "PS256": _RSA,
    "PS384": _RSA,
    "PS512": _RSA,
    "ES256": {"kty": "EC", "crv": "P-256", "x": None, "y": None},
    "ES384": {"kty": "EC", "crv": "P-384", "x": None, "y": None},
    "ES512": {"kty": "EC", "crv": "P-521", "x": None, "y": None},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": None},
}

log = logging.getLogger(__name__)


class ProviderAway(Exception):
    """The keys of the identity provider are not known, and cannot be fetched."""


class UnusableAnswer(Exception):
    """What the identity provider answered cannot be used."""


class Keys:
    """The provider's keys by their ids; `clock` counts seconds."""

    def __init__(
        self, told: Oidc, client: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._told, self._client, self._clock = told, client, clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = self._tried_at = self._failed_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._trouble: str | None = None

    async def key(self, key_id: str) -> PyJWK | None:
        """The key of an id, or None if the provider has none; ProviderAway if nobody can say."""
        found = self._held(key_id)
        if not self._due(found):
            return self._settled(found)
        if found is not None and self._fetching.locked():
            return found  # somebody is asking already, and this one may serve meanwhile
        async with self._fetching:
            if self._due(self._held(key_id)):
                await self._fetch()
        return self._settled(self._held(key_id))

    def _held(self, key_id: str) -> PyJWK | None:
        """The key, unless it is too old to be trusted."""
        return self._keys.get(key_id) if self._age() < STALE_SECONDS else None

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _due(self, found: PyJWK | None) -> bool:
        """Whether to ask the provider now."""
        now = self._clock()
        if now - self._failed_at < FAILED_SECONDS:
            return False
        if self._age() >= FRESH_SECONDS:
            return True
        return found is None and now - self._tried_at >= UNKNOWN_SECONDS

    def _settled(self, found: PyJWK | None) -> PyJWK | None:
        if found is None and self._age() >= STALE_SECONDS:
            raise ProviderAway
        return found

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._keys = read_keys(await self._set(), self._told.algorithm)
        except (httpx.HTTPError, httpx.InvalidURL, UnusableAnswer, TimeoutError) as error:
            self._failed_at = self._clock()
            self._tell(error)
        else:
            self._fetched_at, self._trouble = self._clock(), None

    async def _set(self) -> dict[str, Any]:
        """The provider's set of keys, from where we were told or where it says that it is."""
        address = self._told.jwks_url
        if address is None:
            found = await self._document(f"{self._told.issuer.rstrip('/')}/.well-known/openid-configuration")
            named = found.get("issuer")
            if named != self._told.issuer:
                # A slash too many is enough, so both are shown; what the provider says may be anything.
                raise UnusableAnswer(
                    f"the provider's document is of the issuer {named!a:.{_SHOWN_MOST}},"
                    f" and OIDC_ISSUER is {self._told.issuer!r}"
                )
            address = found.get("jwks_uri")
        local = urlsplit(self._told.issuer).scheme == "http"
        if not isinstance(address, str) or not is_trusted_address(address, local=local):
            raise UnusableAnswer("the provider names no jwks_uri that may be used")
        return await self._document(address)

    async def _document(self, address: str) -> dict[str, Any]:
        async with self._client.stream("GET", address, headers=_PLAIN) as response:
            if response.status_code != httpx.codes.OK:
                raise UnusableAnswer(f"the provider answered {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise UnusableAnswer("the provider's answer is too large")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise UnusableAnswer("the provider's answer is not JSON") from None
        if not isinstance(document, dict):
            raise UnusableAnswer("the provider's answer is not an object")
        return document

    def _tell(self, error: Exception) -> None:
        """Logs a trouble once, however often it is met in a row."""
        trouble = f"{type(error).__name__}: {error}"
        if trouble != self._trouble:
            log.warning("keys of the identity provider not fetched: %s", trouble)
        self._trouble = trouble


def read_keys(document: Mapping[str, Any], algorithm: str) -> dict[str, PyJWK]:
    """The keys of a set that can have made signatures of the algorithm; others are passed over."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise UnusableAnswer("the provider's answer has no list of keys")
    found: dict[str, PyJWK] = {}
    for each in listed[:_MOST_KEYS]:
        key = _key(each, algorithm) if isinstance(each, dict) else None
        if key is not None:
            found.setdefault(each["kid"], key)
    if not found:
        log.warning("the identity provider has no key for %s", algorithm)
    return found


def _key(listed: Mapping[str, Any], algorithm: str) -> PyJWK | None:
    """The key, if it is of the type that the algorithm needs; a secret or a private one never is."""
    shape = _SHAPES[algorithm]
    fits = (
        isinstance(listed.get("kid"), str)
        and listed.get("use") in (None, "sig")
        and listed.get("alg") in (None, algorithm)
        and all(word in (None, listed.get(name)) for name, word in shape.items())
    )
    if not fits:
        return None
    try:
        key = PyJWK({name: listed.get(name) for name in shape}, algorithm)
    except (InvalidKeyError, PyJWKError):
        return None
    return None if key.Algorithm.check_key_length(key.key) else key
