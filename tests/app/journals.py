"""The journal alone, as its tests use it: saved to, closed, damaged, opened again."""

import json
import struct
import zlib
from typing import Any

from app.cipher import make_cipher
from app.frames import MAGIC, MARKER, Op, table_number
from app.journal import Journal, Report
from app.scan import Lost
from tests.app.simulated_disk import SimulatedDisk, run

CIPHER = make_cipher(bytes(range(32)))
FIRST = "journal-000001"
PAGES = "directory-000001"
RECORDS = table_number("records")
Documents = dict[tuple[str, int], dict[str, Any]]


def op(row: int, text: str = "words") -> Op:
    """A record that is put."""
    return ("records", row, json.dumps({"text": text, "row": row}).encode())


def documents(*rows: int) -> Documents:
    """What the records of `op` are once they are read."""
    return {("records", row): {"text": "words", "row": row} for row in rows}


def open_journal(disk: SimulatedDisk) -> tuple[Journal, Report]:
    """The journal of a disk, open."""
    return run(Journal.open(disk, CIPHER, {}))


def save(journal: Journal, *ops: Op) -> None:
    """One commit, as the store makes it: the tables say already what it makes of them."""
    now = journal.now
    for table, row, document in ops:
        if row and document is not None:
            now.unwritten(table, row, {})
        elif row and table in now.tables:
            now.tables[table].remove(row)
        elif not row and document is None:
            now.tables.pop(table, None)
        else:
            now.rows(table)
    journal.append(list(ops))


def content(journal: Journal) -> Documents:
    """Every document that can be read."""
    found = {}
    for table, rows in journal.now.tables.items():
        for row in rows:
            place = rows.place(row)
            assert place is not None
            document = journal.read(table, place)
            if document is not None:
                found[table, row] = json.loads(document)
    return found


def opened(disk: SimulatedDisk) -> tuple[Documents, Report]:
    """What opening finds; closed again. What could not be read is in the report, whenever it was found."""
    journal, report = open_journal(disk)
    found = content(journal)
    journal.close()
    assert not disk.open_files
    return found, Report(report.cut, (*report.lost, *journal.lost), report.set_aside)


def written(count: int) -> tuple[SimulatedDisk, Journal]:
    """A journal of so many records, each a commit of its own; still open."""
    disk = SimulatedDisk()
    journal, _ = open_journal(disk)
    for row in range(1, count + 1):
        save(journal, op(row))
    return disk, journal


def starts(journal: Journal) -> list[int]:
    """Where each frame of `written` starts, and the last one ends."""
    rows = journal.now.tables["records"]
    return [*rows.offsets, rows.offsets[-1] + rows.lengths[-1]]


def frames(disk: SimulatedDisk) -> bytes:
    """The journal's file up to the end of what was written; behind it is only room."""
    return disk.content(FIRST).rstrip(b"\0")


def lost(row: int) -> Lost:
    """A record of `written` that is named although it cannot be read."""
    return Lost(row, RECORDS, row)


def without_pages(disk: SimulatedDisk) -> SimulatedDisk:
    """The disk, its directory gone: opening has to read the frames."""
    disk.stable.pop(PAGES, None)
    return disk


def flipped(data: bytes, at: int, bit: int) -> bytes:
    """The bytes with one bit the other way round."""
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def plain_frame(number: int, *ops: tuple[str, int | None, Any], generation: int = 1) -> bytes:
    """One commit as format 1 kept it."""
    body = json.dumps(ops).encode()
    fields = MARKER + struct.pack("<III", number, len(body), zlib.crc32(body))
    return fields + struct.pack("<I", zlib.crc32(fields, generation)) + body


def plain_header(generation: int = 1, snapshot: int = 0) -> bytes:
    """What a file of format 1 begins with."""
    fields = struct.pack("<8sIII", MAGIC, 1, generation, snapshot)
    return fields + struct.pack("<I", zlib.crc32(fields))
