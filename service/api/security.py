"""Who asks, and whether they may: API keys and access tokens, closed unless somebody was let in."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response

from service.api.oidc import Provider
from service.api.problems import Rejected
from service.core.errors import NotReady
from service.core.lifecycle import Scope
from service.store import keys
from service.store.keys import Key, KeyRefused
from service.store.snapshot import Snapshots
from service.store.transaction import told_away

# Refusals of those whom a service without any credentials could not let in, whatever they sent.
_OF_STRANGERS = {"credentials_required", "key_unknown", "token_issuer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by the name under which they act, and what they may do."""

    person: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the process knows of who may do what."""

    snapshots: Snapshots
    administration: AsyncEngine | None = None  # Postgres in the role that may administer
    provider: Provider | None = None  # whose access tokens are taken
    closed: bool = False  # whether simulations ask for the scope too


def gate_of(request: Request) -> Gate:
    """The gate of the running process."""
    gate: Gate = request.scope["state"]["gate"]
    return gate


def administration_of(request: Request) -> AsyncEngine:
    """Postgres in the role that may administer; Rejected where none was named."""
    engine = gate_of(request).administration
    if engine is None:
        raise Rejected("administration_closed")
    return engine


async def authorise(request: Request, *scopes: Scope) -> Caller:
    """Who asks to administer; Rejected unless they have one of the scopes, any of them."""
    gate, engine = gate_of(request), administration_of(request)
    try:
        return _holding(await _caller(request, gate, partial(_stored, engine)), scopes)
    except Rejected as rejected:
        # Looked up only now, and each time: the first key that is issued opens administration at once.
        if rejected.code in _OF_STRANGERS and gate.provider is None and not await any_key(engine):
            raise Rejected("administration_closed") from None
        raise


async def admit(request: Request) -> None:
    """Lets a question in: everybody, unless simulations are closed; then no word to Postgres either."""
    gate = gate_of(request)
    if gate.closed:
        request.scope["caller"] = _holding(
            await _caller(request, gate, partial(_in_memory, gate)), (Scope.SIMULATE,)
        )


class AdmittedRoute(APIRoute):
    """A route of questions that are asked in the address; who asks comes before what they ask."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, behind the gate."""
        handle = super().get_route_handler()

        async def admitted(request: Request) -> Response:
            await admit(request)
            return await handle(request)

        return admitted


async def _caller(request: Request, gate: Gate, find: Callable[[str], Awaitable[Key | None]]) -> Caller:
    """Whoever shows a token of the provider's, or a key that is found by its id."""
    shown = _shown(request)
    if isinstance(shown, Token):
        return await _bearer(shown, gate)
    key_id, secret = _parsed(shown)
    return _of_key(await find(key_id), secret)


async def _stored(engine: AsyncEngine, key_id: str) -> Key | None:
    """The key as Postgres has it now: administration is refused from the moment a key is revoked."""
    with told_away():
        async with engine.connect() as connection:
            return await keys.find(connection, key_id)


async def _in_memory(gate: Gate, key_id: str) -> Key | None:
    """The key as it was read with the last policies; NotReady before the first reading."""
    if gate.snapshots.age is None:
        raise NotReady
    return gate.snapshots.keys.get(key_id)


class Token(str):
    """An access token, as it was sent."""

    __slots__ = ()


def _shown(request: Request) -> str:
    """The key, or the Token, that the request shows; Rejected unless it is exactly one."""
    shown = request.headers.getlist("x-api-key")
    bearers = request.headers.getlist("authorization")
    if len(shown) + len(bearers) > 1:
        raise Rejected("credentials_given_twice")
    if shown:
        return shown[0]
    scheme, _, token = (bearers[0] if bearers else "").partition(" ")
    if scheme.lower() != "bearer":
        raise Rejected("credentials_required")
    return Token(token.strip())


def _parsed(shown: str) -> tuple[str, str]:
    try:
        return keys.parse(shown)
    except KeyRefused as refused:
        raise Rejected(refused.code) from None


def _of_key(found: Key | None, secret: str) -> Caller:
    try:
        key = keys.check(found, secret, datetime.now(UTC))
    except KeyRefused as refused:
        raise Rejected(refused.code) from None
    return Caller(key.person, frozenset(key.scopes))


async def _bearer(token: Token, gate: Gate) -> Caller:
    if gate.provider is None:
        raise Rejected("token_issuer")
    bearer = await gate.provider.bearer(token)
    return Caller(bearer.person, bearer.scopes)


async def any_key(engine: AsyncEngine) -> bool:
    """Whether there is a key that opens anything; StoreAway if nobody can say."""
    with told_away():
        async with engine.connect() as connection:
            return await keys.any_in_use(connection)


def _holding(caller: Caller, scopes: Iterable[Scope]) -> Caller:
    wanted = [scope.value for scope in scopes]
    if caller.scopes.isdisjoint(wanted):
        raise Rejected("scope_missing", scopes=", ".join(wanted))
    return caller
