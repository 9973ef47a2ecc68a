"""Where everything stands on a label, a door plate, a poster and a badge, in millimetres.

A code that came out too small is found out only at the door: codes have their size first, texts get the rest. Level Q
survives a tenth of a code being covered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from server import codes
from server.cards import CardFacts
from server.pdf import BLACK, HOLD, NAVY, WHITE, Box, Pages, Text, TooSmall
from server.words import Words

LABEL: Final = (92.0, 84.0)
LABEL_CODE: Final = 42.0  # a door is scanned from half a metre at most, and that takes a tenth of it
PLATE_CODE: Final = 118.0
POSTER_CODE: Final = 68.0  # the least that the domain asks of a poster is 55
BADGE: Final = (85.6, 54.0)  # ISO/IEC 7810, ID-1: what lanyards and wallets are made for
BADGE_LINK: Final = 32.0
BADGE_CONTACT: Final = 44.0

_COLUMNS, _ROWS = 2, 3
BADGES_ON_A_PAGE: Final = 4
_EDGE: Final = 13.0  # of a whole page; no printer needs more


class LongAddress(Exception):
    """The district's address leaves a card's page no room, whatever else stands on the card."""


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What stands on a tag: the place's name, where that is, its codes, and whom to call."""

    name: str
    where: str
    school: str
    short: str
    url: str
    phone: str


def whole_pages(pages: Pages) -> Iterator[Box]:
    """One page after the other."""
    while True:
        pages.turn()
        yield Box(0, 0, pages.width, pages.height).inside(_EDGE)


def labels(pages: Pages) -> Iterator[Box]:
    """Room for labels, six on a page, with marks where to cut."""
    wide, high = LABEL
    left, top = (pages.width - _COLUMNS * wide) / 2, (pages.height - _ROWS * high) / 2
    columns = [left + wide * at for at in range(_COLUMNS + 1)]
    rows = [top + high * at for at in range(_ROWS + 1)]
    while True:
        pages.turn()
        pages.crop(columns, rows, gap=2, length=5)
        for y in rows[:-1]:
            for x in columns[:-1]:
                yield Box(x, y, wide, high)


def badges(pages: Pages) -> Iterator[Box]:
    """Room for badges, four on a page, front and back side by side: cut out, fold along the dashes, laminate."""
    wide, high = 2 * BADGE[0], BADGE[1]
    gap = 10.0
    left, top = (pages.width - wide) / 2, (pages.height - BADGES_ON_A_PAGE * high - (BADGES_ON_A_PAGE - 1) * gap) / 2
    while True:
        pages.turn()
        for at in range(BADGES_ON_A_PAGE):
            y = top + at * (high + gap)
            pages.crop((left, left + wide), (y, y + high), gap=1, length=3)
            pages.line(left + BADGE[0], y, 0, high, dashed=True)
            yield Box(left, y, wide, high)


def label(pages: Pages, at: Box, tag: TagFacts) -> None:
    """A place's label. Raises TooSmall and codes.TooLong."""
    box, side = at.inside(4), LABEL_CODE
    where = " · ".join(part for part in (tag.school, tag.where) if part)
    head = [Text(tag.name, 16, 8, bold=True, ink=NAVY), Text(where, 9.5, 7, before=0.5)]
    pages.text(Box(box.x, box.y, box.width, 19), head, middle=True)
    # The code's white edge reaches into the label's, so that its black stands under the name.
    middle = Box(at.x + 1, box.y + 19, side, side)
    pages.code(middle.x, middle.y, side, tag.url, "Q")
    left = middle.x + side + 1
    words = Box(left, middle.y, box.x + box.width - left, side)
    said = [Text(text, 9, 6, before=1.5) for text in _why(tag)]
    pages.text(words, [*said, *_both("sheet.tag.emergency", 10.5, bold=True, before=1.5)], middle=True)
    line = middle.y + side + 2
    pages.line(box.x, line, box.width, 0)
    foot = Box(box.x, line, box.width, box.y + box.height - line)
    pages.text(Box(foot.x, foot.y, 40, foot.height), _both("sheet.tag.type", 8), middle=True)
    pages.text(foot, [Text(tag.short, 19, 19, bold=True)], "right", middle=True)


def plate(pages: Pages, box: Box, tag: TagFacts) -> None:
    """A place's door plate: a page of its own. Raises TooSmall and codes.TooLong."""
    spare = box.height - 253  # A4 is 18 mm higher than Letter
    pages.fill(Box(box.x, box.y, box.width, 14), NAVY)
    school = Box(box.x + 4, box.y, box.width - 8, 14)
    pages.text(school, [Text(tag.school, 20, 9, bold=True, ink=WHITE)], "center", middle=True)
    name = Box(box.x, box.y + 16, box.width, 45 + spare / 2)
    about = [Text(tag.where, 20, 14, before=2)] if tag.where else []
    pages.text(name, [Text(tag.name, 64, 20, bold=True, ink=NAVY), *about], "center", middle=True)
    side = PLATE_CODE
    top = name.y + name.height
    pages.code(box.x + (box.width - side) / 2, top, side, tag.url, "Q")
    foot = Box(box.x, top + side, box.width, 24)
    typed = [Text(tag.short, 42, 42, bold=True), Text(" · ".join(_said("sheet.tag.type")), 13)]
    pages.text(foot, typed, "center", middle=True)
    line = foot.y + foot.height + 3
    pages.line(box.x, line, box.width, 0)
    half = (box.width - 8) / 2
    for number, (why, emergency) in enumerate(zip(_why(tag), _said("sheet.tag.emergency"), strict=True)):
        words = Box(box.x + number * (half + 8), line + 3, half, box.y + box.height - line - 3)
        pages.text(words, [Text(why, 15, 8), Text(emergency, 18, 10, bold=True, before=1.5)])


def poster(pages: Pages, box: Box, card: CardFacts) -> None:
    """A poster of a contact card: a page of its own. Raises LongAddress, TooSmall and codes.TooLong."""
    spare = box.height - 253
    pages.fill(Box(box.x, box.y, box.width, 21), NAVY)
    head = _both("sheet.card.your_officer", 21, bold=True, ink=WHITE)
    pages.text(Box(box.x, box.y, box.width, 21), head, "center", middle=True)
    facts = Box(box.x, box.y + 23, box.width, 74 + spare / 2)
    lines = [
        Text(card.name, 42, 18, bold=True, ink=NAVY),
        Text(card.title, 19, 18, before=1),
        Text(_schools(card), 19, 12),
        Text(card.phone, 46, 24, bold=True, before=2),
        Text(card.email, 19, 11, before=1),
    ]
    pages.text(facts, [line for line in lines if line.text], "center", middle=True)
    half, side, top = box.width / 2, POSTER_CODE, facts.y + facts.height + 1
    left, right = box.x + (half - side) / 2, box.x + half + (half - side) / 2
    with _room_for_address():  # first: the contact has the address too, and is not to blame for it
        pages.code(right, top, side, card.qr_url, "Q")
    _contact(pages, Box(left, top, side, side), card.vcard)
    below = Box(box.x + 0.5, top + side, half - 1, 46)
    pages.text(below, _caption("sheet.card.save", "sheet.card.save_text"), "center")
    opens = [*_caption(_opens(card), "sheet.card.today_text"), Text(card.url, 11, 6, before=1)]
    with _room_for_address():
        pages.text(replace(below, x=below.x + half), opens, "center")
    sos = Box(box.x, top + side + 48, box.width, box.y + box.height - top - side - 48)
    pages.frame(sos, 0.7)
    pages.text(sos.inside(3), _both("sheet.card.notice", 17, bold=True), "center", middle=True)


def badge(pages: Pages, at: Box, card: CardFacts) -> None:
    """A contact card to carry and to hand out: front and back. Raises LongAddress, TooSmall and codes.TooLong."""
    wide, high = BADGE
    pages.fill(Box(at.x, at.y, wide, 8), NAVY)
    band = Box(at.x + 4, at.y, wide - 8, 8)
    pages.text(band, [Text(card.organization, 10, 6, bold=True, ink=WHITE)], middle=True)
    side = BADGE_LINK
    code = Box(at.x + wide - side - 1, at.y + 9, side, side)
    with _room_for_address():
        pages.code(code.x, code.y, side, card.qr_url, "Q")
    pages.text(Box(code.x, code.y + side, side, 11), _both(_opens(card), 7.5, bold=True), "center")
    left = Box(at.x + 4, at.y + 9.5, code.x - at.x - 4, 36)
    lines = [
        Text(card.name, 15, 6, bold=True, ink=NAVY),
        Text(card.title, 9, 5, before=0.5),
        Text(_schools(card), 9, 5),
        Text(card.phone, 13, 9, bold=True, before=1.5),
    ]
    pages.text(left, [line for line in lines if line.text], middle=True)
    with _room_for_address():
        pages.text(Box(left.x, at.y + 46.5, left.width, 5.5), [Text(card.url, 7, 4.5)], middle=True)
    back, side = Box(at.x + wide, at.y, wide, high), BADGE_CONTACT
    _contact(pages, Box(back.x + 1, back.y + (high - side) / 2, side, side), card.mecard)
    right = Box(back.x + side + 2, back.y + 4, wide - side - 6, high - 8)
    save = _both("sheet.card.save", 10, bold=True, ink=NAVY)
    pages.text(
        right, [*save, *_both("sheet.card.save_text", 7), *_both("sheet.card.notice", 7.5, before=1.5)], middle=True
    )


@contextmanager
def _room_for_address() -> Iterator[None]:
    """Around what holds nothing but the card's address, and words that always have room."""
    try:
        yield
    except (TooSmall, codes.TooLong) as error:
        raise LongAddress from error


def _contact(pages: Pages, box: Box, text: str) -> None:
    """A code that holds a contact: it may be so long that only the lower level has room. Raises TooSmall."""
    try:
        pages.code(box.x, box.y, box.width, text, "Q")
    except (TooSmall, codes.TooLong):
        pages.code(box.x, box.y, box.width, text, "M")


def _caption(heading: str, text: str) -> list[Text]:
    heads, texts = _both(heading, 16, bold=True, before=1), _both(text, 12)
    return [part for pair in zip(heads, texts, strict=True) for part in pair]


def _opens(card: CardFacts) -> str:
    """What the code of a card's page is called: a post's page follows whoever is there."""
    return "sheet.card.today" if card.post else "sheet.card.page"


def _schools(card: CardFacts) -> str:
    return " · ".join(card.schools) if card.schools != (card.title,) else ""


def _why(tag: TagFacts) -> tuple[str, ...]:
    """What a tag is for, in both languages; a number is read in one piece."""
    return tuple(f"{said} {tag.phone.replace(' ', HOLD)}." for said in _said("sheet.tag.for_all"))


def _both(key: str, size: float, *, bold: bool = False, ink: str = BLACK, before: float = 0) -> list[Text]:
    """The sentence in both languages; `before` stands above each."""
    return [Text(said, size, size * 0.6, bold, ink, before) for said in _said(key)]


def _said(key: str) -> tuple[str, ...]:
    return tuple(words(key) for words in _languages())


def _languages() -> tuple[Words, ...]:
    return Words.load("public", "en"), Words.load("public", "es")
