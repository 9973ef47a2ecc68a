"""Whole files beside the journal (photos), sealed in pieces, so that a large one needs little memory.

    file    magic "BEATPHOT" · format · bytes of a piece · bytes of the file (64 bits) · pieces
    piece   sealed: that many bytes of the file, the last one fewer

A piece's associated data are the file's name, the head, and the piece's number: pieces cannot be exchanged, left out
or put under another name. Numbers are little-endian, 32 bits but where said. docs/store-format.md has it all.
"""

import io
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from app.cipher import OVERHEAD, Cipher, Tampered
from app.files import Folder

MAGIC: Final = b"BEATPHOT"
FORMAT: Final = 1
PIECE: Final = 64 * 1024

_HEAD: Final = struct.Struct("<8sIIQ")


async def seal(cipher: Cipher, name: str, data: bytes) -> AsyncIterator[bytes]:
    """The sealed file of that name, piece by piece."""
    head = _HEAD.pack(MAGIC, FORMAT, PIECE, len(data))
    yield head
    view = memoryview(data)
    for number, at in enumerate(range(0, len(data), PIECE)):
        yield await cipher.seal_large(bytes(view[at : at + PIECE]), _about(name, head, number))


@dataclass(frozen=True, slots=True)
class Remains:
    """What can be read of a sealed file: in place of each lost piece there are zeros."""

    data: bytes
    lost: tuple[int, ...]  # the numbers of the lost pieces, from 0

    @property
    def pieces(self) -> int:
        """How many there were."""
        return _count(len(self.data))


async def open_sealed(cipher: Cipher, name: str, sealed: bytes) -> bytes:
    """What was sealed under that name. Raises Tampered."""
    remains = await open_remains(cipher, name, sealed)
    if remains.lost or len(sealed) != _size(len(remains.data)):
        raise Tampered
    return remains.data


async def open_remains(cipher: Cipher, name: str, sealed: bytes) -> Remains:
    """What is left of what was sealed under that name, where a part may be damaged. Raises Tampered where nothing is.

    All that the head says follows from how long the file is, so a damaged head costs nothing.
    """
    likely = _likely_head(len(sealed))
    for head in dict.fromkeys((sealed[: _HEAD.size], likely)):
        magic, version, piece, length = _HEAD.unpack(head.ljust(_HEAD.size, b"\0"))
        if (magic, version, piece) != (MAGIC, FORMAT, PIECE) or length > 2 * len(sealed) + PIECE:
            continue  # the zeros of more than was ever there would take the phone's memory
        data, lost = io.BytesIO(), []  # which gives its bytes without another copy of them
        for number in range(_count(length)):
            at = _HEAD.size + number * (PIECE + OVERHEAD)
            try:
                data.write(await cipher.open_large(sealed[at : at + PIECE + OVERHEAD], _about(name, head, number)))
            except Tampered:
                data.write(bytes(min(PIECE, length - number * PIECE)))
                lost.append(number)
        if len(lost) < _count(length) or head == likely == sealed:
            return Remains(data.getvalue(), tuple(lost))
    raise Tampered


async def write(folder: Folder, cipher: Cipher, name: str, data: bytes) -> None:
    """Keeps a file: durable when it returns, and never half of it under that name. Raises NoRoom."""
    await folder.write(name, seal(cipher, name, data))


def _count(length: int) -> int:
    """How many pieces so many bytes make."""
    return -(-length // PIECE)


def _size(length: int) -> int:
    """How long the sealed file of so many bytes is."""
    return _HEAD.size + length + _count(length) * OVERHEAD


def _likely_head(size: int) -> bytes:
    """The head of a file that is so long now, if nothing of it is missing."""
    rest = max(0, size - _HEAD.size)
    return _HEAD.pack(MAGIC, FORMAT, PIECE, max(0, rest - OVERHEAD * -(-rest // (PIECE + OVERHEAD))))


def _about(name: str, head: bytes, number: int) -> bytes:
    return name.encode() + b"\0" + head + number.to_bytes(4, "little")
