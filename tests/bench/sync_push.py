"""Records handed in: 10,000 in batches beside PouchDB and beside the least that it can cost, and one at a time."""

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from app.ids import canonical, uuid7
from app.revisions import Revision
from sync.protocol import MAX_BATCH_LINES, push_lines
from tests.bench.documents import Writer
from tests.bench.figures import ROUNDS, Figure, median_ratio, tell
from tests.bench.home import Home
from tests.bench.pouch import Pouch
from tests.browser.district import free_port
from tests.browser.phone import wait_until

MANY = 10_000
ONE_BY_ONE = 200  # posts a round: a device may ask 600 times a minute


def batches(home: Home, rivals: Pouch, bare: str, kind: str = "") -> Iterator[Figure]:
    """Revisions a second over PouchDB's and over the bare bound; `kind` says which database it is."""
    tell(f"push-vs-pouchdb{kind}: {MANY} revisions of 1 KB from one phone, in revisions a second")
    of_pouch, of_bare = [], []
    for _ in range(ROUNDS):
        phone = uuid7()
        rivals.fill(phone, MANY)
        theirs = rivals.push(phone, f"{rivals.url}/{phone}", MANY)
        least = asyncio.run(_bare_batches(bare))
        ours = asyncio.run(_our_batches(home))
        of_pouch.append(ours / theirs)
        of_bare.append(ours / least)
        tell(f"  ours {ours:.0f}, PouchDB {theirs:.0f} ({of_pouch[-1]:.3g}), bare {least:.0f} ({of_bare[-1]:.3g})")
    yield Figure(f"push-vs-pouchdb{kind}", statistics.median(of_pouch), "times", ">=", 4)
    yield Figure(f"push-vs-bare{kind}", statistics.median(of_bare), "of-bare-bound", ">=", 0.4)


def one_by_one(home: Home, bare: str) -> Iterator[Figure]:
    """One revision a request, as a share of the bare bound."""
    tell("push-one: one revision a request, in revisions a second")
    yield Figure(
        "push-one",
        median_ratio(lambda: asyncio.run(_ours(home)), lambda: asyncio.run(_theirs(bare))),
        "of-bare-bound",
        ">=",
        0.7,
    )


@contextlib.contextmanager
def bare_server(database: Path | str) -> Iterator[str]:
    """The bare server as a process of its own, on a new SQLite file or an empty PostgreSQL database."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "tests.bench.bare:app", f"--port={port}", "--log-level=error"],
        env={**os.environ, "BENCH_DATABASE": str(database)},
    )

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(url).status_code == 404
        return False

    try:
        wait_until(answers, "the bare server")
        yield url
    finally:
        process.terminate()
        process.wait()


async def _our_batches(home: Home) -> float:
    client, writer = await home.road()
    async with client:
        parts = _in_batches([writer.write() for _ in range(MANY)])
        began = time.perf_counter()
        for part, then in zip(parts, [*parts[1:], []], strict=True):  # as a round does
            verdicts = await client.push(part, then=then)
            assert all(verdict.verdict == "accepted" and verdict.code is None for verdict in verdicts)
        return MANY / (time.perf_counter() - began)


async def _bare_batches(url: str) -> float:
    writer = Writer(uuid7(), uuid7(), uuid7())
    bodies = [push_lines(part) for part in _in_batches([writer.write() for _ in range(MANY)])]
    return MANY / await _posted(url, bodies, MAX_BATCH_LINES)


async def _ours(home: Home) -> float:
    client, writer = await home.road()
    async with client:
        revisions = [writer.write() for _ in range(ONE_BY_ONE)]
        began = time.perf_counter()
        for revision in revisions:
            (verdict,) = await client.push([revision])
            assert verdict.verdict == "accepted"
        return ONE_BY_ONE / (time.perf_counter() - began)


async def _theirs(url: str) -> float:
    writer = Writer(uuid7(), uuid7(), uuid7())
    return ONE_BY_ONE / await _posted(url, [canonical(writer.write().to_json()) for _ in range(ONE_BY_ONE)], 1)


async def _posted(url: str, bodies: list[bytes], lines: int) -> float:
    """Seconds for posting these, after one that opens the connection."""
    async with httpx.AsyncClient(base_url=url) as client:
        await client.post("/push", content=b"{}")
        began = time.perf_counter()
        for body in bodies:
            assert (await client.post("/push", content=body)).json() == {"acked": lines}
        return time.perf_counter() - began


def _in_batches(revisions: list[Revision]) -> list[list[Revision]]:
    return [revisions[start : start + MAX_BATCH_LINES] for start in range(0, len(revisions), MAX_BATCH_LINES)]
