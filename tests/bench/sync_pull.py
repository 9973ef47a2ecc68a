"""A new phone that fetches and durably keeps what the district has, beside a new PouchDB that does."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.ids import uuid7
from sync.protocol import MAX_BATCH_LINES
from tests.bench.figures import Figure, median_ratio, tell
from tests.bench.home import Home
from tests.bench.pouch import Pouch
from tests.bench.sync_push import MANY


def measure(home: Home, rivals: Pouch) -> Iterator[Figure]:
    """pull-vs-pouchdb, on a district that has these revisions and no others."""
    tell(f"pull-vs-pouchdb: a new phone fetches and keeps {MANY} revisions of 1 KB, in revisions a second")
    asyncio.run(_fill(home))
    first = uuid7()
    database = f"{rivals.url}/{first}"
    rivals.fill(first, MANY)
    rivals.push(first, database, MANY)
    ratio = median_ratio(lambda: asyncio.run(_pull(home)), lambda: rivals.pull(uuid7(), database, MANY))
    yield Figure("pull-vs-pouchdb", ratio, "times", ">=", 4)


async def _fill(home: Home) -> None:
    client, writer = await home.road()
    async with client:
        for _ in range(0, MANY, MAX_BATCH_LINES):
            await client.push([writer.write() for _ in range(MAX_BATCH_LINES)])


async def _pull(home: Home) -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with home.phone(Path(folder)) as phone:
            began = time.perf_counter()
            await phone.engine.round()
            took = time.perf_counter() - began
            assert len(phone.notebook.records(limit=MANY + 1)) == MANY
            return MANY / took
