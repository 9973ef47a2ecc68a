"""The road between phone and district: how much a second, how many bytes and requests, and what a weak line costs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import sync_bytes, sync_line, sync_list, sync_pull, sync_push
from tests.bench.figures import Figure
from tests.bench.home import served
from tests.bench.pouch import pouch
from tests.bench.sync_push import bare_server
from tests.postgres import Postgres


def measure() -> Iterator[Figure]:
    """Each beside its baseline, which is installed and run here too."""
    with tempfile.TemporaryDirectory() as place, pouch(Path(place, "pouch")) as rivals:
        folder = Path(place, "district")
        folder.mkdir()
        with served(folder) as home, bare_server(folder / "bare.sqlite") as bare:
            yield from sync_push.batches(home, rivals, bare)
            yield from sync_push.one_by_one(home, bare)
            yield from sync_bytes.measure(home, rivals)
            yield from sync_line.measure(home)
        with Postgres(durable=True) as postgres, postgres.database() as url, postgres.database() as other:
            folder = Path(place, "postgresql")
            folder.mkdir()
            with served(folder, url) as home, bare_server(other) as bare:
                yield from sync_push.batches(home, rivals, bare, "-postgresql")
        folder = Path(place, "fresh")
        folder.mkdir()
        with served(folder) as home:
            yield from sync_pull.measure(home, rivals)
            yield from sync_list.measure(home, rivals)
