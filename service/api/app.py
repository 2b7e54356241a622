"""The application: its routes, its problems, and the snapshots it answers from for as long as it lives."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from service import __version__
from service.api import health, pages, problems
from service.api.contract import DESCRIPTION, Contracted
from service.api.deps import State
from service.api.v1 import routes
from service.store.snapshot import following

_PATIENCE_SECONDS = 2.0  # with which a start waits for Postgres before it serves without


def create_app(database_url: str, *, poll_seconds: float = 5.0) -> FastAPI:
    """The application on a Postgres, which may be away: questions are then refused until it comes."""
    app = Contracted(
        title="医保个人账户模拟 · yibao-balance",
        version=__version__,
        summary="Simulates the individual accounts of China's employee medical insurance",
        description=DESCRIPTION,
        lifespan=_lifespan(database_url, poll_seconds),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    problems.add_handlers(app)
    for router in (routes.simulations, routes.quotes, routes.lookups, health.router, pages.router):
        # Taken over, not included: an included router matches every request a second time.
        app.router.routes.extend(router.routes)
    return app


def _lifespan(
    database_url: str, poll_seconds: float
) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        async with following(database_url, poll_seconds=poll_seconds) as snapshots:
            await snapshots.loaded(within=_PATIENCE_SECONDS)
            yield State(snapshots=snapshots)

    return lifespan
