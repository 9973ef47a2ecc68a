"""What a phone must know to work offline: district, officer, schools, places, tags, people, forms, card, policy."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import canonical, sha256
from app.tags import hash_code
from server import district, places, tours
from server.cards import card_facts
from server.formbook import active_forms, active_versions, published
from server.tables import Officer, Posting


def setup(session: Session, officer: Officer, base_url: str) -> dict[str, Any]:
    """The setup JSON of this officer's phones (docs/protocol.md)."""
    return {**_about(session, officer, base_url), "forms": active_forms(session)}


class SetupNames:
    """The names of setups (their ETags), the same as long as their content is.

    Every request for news asks for one. Whatever changes a setup leaves a note in the audit, so a name is worked out
    again only after a note. The forms are by far the longest part: a published version never changes, so each is read
    once by a server.
    """

    def __init__(self) -> None:
        self._forms: dict[tuple[str, str], str] = {}
        self._known: dict[str, tuple[Any, str]] = {}  # by officer: as of when, and the name

    def name(self, session: Session, officer: str, base_url: str) -> str:
        """The ETag of what `setup` gives this officer's phones."""
        moment = (district.last_note(session), base_url)
        known = self._known.get(officer)
        if known is None or known[0] != moment:
            known = self._known[officer] = (moment, self._name(session, session.get_one(Officer, officer), base_url))
        return known[1]

    def _name(self, session: Session, officer: Officer, base_url: str) -> str:
        forms = []
        for key in active_versions(session):
            if key not in self._forms:
                self._forms[key] = sha256(canonical(published(session, *key)))
            forms.append(self._forms[key])
        return f'"{sha256(canonical([_about(session, officer, base_url), forms]))[:20]}"'


def _about(session: Session, officer: Officer, base_url: str) -> dict[str, Any]:
    """All of it but the forms."""
    mine = district.schools_of(session, officer.id)
    home = district.the_district(session)
    used, gone = (places.places(session, schools=mine, active=active) for active in (True, False))
    retired = {place.id for place in gone}
    return {
        **bound(session, officer, base_url),
        "schools": [
            {
                "id": school.id,
                "name": school.name,
                "address": school.address,
                "phone": school.phone,
                "reunification": school.reunification,
            }
            for school in district.schools(session, ids=mine)
        ],
        "places": [
            {
                "id": place.id,
                "school": place.school,
                "name": place.name,
                "building": place.building,
                "floor": place.floor,
                "kind": place.kind,
                "instructions": place.instructions,
                "lat": place.lat,
                "lon": place.lon,
                "fence_m": place.fence_m,
                "question_set": place.question_set,
                "spot_question": place.spot_question,
                "spot_words": place.spot_words,
                "spot_answer": place.spot_answer,
                "photo": place.photo,
            }
            for place in used
        ],
        "tags": [
            {
                "place": tag.place,
                "version": tag.version,
                "state": "retired" if tag.place in retired else tag.state,
                "code": hash_code(tag.code),
                "short": hash_code(tag.short),
            }
            for tag in places.tags(session, schools=mine, retired_places=True)
        ],
        "retired_places": [{"id": place.id, "name": place.name} for place in gone],
        "tours": tours.for_phones(session, mine),
        "people": _people(session, mine),
        "card": _card(session, officer, base_url),
        "policy": district.policy(home),
    }


def bound(session: Session, officer: Officer, base_url: str) -> dict[str, Any]:
    """Whom and what a phone is bound to: the part of the setup that the answer to an enrolment carries."""
    home = district.the_district(session)
    return {
        "district": {
            "id": home.id,
            "name": home.name,
            "base_url": base_url,
            "demo": home.demo,
            "phone": home.phone,
            "non_emergency": home.non_emergency or None,
            "tip_line": home.tip_line or None,
        },
        "officer": {
            "id": officer.id,
            "name": officer.name,
            "badge": officer.badge,
            "title": officer.title,
            "email": officer.email,
            "phone": officer.phone,
            "schools": district.schools_of(session, officer.id),
        },
    }


def _people(session: Session, schools: list[str]) -> list[dict[str, str]]:
    """Everybody who writes or wrote at these schools, so that a phone can name a record's author offline."""
    there = select(Posting.officer).where(Posting.school.in_(schools))
    query = select(Officer.id, Officer.name).where(Officer.id.in_(there)).order_by(Officer.name, Officer.id)
    return [{"id": officer, "name": name} for officer, name in session.execute(query)]


def _card(session: Session, officer: Officer, base_url: str) -> dict[str, str] | None:
    card = district.card_of(session, officer.id)
    facts = card_facts(session, card, base_url) if card else None
    return {"url": facts.url, "vcard": facts.vcard} if facts else None
