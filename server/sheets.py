"""What a school prints: sheets of place tags, and posters of contact cards. HTML for a browser's print command.

Sizes are in millimetres, because a code that came out too small is found out only at the door.
"""

from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.tags import show, tag_url
from server import codes, district
from server.cards import CardFacts
from server.html import Look
from server.words import Words

Paper = Literal["letter", "a4"]
PAPERS: Final[tuple[Paper, ...]] = get_args(Paper)

TAGS_PER_PAGE: Final = 6
# What a label has room for. A door is scanned from half a metre, so 40 mm are plenty.
_TAG_CODE_MM: Final = 42
# The least that the domain asks of a poster is 55 mm; two of these fit side by side.
_POSTER_CODE_MM: Final = 66

LOOKS: Final[dict[Paper, Look]] = {paper: Look("sheets/style.css", f"sheets/{paper}.css") for paper in PAPERS}


def tag_sheet(
    session: Session,
    base_url: str,
    school: str | None = None,
    *,
    place: str | None = None,
    paper: Paper = "letter",
    links: bool = False,
) -> str:
    """The tags of one place, of a school's places, or of all, by school, building and name: HTML, six labels a page.

    `links` adds the way to the other paper size, for a sheet that the console shows.
    """
    schools = {one.id: one for one in district.schools(session)}
    places = [
        one for one in district.places(session, school=school) if one.school in schools and place in (None, one.id)
    ]
    tags = {tag.place: tag for tag in district.tags(session, active=True)}
    labels = [
        {
            "place": place,
            "school": schools[place.school],
            "short": show(tag.short),
            "qr": _code(tag_url(base_url, tag.code), "Q", place.name, _TAG_CODE_MM),
        }
        for place in sorted(places, key=lambda place: (schools[place.school].name, place.building, place.name))
        if (tag := tags.get(place.id)) is not None
    ]
    pages = [labels[at : at + TAGS_PER_PAGE] for at in range(0, len(labels), TAGS_PER_PAGE)]
    return _sheet("sheets/tags.html", session, base_url, paper, links, pages=pages, count=len(labels))


def poster(session: Session, base_url: str, card: CardFacts, *, paper: Paper = "letter", links: bool = False) -> str:
    """A poster of a contact card, with a code that saves the contact and one that opens the page: HTML, one page."""
    return _sheet(
        "sheets/poster.html",
        session,
        base_url,
        paper,
        links,
        card=card,
        contact=_code(card.vcard, "M", card.name, _POSTER_CODE_MM),
        link=_code(card.qr_url, "M", card.url, _POSTER_CODE_MM),
    )


def _code(text: str, level: codes.Level, title: str, width_mm: float) -> Markup:
    """A code as wide as this, or wider where its modules would else be too small to scan."""
    module = max(codes.SMALLEST_MODULE_MM, width_mm / codes.modules(text, level))
    return codes.svg(text, level, title=title, module_mm=round(module, 3))


def _sheet(template: str, session: Session, base_url: str, paper: Paper, links: bool, **values: object) -> str:
    return LOOKS[paper].render(
        template,
        district=district.the_district(session),
        en=Words.load("public", "en"),
        es=Words.load("public", "es"),
        other_paper=next(one for one in PAPERS if one != paper) if links else "",
        # A code that names this machine opens nothing on anybody's phone: say so before fifty are printed.
        local=urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"),
        **values,
    )
