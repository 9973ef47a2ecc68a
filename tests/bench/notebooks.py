"""Notebooks of any size for the bench: ours, stock TinyDB's and SQLite's, with the same records in them."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from app.cipher import make_cipher
from app.files import OrdinaryFolder
from app.generation import Fields
from app.store import Key, Order, Store
from tests.bench.documents import answers

INDEXES = {"records": ("state", "school", Key("record"), Order("at"), Order("due"))}
SCHOOLS = 40
WAITING = 10  # one record in so many waits: of 100,000 and 40 schools, 250 in each
_CIPHER = make_cipher(bytes(range(32)))
_WAL = 5_000  # records of one commit that is longer than what SQLite lets its WAL grow to (1,000 pages)
_ANSWERS = 500  # so many different ones; making them takes longer than saving them


class Records:
    """Records of about 1 KB, the same for the same number."""

    def __init__(self) -> None:
        self._answers = [answers(number) for number in range(_ANSWERS)]

    def __getitem__(self, number: int) -> dict[str, Any]:
        day = f"{1 + number % 28:02}"
        return {
            "record": f"0193d5c8-{number:08x}",
            "state": "district" if (number // SCHOOLS) % WAITING else "waiting",
            "school": f"school-{number % SCHOOLS}",
            "at": f"2026-11-{day}T10:15:30.{number % 1000:03}+01:00",
            "due": f"2026-12-{day}",
            "answers": self._answers[number % _ANSWERS],
        }

    def first(self, count: int) -> Iterator[dict[str, Any]]:
        """So many of them."""
        return (self[number] for number in range(count))


def open_ours(folder: Path, indexes: Fields = INDEXES) -> Store:
    """Our store, open."""
    return asyncio.run(Store.open(OrdinaryFolder(folder), _CIPHER, indexes))


def make_ours(folder: Path, records: Records, count: int) -> Store:
    """Our store with so many records, kept in commits of 500."""
    store = open_ours(folder)
    table = store.table("records")
    for start in range(0, count, 500):
        table.insert_multiple(records[number] for number in range(start, min(count, start + 500)))
    return store


def make_tinydb(path: Path, records: Records, count: int) -> TinyDB:
    """Stock TinyDB with its own JSON storage."""
    database = TinyDB(path)
    database.table("records").insert_multiple(records.first(count))
    return database


def make_sqlite(
    path: Path, records: Records, count: int, indexes: Iterable[tuple[str, ...]] = ()
) -> sqlite3.Connection:
    """SQLite with a WAL that is on the disk at every commit, a JSON column, and an index on each of those fields.

    Its WAL is as that of a connection that has been open for long: it has its full length and is written over.
    """
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(
        """
        PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
        CREATE TABLE records (id INTEGER PRIMARY KEY, body TEXT);
        """
    )
    for fields in indexes:
        database.execute(f"CREATE INDEX {'_'.join(fields)} ON records ({', '.join(map(_field, fields))})")
    for rows in (records.first(count), (records[number] for number in range(count, count + _WAL))):
        database.execute("BEGIN")
        database.executemany("INSERT INTO records (body) VALUES (?)", ((compact(row),) for row in rows))
        database.execute("COMMIT")
    database.execute("DELETE FROM records WHERE id > ?", (count,))
    return database


def _field(name: str) -> str:
    return f"body ->> '$.{name}'"


def open_sqlite(path: Path) -> sqlite3.Connection:
    """SQLite's database, opened again: its WAL went when it was closed, and begins anew."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    return database


def compact(row: dict[str, Any]) -> str:
    """A record as JSON without spaces."""
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)
