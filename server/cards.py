"""What a contact card says today: the page, the poster, the vCard and the phone's setup all ask here."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from app.tags import card_url
from server import district, leave
from server.tables import Card, District, Officer
from server.vcards import Contact, mecard, vcard


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What may be public about an officer or post. `texts` is false for the programme's line, which reads no texts;
    `photo` is the hash of a photo; a `post`'s card
    shows whoever is there today."""

    slug: str
    url: str
    name: str
    title: str
    organization: str
    phone: str
    schools: tuple[str, ...] = ()
    texts: bool = False
    email: str = ""
    languages: tuple[str, ...] = ()
    notes: str = ""
    photo: str | None = None
    post: bool = False
    away_until: date | None = None  # of an officer's own card: the last day of a leave
    instead: str = ""  # who stands in then, and by which number
    instead_phone: str = ""

    @property
    def vcard(self) -> str:
        """The card as vCard 3.0."""
        return vcard(self._contact)

    @property
    def mecard(self) -> str:
        """The card as MECARD, for the smallest print."""
        return mecard(self._contact)

    @property
    def _contact(self) -> Contact:
        return Contact(self.name, self.organization, self.title, self.phone, self.email, self.url)

    @property
    def qr_url(self) -> str:
        """The card's address for a QR code, in capitals, which pack tighter."""
        return self.url.upper()


def card_facts(session: Session, card: Card, base_url: str) -> CardFacts | None:
    """What this card says today; None when it was retired or its officer left.

    A post's card goes on when nobody holds the post: with the post's name and the programme's line.
    """
    home = district.the_district(session)
    shown = holder(session, card)
    if shown is None and (not card.active or card.officer is not None):
        return None
    url = card_url(base_url, card.slug)
    if card.school is not None:
        schools = district.schools(session, ids=[card.school])
    else:
        schools = district.schools(session, ids=district.schools_of(session, card.officer or ""))
    names = tuple(school.name for school in schools)
    if shown is None:
        return _vacant(card, url, home, names)
    facts = CardFacts(
        slug=card.slug,
        url=url,
        name=shown.name,
        title=shown.title,
        organization=home.name,
        phone=shown.phone or home.phone,
        schools=names,
        texts=bool(shown.phone),
        email=shown.email,
        languages=tuple(shown.languages),
        notes=card.notes,
        photo=shown.photo,
        post=card.school is not None,
    )
    if facts.post or not leave.is_away(shown):
        return facts
    other = leave.stand_in(session, shown)
    facts = replace(facts, away_until=shown.away_until)
    return replace(facts, instead=other.name, instead_phone=other.phone or home.phone) if other else facts


def holder(session: Session, card: Card) -> Officer | None:
    """Whom an active card shows: its officer, or of a post whoever is there today, else who stands in for them."""
    if not card.active:
        return None
    if card.officer is not None:
        found = session.get(Officer, card.officer)
        return found if found and found.active else None
    there = [one for one in district.officers(session, school=card.school) if one.role == "officer"]
    present = next((one for one in there if not leave.is_away(one)), None)
    return present or next((other for one in there if (other := leave.stand_in(session, one))), None)


def _vacant(card: Card, url: str, home: District, schools: tuple[str, ...]) -> CardFacts | None:
    if not schools:
        return None
    return CardFacts(
        slug=card.slug,
        url=url,
        name="School Resource Officer",
        title=schools[0],
        organization=home.name,
        phone=home.phone,
        schools=schools,
        email=home.email,
        notes=card.notes,
        post=True,
    )
