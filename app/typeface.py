"""Roboto for paper: which glyphs a text is drawn with and how wide they are.

The web app carries Roboto as WOFF files, one for each group of letters (server/publish/client.py), so that a page holds
only those that its words need. A WOFF file is a TrueType font whose tables are deflated one by one.
"""

import struct
import sys
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

# In the order in which a letter is looked for. `name.weight` is the file; see `file_name`.
GROUPS: Final = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic", "symbols", "math", "cyrillic-ext")
REGULAR, BOLD = 400, 700
STAND_IN: Final = "?"
_IGNORED: Final = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF, 0xAD))

Read = Callable[[str], Awaitable[bytes]]


class NoTypeface(Exception):
    """The font cannot be had here and now; nothing can be printed without it."""


class Face:
    """One font file: the glyphs that it has."""

    def __init__(self, name: str, data: bytes) -> None:
        """Reads a WOFF file. Raises NoTypeface for anything else."""
        self.name = name
        try:
            self.tables = dict(_tables(data))
            self.units: int = struct.unpack_from(">H", self.tables["head"], 18)[0]
            self.box = struct.unpack_from(">4h", self.tables["head"], 36)
            self.ascent, self.descent = struct.unpack_from(">2h", self.tables["hhea"], 4)
            self._glyphs = dict(_cmap(self.tables["cmap"]))
            count = struct.unpack_from(">H", self.tables["hhea"], 34)[0]
            self._widths: tuple[int, ...] = struct.unpack_from(">" + "Hh" * count, self.tables["hmtx"])[::2]
        except (KeyError, IndexError, struct.error, zlib.error) as error:
            raise NoTypeface(f"{name} is no font") from error

    def glyph(self, letter: str) -> int | None:
        """The number of a letter's glyph."""
        return self._glyphs.get(ord(letter))

    def width(self, glyph: int) -> int:
        """How far a glyph moves the pen, in thousandths of the size."""
        at = min(glyph, len(self._widths) - 1)
        return round(self._widths[at] * 1000 / self.units)

    def truetype(self) -> bytes:
        """The file as a PDF wants it: the tables that draw, inflated."""
        wanted = ("cmap", "cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep")
        tables = {tag: self.tables[tag] for tag in wanted if tag in self.tables}
        count, power = len(tables), max(1, len(tables)).bit_length() - 1
        head = struct.pack(">IHHHH", 0x00010000, count, 16 << power, power, count * 16 - (16 << power))
        at, entries, body = 12 + 16 * count, b"", b""
        for tag, data in tables.items():
            padded = data + bytes(-len(data) % 4)
            total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
            entries += struct.pack(">4sIII", tag.encode(), total, at + len(body), len(data))
            body += padded
        return head + entries + body


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that one face draws: its glyphs, and what they stand for."""

    face: Face
    glyphs: tuple[int, ...]
    letters: str

    @property
    def width(self) -> int:
        """In thousandths of the size."""
        return sum(map(self.face.width, self.glyphs))


@dataclass
class Typeface:
    """The faces of one weight, as many of them as the words need."""

    faces: list[Face]
    missing: set[str] = field(default_factory=set)  # letters asked for that no face has

    def runs(self, text: str) -> list[Run]:
        """The text as runs of glyphs; a letter that no face has becomes a question mark."""
        found: list[tuple[Face, list[int], str]] = []
        for letter in text.translate(_IGNORED):
            face, glyph = self._drawn(letter)
            if not found or found[-1][0] is not face:
                found.append((face, [], ""))
            found[-1][1].append(glyph)
            found[-1] = (face, found[-1][1], found[-1][2] + letter)
        return [Run(face, tuple(glyphs), letters) for face, glyphs, letters in found]

    def width(self, text: str) -> int:
        """In thousandths of the size."""
        return sum(run.width for run in self.runs(text))

    def _drawn(self, letter: str) -> tuple[Face, int]:
        for face in self.faces:
            glyph = face.glyph(letter)
            if glyph is not None:
                return face, glyph
        if letter != STAND_IN:
            self.missing.add(letter)
            return self._drawn(STAND_IN)
        return self.faces[0], 0


async def typefaces(text: str, read: Read) -> tuple[Typeface, Typeface]:
    """Regular and bold, with every group of letters that occurs in the text. Raises NoTypeface."""
    pair = []
    for weight in (REGULAR, BOLD):
        faces: list[Face] = []
        left = set(text.translate(_IGNORED)) | {STAND_IN}
        for group in GROUPS:
            if not left:
                break
            face = Face(f"{group}-{weight}", await read(file_name(group, weight)))
            has = {letter for letter in left if face.glyph(letter) is not None}
            if has:
                faces.append(face)
                left -= has
        pair.append(Typeface(faces))
    return pair[0], pair[1]


def file_name(group: str, weight: int) -> str:
    """Where the web app keeps a group of letters."""
    return f"fonts/roboto-{group}-{weight}.woff"


def make_reader() -> Read:
    """How this place reads the app's own files; a desktop has no fonts, and says so with NoTypeface."""
    if sys.platform == "emscripten":
        from app.typeface_browser import read

        return read
    return _nothing_here


async def _nothing_here(name: str) -> bytes:
    raise NoTypeface(name)


def _tables(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The tables of a WOFF file, inflated (W3C, WOFF File Format 1.0, section 5)."""
    if data[:4] != b"wOFF":
        raise KeyError("wOFF")
    for at in range(44, 44 + 20 * struct.unpack_from(">H", data, 12)[0], 20):
        tag, offset, packed, size, _ = struct.unpack_from(">4sIIII", data, at)
        table = data[offset : offset + packed]
        yield tag.decode("latin-1"), table if packed == size else zlib.decompress(table)


def _cmap(table: bytes) -> Iterator[tuple[int, int]]:
    """Letters and their glyphs, from the format 4 map that every Roboto file has (OpenType, "cmap")."""
    for at in range(4, 4 + 8 * struct.unpack_from(">H", table, 2)[0], 8):
        start = struct.unpack_from(">I", table, at + 4)[0]
        if struct.unpack_from(">H", table, start)[0] == 4:
            return _format_4(table, start)
    raise KeyError("cmap")


def _format_4(table: bytes, start: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, start + 14)
    begins = struct.unpack_from(f">{count}H", table, start + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", table, start + 16 + 4 * count)
    ranges = start + 16 + 6 * count
    for at in range(count):
        offset = struct.unpack_from(">H", table, ranges + 2 * at)[0]
        for code in range(begins[at], min(ends[at], 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", table, ranges + 2 * at + offset + 2 * (code - begins[at]))[0]
                if not glyph:
                    continue
            glyph = (glyph + deltas[at]) & 0xFFFF
            if glyph:
                yield code, glyph
