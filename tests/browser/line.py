"""A line between phones and a district, as wide as a weak one, that can be cut at any moment."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_PIECE: Final = 4096  # bytes passed on at once


class Line:
    """Passes everything on to a port of this machine, until it is cut: then what is under way breaks off in the middle,
    and nobody gets through.
    """

    def __init__(self, port: int) -> None:
        self.port = 0  # the line's own, once it is there
        self.speed = 0.0  # bytes a second; 0: as fast as it goes
        self._to = port
        self._whole = True
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()

    def cut(self) -> None:
        """Breaks everything off."""
        self._loop.call_soon_threadsafe(self._cut)

    def mend(self) -> None:
        """Lets everybody through again."""
        self._whole = True

    def _cut(self) -> None:
        self._whole = False
        for end in self._open:
            end.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        there, further = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, further}
        await asyncio.gather(self._pass_on(reader, further), self._pass_on(there, writer))
        self._open -= {writer, further}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(len(piece) / self.speed if self.speed else 0)
        writer.close()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        with suppress(asyncio.CancelledError):
            await server.serve_forever()

    @contextmanager
    def up(self) -> Iterator["Line"]:
        """Runs beside the test until it is left."""
        ready = threading.Event()
        task = self._loop.create_task(self._serve(ready))
        thread = threading.Thread(target=self._loop.run_until_complete, args=(task,))
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(task.cancel)
            thread.join()
            self._loop.close()
