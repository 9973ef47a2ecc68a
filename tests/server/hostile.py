"""A district whose every text was written by somebody who wants to break out of it."""

from dataclasses import dataclass

from server import district, places
from server.changes import change_place, change_school
from server.tables import District
from tests.server.conftest import Home
from tests.server.phones import photo_answer, picture

# Out of text, of a quoted attribute, of a style sheet, of a template, of a format string; all unmistakable.
PAYLOAD = """<script>x666</script>"'></style><img src=x666 onerror=x666>{{x666}}{x666}&amp;"""
ASCII_PHONE = '"><script>x666</script>'


@dataclass(frozen=True)
class Hostile:
    """What was made, to be looked at."""

    officer: str
    school: str
    place: str
    tag: str
    card: str
    post: str


def make(home: Home) -> Hostile:
    """Fills the district with payloads."""
    with home.database.writing() as session:
        here = session.get_one(District, district.the_district(session).id)
        here.name, here.phone = PAYLOAD, ASCII_PHONE
        here.non_emergency, here.tip_line = ASCII_PHONE, f"https://{PAYLOAD}"
        officer = district.add_officer(
            session,
            PAYLOAD,
            "x" + ASCII_PHONE,
            [home.school],
            title=PAYLOAD,
            email=PAYLOAD,
            phone=ASCII_PHONE,
            languages=[PAYLOAD],
        )
        school = district.school(session, home.school)
        place = places.place(session, home.place)
        assert school
        assert place
        change_school(
            session, school, who="cli", name=PAYLOAD, address=PAYLOAD, phone=ASCII_PHONE, reunification=PAYLOAD
        )
        change_place(
            session, place, who="cli", name=PAYLOAD, building=PAYLOAD[:100], kind=ASCII_PHONE, instructions=PAYLOAD
        )
        card = district.add_card(session, officer=officer.id, notes=PAYLOAD)
        post = district.add_card(session, school=home.school, notes=PAYLOAD)
        return Hostile(officer.id, home.school, home.place, home.tag, card.slug, post.slug)


def clean(html: str) -> bool:
    """Whether no payload came out as anything but text."""
    return not any(sign in html for sign in ("<script", "<img src=x666", "onerror=x666>", "</style><"))


def answers() -> dict[str, object]:
    """Answers for the small test form, hostile where a text is allowed."""
    return {"channel": "phone", "summary": PAYLOAD, "photo": photo_answer(picture())}
