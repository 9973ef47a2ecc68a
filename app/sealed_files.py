"""Whole files beside the journal (photos), sealed in pieces, so that a large one needs little memory.

    file    magic "BEATPHOT" · format · bytes of a piece · bytes of the file (64 bits) · pieces
    piece   sealed: that many bytes of the file, the last one fewer

A piece's associated data are the file's name, the head, and the piece's number: pieces cannot be exchanged, left out
or put under another name. Numbers are little-endian, 32 bits but where said. docs/store-format.md has it all.
"""

import struct
from collections.abc import AsyncIterator
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


async def open_sealed(cipher: Cipher, name: str, sealed: bytes) -> bytes:
    """What was sealed under that name. Raises Tampered."""
    head = sealed[: _HEAD.size]
    if len(head) < _HEAD.size:
        raise Tampered
    magic, version, piece, length = _HEAD.unpack(head)
    count = -(-length // piece) if piece else 0
    if magic != MAGIC or version != FORMAT or not piece or len(sealed) != _HEAD.size + length + count * OVERHEAD:
        raise Tampered
    view, data = memoryview(sealed), bytearray()
    for number in range(count):
        at = _HEAD.size + number * (piece + OVERHEAD)
        data += await cipher.open_large(bytes(view[at : at + piece + OVERHEAD]), _about(name, head, number))
    return bytes(data)


async def write(folder: Folder, cipher: Cipher, name: str, data: bytes) -> None:
    """Keeps a file: durable when it returns, and never half of it under that name. Raises NoRoom."""
    await folder.write(name, seal(cipher, name, data))


def is_sealed(data: bytes) -> bool:
    """Whether this is a sealed file; what an earlier version kept was not."""
    return data.startswith(MAGIC)


def _about(name: str, head: bytes, number: int) -> bytes:
    return name.encode() + b"\0" + head + number.to_bytes(4, "little")
