"""The application on the shipped policies, in this process and over TCP."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from service.api.app import create_app
from tests.api.conftest import catalogue_url, client

__all__ = ["catalogue_url", "client", "served"]


@pytest.fixture(scope="session")
def served(catalogue_url: str) -> Iterator[str]:
    """The address of a real server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(catalogue_url), log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
