"""Access tokens of a real identity provider: whose they are, and each refusal by its own code."""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from jwt.warnings import InsecureKeyLengthWarning

from service.api.jwks import FRESH_SECONDS, STALE_SECONDS, UNKNOWN_SECONDS, Keys
from service.api.oidc import Bearer, Provider
from service.api.problems import Rejected
from service.settings import Oidc
from tests.api.identity import IdentityProvider, Private, provided, public_jwk, public_pem, rsa_key

NOW = int(time.time())
LATER = NOW + 86_400


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with provided() as provider:
        yield provider


def asking(told: Oidc, ask: Callable[[Provider, Clock], Awaitable[None]]) -> None:
    """Asks a fresh provider of the service's, whose clock the asker holds."""

    async def run() -> None:
        clock = Clock()
        async with httpx.AsyncClient(timeout=5) as client:
            await ask(Provider(told, Keys(told, client, clock)), clock)

    asyncio.run(run())


def bearer_of(told: Oidc, token: str) -> Bearer:
    """Whose token it is."""
    found: list[Bearer] = []

    async def ask(provider: Provider, _: Clock) -> None:
        found.append(await provider.bearer(token))

    asking(told, ask)
    return found[0]


def code_of(told: Oidc, token: str) -> str:
    """Why a token is refused; the reason never holds anything of it."""
    with pytest.raises(Rejected) as rejected:
        bearer_of(told, token)
    assert rejected.value.__cause__ is None
    assert rejected.value.__suppress_context__ or rejected.value.__context__ is None
    assert not rejected.value.values
    return rejected.value.code


def pieces(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """A token made by hand."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_token_names_its_person_and_what_they_may_do(provider: IdentityProvider) -> None:
    token = provider.token(sub="wang", scope="openid policy:draft audit:read admin")
    assert bearer_of(provider.told(), token) == Bearer("wang", frozenset({"policy:draft", "audit:read"}))
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize("scp", [["policy:publish", "x"], "x policy:publish"])
def test_scopes_may_be_listed_under_the_other_name(provider: IdentityProvider, scp: object) -> None:
    token = provider.token(scope=None, scp=scp)
    assert bearer_of(provider.told(), token).scopes == {"policy:publish"}
    assert bearer_of(provider.told(), provider.token(scope=None)).scopes == frozenset()


def test_the_person_may_be_another_claim_and_the_address_of_keys_given(provider: IdentityProvider) -> None:
    told = provider.told(person_claim="email", jwks_url=f"{provider.issuer}/keys")
    assert bearer_of(told, provider.token(email=" li@example.org ")).person == "li@example.org"
    assert provider.asked == ["/keys"]
    assert code_of(told, provider.token()) == "token_claims"


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt"])
def test_an_access_token_may_say_that_it_is_one(provider: IdentityProvider, kind: str) -> None:
    assert bearer_of(provider.told(), provider.token(headers={"typ": kind})).person == "li"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": NOW - 120}, "token_expired"),
        ({"exp": None}, "token_claims"),
        ({"exp": str(LATER)}, "token_claims"),
        ({"exp": True}, "token_expired"),
        ({"exp": "soon"}, "token_malformed"),
        ({"nbf": NOW + 3600}, "token_not_yet_valid"),
        ({"nbf": "now"}, "token_malformed"),
        ({"nbf": str(NOW - 60)}, "token_claims"),
        ({"iat": NOW + 3600}, "token_not_yet_valid"),
        ({"iat": "now"}, "token_claims"),
        ({"aud": "another-service"}, "token_audience"),
        ({"aud": ["another", "third"]}, "token_audience"),
        ({"aud": [1]}, "token_audience"),
        ({"aud": None}, "token_claims"),
        ({"iss": "https://elsewhere.example"}, "token_issuer"),
        ({"iss": None}, "token_claims"),
        ({"sub": None}, "token_claims"),
        ({"sub": ""}, "token_claims"),
        ({"sub": "  "}, "token_claims"),
        ({"sub": "li\nwang"}, "token_claims"),
        ({"sub": "x" * 201}, "token_claims"),
        ({"sub": "Catalogue"}, "token_claims"),
        ({"sub": "operator "}, "token_claims"),
        ({"scope": 7}, "token_claims"),
    ],
)
def test_a_claim_that_does_not_hold_is_refused(
    provider: IdentityProvider, claims: dict[str, Any], code: str
) -> None:
    assert code_of(provider.told(), provider.token(**claims)) == code


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -5), ("nbf", 5), ("iat", 5)])
def test_clocks_may_differ_a_little(provider: IdentityProvider, claim: str, seconds: int) -> None:
    # Five seconds of the leeway's thirty leave time enough for a slow machine.
    claims: dict[str, Any] = {claim: int(time.time()) + seconds}
    assert bearer_of(provider.told(), provider.token(**claims)).person == "li"


def test_a_token_may_be_for_several_services(provider: IdentityProvider) -> None:
    assert bearer_of(provider.told(), provider.token(aud=["x", "yibao-balance"])).person == "li"


def test_a_token_without_a_signature_is_refused(provider: IdentityProvider) -> None:
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    for none in ("none", "None", "NONE", "", None):
        header = {"alg": none, "kid": "first", "typ": "JWT"}
        assert code_of(provider.told(), pieces(header, claims)) == "token_algorithm"
    assert code_of(provider.told(), pieces({"kid": "first"}, claims)) == "token_algorithm"
    signed = provider.token().rpartition(".")[0] + "."
    assert code_of(provider.told(), signed) == "token_signature"
    assert provider.asked.count("/keys") == 1


def test_a_secret_made_of_the_public_key_signs_nothing(provider: IdentityProvider) -> None:
    """Key confusion: what everybody may read, taken for what only two know."""
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    key = provider.keys["first"]
    for secret in (public_pem(key), json.dumps(public_jwk(key)).encode()):
        signing, _, _ = pieces({"alg": "HS256", "kid": "first", "typ": "JWT"}, claims).rpartition(".")
        signature = jwt.get_algorithm_by_name("HS256").sign(signing.encode(), secret)
        token = f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        assert code_of(provider.told(), token) == "token_algorithm"
        # The same signature under the name of the algorithm that is expected.
        pinned = pieces({"alg": "RS256", "kid": "first", "typ": "JWT"}, claims, signature)
        assert code_of(provider.told(), pinned) == "token_signature"


def test_a_secret_that_the_provider_lists_is_no_key(provider: IdentityProvider) -> None:
    secret = "a-secret-of-more-than-thirty-two-bytes"
    k = base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    provider.listed = [{"kty": "oct", "kid": "first", "k": k}, {"kty": "oct", "kid": "first", "alg": "RS256"}]
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    confused = jwt.encode(claims, secret, "HS256", {"kid": "first"})
    assert code_of(provider.told(), confused) == "token_algorithm"
    assert code_of(provider.told(), provider.token()) == "token_key_unknown"


def test_an_algorithm_that_was_not_configured_is_refused_even_if_its_key_is_listed(
    provider: IdentityProvider,
) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    provider.listed = [public_jwk(curve, kid="curve"), public_jwk(provider.keys["first"], kid="first")]
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    token = jwt.encode(claims, curve, "ES256", {"kid": "curve"})
    assert code_of(provider.told(), token) == "token_algorithm"
    assert bearer_of(provider.told(algorithm="ES256"), token).person == "li"
    stronger = jwt.encode(claims, provider.keys["first"], "RS512", {"kid": "first"})
    assert code_of(provider.told(), stronger) == "token_algorithm"


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("PS256", rsa_key()),
        ("ES384", ec.generate_private_key(ec.SECP384R1())),
        ("ES512", ec.generate_private_key(ec.SECP521R1())),
        ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
    ],
)
def test_other_algorithms_can_be_configured(provider: IdentityProvider, algorithm: str, key: Private) -> None:
    provider.listed = [public_jwk(key, kid="k", alg=algorithm)]
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    token = jwt.encode(claims, key, algorithm, {"kid": "k"})
    assert bearer_of(provider.told(algorithm=algorithm), token).person == "li"


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["MII="]},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
        {"typ": "logout+jwt"},
        {"typ": 7},
    ],
)
def test_a_token_that_brings_a_key_or_is_for_something_else_is_refused(
    provider: IdentityProvider, header: dict[str, Any]
) -> None:
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    named = {"alg": "RS256", "kid": "first", **header}
    assert code_of(provider.told(), pieces(named, claims, b"signature")) == "token_malformed"
    assert provider.asked == []


def test_a_key_that_the_token_embeds_is_never_the_one_it_is_checked_by(provider: IdentityProvider) -> None:
    mine = rsa_key()
    claims = {"iss": provider.issuer, "aud": "yibao-balance", "sub": "li", "exp": LATER}
    token = jwt.encode(claims, mine, "RS256", {"kid": "first", "jwk": public_jwk(mine, kid="first")})
    assert code_of(provider.told(), token) == "token_malformed"
    forged = jwt.encode(claims, mine, "RS256", {"kid": "first"})
    assert code_of(provider.told(), forged) == "token_signature"


def test_what_was_signed_cannot_be_changed(provider: IdentityProvider) -> None:
    header, payload, signature = provider.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = base64.urlsafe_b64encode(json.dumps(claims | {"scope": "policy:publish"}).encode())
    tampered = f"{header}.{other.rstrip(b'=').decode()}.{signature}"
    assert code_of(provider.told(), tampered) == "token_signature"


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "....", "é.b.c", "e30.e30.", "bnVsbA.bnVsbA.", "x" * 8193, "W10.e30.eA"],
)
def test_what_is_no_token_is_refused_without_a_word_to_the_provider(
    provider: IdentityProvider, token: str
) -> None:
    assert code_of(provider.told(), token) in {"token_malformed", "token_algorithm"}
    assert provider.asked == []


def test_a_key_that_nobody_knows_is_refused(provider: IdentityProvider) -> None:
    assert code_of(provider.told(), provider.token(kid="other")) == "token_key_unknown"
    assert code_of(provider.told(), provider.token(kid=None)) == "token_key_unknown"


@pytest.mark.parametrize(
    "members",
    [{"use": "enc"}, {"alg": "RS512"}, {"kid": 7}, {"n": 7}, {"n": None}, {"n": "!"}, {"kty": "EC"}],
)
def test_a_listed_key_that_is_not_for_this_is_passed_over(
    provider: IdentityProvider, members: dict[str, Any]
) -> None:
    unfit = public_jwk(provider.keys["first"], kid="first") | members
    provider.listed = [7, "first", {}, unfit]
    assert code_of(provider.told(), provider.token()) == "token_key_unknown"


def test_a_key_that_is_too_short_is_passed_over(provider: IdentityProvider) -> None:
    provider.keys["first"] = rsa_key(1024)
    with pytest.warns(InsecureKeyLengthWarning):
        token = provider.token()
    assert code_of(provider.told(), token) == "token_key_unknown"


def test_keys_are_fetched_once_for_all_who_ask_at_the_same_time(provider: IdentityProvider) -> None:
    provider.delay = 0.05

    async def ask(known: Provider, _: Clock) -> None:
        found = await asyncio.gather(*(known.bearer(provider.token()) for _ in range(20)))
        assert {each.person for each in found} == {"li"}

    asking(provider.told(), ask)
    assert provider.asked.count("/keys") == 1


def test_a_new_key_is_fetched_when_a_token_names_it_but_not_for_every_such_token(
    provider: IdentityProvider,
) -> None:
    async def ask(known: Provider, clock: Clock) -> None:
        await known.bearer(provider.token())
        provider.keys["second"] = rsa_key()
        clock.now += UNKNOWN_SECONDS
        assert (await known.bearer(provider.token(kid="second"))).person == "li"
        assert provider.asked.count("/keys") == 2
        for number in range(20):
            with pytest.raises(Rejected, match="token_key_unknown"):
                await known.bearer(provider.token(kid=f"made-up-{number}"))
        assert provider.asked.count("/keys") == 2

    asking(provider.told(), ask)


def test_a_key_that_was_taken_out_is_no_longer_taken(provider: IdentityProvider) -> None:
    async def ask(known: Provider, clock: Clock) -> None:
        token = provider.token()
        await known.bearer(token)
        provider.keys = {"second": rsa_key(), "first": provider.keys["first"]}
        provider.listed = [public_jwk(provider.keys["second"], kid="second")]
        clock.now += FRESH_SECONDS - 1
        await known.bearer(token)
        clock.now += 1
        with pytest.raises(Rejected, match="token_key_unknown"):
            await known.bearer(token)

    asking(provider.told(), ask)


def test_while_the_provider_is_away_the_last_keys_serve_for_an_hour(
    provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(known: Provider, clock: Clock) -> None:
        token = provider.token(exp=int(time.time()) + 7200)
        await known.bearer(token)
        provider.answers["/keys"] = (500, {}, b"broken")
        clock.now += FRESH_SECONDS
        for _ in range(3):
            assert (await known.bearer(token)).person == "li"
        clock.now += STALE_SECONDS - FRESH_SECONDS
        with pytest.raises(Rejected, match="identity_provider_away"):
            await known.bearer(token)
        del provider.answers["/keys"]
        clock.now += 5
        assert (await known.bearer(token)).person == "li"

    with caplog.at_level(logging.WARNING, logger="service"):
        asking(provider.told(), ask)
    assert [record.message for record in caplog.records] == [
        "keys of the identity provider not fetched: UnusableAnswer: the provider answered 500"
    ]


NONSENSE: list[tuple[str, tuple[int, dict[str, str], bytes]]] = [
    ("/keys", (200, {}, b"<html>")),
    ("/keys", (200, {}, b"[]")),
    ("/keys", (200, {}, b"{}")),
    ("/keys", (200, {}, b'{"keys": 7}')),
    ("/keys", (200, {}, b"[" * 100_000)),
    ("/keys", (200, {}, b" " * 300_000 + b'{"keys": []}')),
    ("/keys", (302, {"location": "/elsewhere"}, b"")),
    ("/keys", (404, {}, b"")),
    ("/.well-known/openid-configuration", (503, {}, b"")),
    ("/.well-known/openid-configuration", (200, {}, b'{"issuer": "https://other", "jwks_uri": "/keys"}')),
    ("/.well-known/openid-configuration", (200, {}, b'{"jwks_uri": "file:///etc/passwd"}')),
]


@pytest.mark.parametrize(("path", "answer"), NONSENSE)
def test_nonsense_of_a_provider_is_no_set_of_keys(
    provider: IdentityProvider, path: str, answer: tuple[int, dict[str, str], bytes]
) -> None:
    provider.answers[path] = answer
    assert code_of(provider.told(), provider.token()) == "identity_provider_away"


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("https://other.example", "'https://other.example'"),
        ("https://o\nWARNING", r"'https://o\nWARNING'"),
        ("x" * 1000, f"'{'x' * 199}"),
        (None, "None"),
    ],
)
def test_a_document_of_another_issuer_is_not_this_provider_s_and_both_are_told(
    provider: IdentityProvider, caplog: pytest.LogCaptureFixture, named: object, shown: str
) -> None:
    document = {"issuer": named, "jwks_uri": f"{provider.issuer}/keys"}
    provider.answers["/.well-known/openid-configuration"] = (200, {}, json.dumps(document).encode())
    with caplog.at_level(logging.WARNING, logger="service"):
        assert code_of(provider.told(), provider.token()) == "identity_provider_away"
    assert "/keys" not in provider.asked
    [told] = [record.message for record in caplog.records]
    both = f"the provider's document is of the issuer {shown}, and OIDC_ISSUER is '{provider.issuer}'"
    assert told == f"keys of the identity provider not fetched: UnusableAnswer: {both}"


def test_the_claim_that_names_nobody_is_told_once_and_nothing_of_the_token(
    provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(known: Provider, _: Clock) -> None:
        for person in ("li", "wang"):
            with pytest.raises(Rejected, match="token_claims"):
                await known.bearer(provider.token(sub=person))
        with pytest.raises(Rejected, match="token_claims"):
            await known.bearer(provider.token(exp=None, email="li@example.org"))

    with caplog.at_level(logging.WARNING, logger="service"):
        asking(provider.told(person_claim="email"), ask)
    assert [record.message for record in caplog.records] == [
        "access tokens are refused: the claim 'email' (OIDC_PERSON_CLAIM) is missing"
    ]


def test_a_forged_token_has_nothing_told_of_its_claims(
    provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    forged = jwt.encode({"iss": provider.issuer}, rsa_key(), "RS256", {"kid": "first"})
    with caplog.at_level(logging.WARNING, logger="service"):
        assert code_of(provider.told(person_claim="email"), forged) == "token_signature"
    assert caplog.records == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://10.0.0.1/keys", "/keys", 7, None])
def test_the_provider_cannot_send_us_anywhere(provider: IdentityProvider, address: object) -> None:
    document = json.dumps({"issuer": provider.issuer, "jwks_uri": address}).encode()
    provider.answers["/.well-known/openid-configuration"] = (200, {}, document)
    assert code_of(provider.told(), provider.token()) == "identity_provider_away"


def test_a_provider_that_was_never_reached_is_said_to_be_away() -> None:
    with provided() as gone:
        token, told = gone.token(), gone.told()
    assert code_of(told, token) == "identity_provider_away"


def test_a_provider_that_is_away_is_not_asked_for_every_token(provider: IdentityProvider) -> None:
    provider.answers["/keys"] = (500, {}, b"")

    async def ask(known: Provider, clock: Clock) -> None:
        for _ in range(10):
            with pytest.raises(Rejected, match="identity_provider_away"):
                await known.bearer(provider.token())
        assert provider.asked.count("/keys") == 1
        clock.now += 5
        with pytest.raises(Rejected, match="identity_provider_away"):
            await known.bearer(provider.token())
        assert provider.asked.count("/keys") == 2

    asking(provider.told(), ask)
