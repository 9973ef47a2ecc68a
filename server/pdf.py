"""Pages of a PDF that is cut and hung up: boxes of text that shrink until they fit, codes of an exact size, crop marks.

Everything is in millimetres from the top left corner of the page, but the size of letters, which is in points.
"""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

import font_source_sans_pro as source_sans
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from server import codes

Paper = Literal["letter", "a4"]
PAPERS: Final[tuple[Paper, ...]] = get_args(Paper)
SIZES: Final[dict[Paper, tuple[float, float]]] = {"letter": (215.9, 279.4), "a4": (210.0, 297.0)}

# Smaller dots than this get lost between a school's copier and an old phone's camera.
SMALLEST_MODULE: Final = 0.5
REGULAR: Final = "SourceSansPro-Regular"
BOLD: Final = "SourceSansPro-Bold"
BLACK: Final = "#000000"
NAVY: Final = "#14284b"
WHITE: Final = "#ffffff"
GREY: Final = "#777777"
HOLD: Final = "\N{NO-BREAK SPACE}"  # keeps a line from being broken here

_MM: Final = 72 / 25.4
_LEADING: Final = 1.2
_BASELINE: Final = 0.94  # of a line's letters, from its top
_STEP: Final = 0.96
_STAND_IN: Final = "?"

Align = Literal["left", "center", "right"]


class TooSmall(Exception):
    """There is no room for a text, or for a code whose dots a phone can see; `module` is how large they would be."""

    def __init__(self, module: float = 0.0) -> None:
        super().__init__(f"a module of {module:.2f} mm" if module else "a text")
        self.module = module


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a page: where it begins, and how large it is."""

    x: float
    y: float
    width: float
    height: float

    def inside(self, edge: float) -> "Box":
        """What is left of it within a margin."""
        return Box(self.x + edge, self.y + edge, self.width - 2 * edge, self.height - 2 * edge)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph: its size in points and the `least` that it may shrink to, `before` in millimetres above it."""

    text: str
    size: float
    least: float = 6
    bold: bool = False
    ink: str = BLACK
    before: float = 0

    @property
    def font(self) -> str:
        """The name of its typeface."""
        return BOLD if self.bold else REGULAR


@dataclass(frozen=True, slots=True)
class Line:
    """A line of letters: how far below the box's top it stands."""

    text: str
    size: float
    top: float
    font: str
    ink: str


class Pages:
    """A PDF being drawn, page after page. `missing` are the letters that the typeface does not have."""

    def __init__(self, paper: Paper, title: str, language: str = "en") -> None:
        _typeface()
        self.width, self.height = SIZES[paper]
        self.missing: set[str] = set()
        self.count = 0
        self._file = io.BytesIO()
        # invariant: the same tags give the same bytes, so that two prints can be compared.
        self._canvas = Canvas(
            self._file,
            pagesize=(self.width * _MM, self.height * _MM),
            invariant=1,
            lang=language,
            initialFontName=REGULAR,
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Beatbook")
        self._canvas.setCreator("Beatbook")
        # "Fit to page" would make every code smaller than it was drawn.
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")

    def turn(self) -> None:
        """Begins a page."""
        if self.count:
            self._canvas.showPage()
        self.count += 1

    def close(self) -> bytes:
        """The file. Nothing can be drawn any more."""
        self._canvas.save()
        return self._file.getvalue()

    def text(self, box: Box, parts: Iterable[Text], align: Align = "left", *, middle: bool = False) -> float:
        """Writes paragraphs into a box, all of them smaller until they fit; returns how high they are.

        Words are broken only where the smallest letters do not help. Raises TooSmall where nothing does.
        """
        lines, high = fit([self._tidy(part) for part in parts], box)
        down = box.y + (max(0.0, box.height - high) / 2 if middle else 0)
        for line in lines:
            length = wide(line.text, line.font, line.size)
            x = box.x + {"left": 0.0, "center": (box.width - length) / 2, "right": box.width - length}[align]
            self._canvas.setFillColor(line.ink)
            self._canvas.setFont(line.font, line.size)
            self._canvas.drawString(x * _MM, self._up(down + line.top + _BASELINE * line.size / _MM), line.text)
        return high

    def code(self, x: float, y: float, side: float, text: str, level: codes.Level) -> None:
        """Draws a QR code, its white edge included. Raises TooSmall, and codes.TooLong."""
        modules = codes.modules(text, level)
        module = side / modules
        if module < SMALLEST_MODULE:
            raise TooSmall(module)
        self.fill(Box(x, y, side, side), WHITE)
        # One path and one fill: between squares of their own, screens and copiers show hairlines.
        path = self._canvas.beginPath()
        for column, row, length in codes.runs(text, level):
            top = self._up(y + (row + 1) * module)
            path.rect((x + column * module) * _MM, top, length * module * _MM, module * _MM)
        self._canvas.setFillColor(BLACK)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def fill(self, box: Box, ink: str) -> None:
        """Fills a box."""
        self._canvas.setFillColor(ink)
        self._canvas.rect(box.x * _MM, self._up(box.y + box.height), box.width * _MM, box.height * _MM, 0, 1)

    def frame(self, box: Box, thick: float) -> None:
        """Draws a line around a box."""
        self._canvas.setStrokeColor(NAVY)
        self._canvas.setLineWidth(thick * _MM)
        self._canvas.rect(box.x * _MM, self._up(box.y + box.height), box.width * _MM, box.height * _MM)

    def line(self, x: float, y: float, right: float, down: float, ink: str = GREY, *, dashed: bool = False) -> None:
        """Draws a thin line from a point, so far to the right and so far down."""
        self._canvas.setStrokeColor(ink)
        self._canvas.setLineWidth(0.2 * _MM)
        self._canvas.setDash(*((1.5, 1.5) if dashed else ()))
        self._canvas.line(x * _MM, self._up(y), (x + right) * _MM, self._up(y + down))

    def crop(self, columns: Sequence[float], rows: Sequence[float], *, gap: float, length: float) -> None:
        """Marks where to cut: beside the grid, `gap` away from it, and small crosses where four parts meet."""
        left, right, top, bottom = columns[0], columns[-1], rows[0], rows[-1]
        for x in columns:
            self.line(x, top - gap, 0, -length, BLACK)
            self.line(x, bottom + gap, 0, length, BLACK)
        for y in rows:
            self.line(left - gap, y, -length, 0, BLACK)
            self.line(right + gap, y, length, 0, BLACK)
        for x in columns[1:-1]:
            for y in rows[1:-1]:
                self.line(x - 1.5, y, 3, 0)
                self.line(x, y - 1.5, 0, 3)

    def _up(self, y: float) -> float:
        """PDF counts from below, in points."""
        return (self.height - y) * _MM

    def _tidy(self, part: Text) -> Text:
        """The paragraph in letters that the typeface has.

        Pictures (emoji) and signs that it lacks are left out, a letter that it lacks becomes a question mark.
        """
        has = _letters(part.font)
        kept = []
        for letter in unicodedata.normalize("NFC", re.sub(r"\s+", _space, part.text)):
            if letter in has:
                kept.append(letter)
            elif plain := "".join(one for one in unicodedata.normalize("NFKD", letter) if one in has):
                kept.append(plain)
            elif unicodedata.category(letter)[0] not in "SMC":
                self.missing.add(letter)
                kept.append(_STAND_IN)
        return replace(part, text="".join(kept).strip(" "))


def _space(found: re.Match[str]) -> str:
    """One space for many, which breaks a line unless it was written not to."""
    return HOLD if found[0] == HOLD else " "


@cache
def _typeface() -> None:
    for name in (REGULAR, BOLD):
        registerFont(TTFont(name, Path(source_sans.font_directory, f"{name}.ttf")))


@cache
def _letters(font: str) -> frozenset[str]:
    return frozenset(map(chr, getFont(font).face.charToGlyph))


def wide(text: str, font: str, size: float) -> float:
    """How wide a text is in letters of this size, in millimetres."""
    points: float = stringWidth(text, font, size)
    return points / _MM


def fit(parts: Sequence[Text], box: Box) -> tuple[list[Line], float]:
    """The lines of paragraphs in the largest letters that fit, and how high they are together. Raises TooSmall."""
    scale = 1.0
    while True:
        sizes = [max(min(part.size, part.least), part.size * scale) for part in parts]
        last = all(size <= part.least for size, part in zip(sizes, parts, strict=True))
        lines: list[Line] = []
        high = 0.0
        for part, size in zip(parts, sizes, strict=True):
            high += part.before if lines else 0
            for text in _wrapped(part.text, part.font, size, box.width, broken=last):
                lines.append(Line(text, size, high, part.font, part.ink))
                high += _LEADING * size / _MM
        if high <= box.height and all(wide(line.text, line.font, line.size) <= box.width for line in lines):
            return lines, high
        if last:
            raise TooSmall
        scale *= _STEP


def _wrapped(text: str, font: str, size: float, room: float, *, broken: bool) -> Iterator[str]:
    """The text in lines; a word that is longer than a line stays whole unless words may be `broken`."""
    line = ""
    for word in re.split(" +", text):
        for piece in _pieces(word, font, size, room) if broken else (word,):
            longer = f"{line} {piece}" if line else piece
            if line and wide(longer, font, size) > room:
                yield line
                line = piece
            else:
                line = longer
    if line:
        yield line


def _pieces(word: str, font: str, size: float, room: float) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and wide(piece + letter, font, size) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece
