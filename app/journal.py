"""The notebook's file: an append-only row of frames, one for every save, each with its own checksum.

A save is one append and one flush, whatever the number of records. A generation of the journal is a file
`journal-<number>`: a header, a snapshot (one frame a document), then one frame a commit.

    header  magic "BEATBOOK" · format · generation · frames in the snapshot · CRC-32 of all that
    frame   marker · number in this file, from 1 · length of the body · CRC-32 of the body · CRC-32 of all that · body
    body    JSON: the operations of one commit, [[table, id, document | null], …]; id null means the table itself

A header is written last and flushed on its own: it is what makes a file a journal. So a new generation can be
written beside the old one, and whenever the power goes there is one that is complete. docs/decisions/journal.md
says why it is done this way.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

from app.files import File, FileTrouble, Folder

FORMAT: Final = 1

Document = dict[str, Any]
# (table, id, document): document None removes; id None makes ({}) or drops (None) the whole table.
Op = tuple[str, int | None, Document | None]

_MAGIC: Final = b"BEATBOOK"
_HEADER: Final = struct.Struct("<8sIIII")  # of the file
_MARKER: Final = b"\xf5\xb7\xff\x0a"  # no UTF-8 text holds these bytes, so no body can be taken for a frame
_HEAD: Final = struct.Struct("<4sIIII")  # of a frame
_NAME: Final = "journal-{:06d}"


class NewerFormat(FileTrouble):
    """The notebook was written by a later version of Beatbook; this one leaves it alone."""


@dataclass(frozen=True)
class Report:
    """What opening found. All zero: everything that was ever confirmed is there."""

    cut: int = 0  # bytes cut from the end: a save that was under way when the power went, never confirmed
    lost: int = 0  # saves that could not be read; at least this many
    set_aside: str | None = None  # the damaged file's copy, kept untouched

    @property
    def whole(self) -> bool:
        """Whether nothing confirmed is missing."""
        return not self.lost and self.set_aside is None


@dataclass
class _Scan:
    """A generation as it was found on disk."""

    generation: int
    ops: list[Op]
    sizes: list[int]  # bytes of the frame that each operation came in, shared among its operations
    frames: int  # number of the last good frame
    end: int  # where the next frame goes
    cut: int = 0
    lost: int = 0
    damaged: bool = False


class Journal:
    """One open generation of the journal, and the way to the next. Made by `Journal.open`."""

    def __init__(self, folder: Folder, file: File, scan: _Scan) -> None:
        self._folder = folder
        self._untidy = False  # whether a failed save may have left bytes behind the end
        self._turn_to(file, scan)

    @classmethod
    async def open(cls, folder: Folder) -> tuple[Self, list[Op], Report, bool]:
        """Opens the journal of a folder: itself, everything in it, what opening found, and whether to rewrite it.

        The caller must hold the folder's lock. Raises Locked, NewerFormat, NoRoom (there is damage, and no room to
        set the damaged file aside); nothing has been changed then.
        """
        generations = sorted(filter(None, map(_number, await folder.names())), reverse=True)
        generation = await _complete_one(folder, generations)
        if generation is None:
            file, scan = await _begin(folder, 1, [])
            return cls(folder, file, scan), [], Report(), False
        file = await folder.open(_NAME.format(generation))
        try:
            data = file.read(0, file.size())
            scan = _scan(data, generation)
            aside = await _set_aside(folder, generation, data) if scan.damaged else None
            if scan.cut and not scan.damaged:
                file.truncate(scan.end)
                file.flush()
            for other in generations:
                if other != generation:
                    await folder.remove(_NAME.format(other))
        except BaseException:
            file.close()
            raise
        report = Report(scan.cut, scan.lost, aside)
        return cls(folder, file, scan), scan.ops, report, scan.damaged or _mostly_dead(scan)

    def append(self, ops: Iterable[Op]) -> None:
        """Keeps one commit: on the disk when this returns.

        Raises NoRoom or FileTrouble; the commit is not kept then, and everything before it is as it was.
        """
        frame = _frame(ops, self._generation, self._frames + 1)
        try:
            if self._untidy:
                self._tidy()
            self._file.write(self._end, frame)
            self._file.flush()
        except BaseException:
            # What was not confirmed must not come back at the next opening.
            self._untidy = True
            with suppress(FileTrouble):
                self._tidy()
            raise
        self._end += len(frame)
        self._frames += 1

    async def rewrite(self, ops: Iterable[Op]) -> None:
        """Starts the next generation from these operations and removes the present one once it is complete.

        Raises NoRoom or FileTrouble; the present generation goes on then.
        """
        file, scan = await _begin(self._folder, self._generation + 1, ops)
        old, name = self._file, _NAME.format(self._generation)
        self._turn_to(file, scan)
        # Emptied before it is removed: an old generation that is whole always means that the next was never used.
        try:
            old.truncate(0)
            old.flush()
        finally:
            old.close()
        await self._folder.remove(name)

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self._end

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def _turn_to(self, file: File, scan: _Scan) -> None:
        self._file = file
        self._generation = scan.generation
        self._frames = scan.frames
        self._end = scan.end
        self._untidy = False

    def _tidy(self) -> None:
        self._file.truncate(self._end)
        self._file.flush()
        self._untidy = False


async def _complete_one(folder: Folder, generations: list[int]) -> int | None:
    """The newest generation with a whole header, else the newest that holds anything, else None."""
    for generation in generations:
        if _read_header(await folder.read(_NAME.format(generation)) or b""):
            return generation
    # The very first header may have been torn; nothing can have been saved then.
    fresh = generations == [1] and len(await folder.read(_NAME.format(1)) or b"") <= _HEADER.size
    return generations[0] if generations and not fresh else None


async def _begin(folder: Folder, generation: int, ops: Iterable[Op]) -> tuple[File, _Scan]:
    """Writes a complete new generation: frames first, then the header that makes them count."""
    name = _NAME.format(generation)
    file = await folder.open(name)
    try:
        file.truncate(0)
        end, frames = _HEADER.size, 0
        for op in ops:
            frames += 1
            frame = _frame([op], generation, frames)
            file.write(end, frame)
            end += len(frame)
        file.flush()
        file.write(0, _header(generation, frames))
        file.flush()
    except BaseException:
        file.close()
        with suppress(FileTrouble):
            await folder.remove(name)
        raise
    return file, _Scan(generation, [], [], frames, end)


async def _set_aside(folder: Folder, generation: int, data: bytes) -> str:
    name = f"damaged-{generation:06d}-{zlib.crc32(data):08x}"  # the same damage, found again, is one file
    await folder.write(name, data)
    return name


def _number(name: str) -> int:
    head, _, tail = name.partition("-")
    return int(tail) if head == "journal" and tail.isdecimal() else 0


def _header(generation: int, snapshot: int) -> bytes:
    fields = _HEADER.pack(_MAGIC, FORMAT, generation, snapshot, 0)[:-4]
    return fields + zlib.crc32(fields).to_bytes(4, "little")


def _read_header(data: bytes) -> tuple[int, int, int] | None:
    """Format, generation and number of snapshot frames, or None when this is no whole header."""
    if len(data) < _HEADER.size or data[:8] != _MAGIC:
        return None
    _, version, generation, snapshot, crc = _HEADER.unpack_from(data)
    return (version, generation, snapshot) if crc == zlib.crc32(data[: _HEADER.size - 4]) else None


def _frame(ops: Iterable[Op], generation: int, number: int) -> bytes:
    body = json.dumps(list(ops), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    head = _HEAD.pack(_MARKER, number, len(body), zlib.crc32(body), 0)[:-4]
    return head + zlib.crc32(head, generation).to_bytes(4, "little") + body


def _read_head(data: bytes, at: int, generation: int) -> tuple[int, int, int] | None:
    """Number, length and checksum of the body of the frame that starts there, or None when no whole head does.

    The generation is in the sum, so that what an older file left on the disk is never taken for this one's.
    """
    head = data[at : at + _HEAD.size]
    if len(head) < _HEAD.size or not head.startswith(_MARKER):
        return None
    _, number, length, body, crc = _HEAD.unpack(head)
    return (number, length, body) if crc == zlib.crc32(head[:-4], generation) else None


def _scan(data: bytes, generation: int) -> _Scan:
    """Reads everything readable. Raises NewerFormat."""
    header = _read_header(data)
    if header and header[0] > FORMAT:
        raise NewerFormat("This notebook was written by a newer version of Beatbook. Update the app to open it.")
    scan = _Scan(generation, [], [], 0, _HEADER.size, damaged=header is None or header[1] != generation)
    at = _HEADER.size
    for start, number, ops, stop in _frames(data, generation):
        # A hole is either bytes that are no frame or a number that is missing.
        if start != at or number != scan.frames + 1:
            scan.damaged = True
            scan.lost += max(1, number - scan.frames - 1)
        scan.ops += ops
        scan.sizes += [(stop - start) // max(1, len(ops))] * len(ops)
        scan.frames, at = number, stop
    scan.end, scan.cut = at, len(data) - at
    if header and scan.frames < header[2]:
        scan.lost += header[2] - scan.frames
    if (header and scan.frames < header[2]) or not _torn(data[at:], generation, scan.frames + 1):
        scan.damaged = True
    return scan


def _frames(data: bytes, generation: int) -> Iterator[tuple[int, int, list[Op], int]]:
    """Every good frame: where it starts, its number, its operations, where it stops."""
    at, last = _HEADER.size, 0
    while (at := data.find(_MARKER, at)) >= 0:
        head = _read_head(data, at, generation)
        if head is not None and head[0] > last:
            number, length, crc = head
            start, stop = at + _HEAD.size, at + _HEAD.size + length
            body = data[start:stop]
            ops = _ops(body) if len(body) == length and crc == zlib.crc32(body) else None
            if ops is not None:
                yield at, number, ops, stop
                at, last = stop, number
                continue
        at += 1


def _torn(rest: bytes, generation: int, number: int) -> bool:
    """Whether what follows the last good frame is the beginning of one more: a save cut off in the middle.

    Anything else may once have been a confirmed save, and is damage.
    """
    if not any(rest):
        return True  # a file that got its new length and none of its bytes
    if len(rest) < _HEAD.size:
        return (_MARKER + number.to_bytes(4, "little")).startswith(rest[:8])
    head = _read_head(rest, 0, generation)
    return head is not None and head[0] == number and len(rest) < _HEAD.size + head[1]


def _ops(body: bytes) -> list[Op] | None:
    try:
        ops = json.loads(body)
    except (ValueError, RecursionError):
        return None
    good = isinstance(ops, list) and all(
        isinstance(op, list)
        and len(op) == 3
        and isinstance(op[0], str)
        and isinstance(op[1], int | None)
        and isinstance(op[2], dict | None)
        for op in ops
    )
    return [(table, key, document) for table, key, document in ops] if good else None


def _mostly_dead(scan: _Scan) -> bool:
    """Whether more than half of the file is about documents that were since replaced or removed."""
    live: dict[tuple[str, int | None], int] = {}
    for (table, key, document), size in zip(scan.ops, scan.sizes, strict=True):
        if document is None:
            live.pop((table, key), None)
        else:
            live[table, key] = size
    return scan.end > 64_000 and sum(live.values()) * 2 < scan.end
