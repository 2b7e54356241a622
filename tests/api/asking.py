"""The application in this process, asked as a client would: real requests, its lifespan, no network."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from service.api.app import Access, create_app
from service.store.snapshot import Snapshots


class Client:
    """Asks the application; an error that it does not handle is raised here."""

    def __init__(self, portal: BlockingPortal, inner: httpx.AsyncClient, snapshots: Snapshots) -> None:
        self.snapshots = snapshots
        self._portal = portal
        self._inner = inner

    def request(self, method: str, address: str, **how: Any) -> httpx.Response:
        """Any request."""

        async def ask() -> httpx.Response:
            return await self._inner.request(method, address, **how)

        return self._portal.call(ask)

    def get(
        self, address: str, headers: Mapping[str, str] | None = None, **parameters: object
    ) -> httpx.Response:
        """A look-up; `class_` and `from_` are the parameters `class` and `from`."""
        named = {name.rstrip("_"): value for name, value in parameters.items()}
        return self.request("GET", address, params=named or None, headers=headers)

    def post(self, address: str, **how: Any) -> httpx.Response:
        """A question."""
        return self.request("POST", address, **how)


@contextmanager
def running(
    url: str,
    *,
    poll_seconds: float = 5.0,
    access: Access | None = None,
    administered: bool = False,
    routes: Sequence[BaseRoute] = (),
) -> Iterator[Client]:
    """The application on a database, with its lifespan; `administered` by the role that owns the tables.

    `routes` come on top of its own, for what a test would see of the inside.
    """
    if administered:
        access = replace(access or Access(), admin_url=url)
    app: FastAPI = create_app(url, poll_seconds=poll_seconds, access=access)
    app.router.routes.extend(routes)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)) as state,
    ):
        assert state is not None

        async def stated(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state)}, receive, send)

        inner = httpx.AsyncClient(transport=httpx.ASGITransport(stated), base_url="http://service")
        yield Client(portal, inner, state["snapshots"])
        portal.call(inner.aclose)
