"""What a public address leads to: a contact card, a place's tag, and whom a family can write to there."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.tags import tidy
from server import district, places
from server.cards import CardFacts, card_facts
from server.public.page import Gone
from server.tables import Place, School


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of a tag that is in use."""

    code: str
    place: Place
    school: School


@dataclass(frozen=True, slots=True)
class Door:
    """Where a family comes from: the address, what stands there, and the schools that they can write about."""

    path: str
    name: str
    schools: tuple[School, ...]
    place: str | None = None
    tag: str | None = None


def the_card(session: Session, slug: str, base_url: str) -> CardFacts:
    """What the card of this address says today. Raises Gone."""
    found = district.card(session, slug)
    if found is None:
        raise Gone("card_unknown")
    facts = card_facts(session, found, base_url)
    if facts is None:
        raise Gone("card_retired", 410)
    return facts


def the_tag(session: Session, code: str) -> Spot:
    """The place whose tag has this code. Raises Gone.

    The short code is for officers' phones; as an address it would be short enough to be guessed.
    """
    found = places.tag_by_code(session, code)
    if found is None or found.code != tidy(code):
        raise Gone("tag_unknown")
    place = places.place(session, found.place)
    school = place and district.school(session, place.school)
    assert place
    assert school
    about = {"place": place.name, "school": school.name}
    if not place.active or not school.active:
        raise Gone("place_retired", 410, **about)
    if found.state != "active":
        raise Gone("tag_retired", 410, **about)
    return Spot(found.code, place, school)


def card_door(session: Session, slug: str, base_url: str) -> Door:
    """The way in by a contact card. Raises Gone, also where its officer has no school now."""
    facts = the_card(session, slug, base_url)
    there = [school for school in district.schools(session) if school.name in facts.schools]
    if not there:
        raise Gone("ask_nobody", 410)
    return Door(f"/c/{facts.slug}", facts.name, tuple(there))


def tag_door(session: Session, code: str) -> Door:
    """The way in by a place's tag. Raises Gone."""
    spot = the_tag(session, code)
    return Door(f"/t/{spot.code}", spot.place.name, (spot.school,), spot.place.id, spot.code)
