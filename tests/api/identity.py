"""A real identity provider on this machine: discovery and keys over HTTP, and tokens signed by them."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from service.settings import Oidc

AUDIENCE = "yibao-balance"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of the usual kind."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_jwk(key: Private, **members: Any) -> dict[str, Any]:
    """The public part of a key, as a provider lists it."""
    public = key.public_key()
    match public:
        case rsa.RSAPublicKey():
            made = RSAAlgorithm.to_jwk(public, as_dict=True)
        case ec.EllipticCurvePublicKey():
            made = ECAlgorithm.to_jwk(public, as_dict=True)
        case _:
            made = OKPAlgorithm.to_jwk(public, as_dict=True)
    return {"use": "sig", **{name: value for name, value in made.items() if name != "key_ops"}, **members}


def public_pem(key: Private) -> bytes:
    """The public part of a key, as anybody may have it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class IdentityProvider:
    """A provider that can rotate its keys, answer nonsense, and be away; it counts what it is asked."""

    def __init__(self) -> None:
        self.keys: dict[str, Private] = {"first": rsa_key()}
        self.listed: list[Any] | None = None  # in place of the keys
        self.answers: dict[str, tuple[int, Mapping[str, str], bytes]] = {}  # in place of an address's own
        self.asked: list[str] = []
        self.delay = 0.0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def told(self, **changes: Any) -> Oidc:
        """What the service is told of the provider."""
        return Oidc(**{"issuer": self.issuer, "audience": AUDIENCE, **changes})

    def token(
        self, *, kid: str | None = "first", headers: Mapping[str, Any] | None = None, **claims: Any
    ) -> str:
        """A token of the provider's; a claim or header that is None is left out."""
        now = int(time.time())
        given = {"iss": self.issuer, "aud": AUDIENCE, "sub": "li", "iat": now, "exp": now + 300}
        given |= {"scope": "openid policy:draft"} | claims
        named = {"kid": kid, **(headers or {})}
        return jwt.encode(
            {name: value for name, value in given.items() if value is not None},
            self.keys.get(kid or "first") or self.keys["first"],
            "RS256",
            {name: value for name, value in named.items() if value is not None},
        )

    def set_of_keys(self) -> dict[str, Any]:
        """What the provider publishes."""
        if self.listed is not None:
            return {"keys": self.listed}
        return {"keys": [public_jwk(key, kid=name) for name, key in self.keys.items()]}

    def _answer(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        self.asked.append(path)
        time.sleep(self.delay)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            document = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
            return 200, {}, json.dumps(document).encode()
        return (200, {}, json.dumps(self.set_of_keys()).encode()) if path == "/keys" else (404, {}, b"")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = provider._answer(self.path)
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler


@contextmanager
def provided() -> Iterator[IdentityProvider]:
    """A provider that answers for as long as the block runs, unless it is told to end sooner."""
    provider = IdentityProvider()
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        thread.join()
        provider.server.server_close()
