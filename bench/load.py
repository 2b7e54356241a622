"""A load: a few connections that ask the same question as fast as it is answered; prints how often."""

import asyncio
import sys

CONNECTIONS = 8


class Asking(asyncio.Protocol):
    """One connection. All answers are of one length, so that reading them costs next to nothing."""

    def __init__(self, request: bytes) -> None:
        self.request, self.answered, self.length, self.got = request, 0, 0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first time."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Ask again when the answer is whole."""
        self.got += data
        if not self.length and b"\r\n\r\n" in self.got:
            head = self.got.partition(b"\r\n\r\n")[0].lower()
            self.length = len(head) + 4 + int(head.partition(b"content-length:")[2].split()[0])
        if self.length and len(self.got) >= self.length:
            if not self.got.startswith(b"HTTP/1.1 200") or len(self.got) != self.length:
                raise RuntimeError(self.got[:200].decode())
            self.answered, self.got = self.answered + 1, b""
            self.transport.write(self.request)


async def load(port: int, path: str, body: bytes, seconds: float) -> int:
    """How many answers came within the time."""
    headers = f"Host: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    request = f"POST {path} HTTP/1.1\r\n{headers}".encode() + body
    connect = asyncio.get_running_loop().create_connection
    pairs = [await connect(lambda: Asking(request), "127.0.0.1", port) for _ in range(CONNECTIONS)]
    await asyncio.sleep(seconds)
    return sum(asking.answered for _, asking in pairs)


if __name__ == "__main__":
    print(asyncio.run(load(int(sys.argv[1]), sys.argv[2], sys.stdin.buffer.read(), float(sys.argv[3]))))
