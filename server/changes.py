"""Schools, places, accounts and cards that are there already, changed by the console or from a table.

Like the commands of server.district: inside a session, with a line in the audit, raising DistrictError with a sentence
for whoever asked.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from server.accounts import end_sessions
from server.district import ROLES, DistrictError, audit, clean, set_schools
from server.places import keep_spot
from server.tables import Card, Officer, Place, School, Table, Tour, now

KINDS: Final = (
    *("door", "aed", "gate", "restroom", "lot", "gym", "office", "roof", "playground", "park", "business", "other"),
)
FENCE: Final = (5, 5000)
_SET: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def change_school(session: Session, school: School, *, who: str, **columns: str) -> None:
    """Writes a school anew. Raises DistrictError when its name is empty or another school's."""
    _write(school, columns)
    same = func.lower(School.name) == school.name.lower()
    _alone(session, "school with this name", "school_twice", School, School.id != school.id, same)
    audit(session, who, "school-changed", school.id)


def change_place(session: Session, place: Place, *, who: str, **columns: Any) -> None:
    """Writes a place anew. Raises DistrictError when its name is empty or another place's in the same building."""
    _write(place, keep_spot(columns, place))
    same = (Place.school == place.school, Place.building == place.building, Place.name == place.name)
    _alone(session, "place with this name in this building", "place_twice", Place, Place.id != place.id, *same)
    audit(session, who, "place-changed", place.id)


def set_place_photo(session: Session, place: Place, sha256: str | None, *, who: str) -> None:
    """Shows a photo, which the district has, at a place; None takes it away."""
    place.photo = sha256
    audit(session, who, f"place-photo-{'set' if sha256 else 'removed'}", place.id)


def change_officer(session: Session, officer: Officer, schools: Iterable[str], *, who: str, **columns: Any) -> None:
    """Writes an account anew, its schools too; another role signs it out. Raises DistrictError."""
    before = officer.role
    if columns.get("role", before) not in ROLES:
        raise DistrictError(f"A role is one of {', '.join(ROLES)}.")
    if officer.id == who and columns.get("role", before) != before:
        raise DistrictError("You cannot change your own role. Ask another admin.", "own_role")
    _write(officer, columns)
    others = Officer.id != officer.id
    same = func.lower(Officer.badge) == officer.badge.lower()
    _alone(session, "officer with this badge", "badge_twice", Officer, others, same)
    if officer.email:
        same = func.lower(Officer.email) == officer.email.lower()
        _alone(session, "officer with this e-mail address", "email_twice", Officer, others, same)
    set_schools(session, officer.id, schools, who=who)
    if officer.role != before:
        end_sessions(session, officer.id)
    audit(session, who, "officer-changed", officer.id)


def change_card(session: Session, card: Card, notes: str, *, who: str) -> None:
    """Writes what stands on a card beside the officer. Raises DistrictError when it is too long."""
    _write(card, {"notes": notes}, longest=1000)
    audit(session, who, "card-changed", card.slug)


def set_active(session: Session, row: School | Place | Card | Tour, active: bool, *, who: str) -> None:
    """Retires a school, place, card or tour, or takes it back into use."""
    if isinstance(row, Tour) and active and not row.active:
        row.planned_at = now()
    row.active = active
    kind = type(row).__name__.lower()
    subject = row.slug if isinstance(row, Card) else row.id
    audit(session, who, f"{kind}-{'restored' if active else 'retired'}", subject)


def number(text: str, what: str, least: float, most: float, field: str = "") -> float | None:
    """A number that somebody typed; None when they typed nothing. Raises DistrictError, which names its `field`."""
    if not text.strip():
        return None
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise DistrictError(f"The {what} is no number.", "no_number", field=field) from None
    if not least <= value <= most:
        limits = {"least": f"{least:g}", "most": f"{most:g}"}
        raise DistrictError(f"The {what} must be from {least:g} to {most:g}.", "range", field=field, **limits)
    return value


def question_set(text: str) -> str:
    """The name of a question set as it is kept: what a form compares it with. Raises DistrictError."""
    name = text.strip().lower().replace(" ", "_")
    if name and not _SET.fullmatch(name):
        raise DistrictError("A question set is named by up to 40 letters, digits and _, such as aed.", "question_set")
    return name


def _write(row: Table, columns: dict[str, Any], longest: int = 2000) -> None:
    for name, value in clean(type(row), columns, longest=longest).items():
        setattr(row, name, value)


def _alone(session: Session, what: str, key: str, table: type[Any], *others: ColumnElement[bool]) -> None:
    # The row itself is not written yet, so that the database is asked about the others only.
    with session.no_autoflush:
        if session.scalar(select(table).where(*others).limit(1)) is not None:
            raise DistrictError(f"There is another {what} already.", key)
