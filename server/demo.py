"""A demo district with everything ready to click: what `make run` starts. Every name and number in it is made up,
but for the programme's own line."""

import secrets
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from app.tags import card_url, enrol_url, show
from app.tours import DAYS
from server import codes, district, enrolment, places, tours
from server.desk import Desk, publish_forms
from server.serving import bind, serve
from server.settings import Settings, keep_secret
from server.tables import Officer

NAME: Final = "Beatbook Demo District"
PHONE: Final = "(918) 245-8777"
ADMIN: Final = "100"
OFFICER: Final = "101"
SCHOOLS: Final = {
    "North Demo Middle School": ("1200 Example Avenue", "(918) 555-0110", "Demo Community Center, 1300 Example Avenue"),
    "South Demo High School": (
        "3400 Example Street",
        "(918) 555-0120",
        "Demo Fairgrounds, Hall B, 3600 Example Street",
    ),
}
# School, building, floor, name, kind, what to look at.
PLACES: Final = (
    (0, "Gym", "Ground floor", "Door 7", "door", "Closes by itself and latches. Not propped."),
    (0, "Main building", "Ground floor", "Front office AED", "aed", "The light is green and the case is closed."),
    (0, "Main building", "First floor", "East restroom hall", "restroom", ""),
    (0, "Grounds", "", "Bus lane gate", "gate", "Latched between arrival and dismissal."),
    (0, "Grounds", "", "Playground fence", "playground", "Whole, with no way under it."),
    (1, "Main building", "Ground floor", "Door 1, main entry", "door", "One way in for visitors."),
    (1, "Main building", "Ground floor", "Cafeteria AED", "aed", "The light is green and the case is closed."),
    (1, "Arts wing", "Ground floor", "Stage door", "door", "Closes by itself and latches. Not propped."),
    (1, "Grounds", "", "Student parking lot", "lot", ""),
    (1, "Stadium", "", "Ticket gate", "gate", "Locked outside events."),
)
# School, name, order, from when to when, its places by their number above; the last of them may be left out.
TOURS: Final = (
    (0, "Morning doors", "any", "07:00", "09:00", (0, 1, 2, 3, 4)),
    (0, "Around the day", "shuffle", "09:00", "21:00", (0, 1, 2, 3)),
    (1, "After the last bell", "fixed", "15:00", "17:00", (5, 7, 8, 9)),
)


def make(session: Session) -> None:
    """Fills an empty database: two schools, three accounts, ten places with tags, three tours, cards."""
    district.create(session, NAME, PHONE, demo=True, non_emergency="(918) 555-0199")
    schools = [district.add_school(session, name, *more, who="setup").id for name, more in SCHOOLS.items()]
    there = [
        places.add_place(
            session,
            schools[at],
            name,
            building=building,
            floor=floor,
            kind=kind,
            instructions=instructions,
            who="setup",
        )
        for at, building, floor, name, kind, instructions in PLACES
    ]
    for at, name, order, begins, ends, points in TOURS:
        when = {"begins": begins, "ends": ends, "days": list(DAYS)}
        tour = tours.add_tour(session, schools[at], name, who="setup", order=order, **when)
        for point in points:
            tours.put_point(session, tour, there[point], required=point != points[-1], who="setup")
    rivera = _officer(
        session, "Ana Rivera", OFFICER, schools[:1], phone="(918) 555-0101", languages=["English", "Español"]
    )
    okafor = _officer(session, "Sam Okafor", "102", schools, phone="(918) 555-0102", languages=["English"])
    _officer(session, "Dana Whitfield", ADMIN, schools, role="admin", title="SRO supervisor")
    for one in (rivera, okafor):
        district.add_card(session, officer=one.id, who="setup")
    district.add_card(session, school=schools[1], who="setup")


def run(desk: Desk) -> None:
    """Makes the demo district where there is none, builds the web app, says what to click, and serves.

    Raises ServingError when the port is taken, DistrictError when the data folder holds a real district.
    """
    settings = desk.settings
    # The door first, because building takes a while and would be for nothing where the port is taken.
    with bind(settings.host, settings.port) as door:
        database = desk.make_database()
        with database.writing() as session:
            fill(session, settings)
        build_webapp(settings)
        with database.writing() as session:
            lines = welcome(session, settings)
        click.echo("\n".join(lines))
        serve(settings, door)
    click.echo("Stopped.")


def fill(session: Session, settings: Settings) -> None:
    """Makes the demo district on first start. Raises DistrictError when the data folder holds a real one."""
    if not district.exists(session):
        click.echo(f"Making a demo district in {settings.data}")
        make(session)
    elif not district.the_district(session).demo:
        raise district.DistrictError(
            f"{settings.data} holds a real district, not a demo. Serve it: beatbook serve. "
            "Or try the demo elsewhere: BEATBOOK_DATA=var-demo make run"
        )
    publish_forms(session)


def welcome(session: Session, settings: Settings) -> list[str]:
    """What to click: the app with a fresh one-time code and its QR code, the console, a card, a tag."""
    base, password = settings.base_url, _password(session, settings)
    officer = district.find_officer(session, OFFICER)
    code = enrolment.make_code(session, officer.id, who="setup")
    link = enrol_url(base, code)
    place = places.places(session)[0]
    tag = places.active_tag(session, place.id)
    card = district.card_of(session, officer.id)
    lines = [
        "",
        f"{district.the_district(session).name}: a demo, nothing here is real.",
        "",
        f"  Field app   {link}",
        f"              as {officer.name}, with the one-time code {show(code)} (fresh at every start)",
        f"  Console     {base}/console/   sign in: {ADMIN}   password: {password}",
    ]
    if card is not None:
        lines.append(f"  Card        {card_url(base, card.slug)}   what a parent sees")
    if tag is not None:
        lines.append(f"  Place tag   {base}/t/{tag.code}   {place.name}, typed: {show(tag.short)}")
    return [*lines, "", codes.terminal(link), "Ctrl-C stops.", ""]


def build_webapp(settings: Settings) -> None:
    """Builds what phones load, where something has changed; says how far it is. Raises DistrictError."""
    # Flet's tools: only those who build need them.
    from server.publish.trouble import BuildTrouble
    from server.publish.webapp import build

    try:
        build(settings.webapp, progress=click.echo)
    except BuildTrouble as trouble:
        raise district.DistrictError(f"The field app could not be built. {trouble}") from None


def _password(session: Session, settings: Settings) -> str:
    """The demo console's password: made at first start, kept in a file that only this user can read."""
    admin = district.find_officer(session, ADMIN)
    password = keep_secret(settings.data / "demo-console-password", lambda: secrets.token_urlsafe(12))
    if admin.password_hash is None:
        district.set_password(session, admin.id, password, who="setup")
    return password


def _officer(session: Session, name: str, badge: str, schools: list[str], **more: Any) -> Officer:
    email = f"{name.split()[-1].lower()}@demo.example"
    return district.add_officer(session, name, badge, schools, email=email, who="setup", **more)
