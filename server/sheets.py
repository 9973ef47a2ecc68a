"""What a school prints and cuts out, as PDF: labels and door plates of places, posters and badges of contact cards."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.tags import show, tag_url
from server import codes, district, layouts, places
from server.cards import CardFacts
from server.district import DistrictError
from server.layouts import TagFacts
from server.pdf import SMALLEST_MODULE, Pages, Paper, TooSmall
from server.tables import Place
from server.words import Words

TagKind = Literal["labels", "plates"]
CardKind = Literal["posters", "badges"]
TAG_KINDS: Final[tuple[TagKind, ...]] = get_args(TagKind)
CARD_KINDS: Final[tuple[CardKind, ...]] = get_args(CardKind)

_SHORTEN: Final = "Shorten the officer's name, title or e-mail address, or set a shorter address (BEATBOOK_BASE_URL)."


@dataclass(frozen=True, slots=True)
class Sheets:
    """A PDF to print: how many tags or cards are on how many pages, and which letters could not be written."""

    pdf: bytes
    count: int
    pages: int
    missing: str


def tag_sheets(
    session: Session,
    base_url: str,
    kind: TagKind,
    paper: Paper,
    *,
    school: str | None = None,
    place: str | None = None,
) -> Sheets:
    """The tags in use of one place, of a school's places, or of all, in the order of a walk.

    Raises DistrictError in words where there is none, or where one has no room for its code or its text.
    """
    tags = _tags(session, base_url, school, place)
    if not tags:
        raise DistrictError("There are no places with tags to print. Add a place first.", "print_nothing")
    pages = _pages(paper, kind)
    spots = layouts.labels(pages) if kind == "labels" else layouts.whole_pages(pages)
    draw = layouts.label if kind == "labels" else layouts.plate
    for tag, spot in zip(tags, spots, strict=False):
        with _room_for(tag.name, kind, "Print door plates, or set a shorter address (BEATBOOK_BASE_URL).", "print_tag"):
            draw(pages, spot, tag)
    return _done(pages, len(tags))


def card_sheets(cards: Sequence[CardFacts], kind: CardKind, paper: Paper) -> Sheets:
    """Contact cards, each with a code that saves the contact and one that opens the page.

    Raises DistrictError in words where there is none, or where one has no room for its codes or its text.
    """
    if not cards:
        raise DistrictError("There are no contact cards to print. Make one first.")
    pages = _pages(paper, kind)
    spots = layouts.badges(pages) if kind == "badges" else layouts.whole_pages(pages)
    draw = layouts.badge if kind == "badges" else layouts.poster
    for card, spot in zip(cards, spots, strict=False):
        with _room_for(card.name, kind, _SHORTEN, "print_card"):
            draw(pages, spot, card)
    return _done(pages, len(cards))


def only_here(base_url: str) -> bool:
    """Whether codes with this address open nothing on anybody's phone: to be said before fifty are printed."""
    return urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")


def in_walking_order(place: Place) -> tuple[object, ...]:
    """Sorts the places of a school as somebody walks past them: building, floor, name, and door 2 before door 10."""
    return natural(place.building), natural(place.floor), natural(place.name)


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Sorts texts as people do: by the numbers in them, whatever their case and accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    found = re.findall(r"([0-9]+)|([^0-9]+)", " ".join(plain.split()))
    return tuple((not number, int(number or 0), word) for number, word in found)


def _tags(session: Session, base_url: str, school: str | None, place: str | None) -> list[TagFacts]:
    walk = sorted(places.places(session, school=school), key=in_walking_order)
    active = {tag.place: tag for tag in places.tags(session, active=True)}
    phone = district.the_district(session).phone
    return [
        TagFacts(
            name=one.name,
            where=" · ".join(part for part in (one.building, one.floor) if part),
            school=at.name,
            short=show(tag.short),
            url=tag_url(base_url, tag.code),
            phone=phone,
        )
        for at in sorted(district.schools(session), key=lambda one: natural(one.name))
        for one in walk
        if one.school == at.id and place in (None, one.id) and (tag := active.get(one.id)) is not None
    ]


def _pages(paper: Paper, kind: TagKind | CardKind) -> Pages:
    return Pages(paper, Words.load("public", "en")(f"sheet.{kind}"))


def _done(pages: Pages, count: int) -> Sheets:
    return Sheets(pages.close(), count, pages.count, "".join(sorted(pages.missing)))


@contextmanager
def _room_for(name: str, kind: str, advice: str, key: str) -> Iterator[None]:
    """Says in words what has no room where; by `key` a console says it and the advice in another language."""
    try:
        yield
    except layouts.LongAddress:
        said = f"{name}: the district's address (BEATBOOK_BASE_URL) is too long for {kind}. Set a shorter one."
        raise DistrictError(said, "print_address", name=name) from None
    except codes.TooLong:
        said = f"{name}: what its code is to hold is too long for any QR code. {advice}"
        raise DistrictError(said, key, name=name) from None
    except TooSmall as error:
        if not error.module:
            said = f"{name}: its text does not fit on {kind}, however small. Shorten it."
            raise DistrictError(said, "print_text", name=name) from None
        wide = f"Its dots would be {error.module:.2f} mm wide, and phones need {SMALLEST_MODULE} mm."
        raise DistrictError(f"{name}: its code is too long for {kind}. {wide} {advice}", key, name=name) from None
