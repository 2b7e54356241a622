"""The application: its routes, its problems, and what it holds for as long as it lives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from service import __version__
from service.api import health, pages, problems
from service.api.contract import DESCRIPTION, Contracted
from service.api.deps import State
from service.api.oidc import providing
from service.api.security import Gate
from service.api.v1 import auditing, governed_changes, governed_lookups, governed_routes, routes
from service.core.errors import NotPermitted, StoreAway
from service.settings import Oidc
from service.store import db, keys, logins
from service.store.snapshot import following
from service.store.transaction import told_away

# Two people: nobody publishes what they wrote themselves.
_ISSUE = (
    "one for whoever writes: python -m service.store.keys issue --person NAME --scope policy:draft; "
    "one for a second person, who publishes: … issue --person ANOTHER --scope policy:publish"
)
_PATIENCE_SECONDS = 2.0  # with which a start waits for Postgres before it serves without


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what: by default everybody may ask, and nobody may administer."""

    admin_url: str | None = None  # Postgres for the role that may administer
    admin_pooled: bool = False  # whether a transaction pooler stands before it
    oidc: Oidc | None = None
    simulations_closed: bool = False


def create_app(database_url: str, *, poll_seconds: float = 5.0, access: Access | None = None) -> FastAPI:
    """The application on a Postgres, which may be away: questions are then refused until it comes."""
    app = Contracted(
        title="医保个人账户模拟 · yibao-balance",
        version=__version__,
        summary="Simulates the individual accounts of China's employee medical insurance",
        description=DESCRIPTION,
        lifespan=_lifespan(database_url, poll_seconds, access or Access()),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    problems.add_handlers(app)
    for router in (
        *(routes.simulations, routes.quotes, routes.lookups),
        *(governed_lookups.router, governed_changes.router, governed_routes.router, auditing.router),
        *(health.router, pages.router),
    ):
        # Taken over, not included: an included router matches every request a second time.
        app.router.routes.extend(router.routes)
    return app


def _lifespan(
    database_url: str, poll_seconds: float, access: Access
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        async with (
            following(database_url, poll_seconds=poll_seconds) as snapshots,
            _administering(access) as engine,
            providing(access.oidc) as provider,
        ):
            await snapshots.loaded(within=_PATIENCE_SECONDS)
            gate = Gate(snapshots, engine, provider, access.simulations_closed)
            yield State(snapshots=snapshots, gate=gate)

    return lifespan


@asynccontextmanager
async def _administering(access: Access) -> AsyncIterator[AsyncEngine | None]:
    """Postgres for those who administer, if it was named; nothing is connected before it is needed."""
    if access.admin_url is None:
        yield None
        return
    engine = db.engine(access.admin_url, pooled=access.admin_pooled)
    try:
        yield engine
    finally:
        await engine.dispose()


async def why_closed(access: Access) -> str | None:
    """Why nobody may administer, for whoever runs the service; None where somebody may."""
    async with _administering(access) as engine:
        if engine is None:
            return "DATABASE_ADMIN_URL names no Postgres for it"
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await _why_closed(engine, access)
        except NotPermitted:
            # In our own words: those of Postgres would show whom the address names.
            return "DATABASE_ADMIN_URL cannot log in (its name, password or database is wrong)"
        except (StoreAway, TimeoutError):
            if access.oidc is not None:
                return None
            return "Postgres is away, and whether a key has been issued cannot be read; it opens by itself"


async def _why_closed(engine: AsyncEngine, access: Access) -> str | None:
    """The same, of a Postgres that is there."""
    with told_away(logged=False):
        async with engine.connect() as connection:
            if not await logins.may_administer(connection):
                return (
                    "the role of DATABASE_ADMIN_URL may not administer (it is to be in yibao_administrator)"
                )
            if access.oidc is not None or await keys.any_in_use(connection):
                return None
    return f"no API key is in use ({_ISSUE}), and OIDC_ISSUER is not set"
