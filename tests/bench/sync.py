"""Records from the phone to the district: bytes on the wire, and one at a time beside the least that it can cost."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.ids import canonical, uuid7
from server import district, enrolment
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from sync.client import District
from sync.protocol import MAX_BATCH_LINES
from tests.bench.documents import FORM, Writer
from tests.bench.figures import ROUNDS, Figure, median_ratio, tell
from tests.browser.district import District as Server
from tests.browser.phone import wait_until

_ONE_BY_ONE = 200  # posts a round: a device may ask 600 times a minute
_TOKEN = "t" * 43


@dataclass(frozen=True, slots=True)
class _Home:
    url: str
    school: str
    officer: str
    codes: list[str]

    async def phone(self, transport: httpx.AsyncBaseTransport | None = None) -> tuple[District, Writer]:
        """A newly enrolled phone."""
        device = uuid7()
        client = District(self.url, device, _TOKEN, transport)
        await client.enrol(self.codes.pop())
        return client, Writer(device, self.officer, self.school)


def measure() -> Iterator[Figure]:
    """Bytes for each revision of 1 KB, and revisions a second one by one."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as home, _bare(Path(folder)) as bare:
        tell("push-bytes: a batch up and its verdicts down, for each byte of answers")
        yield Figure("push-bytes", asyncio.run(_bytes(home)), "of-plain-answers", "<=", 1 / 6)
        tell("push-one: one revision a request, as a share of the bare bound")
        yield Figure("push-one", median_ratio(_ours(home), _theirs(bare)), "of-bare-bound", ">=", 0.7)


async def _bytes(home: _Home) -> float:
    transport = _Counting()
    client, writer = await home.phone(transport)
    async with client:
        revisions = [writer.write() for _ in range(MAX_BATCH_LINES)]
        transport.count = 0
        assert all(verdict.safe for verdict in await client.push(revisions))
        # What came down is known only once httpx has read it all.
        count = transport.count + sum(answer.num_bytes_downloaded for answer in transport.answers[-1:])
    plain = sum(len(canonical(revision.set)) for revision in revisions)
    tell(f"  {count / len(revisions):.0f} bytes a revision, {plain / len(revisions):.0f} of answers")
    return count / plain


class _Counting(httpx.AsyncHTTPTransport):
    """Counts heads and bodies as they go up, and heads as they come down."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.answers: list[httpx.Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        head = len(f"{request.method} {request.url.raw_path.decode()} HTTP/1.1\r\n\r\n")
        self.count += head + _head(request.headers) + int(request.headers.get("Content-Length", 0))
        self.count += len(b"HTTP/1.1 200 OK\r\n\r\n") + _head(answer.headers)
        self.answers.append(answer)
        return answer


def _head(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)


def _ours(home: _Home) -> Callable[[], float]:
    async def push() -> float:
        client, writer = await home.phone()
        async with client:
            revisions = [writer.write() for _ in range(_ONE_BY_ONE)]
            began = time.perf_counter()
            for revision in revisions:
                (verdict,) = await client.push([revision])
                assert verdict.verdict == "accepted"
            return _ONE_BY_ONE / (time.perf_counter() - began)

    return lambda: asyncio.run(push())


def _theirs(url: str) -> Callable[[], float]:
    async def push() -> float:
        writer = Writer(uuid7(), uuid7(), uuid7())
        bodies = [canonical(writer.write().to_json()) for _ in range(_ONE_BY_ONE)]
        async with httpx.AsyncClient(base_url=url) as client:
            await client.post("/push", content=b"{}")
            began = time.perf_counter()
            for body in bodies:
                assert (await client.post("/push", content=body)).json() == {"acked": 1}
            return _ONE_BY_ONE / (time.perf_counter() - began)

    return lambda: asyncio.run(push())


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[_Home]:
    """The real district as a process of its own, with codes for every phone of the bench."""
    server = Server(folder)
    database: Database = create_app(Settings(data=folder)).state.database
    with database.writing() as session:
        district.create(session, "Bench", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North Middle School").id
        officer = district.add_officer(session, "Ana Rivera", "101", [school]).id
        codes = [enrolment.make_code(session, officer) for _ in range(ROUNDS + 1)]
    database.close()
    server.start()
    try:
        yield _Home(server.url, school, officer, codes)
    finally:
        server.stop()


@contextlib.contextmanager
def _bare(folder: Path) -> Iterator[str]:
    """The bare server as a process of its own."""
    with httpx.Client() as client:
        port = Server(folder).port  # a free one
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "tests.bench.bare:app", f"--port={port}", "--log-level=error"],
            env={**os.environ, "BENCH_DATABASE": str(folder / "bare.sqlite")},
        )

        def answers() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return client.get(url).status_code == 404
            return False

        try:
            wait_until(answers, "the bare server")
            yield url
        finally:
            process.terminate()
            process.wait()
