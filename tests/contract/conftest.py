"""The application on the shipped policies, in this process and over TCP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI

from service.api.app import Access, create_app
from tests.api.conftest import catalogue_url, client
from tests.api.officers import issued
from tests.conftest import database

__all__ = ["catalogue_url", "client", "served"]


@dataclass(frozen=True)
class Administered:
    """A real server, and a key that may do everything there."""

    address: str
    key: str = field(repr=False)


@pytest.fixture(scope="session")
def served(catalogue_url: str) -> Iterator[str]:
    """The address of a real server."""
    with serving(create_app(catalogue_url)) as address:
        yield address


@pytest.fixture(scope="session")
def administered(server_url: str, filled: str) -> Iterator[Administered]:
    """A real server on a database of its own, which may be administered."""
    with (
        database(server_url, filled) as url,
        serving(create_app(url, access=Access(admin_url=url))) as address,
    ):
        yield Administered(address, issued(url, "fuzzer"))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address at which an application is served."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
