"""A durable save on the phone, beside TinyDB's own storage."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tinydb import TinyDB
from tinydb.table import Table

from app.cipher import make_cipher
from app.files import OrdinaryFolder
from app.store import Store
from tests.bench.documents import answers
from tests.bench.figures import ROUNDS, Figure, tell


def measure() -> Iterator[Figure]:
    """How many times faster than TinyDB's own storage a save is, with so many records present."""
    for count, bound in ((1_000, 50), (10_000, 1_000)):
        tell(f"save-vs-tinydb: {count} records")
        with tempfile.TemporaryDirectory() as folder:
            yield Figure(f"save-vs-tinydb-{count}", _faster(Path(folder), count), "times", ">=", bound)


def _faster(folder: Path, count: int) -> float:
    stock = TinyDB(folder / "tinydb.json")
    store = asyncio.run(Store.open(OrdinaryFolder(folder / "store"), make_cipher(bytes(32))))
    documents = [answers(number) for number in range(count)]
    stock.table("records").insert_multiple(documents)
    with store.batch():
        store.table("records").insert_multiple(documents)
    try:
        ratios = [_ratio(store.table("records"), stock.table("records")) for _ in range(ROUNDS)]
        tell("  " + ", ".join(f"{ratio:.0f}" for ratio in ratios))
        return statistics.median(ratios)
    finally:
        store.close()
        stock.close()


def _ratio(ours: Table, stock: Table) -> float:
    """In small turns: a busy machine must hurt both alike."""
    quick: list[float] = []
    slow: list[float] = []
    for _ in range(5):
        slow += _times(stock, 1)
        quick += _times(ours, 60)
    return statistics.median(slow) / statistics.median(quick)


def _times(table: Table, saves: int) -> list[float]:
    times = []
    for number in range(saves):
        document = answers(number)
        began = time.perf_counter()
        table.insert(document)
        times.append(time.perf_counter() - began)
    return times
