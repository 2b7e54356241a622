"""API keys as an operator issues, rotates and revokes them, and an address that tells who asks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from service.api.security import authorise
from service.core.lifecycle import Scope
from service.store import db, keys
from service.store.keys import Issued

Result = TypeVar("Result")
SECRET = "0123456789abcdef" * 4  # of the right form, and nobody's


def doing(url: str, act: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """What comes of an act in a transaction of its own."""

    async def run() -> Result:
        engine = db.direct_engine(url)
        try:
            async with engine.begin() as connection:
                return await act(connection)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def issued(url: str, *scopes: Scope, person: str = "li", lasting: timedelta | None = None) -> Issued:
    """A new key."""
    return doing(url, lambda connection: keys.issue(connection, person, scopes, lasting=lasting))


def rotated(url: str, key: Issued, grace: timedelta) -> Issued:
    """The key that takes the place of another."""
    return doing(url, lambda connection: keys.rotate(connection, key.key.id, grace=grace))


def revoked(url: str, key: Issued) -> None:
    """Ends a key."""
    doing(url, lambda connection: keys.revoke(connection, key.key.id))


async def _who(request: Request) -> Response:
    caller = await authorise(request, Scope.DRAFT, Scope.PUBLISH)
    return JSONResponse({"person": caller.person, "scopes": sorted(caller.scopes)})


async def _broken(request: Request) -> Response:
    caller = await authorise(request, Scope.DRAFT, Scope.PUBLISH)
    raise RuntimeError(f"broken while {caller.person} asked")


WHO = (Route("/who", _who), Route("/broken", _broken))
"""Who asks under either of two scopes; and a failure of the service once that is known."""
