"""What a contact card says today: the page, the poster, the vCard and the phone's setup all ask here."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.tags import card_url
from server import district
from server.tables import Card, District
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
    holder = district.card_holder(session, card)
    if holder is None and (not card.active or card.officer is not None):
        return None
    url = card_url(base_url, card.slug)
    if card.school is not None:
        schools = district.schools(session, ids=[card.school])
    else:
        schools = district.schools(session, ids=district.schools_of(session, card.officer or ""))
    names = tuple(school.name for school in schools)
    if holder is None:
        return _vacant(card, url, home, names)
    return CardFacts(
        slug=card.slug,
        url=url,
        name=holder.name,
        title=holder.title,
        organization=home.name,
        phone=holder.phone or home.phone,
        schools=names,
        texts=bool(holder.phone),
        email=holder.email,
        languages=tuple(holder.languages),
        notes=card.notes,
        photo=holder.photo,
        post=card.school is not None,
    )


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
