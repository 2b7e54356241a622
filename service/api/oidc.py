"""Access tokens of one identity provider: whose they are and what they allow, or why they are refused."""

import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from jwt import exceptions
from jwt.exceptions import InvalidTokenError, PyJWTError

from service.api.jwks import PATIENCE_SECONDS, Keys, ProviderAway
from service.api.problems import Rejected
from service.core.lifecycle import Scope, may_be_named
from service.settings import APP, Oidc

LEEWAY_SECONDS = 30  # by which clocks may differ
_MOST_CHARACTERS = 8192
_TYPES = {"jwt", "at+jwt", "application/at+jwt"}
# A token is checked by a key that the provider publishes, never by one that it brings or points to.
_BROUGHT = ("jwk", "jku", "x5u", "x5c", "crit", "b64")
_SCOPES = frozenset(scope.value for scope in Scope)
log = logging.getLogger(__name__)

_CODES: Mapping[type[PyJWTError], str] = {
    exceptions.InvalidAlgorithmError: "token_algorithm",
    exceptions.InvalidSignatureError: "token_signature",
    exceptions.ExpiredSignatureError: "token_expired",
    exceptions.ImmatureSignatureError: "token_not_yet_valid",
    exceptions.InvalidIssuerError: "token_issuer",
    exceptions.InvalidAudienceError: "token_audience",
    exceptions.MissingRequiredClaimError: "token_claims",
    exceptions.InvalidIssuedAtError: "token_claims",
    exceptions.InvalidSubjectError: "token_claims",
    exceptions.InvalidJTIError: "token_claims",
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token says that its bearer is, and what they may do."""

    person: str
    scopes: frozenset[str]


class Provider:
    """An identity provider whose tokens are taken."""

    def __init__(self, told: Oidc, keys: Keys) -> None:
        self._told, self._keys = told, keys
        self._nameless = False  # whether it was said that tokens lack the claim that names the person

    async def bearer(self, token: str) -> Bearer:
        """Whose token it is; Rejected with the code of whatever is wrong with it."""
        key_id = self._key_id(token)
        try:
            key = await self._keys.key(key_id)
        except ProviderAway:
            raise Rejected("identity_provider_away") from None
        if key is None:
            raise Rejected("token_key_unknown")
        claims = self._claims(token, key)
        return Bearer(_person(claims.get(self._told.person_claim)), _scopes(claims))

    def _key_id(self, token: str) -> str:
        """The id of the key that signed the token, by its header, which nothing else is believed of."""
        if len(token) > _MOST_CHARACTERS or not token.isascii():
            raise Rejected("token_malformed")
        try:
            header = jwt.get_unverified_header(token)
        except InvalidTokenError:
            raise Rejected("token_malformed") from None
        if any(name in header for name in _BROUGHT) or not _is_access_token(header.get("typ", "JWT")):
            raise Rejected("token_malformed")
        if header.get("alg") != self._told.algorithm:
            raise Rejected("token_algorithm")
        key_id = header.get("kid")
        if not isinstance(key_id, str):
            raise Rejected("token_key_unknown")
        return key_id

    def _claims(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[self._told.algorithm],
                audience=self._told.audience,
                issuer=self._told.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", self._told.person_claim]},
            )
        except PyJWTError as error:
            self._tell(error)
            # The error is not kept as the cause: it may quote the token.
            code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "token_malformed")
            raise Rejected(code) from None
        times = [claims[name] for name in ("exp", "nbf", "iat") if name in claims]
        if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times):
            raise Rejected("token_claims")
        return claims

    def _tell(self, error: PyJWTError) -> None:
        """Logs once that tokens do not name their person where we were told that they do."""
        claim = self._told.person_claim
        missing = isinstance(error, exceptions.MissingRequiredClaimError) and error.claim == claim
        if missing and not self._nameless:
            self._nameless = True
            log.warning("access tokens are refused: the claim %r (OIDC_PERSON_CLAIM) is missing", claim)


def _is_access_token(kind: object) -> bool:
    """Whether a header's `typ` is one that access tokens have; a token for something else is not taken."""
    return isinstance(kind, str) and kind.lower() in _TYPES


def _person(named: object) -> str:
    """The name of who acts; what cannot be told from another name in a list is none."""
    person = named.strip() if isinstance(named, str) else ""
    if not may_be_named(person):
        raise Rejected("token_claims")
    return person


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """What the token allows: of `scope`, or else of `scp`, words of a text or of a list."""
    given = claims.get("scope", claims.get("scp", ()))
    words = given.split(" ") if isinstance(given, str) else given
    if not isinstance(words, list | tuple):
        raise Rejected("token_claims")
    return frozenset(word for word in words if isinstance(word, str)) & _SCOPES


@asynccontextmanager
async def providing(
    told: Oidc | None, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[Provider | None]:
    """The provider that we were told of, for as long as the block runs; fetches nothing by itself."""
    if told is None:
        yield None
        return
    async with httpx.AsyncClient(
        timeout=PATIENCE_SECONDS, follow_redirects=False, headers={"user-agent": APP}
    ) as client:
        yield Provider(told, Keys(told, client, clock))
