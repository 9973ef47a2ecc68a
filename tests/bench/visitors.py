"""Visitors who open one page at a steady pace, as lightly as they can: the server beside them needs the processor.

An ordinary HTTP client costs more for each page than the server does, and would measure itself. So the connections are
opened beforehand and kept, as a browser keeps them; of an answer only what tells whether it is whole and good is read.
Where every connection waits for its answer, the next visitor waits for a connection, and that counts.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

CONNECTIONS: Final = 50
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


async def open_pages(url: str, a_second: int, seconds: float) -> list[float]:
    """How long each page took, in milliseconds, from when it was due; `a_second` are due, spread evenly.

    Every connection has fetched the page once before the first one is due.
    """
    address = urlsplit(url)
    visitors = [
        await _Visitor.come(address.hostname or "", address.port or 80, address.path) for _ in range(CONNECTIONS)
    ]
    free: asyncio.Queue[_Visitor] = asyncio.Queue()
    for visitor in visitors:
        await visitor.open_page()
        free.put_nowait(visitor)
    length = visitors[0].length
    times: list[float] = []

    async def visit(due: float) -> None:
        visitor = await free.get()
        await visitor.open_page()
        assert visitor.length == length, "not the page that it was"
        times.append((time.perf_counter() - due) * 1_000)
        free.put_nowait(visitor)

    try:
        async with asyncio.TaskGroup() as group:
            for due in _evenly(a_second, seconds):
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(visit(due))
    finally:
        for visitor in visitors:
            visitor.leave()
    return times


def _evenly(a_second: int, seconds: float) -> Iterator[float]:
    began = time.perf_counter()
    return (began + number / a_second for number in range(round(a_second * seconds)))


class _Visitor:
    """A connection that asks for one page again and again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._request = request
        self.length = 0

    @classmethod
    async def come(cls, host: str, port: int, path: str) -> "_Visitor":
        """Connects."""
        request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Language: es-US,es;q=0.9,en;q=0.5\r\n\r\n"
        return cls(*await asyncio.open_connection(host, port), request.encode())

    async def open_page(self) -> None:
        """Asks, and reads the whole answer; its length is in `length`. Raises AssertionError for any but a good one."""
        self._writer.write(self._request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        found = _LENGTH.search(head)
        assert found, head
        self.length = len(await self._reader.readexactly(int(found[1])))

    def leave(self) -> None:
        """Closes the connection."""
        self._writer.close()
