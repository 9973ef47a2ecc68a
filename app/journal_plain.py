"""Journals of format 1, which were not sealed: read once, to be carried over into a sealed one.

header  magic "BEATBOOK" · format · generation · frames in the snapshot · CRC-32 of all that
frame   marker · number in this file, from 1 · length of the body · CRC-32 of the body · CRC-32 of all that · body
body    JSON: the operations of one commit, [[table, id, document | null], …]; id null means the table itself
"""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from app.frames import MARKER, read_header

_HEADER_SIZE: Final = 24
_HEAD: Final = struct.Struct("<4sIIII")


@dataclass
class Plain:
    """Everything readable of such a file, as JSON; `lost` saves could not be read, `cut` bytes never counted."""

    tables: dict[str, dict[int, bytes]] = field(default_factory=dict)
    cut: int = 0
    lost: int = 0
    damaged: bool = False


def read(data: bytes, generation: int) -> Plain:
    """Reads a file of format 1."""
    header = read_header(data)
    plain = Plain(damaged=header is None or header.generation != generation)
    at, frames = _HEADER_SIZE, 0
    for start, number, ops, stop in _frames(data, generation):
        # A hole is either bytes that are no frame or a number that is missing.
        if start != at or number != frames + 1:
            plain.damaged = True
            plain.lost += max(1, number - frames - 1)
        for op in ops:
            _apply(plain.tables, *op)
        frames, at = number, stop
    plain.cut = len(data) - at
    missing = header.snapshot - frames if header else 0
    plain.lost += max(0, missing)
    if missing > 0 or not _torn(data[at:], generation, frames + 1):
        plain.damaged = True
    return plain


def _apply(tables: dict[str, dict[int, bytes]], table: str, row: int | None, document: dict[str, Any] | None) -> None:
    if row is None and document is None:
        tables.pop(table, None)
    elif row is None or document is None:
        rows = tables.setdefault(table, {})
        if row is not None:
            rows.pop(row, None)
    else:
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        tables.setdefault(table, {})[row] = text.encode()


def _frames(data: bytes, generation: int) -> Iterator[tuple[int, int, list[Any], int]]:
    """Every good frame: where it starts, its number, its operations, where it stops."""
    at, last = _HEADER_SIZE, 0
    while (at := data.find(MARKER, at)) >= 0:
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


def _read_head(data: bytes, at: int, generation: int) -> tuple[int, int, int] | None:
    head = data[at : at + _HEAD.size]
    if len(head) < _HEAD.size or not head.startswith(MARKER):
        return None
    _, number, length, body, crc = _HEAD.unpack(head)
    return (number, length, body) if crc == zlib.crc32(head[:-4], generation) else None


def _torn(rest: bytes, generation: int, number: int) -> bool:
    """Whether what follows the last good frame is the beginning of one more: a save cut off in the middle."""
    if not any(rest):
        return True  # a file that got its new length and none of its bytes
    if len(rest) < _HEAD.size:
        return (MARKER + number.to_bytes(4, "little")).startswith(rest[:8])
    head = _read_head(rest, 0, generation)
    return head is not None and head[0] == number and len(rest) < _HEAD.size + head[1]


def _ops(body: bytes) -> list[Any] | None:
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
    return ops if good else None
