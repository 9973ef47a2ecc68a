"""The phone's store beside SQLite, stock TinyDB, and the disk alone: `make bench-store`."""

from collections.abc import Iterator

from tests.bench import store_browser, store_compaction, store_open, store_query, store_save
from tests.bench.figures import Figure


def measure() -> Iterator[Figure]:
    """Every figure of the store."""
    for part in (store_save, store_open, store_query, store_compaction, store_browser):
        yield from part.measure()
