"""What goes over the wire: bytes for each revision, requests for many and for nothing new, what a cut costs."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from app.ids import uuid7
from sync.packing import inflate
from tests.bench.figures import Figure, tell
from tests.bench.home import Home
from tests.bench.pouch import Pouch
from tests.bench.sync_push import MANY
from tests.bench.wire import Wire, counted

_CUT = 5  # the answer to this batch is lost
_BATCH = 500


def measure(home: Home, rivals: Pouch) -> Iterator[Figure]:
    """push-bytes over PouchDB's, and push-requests in its three parts."""
    yield from asyncio.run(_measure(home, rivals))


async def _measure(home: Home, rivals: Pouch) -> list[Figure]:
    tell(f"push-bytes, push-requests: {MANY} revisions of 1 KB, counted on the wire in both directions")
    async with counted(rivals.url) as wire:
        name = uuid7()
        await asyncio.to_thread(rivals.fill, name, MANY)
        await asyncio.to_thread(rivals.push, name, f"{wire.url}/{name}", MANY)
        theirs = wire.total / MANY
        tell(f"  PouchDB: {theirs:.0f} bytes a revision, {wire.requests} requests")
    with tempfile.TemporaryDirectory() as folder:
        async with counted(home.url) as wire, home.phone(Path(folder), url=wire.url) as phone:
            await phone.engine.round()
            phone.write(MANY)
            wire.forget()
            await phone.engine.round()
            assert phone.notebook.counts().waiting == 0
            ours, requests = wire.total / MANY, wire.requests
            tell(f"  ours: {ours:.0f} bytes a revision ({_directions(wire)}), {requests} requests")
            wire.forget()
            await phone.engine.round()
            nothing = (wire.requests, wire.total)
            tell(f"  nothing new: {nothing[0]} requests, {nothing[1]} bytes")
    return [
        Figure("push-bytes", ours / theirs, "of-pouchdb", "<=", 1 / 6),
        Figure("push-requests", requests, "requests", "<=", 22),
        Figure("push-requests-nothing-new", nothing[0], "requests", "<=", 1),
        Figure("push-requests-nothing-new-bytes", nothing[1], "bytes", "<=", 600),
        Figure("push-requests-after-a-cut", await _resent(home) / _BATCH, "batches-resent", "<=", 1),
    ]


def _directions(wire: Wire) -> str:
    return f"{wire.up / MANY:.0f} up, {wire.down / MANY:.0f} down"


async def _resent(home: Home) -> float:
    """Revisions that went over the wire twice because one answer was lost."""
    line = _Cut()
    with tempfile.TemporaryDirectory() as folder:
        async with home.phone(Path(folder), line) as phone:
            phone.write(MANY // 2)
            while phone.notebook.counts().waiting:
                await phone.engine.round()
    return line.revisions - MANY // 2


class _Cut(httpx.AsyncHTTPTransport):
    """Loses one answer, and counts the revisions that go up."""

    def __init__(self) -> None:
        super().__init__()
        self.revisions = 0
        self._batches = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if request.method == "POST" and request.url.path.endswith("/revisions"):
            self.revisions += inflate(request.content, 1 << 24).count(b"\n")
            self._batches += 1
            if self._batches == _CUT:
                await answer.aclose()
                raise httpx.ReadError("cut")
        return answer

    async def aclose(self) -> None:
        """Rounds open and close it many times; the bench's end is its end."""
