"""How the notebook's journal looks on the disk, byte by byte: the codec alone, without files.

A generation of the journal is a header and then frames, one for every document that was put, changed or removed:

    header  magic "BEATBOOK" · format · generation · frames that must be there · CRC-32 of these · a sealed nothing
            · CRC-32 of that
    frame   marker · number, from 1 · frames that follow in this commit · table · row · length of the body
            · CRC-32 of these · body · a byte that is not zero
    body    sealed: the table's name, a zero byte, the document as JSON (nothing when it was removed)

Numbers are little-endian, 32 bits each. `table` is the CRC-32 of the table's name; row 0 is the table itself. A body's
associated data are its head and the generation, so that no frame can stand in another's place. docs/store-format.md
has all of it for other programs. Behind the last frame there may be zeros: room for the next ones.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.cipher import OVERHEAD, Cipher, Tampered
from app.files import FileTrouble

FORMAT: Final = 2
MAGIC: Final = b"BEATBOOK"
MARKER: Final = b"\xf5\xb7\xff\x0a"
_END: Final = b"\xff"  # where zeros stand instead, the frame's end was never written

_HEADER: Final = struct.Struct("<8sIII")
_HEAD: Final = struct.Struct("<4sIIIII")
_CRC: Final = struct.Struct("<I")
_CLEAR: Final = _HEADER.size + _CRC.size
HEADER_SIZE: Final = _CLEAR + OVERHEAD + _CRC.size
HEAD_SIZE: Final = _HEAD.size + _CRC.size
SECTOR: Final = 512  # what disks write at once, or not at all
LAST_ROW: Final = (1 << 32) - 1

# What is put (bytes of JSON) or removed (None) in one row of one table; row 0 makes or drops the table.
Op = tuple[str, int, bytes | None]


class WrongKey(FileTrouble):
    """The journal was sealed with another key: it is somebody else's, or the vault beside it is."""

    def __init__(self) -> None:
        super().__init__("This notebook was sealed with another key. Nothing was changed.")


class NewerFormat(FileTrouble):
    """The notebook was written by a later version of Beatbook; this one leaves it alone."""

    def __init__(self) -> None:
        super().__init__("This notebook was written by a newer version of Beatbook. Update the app to open it.")


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a file that is a journal."""

    format: int
    generation: int
    snapshot: int  # the first so many frames were on the disk before the file became a journal


class Head(NamedTuple):
    """What stands before a body, in the clear."""

    number: int
    left: int
    table: int
    row: int
    length: int

    @property
    def size(self) -> int:
        """Bytes of the whole frame."""
        return HEAD_SIZE + self.length + len(_END)


def table_number(name: str) -> int:
    """A table's number in the heads."""
    return zlib.crc32(name.encode())


def pack_header(cipher: Cipher, generation: int, snapshot: int) -> bytes:
    """The header that makes a file a journal."""
    fields = _HEADER.pack(MAGIC, FORMAT, generation, snapshot)
    sealed = cipher.seal(b"", fields)
    return fields + _CRC.pack(zlib.crc32(fields)) + sealed + _CRC.pack(zlib.crc32(sealed))


def read_header(data: bytes) -> Header | None:
    """The header that a file begins with; None when it has no whole one."""
    if len(data) < _CLEAR:
        return None
    magic, version, generation, snapshot = _HEADER.unpack_from(data)
    whole = magic == MAGIC and _summed(data[: _HEADER.size], data[_HEADER.size : _CLEAR])
    if version == FORMAT:  # of other formats nothing is known but the beginning
        whole = whole and _summed(data[_CLEAR : HEADER_SIZE - _CRC.size], data[HEADER_SIZE - _CRC.size : HEADER_SIZE])
    return Header(version, generation, snapshot) if whole else None


def check_key(cipher: Cipher, data: bytes) -> None:
    """Makes sure that the cipher's key is the one that a whole header was sealed with. Raises WrongKey."""
    try:
        cipher.open(data[_CLEAR : HEADER_SIZE - _CRC.size], data[: _HEADER.size])
    except Tampered:
        raise WrongKey from None


def pack_commit(cipher: Cipher, generation: int, number: int, ops: list[Op]) -> tuple[bytes, list[int]]:
    """The frames of one commit, the first with that number; and the length of each."""
    frames, lengths = [], []
    last = number + len(ops) - 1
    for at, (table, row, document) in enumerate(ops, number):
        body = table.encode() + b"\0" + (document or b"")
        fields = _HEAD.pack(MARKER, at, last - at, table_number(table), row, len(body) + OVERHEAD)
        frame = (
            fields + _CRC.pack(zlib.crc32(fields, generation)) + cipher.seal(body, _about(fields, generation)) + _END
        )
        frames.append(frame)
        lengths.append(len(frame))
    return b"".join(frames), lengths


def read_head(data: bytes, generation: int, at: int = 0) -> Head | None:
    """The head that stands at that place; None when no whole one does.

    The generation is in its sum, so that what an older file left on the disk is never taken for this one's.
    """
    if len(data) < at + HEAD_SIZE or not data.startswith(MARKER, at):
        return None
    fields = data[at : at + _HEAD.size]
    (crc,) = _CRC.unpack_from(data, at + _HEAD.size)
    if crc != zlib.crc32(fields, generation):
        return None
    return Head(*_HEAD.unpack(fields)[1:])


def guess_head(data: bytes, generation: int, number: int) -> Head | None:
    """The head of that number of which one bit is wrong now; None when there is none. Says what a frame was about."""
    if len(data) < HEAD_SIZE:
        return None
    for bit in range(HEAD_SIZE * 8):
        guess = bytearray(data[:HEAD_SIZE])
        guess[bit // 8] ^= 1 << bit % 8
        head = read_head(bytes(guess), generation)
        if head and head.number == number:
            return head
    return None


def open_frame(cipher: Cipher, generation: int, frame: bytes) -> Op:
    """What a whole frame says. Raises Tampered when its body is not what was sealed there."""
    body = cipher.open(frame[HEAD_SIZE : -len(_END)], _about(frame[: _HEAD.size], generation))
    name, _, document = body.partition(b"\0")
    (row,) = _CRC.unpack_from(frame, _HEAD.size - 8)
    return name.decode(), row, document or None


def _summed(data: bytes, crc: bytes) -> bool:
    return crc == _CRC.pack(zlib.crc32(data))


def _about(fields: bytes, generation: int) -> bytes:
    return fields + _CRC.pack(generation)
