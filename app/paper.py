"""A PDF of plain text and photos, written line by line: what one record needs to be read on paper or in a mail.

Pages are US Letter. Letters are drawn with the app's own Roboto, embedded as far as it is used, and can be searched and
copied. pydyf writes the file's parts; what is on them is decided here.
"""

import io
import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import pydyf

from app.typeface import Face, Typeface

WIDTH: Final = 612.0
HEIGHT: Final = 792.0
EDGE: Final = 54.0
FOOT: Final = 34.0  # of the last line on a page, from below
LEADING: Final = 1.35
BLACK: Final = (0.0, 0.0, 0.0)
GREY: Final = (0.33, 0.35, 0.40)
MARK: Final = (0.90, 0.88, 0.84)
PHOTO: Final = 260.0  # a photo's greatest height
PNG: Final = b"\x89PNG\r\n\x1a\n"


class NotAPicture(ValueError):
    """Bytes that are no JPEG picture."""


class Paper:
    """The pages being written, from top to bottom."""

    def __init__(self, regular: Typeface, bold: Typeface, title: str, language: str) -> None:
        self._regular, self._bold = regular, bold
        self._pdf = pydyf.PDF()
        self._pdf.info.update({"Title": pydyf.String(title), "Producer": pydyf.String("Beatbook")})
        self._pdf.catalog["Lang"] = pydyf.String(language)
        self._pdf.catalog["ViewerPreferences"] = "<</DisplayDocTitle true>>"
        self._used: dict[Face, dict[int, str]] = {}
        self._streams: list[pydyf.Stream] = []
        self._pictures: dict[str, pydyf.Stream] = {}
        self._y = 0.0
        self._turn()

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return len(self._streams)

    def text(
        self,
        text: str,
        size: float = 11,
        *,
        bold: bool = False,
        ink: tuple[float, float, float] = BLACK,
        before: float = 0,
        keep: float = 0,
    ) -> None:
        """Writes text in as many lines as it needs. `before` is space above it, `keep` what must still follow it."""
        face = self._bold if bold else self._regular
        self._y -= before
        for number, line in enumerate(_lines(text, face, (WIDTH - 2 * EDGE) * 1000 / size)):
            need = size * LEADING
            if self._y - need - (0 if number else keep) < EDGE:
                self._turn()
            self._y -= need
            self._line(self._streams[-1], line, face, size, EDGE, self._y + size * 0.3, ink)

    def rule(self, before: float = 8, after: float = 4) -> None:
        """A thin line across the page."""
        self._y -= before
        stream = self._streams[-1]
        stream.set_line_width(0.6)
        stream.set_color_rgb(0.7, 0.72, 0.75, stroke=True)
        stream.move_to(EDGE, self._y)
        stream.line_to(WIDTH - EDGE, self._y)
        stream.stroke()
        self._y -= after

    def photo(self, data: bytes) -> None:
        """Puts a photo or a signature on the page, as large as there is room for. Raises NotAPicture."""
        wide, high, body, more = _png(data) if data.startswith(PNG) else _jpeg(data)
        scale = min((WIDTH - 2 * EDGE) / wide, PHOTO / high, 1.0)
        if self._y - high * scale - 6 < EDGE:
            self._turn()
        self._y -= high * scale + 4
        name = f"P{len(self._pictures)}"
        form = {"Type": "/XObject", "Subtype": "/Image", "Width": wide, "Height": high, "BitsPerComponent": 8, **more}
        picture = self._pictures[name] = pydyf.Stream([body], form)
        self._pdf.add_object(picture)
        stream = self._streams[-1]
        stream.push_state()
        stream.set_matrix(wide * scale, 0, 0, high * scale, EDGE, self._y)
        stream.draw_x_object(name)
        stream.pop_state()
        self._y -= 4

    def finish(self, foot: Iterable[str], made: datetime, mark: str = "") -> bytes:
        """The file. `foot` is said at the bottom of every page, with {page} and {pages} filled in.

        `mark` is written large across every page, under what is on it.
        """
        lines = list(foot)
        for number, stream in enumerate(self._streams, 1):
            if mark:
                under = pydyf.Stream()
                self._across(under, mark)
                stream.stream[:0] = under.stream
            for at, line in enumerate(reversed(lines)):
                said = line.format(page=number, pages=len(self._streams))
                shown = next(_lines(said, self._regular, (WIDTH - 2 * EDGE) * 1000 / 8))
                self._line(stream, shown, self._regular, 8, EDGE, FOOT - 14 + 11 * at, GREY)
        fonts = pydyf.Dictionary({_name(face): self._font(face, used) for face, used in self._used.items()})
        self._pdf.add_object(fonts)
        pictures = {name: picture.reference for name, picture in self._pictures.items()}
        resources = pydyf.Dictionary({"Font": fonts.reference, "XObject": pydyf.Dictionary(pictures)})
        self._pdf.add_object(resources)
        for stream in self._streams:
            self._pdf.add_object(stream)
            page = pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": self._pdf.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, int(WIDTH), int(HEIGHT)]),
                    "Contents": stream.reference,
                    "Resources": resources.reference,
                }
            )
            self._pdf.add_page(page)
        self._pdf.info["CreationDate"] = pydyf.String(f"D:{made:%Y%m%d%H%M%S}")
        out = io.BytesIO()
        self._pdf.write(out, version=b"1.7", identifier=True)
        return out.getvalue()

    def _turn(self) -> None:
        self._streams.append(pydyf.Stream(compress=True))
        self._y = HEIGHT - EDGE

    def _line(
        self,
        stream: pydyf.Stream,
        text: str,
        face: Typeface,
        size: float,
        x: float,
        y: float,
        ink: tuple[float, float, float],
    ) -> None:
        stream.begin_text()
        stream.set_color_rgb(*ink)
        stream.set_text_matrix(1, 0, 0, 1, x, y)
        for run in face.runs(text):
            self._used.setdefault(run.face, {}).update(zip(run.glyphs, run.letters, strict=True))
            stream.set_font_size(_name(run.face), size)
            stream.stream.append(b"<" + "".join(f"{glyph:04x}" for glyph in run.glyphs).encode() + b"> Tj")
        stream.end_text()

    def _across(self, stream: pydyf.Stream, text: str) -> None:
        """A word from one corner of the page to the other."""
        size = min(120.0, 640_000 / self._bold.width(text))
        along, half = math.sqrt(0.5), self._bold.width(text) * size / 2000
        stream.push_state()
        stream.set_matrix(along, along, -along, along, WIDTH / 2 - half * along, HEIGHT / 2 - half * along)
        self._line(stream, text, self._bold, size, 0, 0, MARK)
        stream.pop_state()

    def _font(self, face: Face, used: dict[int, str]) -> bytes:
        """Embeds a face, with the widths and letters of what is used of it (ISO 32000, 9.7)."""
        data = face.truetype()
        file = pydyf.Stream([zlib.compress(data, 9)], {"Filter": "/FlateDecode", "Length1": len(data)})
        thousand = [round(edge * 1000 / face.units) for edge in (*face.box, face.ascent, face.descent)]
        described = pydyf.Dictionary(
            {
                **{"Type": "/FontDescriptor", "FontName": f"/{_name(face)}", "Flags": 4, "ItalicAngle": 0, "StemV": 80},
                **{"FontBBox": pydyf.Array(thousand[:4]), "Ascent": thousand[4], "Descent": thousand[5]},
                **{"CapHeight": 711},
            }
        )
        widths = pydyf.Array([part for glyph in sorted(used) for part in (glyph, pydyf.Array([face.width(glyph)]))])
        for part in (file, described):
            self._pdf.add_object(part)
        described["FontFile2"] = file.reference
        inner = pydyf.Dictionary(
            {
                **{"Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": f"/{_name(face)}", "W": widths},
                **{"CIDSystemInfo": "<</Registry (Adobe) /Ordering (Identity) /Supplement 0>>"},
                **{"FontDescriptor": described.reference, "CIDToGIDMap": "/Identity"},
            }
        )
        letters = pydyf.Stream([_to_unicode(used)], compress=True)
        for part in (inner, letters):
            self._pdf.add_object(part)
        outer = pydyf.Dictionary(
            {
                **{"Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{_name(face)}", "Encoding": "/Identity-H"},
                **{"DescendantFonts": pydyf.Array([inner.reference]), "ToUnicode": letters.reference},
            }
        )
        self._pdf.add_object(outer)
        reference: bytes = outer.reference
        return reference


_Picture = tuple[int, int, bytes, dict[str, Any]]


def _jpeg(data: bytes) -> _Picture:
    wide, high, colors = measure(data)
    space = {1: "/DeviceGray", 3: "/DeviceRGB"}.get(colors, "/DeviceCMYK")
    return wide, high, data, {"ColorSpace": space, "Filter": "/DCTDecode"}


def _png(data: bytes) -> _Picture:
    """A PNG of eight bits of grey or color without transparency, as signatures are; its rows go in as they are.

    Raises NotAPicture.
    """
    try:
        wide, high, depth, kind, _, _, woven = struct.unpack_from(">IIBBBBB", data, 16)
        parts, at = [], 8
        while at + 12 <= len(data):
            length = int.from_bytes(data[at : at + 4])
            if data[at + 4 : at + 8] == b"IDAT":
                parts.append(data[at + 8 : at + 8 + length])
            at += 12 + length
    except struct.error:
        raise NotAPicture("a PNG without its beginning") from None
    colors = {0: 1, 2: 3}.get(kind, 0)
    if not (wide and high and parts and colors) or depth != 8 or woven:
        raise NotAPicture("a PNG of another kind")
    rows = pydyf.Dictionary({"Predictor": 15, "Colors": colors, "BitsPerComponent": 8, "Columns": wide})
    space = "/DeviceGray" if colors == 1 else "/DeviceRGB"
    return wide, high, b"".join(parts), {"ColorSpace": space, "Filter": "/FlateDecode", "DecodeParms": rows}


def measure(jpeg: bytes) -> tuple[int, int, int]:
    """Width, height and number of colors of a JPEG picture. Raises NotAPicture."""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and at + 9 < len(jpeg) and jpeg[at] == 0xFF:
        kind = jpeg[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            high, wide, colors = struct.unpack_from(">HHB", jpeg, at + 5)
            if wide and high:
                return wide, high, colors
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    raise NotAPicture("not a JPEG picture")


def _lines(text: str, face: Typeface, room: float) -> Iterator[str]:
    """The text in lines that fit; a word that is longer than a line is broken where it must be."""
    space = face.width(" ")
    for paragraph in text.split("\n"):
        line, taken = "", 0
        for word in paragraph.split():
            for part in _broken(word, face, room):
                wide = face.width(part)
                if line and taken + space + wide > room:
                    yield line
                    line, taken = "", 0
                line, taken = (f"{line} {part}", taken + space + wide) if line else (part, wide)
        yield line


def _broken(word: str, face: Typeface, room: float) -> Iterator[str]:
    part, taken = "", 0
    for letter in word:
        wide = face.width(letter)
        if part and taken + wide > room:
            yield part
            part, taken = "", 0
        part, taken = part + letter, taken + wide
    yield part


def _to_unicode(used: dict[int, str]) -> bytes:
    """Which letter each glyph stands for, so that the text can be searched and copied (ISO 32000, 9.10.3)."""
    pairs = [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in sorted(used.items())]
    parts = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Beatbook def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _name(face: Face) -> str:
    return f"Roboto-{face.name}"
