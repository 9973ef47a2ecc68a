"""The directory on the disk: pages that say what the journal's frames hold, so that opening need not read the frames.

A page stands for a run of frames. It is only a help: it is not flushed, and where one is missing, torn or of another
make, the frames themselves are read. Each page is sealed, bound to its generation and to the frames it stands for.

    page    length · number of the first frame and of the last · where the last one ends (64 bits) · sealed
    sealed  JSON [[table, made anew, documents, documents gone, fields], …] · a line feed · the columns' bytes
"""

import json
import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.cipher import OVERHEAD, Cipher, Tampered
from app.directory import Rows
from app.files import File

EVERY: Final = 256  # frames that a page stands for, at least
_HEAD: Final = struct.Struct("<IIIQ")
_PURPOSE: Final = b"directory"
_U32: Final = 4
_U64: Final = 8


@dataclass
class Touched:
    """What happened to one table since the last page."""

    anew: bool = False  # dropped or made since then: what was there before is gone
    rows: dict[int, bool] = field(default_factory=dict)  # what was put or removed; whether it was removed meanwhile


def touch(touched: dict[str, Touched], table: str, row: int, document: bytes | None) -> None:
    """Notes what an operation touched."""
    if row == 0 and document is None:
        touched[table] = Touched(anew=True)
        return
    rows = touched.get(table)
    if rows is None:
        rows = touched[table] = Touched()
    if row and document is None:
        rows.rows[row] = True
    elif row:
        rows.rows.setdefault(row, False)


@dataclass(frozen=True, slots=True)
class Covered:
    """How far the pages reach: the last frame that they stand for, and where it ends."""

    frames: int
    end: int
    size: int  # bytes of the good pages


class Stale(Exception):
    """A page that is not of this make; the frames have to be read."""


def pack_page(
    cipher: Cipher,
    generation: int,
    first: int,
    last: int,
    end: int,
    touched: Mapping[str, Touched],
    tables: Mapping[str, Rows],
) -> bytes:
    """A page for frames `first` to `last`, made of what the tables hold of the touched rows now."""
    heads, columns = [], []
    for name, touch in touched.items():
        rows = tables.get(name)
        if rows is None:
            heads.append([name, True, 0, 0, None])
            continue
        live: list[tuple[int, int]] = []
        gone = array("I")
        for row, removed in touch.rows.items():
            place = rows.place(row)
            if place is not None:
                live.append((place, row))
            if removed:
                gone.append(row)
        live.sort()
        heads.append([name, touch.anew, len(live), len(gone), rows.make])
        places = [place for place, _ in live]
        columns.append(array("I", [row for _, row in live]).tobytes())
        columns.append(array("Q", [rows.offsets[place] for place in places]).tobytes())
        columns.append(array("I", [rows.lengths[place] for place in places]).tobytes())
        columns += [b"".join([column[place] for place in places]) for column in rows.columns.values()]
        columns.append(gone.tobytes())
    body = json.dumps(heads, separators=(",", ":")).encode() + b"\n" + b"".join(columns)
    head = _HEAD.pack(len(body) + OVERHEAD, first, last, end)
    return head + cipher.seal(body, _about(head, generation))


def read_pages(
    file: File, cipher: Cipher, generation: int, tables: dict[str, Rows], fields: Mapping[str, list[str]], start: int
) -> Covered:
    """Takes over what the pages say, as far as they are good; `start` is where the first frame stands."""
    data = memoryview(file.read(0, file.size()))
    covered = Covered(0, start, 0)
    while len(data) - covered.size >= _HEAD.size:
        at = covered.size
        head = bytes(data[at : at + _HEAD.size])
        length, first, last, end = _HEAD.unpack(head)
        stop = at + _HEAD.size + length
        if first != covered.frames + 1 or last < first or stop > len(data):
            break
        try:
            body = cipher.open(bytes(data[at + _HEAD.size : stop]), _about(head, generation))
        except Tampered:
            break
        _take(body, tables, fields)
        covered = Covered(last, end, stop)
    return covered


def _take(body: bytes, tables: dict[str, Rows], fields: Mapping[str, list[str]]) -> None:
    heads, _, rest = body.partition(b"\n")
    view, at = memoryview(rest), 0

    def piece(size: int) -> bytes:
        nonlocal at
        at += size
        return bytes(view[at - size : at])

    for name, anew, live, gone, columns in json.loads(heads):
        if anew:
            tables.pop(name, None)
        if columns is None:
            continue
        rows = tables.get(name)
        if rows is None:
            rows = tables[name] = Rows(fields.get(name, []))
        if rows.make != columns:
            raise Stale
        ids = array("I", piece(live * _U32))
        offsets = array("Q", piece(live * _U64))
        lengths = array("I", piece(live * _U32))
        cells = {column: piece(live * rows.columns[column].width) for column in rows.columns}
        for row in array("I", piece(gone * _U32)):
            rows.remove(row)
        if not rows.extend(ids, offsets, lengths, cells):
            _put(rows, zip(ids, offsets, lengths, strict=True), cells)
        if rows.sparse():
            rows.pack()


def _put(rows: Rows, places: Iterator[tuple[int, int, int]], cells: Mapping[str, bytes]) -> None:
    for at, (row, offset, length) in enumerate(places):
        own = {name: cells[name][at * c.width : (at + 1) * c.width] for name, c in rows.columns.items()}
        rows.put(row, offset, length, own)


def _about(head: bytes, generation: int) -> bytes:
    return _PURPOSE + head + generation.to_bytes(_U32, "little")
