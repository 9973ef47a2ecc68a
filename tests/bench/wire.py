"""What really goes over a line: a proxy that counts every byte in both directions, and the requests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_REQUEST = b" HTTP/1.1\r\n"


@dataclass
class Wire:
    """Counts between a client and the server behind `url`; clients use the counter's own `url`."""

    url: str = ""
    up: int = 0
    down: int = 0
    requests: int = 0
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def total(self) -> int:
        """Both directions."""
        return self.up + self.down

    def forget(self) -> None:
        """Counts from here."""
        self.up = self.down = self.requests = 0

    def sent(self, piece: bytes, before: bytes) -> None:
        """Counts a piece on its way up; `before` is the end of the piece before it."""
        self.up += len(piece)
        self.requests += (before + piece).count(_REQUEST)

    def answered(self, piece: bytes, _before: bytes) -> None:
        """Counts a piece on its way down."""
        self.down += len(piece)


@contextlib.asynccontextmanager
async def counted(url: str) -> AsyncIterator[Wire]:
    """A counter in front of a server."""
    wire, address = Wire(), urlsplit(url)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up: bool) -> None:
        count, before = wire.sent if up else wire.answered, b""
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65_536):
                count(piece, before)
                before = piece[-len(_REQUEST) + 1 :]
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(carry(reader, to_writer, True), carry(to_reader, writer, False))

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
