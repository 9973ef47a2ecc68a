"""A weak line: what its losses cost in bytes, and whether every interrupted round has brought something across.

The line's time is worked out from its rate and its latency and not waited for; district, engine and notebook are real.
"""

import asyncio
import io
import random
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image

from tests.bench.figures import ROUNDS, Figure, tell
from tests.bench.home import Home, Phone

RECORDS = 100
MOST_ROUNDS = 200


@dataclass
class Line(httpx.AsyncBaseTransport):
    """A line of so many bytes and seconds of latency that loses some of its requests, at any byte of their way.

    `until` is the moment, in the line's own seconds, at which it goes dead; `bytes` are those that it carried in both
    directions, lost ones too; `brought` counts what the district took in; `order` says in which order.
    """

    rate: float
    chance: random.Random
    latency: float = 0.0
    loss: float = 0.0
    until: float = float("inf")
    bytes: float = 0
    seconds: float = 0.0
    brought: int = 0
    order: list[str] = field(default_factory=list)
    inner: httpx.AsyncHTTPTransport = field(default_factory=httpx.AsyncHTTPTransport)

    def begin(self, loss: float) -> None:
        """Counts from here, and loses that share of the requests: a phone is enrolled on a good line."""
        self.loss, self.bytes, self.seconds = loss, 0, 0.0
        self.order.clear()

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
        self.bytes += min(carried, room)
        self.seconds = min(self.seconds + latency + carried / self.rate, self.until)
        if part < 1 or room < size:
            raise httpx.ReadError("lost")

    async def aclose(self) -> None:
        """Rounds open and close it many times; the bench's end is its end."""


def measure(home: Home) -> Iterator[Figure]:
    """weak-line in bytes, the order of what comes, and progress on a line that is cut again and again."""
    photo = _photo()
    tell(f"weak-line: {RECORDS} records and a photo of {len(photo)} bytes over 64 kbit/s, 20 % of requests lost")
    ratios, ordered = [], 0
    for seed in range(ROUNDS):
        clean = asyncio.run(_bytes(home, photo, seed, 0.0))
        weak = asyncio.run(_bytes(home, photo, seed, 0.2))
        ordered += weak.order == sorted(weak.order, reverse=True)
        ratios.append(weak.bytes / clean.bytes)
        tell(f"  clean {clean.bytes:.0f} bytes, weak {weak.bytes:.0f} in {weak.seconds:.0f} s: {ratios[-1]:.3g}")
    yield Figure("weak-line", statistics.median(ratios), "of-a-clean-line", "<=", 1.3)
    yield Figure("weak-line-records-first", ordered / ROUNDS, "of-rounds", ">=", 1)
    tell("weak-line-progress: 50 kbit/s, 800 ms, 10 % lost, dead after 15 to 40 s of every round")
    shares = [asyncio.run(_progress(home, photo, seed)) for seed in range(ROUNDS)]
    yield Figure("weak-line-progress", min(shares), "of-interrupted-rounds", ">=", 1)


async def _bytes(home: Home, photo: bytes, seed: int, loss: float) -> Line:
    """The line after all of it has come across."""
    line = Line(8_000, random.Random(seed))  # noqa: S311 - decides on losses only
    with tempfile.TemporaryDirectory() as folder:
        async with home.phone(Path(folder), line) as phone:
            await _written(phone, photo)
            line.begin(loss)
            for _ in range(MOST_ROUNDS):
                if not phone.notebook.counts().waiting:
                    return line
                await phone.engine.round()
    raise AssertionError("this line brings nothing across")


async def _progress(home: Home, photo: bytes, seed: int) -> float:
    """The share of the interrupted rounds in which the district took something in."""
    line = Line(6_250, random.Random(seed), latency=0.8)  # noqa: S311
    rounds = gained = 0
    with tempfile.TemporaryDirectory() as folder:
        async with home.phone(Path(folder), line) as phone:
            await _written(phone, photo)
            line.begin(0.1)
            while phone.notebook.counts().waiting:
                line.until = line.seconds + line.chance.uniform(15, 40)
                before = line.brought
                await phone.engine.round()
                if phone.notebook.counts().waiting:
                    rounds += 1
                    gained += line.brought > before
                assert rounds < MOST_ROUNDS
    tell(f"  {rounds} rounds interrupted, {gained} of them brought something; {line.seconds:.0f} s in all")
    return gained / rounds if rounds else 1.0


async def _written(phone: Phone, photo: bytes) -> None:
    phone.write(RECORDS, await phone.notebook.keep_fitted(photo))


def _photo() -> bytes:
    """A picture with as much in it as one of a hallway: about 200 kB as the phone would keep it."""
    noise = Image.frombytes("RGB", (160, 120), random.Random(7).randbytes(160 * 120 * 3))  # noqa: S311
    out = io.BytesIO()
    noise.resize((1600, 1200), Image.Resampling.BICUBIC).save(out, "JPEG", quality=70)
    return out.getvalue()


def _size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw) + len("HTTP/1.1 200 OK\r\n\r\n")


def _plain(headers: httpx.Headers) -> httpx.Headers:
    return httpx.Headers([pair for pair in headers.multi_items() if pair[0].lower() != "content-encoding"])
