"""A durable, sealed save with so many records present, beside the bare disk, SQLite and stock TinyDB."""

import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.figures import ROUNDS, Figure, tell
from tests.bench.notebooks import INDEXES, Records, compact, make_ours, make_sqlite, make_tinydb, open_ours, open_sqlite

SIZES = (100, 1_000, 10_000, 100_000)
_TURNS = 8  # of each round: in small turns, so that a busy machine hurts all alike
_SAVES = 25  # of each turn
# SQLite in three ways: a JSON column on a connection that stays open; with an index on each field that our store
# finds records by too; and the JSON column, opened again for every round as an app is, with a WAL that grows.
_SQLITE = {"sqlite": (), "sqlite-indexed": tuple((str(field),) for field in INDEXES["records"]), "sqlite-opened": ()}
_KINDS = ("raw", "room", "ours", *_SQLITE)
_ROOM = 64 * 1024

Save = Callable[[dict[str, Any]], object]


class _Present:
    """So many records in our store and in SQLite, and a file that only grows."""

    def __init__(self, folder: Path, records: Records, count: int, stack: ExitStack) -> None:
        folder.mkdir()
        self.folder, self.records, self.count = folder, records, count
        self.store = make_ours(folder / "ours", records, count)
        self.sqlite = {kind: make_sqlite(folder / kind, records, count, of) for kind, of in _SQLITE.items()}
        self.table = self.store.table("records")
        stack.callback(self.close)
        self.file, self.room = (os.open(folder / name, os.O_RDWR | os.O_CREAT) for name in ("raw", "room"))
        stack.callback(os.close, self.file)
        stack.callback(os.close, self.room)
        os.write(self.room, bytes(_ROOM))
        os.fsync(self.room)
        before = self.store.size
        self.table.remove(doc_ids=[self.table.insert(records[count])])
        removal = 28 + 28 + len("records\0")
        self.bytes = os.urandom(self.store.size - before - removal)

    def close(self) -> None:
        """Closes all."""
        self.store.close()
        for database in self.sqlite.values():
            database.close()

    def open_anew(self) -> None:
        """As an app is, for some saves at a time: our store, and one of SQLite's."""
        self.store.close()
        self.store = open_ours(self.folder / "ours")
        self.table = self.store.table("records")
        self.sqlite["sqlite-opened"].close()
        self.sqlite["sqlite-opened"] = open_sqlite(self.folder / "sqlite-opened")

    def turn(self) -> dict[str, list[float]]:
        """The seconds of some saves of each kind."""
        os.lseek(self.room, 0, os.SEEK_SET)
        times = {kind: self._saves(save) for kind, save in (("raw", self._raw), ("room", self._into_room))}
        times["ours"] = self._saves(self.table.insert)
        for kind, database in self.sqlite.items():
            times[kind] = self._saves(partial(_insert, database))
            database.execute("DELETE FROM records WHERE id > ?", (self.count,))
        self.table.remove(doc_ids=[row for row in self.store._journal_storage.rows("records") if row > self.count])
        return times

    def of_tinydb(self) -> float:
        """The seconds of stock TinyDB's save with as many records. It flushes nothing."""
        with closing(make_tinydb(self.folder / "tinydb.json", self.records, self.count)) as stock:
            table, times = stock.table("records"), []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                table.insert(self.records[self.count])
                times.append(time.perf_counter() - began)
        tell(f"  {self.count} records: TinyDB's save {statistics.median(times) * 1e3:.0f} ms")
        return statistics.median(times)

    def _saves(self, save: Save) -> list[float]:
        times = []
        for number in range(self.count, self.count + _SAVES):
            record = self.records[number]
            began = time.perf_counter()
            save(record)
            times.append(time.perf_counter() - began)
        return times

    def _raw(self, _: dict[str, Any]) -> None:
        os.write(self.file, self.bytes)
        os.fsync(self.file)

    def _into_room(self, _: dict[str, Any]) -> None:
        """What this disk takes at least: nothing is made of the record, and the file does not grow."""
        os.write(self.room, self.bytes)
        (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(self.room)


def _insert(database: sqlite3.Connection, record: dict[str, Any]) -> None:
    database.execute("INSERT INTO records (body) VALUES (?)", (compact(record),))


def measure() -> Iterator[Figure]:
    """The worst of all sizes beside the disk and SQLite, how saving grows, and TinyDB at two sizes."""
    tell("store: making notebooks of 100 to 100,000 records")
    records = Records()
    with TemporaryDirectory(prefix="beatbook-bench-") as folder, ExitStack() as stack:
        sizes = {count: _Present(Path(folder) / str(count), records, count, stack) for count in SIZES}
        rounds = [_round(sizes) for _ in range(ROUNDS)]

        def ratio(kind: str, count: int, other: str, among: int) -> float:
            return statistics.median(one[count, kind] / one[among, other] for one in rounds)

        for count in SIZES:
            told = {kind: statistics.median(one[count, kind] for one in rounds) for kind in _KINDS}
            tell(f"  {count} records: " + ", ".join(f"{kind} {p50 * 1e6:.0f} us" for kind, p50 in told.items()))
        yield Figure("save-vs-raw", max(ratio("ours", n, "raw", n) for n in SIZES), "of-raw", "<=", 1.3)
        for kind in _SQLITE:
            yield Figure(f"save-vs-{kind}", max(ratio("ours", n, kind, n) for n in SIZES), "of-sqlite", "<=", 0.8)
        yield Figure("save-growth", ratio("ours", SIZES[-1], "ours", SIZES[0]), "times", "<=", 1.2)
        for count, bound in ((10_000, 1_000), (100_000, 10_000)):
            # Ours is that of the rounds: what TinyDB leaves to be written would keep saves right behind it waiting.
            ours = statistics.median(one[count, "ours"] for one in rounds)
            yield Figure(f"save-vs-tinydb-{count}", sizes[count].of_tinydb() / ours, "times", ">=", bound)


def _round(sizes: dict[int, _Present]) -> dict[tuple[int, str], float]:
    """The p50 of each kind with each number of records present."""
    times: dict[tuple[int, str], list[float]] = {}
    for present in sizes.values():
        present.open_anew()
    for _ in range(_TURNS):
        for count, present in sizes.items():
            for kind, some in present.turn().items():
                times.setdefault((count, kind), []).extend(some)
    return {key: statistics.median(some) for key, some in times.items()}
