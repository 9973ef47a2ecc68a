"""What a finger drew, as a picture: strokes become a small PNG, black on white, without any library.

A signature is a few hundred points, so plain Python is quick enough, and the same picture comes out on every phone.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise
from math import ceil, hypot
from typing import Final

Point = tuple[float, float]  # from the upper left, in the canvas's own units
Stroke = Sequence[Point]

WIDTH: Final = 600  # pixels; the height follows the canvas
_PEN: Final = 2.2  # half the width of a line, in pixels
_MOST: Final = 20_000  # points; whoever draws more is not signing


def png_of(strokes: Sequence[Stroke], width: float, height: float) -> bytes:
    """A PNG of the strokes drawn on a canvas of this size. Raises ValueError for a canvas without any room."""
    if not (width > 0 and height > 0):
        raise ValueError("the canvas has no size")
    scale = WIDTH / width
    across, down = WIDTH, max(1, min(round(height * scale), WIDTH * 2))
    rows = [bytearray(b"\xff" * across) for _ in range(down)]
    left = _MOST
    for stroke in strokes:
        points = [(x * scale, y * scale) for x, y in stroke[:left]]
        left -= len(points)
        for start, end in pairwise(points[:1] + points):
            _line(rows, start, end)
    return _png(rows, across, down)


def _line(rows: list[bytearray], start: Point, end: Point) -> None:
    steps = min(max(1, ceil(hypot(end[0] - start[0], end[1] - start[1]))), 4 * WIDTH)
    for step in range(steps + 1):
        part = step / steps
        _dot(rows, start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def _dot(rows: list[bytearray], x: float, y: float) -> None:
    """A round dot with soft edges, as dark as the darkest that was there."""
    reach = _PEN + 1
    for down in range(max(0, int(y - reach)), min(len(rows), int(y + reach) + 2)):
        row = rows[down]
        for across in range(max(0, int(x - reach)), min(len(row), int(x + reach) + 2)):
            away = hypot(across - x, down - y) - _PEN
            if away < 1:
                row[across] = min(row[across], round(255 * max(0.0, away)))


def _png(rows: list[bytearray], width: int, height: int) -> bytes:
    """The rows as a PNG of eight bits of grey (ISO/IEC 15948)."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
