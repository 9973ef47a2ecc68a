"""A weak line: what its losses cost in bytes, and whether every interrupted round has brought something across.

The line's time is worked out from its rate and its latency and not waited for; district, engine and notebook are real.
"""

import asyncio
import contextlib
import io
import math
import os
import random
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image

from sync.plan import FIRST_PAUSE
from tests.bench.figures import Figure, tell
from tests.bench.home import Home, Phone

RECORDS = 100
TIMES = 15  # there are few requests to lose: their sum is less a matter of chance than one time's share
MOST_ROUNDS = 200


@dataclass
class Line(httpx.AsyncBaseTransport):
    """A line of so many bytes and seconds of latency that loses some of its requests, at any byte of their way.

    `until` is the moment, in the line's own seconds, at which it goes dead; `bytes` are those that it carried in both
    directions, lost ones too; `brought` counts what the district took in; `order` says in which order.
    """

    rate: float = math.inf
    latency: float = 0.0
    loss: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    until: float = math.inf
    bytes: int = 0
    seconds: float = 0.0
    losses: int = 0
    brought: int = 0
    order: list[str] = field(default_factory=list)
    inner: httpx.AsyncHTTPTransport = field(default_factory=httpx.AsyncHTTPTransport)

    def begin(self, seed: int, rate: float, latency: float, loss: float) -> "Line":
        """Becomes another line, and counts from here."""
        self.rate, self.latency, self.loss = rate, latency, loss
        self.chance = random.Random(seed)  # noqa: S311 - decides on losses only
        self.until, self.seconds = math.inf, 0.0
        self.bytes = self.losses = 0
        self.order.clear()
        return self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.ReadError where the request or its answer is lost."""
        # Half of the losses are on the way up, half on the way down; how far it came is chance.
        lost = self.chance.random() < self.loss
        way = 2 * self.chance.random()
        up = _size(request.headers) + len(f"{request.method} {request.url.raw_path.decode()} HTTP/1.1\r\n")
        up += len(await request.aread())
        self._carry(up, way if lost else 1, self.latency)
        answer = await self.inner.handle_async_request(request)
        await answer.aread()
        if answer.status_code < 300 and request.method in ("POST", "PUT"):
            self.brought += 1
            self.order.append("photo" if request.method == "PUT" else "records")
        down = _size(answer.headers) + answer.num_bytes_downloaded
        self._carry(down, way - 1 if lost else 1, 0)
        return httpx.Response(answer.status_code, headers=_plain(answer.headers), content=answer.content)

    def _carry(self, size: int, part: float, latency: float) -> None:
        """Carries a part of a message, or what gets through before the line goes dead."""
        carried = min(part, 1.0) * size
        room = max(0.0, self.until - self.seconds - latency) * self.rate
        self.bytes += round(min(carried, room))
        self.seconds = min(self.seconds + latency + carried / self.rate, self.until)
        if part < 1 or room < size:
            self.losses += 1
            raise httpx.ReadError("lost")

    async def aclose(self) -> None:
        """Rounds open and close it many times; the bench's end is its end."""


def measure(home: Home) -> Iterator[Figure]:
    """weak-line in bytes, the order of what comes, and progress on a line that is cut again and again."""
    yield from asyncio.run(_measure(home))


async def _measure(home: Home) -> list[Figure]:
    return [*await _lossy(home), await _cut_off(home)]


async def _lossy(home: Home) -> list[Figure]:
    tell(f"weak-line: {RECORDS} records and a photo over 64 kbit/s, 20 % of requests lost")
    clean = weak = ordered = 0
    async with _phone(home) as (phone, line):
        for seed in range(TIMES):
            clean += await _across(phone, line.begin(seed, 8_000, 0, 0))
            weak += await _across(phone, line.begin(seed, 8_000, 0, 0.2))
            ordered += line.order == sorted(line.order, reverse=True)
            tell(f"  {line.bytes} bytes in {line.seconds:.0f} s, {line.losses} requests lost")
    return [
        Figure("weak-line", weak / clean, "of-a-clean-line", "<=", 1.3),
        Figure("weak-line-records-first", ordered / TIMES, "of-times", ">=", 1),
    ]


async def _cut_off(home: Home) -> Figure:
    tell("weak-line-progress: the same over 50 kbit/s, 800 ms, 10 % lost, and cut off every 15 to 40 s")
    cuts = gained = 0
    async with _phone(home) as (phone, line):
        for seed in range(TIMES):
            interrupted, brought = await _interrupted(phone, line.begin(seed, 6_250, 0.8, 0.1))
            cuts, gained = cuts + interrupted, gained + brought
            tell(f"  {interrupted} times cut off, {brought} of them after progress; {line.seconds:.0f} s")
    return Figure("weak-line-progress", gained / cuts, "of-interruptions", ">=", 1)


@contextlib.asynccontextmanager
async def _phone(home: Home) -> AsyncIterator[tuple[Phone, Line]]:
    """A phone, one for all times of a figure: the district takes few enrolments and 600 requests a minute of each."""
    line = Line()
    with tempfile.TemporaryDirectory() as folder:
        async with home.phone(Path(folder), line) as phone:
            await phone.engine.round()  # what others wrote is not what is measured
            yield phone, line


async def _across(phone: Phone, line: Line) -> int:
    """The bytes that the line carried until all of it was across."""
    phone.write(RECORDS, await phone.notebook.keep_fitted(_photo()))
    for _ in range(MOST_ROUNDS):
        if not phone.notebook.counts().waiting:
            return line.bytes
        await phone.engine.round()
    raise AssertionError("this line brings nothing across")


async def _interrupted(phone: Phone, line: Line) -> tuple[int, int]:
    """How often the line went dead before all was across, and how often the district had taken something in by then."""
    phone.write(RECORDS, await phone.notebook.keep_fitted(_photo()))
    times = gained = 0
    while phone.notebook.counts().waiting:
        line.until = line.seconds + line.chance.uniform(15, 40)
        before = line.brought
        while phone.notebook.counts().waiting and line.seconds < line.until:
            await phone.engine.round()
            line.seconds += FIRST_PAUSE
        if phone.notebook.counts().waiting:
            times += 1
            gained += line.brought > before
        assert times < MOST_ROUNDS
    return times, gained


def _photo() -> bytes:
    """A picture with as much in it as one of a hallway, never the same."""
    noise = Image.frombytes("RGB", (160, 120), os.urandom(160 * 120 * 3))
    out = io.BytesIO()
    noise.resize((1600, 1200), Image.Resampling.BICUBIC).save(out, "JPEG", quality=70)
    return out.getvalue()


def _size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw) + len("HTTP/1.1 200 OK\r\n\r\n")


def _plain(headers: httpx.Headers) -> httpx.Headers:
    return httpx.Headers([pair for pair in headers.multi_items() if pair[0].lower() != "content-encoding"])
