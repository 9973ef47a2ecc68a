"""QR codes as pictures: SVG for pages, runs for paper, PNG for everything else, blocks for a terminal."""

import io
import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

import qrcode  # type: ignore[import-untyped]  # the library ships no type hints
from markupsafe import Markup, escape

Level = Literal["M", "Q"]

# The white edge that the standard asks for; phones look for it.
MARGIN: Final = 4

_LEVELS: Final[dict[Level, int]] = {
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
}


class TooLong(ValueError):
    """The text does not fit into a QR code."""


def svg(text: str, level: Level, *, title: str) -> Markup:
    """The QR code of `text` as inline SVG, dark on light whatever the page's colours are. Raises TooLong.

    It fills the width that the page gives it; `title` is what a screen reader says.
    """
    side = modules(text, level)
    return Markup(  # noqa: S704  everything in it is a number but the title, which is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
        f' aria-label="{escape(title)}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#000" d="{_strokes(text, level)}"/></svg>'
    )


def png(text: str, level: Level, *, module_px: int = 8) -> bytes:
    """The QR code of `text` as a PNG with `module_px` pixels a module. Raises TooLong."""
    picture = io.BytesIO()
    _code(text, level, module_px).make_image().save(picture)
    return picture.getvalue()


def terminal(text: str) -> str:
    """The QR code of `text` in half blocks, for a terminal with light letters on a dark ground. Raises TooLong."""
    lines = io.StringIO()
    _code(text, "M").print_ascii(out=lines, invert=True)
    return lines.getvalue()


def modules(text: str, level: Level) -> int:
    """How many modules wide the code of `text` is, its margin included. Raises TooLong."""
    return len(_rows(text, level))


def runs(text: str, level: Level) -> Iterator[tuple[int, int, int]]:
    """Where the code of `text` is dark: column, row and length of each run, in modules from the top left.

    The margin counts, so that nothing is dark in the first and last four of each. Raises TooLong.
    """
    for y, row in enumerate(_rows(text, level)):
        x = 0
        for dark, same in itertools.groupby(row):
            length = len(list(same))
            if dark:
                yield x, y, length
            x += length


@lru_cache(maxsize=256)
def _rows(text: str, level: Level) -> tuple[tuple[bool, ...], ...]:
    # Kept, because drawing one costs 5 to 30 ms and public pages show the same few again and again.
    return tuple(tuple(row) for row in _code(text, level).get_matrix())


def _code(text: str, level: Level, module_px: int = 1) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=_LEVELS[level], border=MARGIN, box_size=module_px)
    # optimize=0: one segment in the mode that fits the whole text, which is what every decoder reads best.
    code.add_data(text, optimize=0)
    try:
        code.make(fit=True)
    except (qrcode.exceptions.DataOverflowError, ValueError) as error:
        raise TooLong("the text is too long for a QR code") from error
    return code


@lru_cache(maxsize=256)
def _strokes(text: str, level: Level) -> str:
    """Path data with one stroke for each run of dark modules: a fifth of the bytes of one square a module."""
    path, pen, line = [], 0, -1
    for x, y, length in runs(text, level):
        path.append(f"m{x - pen} 0h{length}" if y == line else f"M{x} {y}.5h{length}")
        pen, line = x + length, y
    return "".join(path)
