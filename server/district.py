"""Who and what a district has: its schools, officers and phones, contact cards; server.places has its places.

The API, the console and the command line all ask and change things here, each inside a session of server.database.
Commands raise DistrictError with a sentence for whoever asked; every change leaves a line in the audit table.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app.tags import new_slug, tidy
from server.passwords import PasswordError, hash_password
from server.tables import (
    AuditEntry,
    Card,
    ConsoleSession,
    Device,
    District,
    EnrolmentCode,
    Officer,
    Posting,
    School,
    Table,
    now,
)

ROLES: Final = ("officer", "supervisor", "admin", "auditor")
# Made once: phones and parents' pages ask these again and again.
_THE_DISTRICT: Final = select(District)
_SCHOOLS: Final = select(School).where(School.active).order_by(School.name)
_SCHOOLS_OF: Final = _SCHOOLS.where(School.id.in_(bindparam("ids", expanding=True)))
_EVER_AT: Final = select(Posting.school).where(Posting.officer == bindparam("officer")).order_by(Posting.school)
_NOW_AT: Final = _EVER_AT.where(Posting.until.is_(None))
_LAST_NOTE: Final = select(AuditEntry.seq, AuditEntry.at).order_by(AuditEntry.seq.desc()).limit(1)
RESTORED: Final = "restored"  # the note of a restore from a backup
NEEDED: Final = ("name", "badge", "title")
OPEN311: Final = "open311"  # whether the public interface is on, in a district's own policy
POLICY: Final[dict[str, Any]] = {
    "photo_max_px": 1600,
    "photo_quality": 0.8,
    "photo_max_bytes": 5_000_000,
    "keep_days": 60,
    "lock_days": 30,
}


class DistrictError(ValueError):
    """Something cannot be done; the message is a sentence that says what and what to do.

    In another language than English the console says it by `refused.<key>`, with the values filled in; a value called
    `field` names a column.
    """

    def __init__(self, message: str, key: str = "", **values: object) -> None:
        super().__init__(message)
        self.key = key
        self.values = values


# -- the district itself ---------------------------------------------------------------------------------------------


def create(session: Session, name: str, phone: str, *, demo: bool = False, **more: str) -> District:
    """Makes the district. Raises DistrictError when there is one already."""
    if exists(session):
        raise DistrictError("There is a district already in this data folder.")
    columns = clean(District, {"name": name, "phone": phone, **more}, needed=("name", "phone"))
    made: District = District(demo=demo, policy=POLICY, **columns)
    session.add(made)
    session.flush()
    audit(session, "setup", "district-made", made.id)
    return made


def exists(session: Session) -> bool:
    """Whether this database holds a district already."""
    return session.scalars(select(District.id)).first() is not None


def the_district(session: Session) -> District:
    """The district of this server. Raises DistrictError when there is none yet."""
    found = session.scalars(_THE_DISTRICT).first()
    if found is None:
        raise DistrictError("There is no district in this data folder yet. Make one: beatbook init")
    return found


def policy(home: District) -> dict[str, Any]:
    """The rules for phones: the district's own, and the usual ones."""
    return {**POLICY, **home.policy}


# -- schools ---------------------------------------------------------------------------------------------------------


def schools(session: Session, *, ids: Iterable[str] | None = None) -> list[School]:
    """Active schools by name, all or those named."""
    return list(session.scalars(_SCHOOLS) if ids is None else session.scalars(_SCHOOLS_OF, {"ids": list(ids)}))


def school(session: Session, school_id: str) -> School | None:
    """One school."""
    return session.get(School, school_id)


def find_school(session: Session, text: str) -> School:
    """The school with this id or name. Raises DistrictError naming those there are."""
    found = session.scalar(select(School).where(or_(School.id == text, func.lower(School.name) == text.lower())))
    if found is None:
        known = ", ".join(one.name for one in schools(session)) or "none yet"
        raise DistrictError(f"There is no school {text!r}. Schools: {known}.")
    return found


def add_school(
    session: Session,
    name: str,
    address: str = "",
    phone: str = "",
    reunification: str = "",
    *,
    lost_id: str | None = None,
    who: str = "cli",
) -> School:
    """Adds a school; with a `lost_id`, the one that a restore lost. Raises DistrictError when the name is taken."""
    columns = clean(School, {"name": name, "address": address, "phone": phone, "reunification": reunification})
    name = columns["name"]
    if session.scalar(select(School).where(func.lower(School.name) == name.lower())):
        raise DistrictError(f"There is a school {name!r} already.", "school_twice")
    made = School(**columns, **_again(session, School, lost_id))
    session.add(made)
    session.flush()
    audit(session, who, "school-added", made.id)
    return made


# -- officers --------------------------------------------------------------------------------------------------------


def officers(session: Session, *, school: str | None = None) -> list[Officer]:
    """Active accounts by name: all, or those posted to a school now."""
    query = select(Officer).where(Officer.active).order_by(Officer.name)
    if school is not None:
        now_there = select(Posting.officer).where(Posting.school == school, Posting.until.is_(None))
        query = query.where(Officer.id.in_(now_there))
    return list(session.scalars(query))


def officer(session: Session, officer_id: str) -> Officer | None:
    """One account, active or not."""
    return session.get(Officer, officer_id)


def find_officer(session: Session, text: str, *, closed: bool = False) -> Officer:
    """The account with this id, badge, e-mail address or name; `closed` looks among closed accounts too.

    Raises DistrictError unless it is exactly one.
    """
    same = (Officer.id == text, *(func.lower(c) == text.lower() for c in (Officer.badge, Officer.email, Officer.name)))
    query = select(Officer).where(or_(*same))
    found = list(session.scalars(query if closed else query.where(Officer.active)))
    if not text or len(found) != 1:
        known = ", ".join(f"{one.name} ({one.badge})" for one in officers(session)) or "none yet"
        what = "There is no officer" if not found or not text else "There are several officers"
        raise DistrictError(f"{what} {text!r}. Name one by badge. Officers: {known}.")
    return found[0]


def officer_by_sign_in(session: Session, text: str) -> Officer | None:
    """The active account that signs in with this badge or e-mail address and has a password."""
    text = text.strip().lower()
    query = select(Officer).where(
        Officer.active,
        Officer.password_hash.is_not(None),
        or_(func.lower(Officer.badge) == text, func.lower(Officer.email) == text),
    )
    return session.scalars(query).first() if text else None


def add_officer(
    session: Session,
    name: str,
    badge: str,
    schools: Iterable[str],
    *,
    role: str = "officer",
    password: str | None = None,
    lost_id: str | None = None,
    who: str = "cli",
    **more: Any,
) -> Officer:
    """Adds an account posted to schools (ids); `more` are columns of Officer. Raises DistrictError.

    With a `lost_id` it is the account that a restored district lost: what its phone has not sent is taken then.
    """
    if role not in ROLES:
        raise DistrictError(f"A role is one of {', '.join(ROLES)}, not {role!r}.")
    columns = clean(Officer, {"name": name, "badge": badge, "email": "", **more})
    badge, email = columns["badge"], columns["email"]
    if session.scalar(select(Officer).where(func.lower(Officer.badge) == badge.lower())):
        raise DistrictError(f"There is an officer with badge {badge!r} already.", "badge_twice")
    if email and session.scalar(select(Officer).where(func.lower(Officer.email) == email.lower())):
        raise DistrictError(f"There is an officer with the e-mail address {email!r} already.", "email_twice")
    made = Officer(role=role, **columns, **_again(session, Officer, lost_id))
    session.add(made)
    session.flush()
    audit(session, who, "officer-added", made.id)
    set_schools(session, made.id, schools, who=who)
    if password is not None:
        set_password(session, made.id, password, who=who)
    return made


def _again(session: Session, table: type[School | Officer], lost_id: str | None) -> dict[str, str]:
    """The id of what is to be here again; nothing where it is new. Raises DistrictError."""
    if lost_id is None:
        return {}
    try:
        known = str(UUID(lost_id))
    except ValueError:
        raise DistrictError(
            f"This is no id: {lost_id[:40]!r}. It looks like 0193f3b2-1c7e-7d5a-9f4b-2f8f6c1d3e4a."
        ) from None
    if session.get(table, known) is not None:
        raise DistrictError(f"{known} is here already: nothing needs to be added again.")
    return {"id": known}


def set_password(session: Session, officer_id: str, password: str, *, who: str = "cli") -> None:
    """Gives an account a console password and signs it out everywhere. Raises DistrictError when it will not do."""
    try:
        hashed = hash_password(password)
    except PasswordError as error:
        raise DistrictError(str(error), error.key, limit=error.limit) from None
    session.execute(update(Officer).where(Officer.id == officer_id).values(password_hash=hashed))
    session.query(ConsoleSession).where(ConsoleSession.officer == officer_id).delete()
    audit(session, who, "password-set", officer_id)


def set_photo(session: Session, officer_id: str, sha256: str | None, *, who: str = "cli") -> None:
    """Puts a photo, which the district has, on an officer's contact card; None takes it off."""
    session.execute(update(Officer).where(Officer.id == officer_id).values(photo=sha256))
    audit(session, who, "photo-set" if sha256 else "photo-removed", officer_id)


def deactivate_officer(session: Session, officer_id: str, *, who: str = "cli") -> None:
    """Ends an account: phones are refused, codes and cards no longer work. What it wrote stays."""
    moment = now()
    session.execute(update(Officer).where(Officer.id == officer_id).values(active=False))
    session.execute(
        update(Device).where(Device.officer == officer_id, Device.revoked_at.is_(None)).values(revoked_at=moment)
    )
    session.execute(
        update(EnrolmentCode)
        .where(EnrolmentCode.officer == officer_id, EnrolmentCode.used_at.is_(None))
        .values(expires_at=moment)
    )
    session.execute(update(Card).where(Card.officer == officer_id).values(active=False))
    session.query(ConsoleSession).where(ConsoleSession.officer == officer_id).delete()
    audit(session, who, "officer-deactivated", officer_id)


def schools_of(session: Session, officer_id: str, *, ever: bool = False) -> list[str]:
    """Ids of the schools an officer is posted to now (or ever was)."""
    return list(session.connection().execute(_EVER_AT if ever else _NOW_AT, {"officer": officer_id}).scalars())


def set_schools(session: Session, officer_id: str, schools: Iterable[str], *, who: str = "cli") -> None:
    """Posts an officer to exactly these schools; other postings end today but are remembered."""
    wanted = set(schools)
    before = {posting.school: posting for posting in session.scalars(_postings(officer_id))}
    for school_id in wanted - before.keys():
        session.add(Posting(officer=officer_id, school=school_id))
    for school_id, posting in before.items():
        if school_id in wanted:
            posting.until = None
        elif posting.until is None:
            posting.until = now()
    session.flush()
    audit(session, who, "officer-posted", officer_id)


# -- phones ----------------------------------------------------------------------------------------------------------


def devices(session: Session, *, officer: str | None = None) -> list[Device]:
    """Phones, newest first: all, or those of one officer."""
    query = select(Device).order_by(Device.created_at.desc(), Device.id)
    return list(session.scalars(query if officer is None else query.where(Device.officer == officer)))


def revoke_device(session: Session, device_id: str, *, who: str = "cli") -> Device:
    """Refuses a phone from now on. Raises DistrictError when it is unknown."""
    found = session.get(Device, device_id)
    if found is None:
        raise DistrictError(f"There is no device {device_id!r}. See: beatbook device list")
    if found.revoked_at is None:
        found.revoked_at = now()
        audit(session, who, "device-revoked", device_id)
    return found


# -- contact cards ---------------------------------------------------------------------------------------------------


def cards(session: Session) -> list[Card]:
    """Active cards, oldest first."""
    return list(session.scalars(select(Card).where(Card.active).order_by(Card.created_at, Card.slug)))


def card(session: Session, slug: str) -> Card | None:
    """The card, active or not, with this slug, however it is written."""
    return session.get(Card, tidy(slug))


def card_of(session: Session, officer_id: str) -> Card | None:
    """The officer's own active card."""
    return session.scalars(select(Card).where(Card.officer == officer_id, Card.active)).first()


def add_card(
    session: Session, *, officer: str | None = None, school: str | None = None, notes: str = "", who: str = "cli"
) -> Card:
    """A card of an officer, or of the officer's post at a school.

    Raises DistrictError unless it is exactly one, and where there is one in use already.
    """
    if (officer is None) == (school is None):
        raise DistrictError("A card belongs to one officer or to one school's post.")
    check_no_card(session, officer, school)
    made = Card(slug=new_slug(), officer=officer, school=school, **clean(Card, {"notes": notes}, longest=1000))
    session.add(made)
    session.flush()
    audit(session, who, "card-made", made.slug)
    return made


def check_no_card(session: Session, officer: str | None, school: str | None) -> None:
    """Raises DistrictError when a card of theirs is in use: parents would meet two, and one may be forgotten."""
    whose = Card.officer == officer if officer is not None else Card.school == school
    if session.scalars(select(Card).where(Card.active, whose)).first() is not None:
        kept = "this officer" if officer is not None else "this school's post"
        raise DistrictError(
            f"There is a card of {kept} already. Print that one again, or retire it in the console.", "card_twice"
        )


# -- what is kept ----------------------------------------------------------------------------------------------------


def clean(
    table: type[Table], columns: dict[str, Any], *, needed: Iterable[str] = NEEDED, longest: int = 2000
) -> dict[str, Any]:
    """The columns as they are kept: texts on one line and no longer than their column (or `longest`).

    Raises DistrictError for one that is too long, or empty though it is `needed`.
    """
    return {
        name: _line(name, value, getattr(table.__table__.c[name].type, "length", None) or longest, name in needed)
        if isinstance(value, str)
        else value
        for name, value in columns.items()
    }


def _line(name: str, value: str, longest: int, needed: bool) -> str:
    value = " ".join("".join(c for c in value if c.isspace() or unicodedata.category(c) != "Cc").split())
    if needed and not value:
        raise DistrictError(f"The {name} is empty.", "empty", field=name)
    if len(value) > longest:
        raise DistrictError(f"The {name} is longer than {longest} characters.", "long", field=name, longest=longest)
    return value


# -- audit -----------------------------------------------------------------------------------------------------------


def audit(session: Session, who: str, what: str, subject: str) -> None:
    """Notes who did what to what; never what a record says."""
    session.add(AuditEntry(who=who, what=what, subject=subject))


def last_note(session: Session) -> tuple[int, datetime] | None:
    """Number and time of the newest note. A restored district may give a number again, but not with the same time."""
    found = session.connection().execute(_LAST_NOTE).first()
    return (found.seq, found.at) if found else None


def last_restore(session: Session) -> str:
    """A name for the restore from a backup that this district saw last; empty where it saw none.

    One of the same backup gives its note the same number, but not the same time.
    """
    notes = select(AuditEntry.seq, AuditEntry.at).where(AuditEntry.what == RESTORED)
    found = session.execute(notes.order_by(AuditEntry.seq.desc()).limit(1)).first()
    return f"{found.seq}-{found.at.timestamp() * 1000:.0f}" if found else ""


def _postings(officer_id: str) -> Any:
    return select(Posting).where(Posting.officer == officer_id)
