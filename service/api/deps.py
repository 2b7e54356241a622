"""What a route needs: its name in the contract, and the published policies it answers from."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from fastapi.routing import APIRoute
from starlette.requests import Request

from service.api.security import Gate
from service.core.book import Book
from service.core.policy import Version
from service.store.snapshot import Snapshots


def operation_id(route: APIRoute) -> str:
    """An operation is called as its function."""
    return route.name


class State(TypedDict):
    """What the lifespan of the application holds for its requests."""

    snapshots: Snapshots
    gate: Gate


def snapshots_of(request: Request) -> Snapshots:
    """The snapshots of the running process."""
    snapshots: Snapshots = request.scope["state"]["snapshots"]
    return snapshots


def book_of(request: Request, as_of: datetime | None) -> Book:
    """What was published by an instant, or is published now; NotReady before the first reading."""
    return snapshots_of(request).current.book(as_of)


def versions_of(request: Request) -> Mapping[str, Version]:
    """Every policy ever published, by id; NotReady before the first reading."""
    return snapshots_of(request).current.versions
