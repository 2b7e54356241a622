"""A server in a process of its own, asked by another over connections that stay open."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PATIENCE_SECONDS = 90


class Server(NamedTuple):
    """A process that answers on a port."""

    process: subprocess.Popen[bytes]
    port: int

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The answer, which must be one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            raise OSError(answer.decode())
        return answer

    def cpu_seconds(self) -> float:
        """The CPU the process has used, which Linux tells in ticks."""
        told = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def round(self, path: str, body: bytes, seconds: float) -> tuple[float, float]:
        """Requests a second, and microseconds of the server's CPU a request, under a load."""
        before = self.cpu_seconds()
        command = [sys.executable, "-m", "bench.load", str(self.port), path, str(seconds)]
        answered = int(subprocess.run(command, input=body, capture_output=True, check=True).stdout)
        return answered / seconds, (self.cpu_seconds() - before) / answered * 1e6


@contextmanager
def serving(*module: str, **environment: str) -> Iterator[Server]:
    """`python -m` a module on a free port, from when it is ready until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    told = {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1"} | environment
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", *module], env=kept | told, stdout=quiet, stderr=quiet)
    server, until = Server(process, port), time.monotonic() + PATIENCE_SECONDS
    try:
        while True:
            with suppress(OSError):
                server.ask("GET", "/readyz")
                break
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError(" ".join(module))
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()
