"""Records as people ask for them: filtered lists, one with all its answers and photos, and everything for an export."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from app.records import ORDERED_AWAY
from server.tables import Blob, Device, District, Officer, Place, Record, RecordPhoto, School, StoredRevision
from server.times import iso

# What a record still needs: nothing, its photos, somebody's choice between two values, a look at a doubt; or how it was
# taken away.
State = Literal["complete", "photos", "conflict", "doubt", "deleted", "sealed", "expunged"]
STATES: Final[tuple[State, ...]] = get_args(State)
TAKEN_AWAY: Final[tuple[State, ...]] = ("deleted", *ORDERED_AWAY)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records: every part that is set must hold. `since` is included, `until` is not; `schools` limits what
    somebody may see; `state` is one of STATES. What was taken away is left out unless `state` asks for it; what was
    sealed or expunged is there for those who may see what is `hidden`."""

    form: str | None = None
    school: str | None = None
    officer: str | None = None
    place: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    schools: tuple[str, ...] | None = None
    state: State | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class PhotoState:
    """A photo that a record names; `here` once the district has it."""

    sha256: str
    mime: str
    bytes: int
    here: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A record with the names that people know its parts by."""

    record: Record
    school: str
    officer: str
    place: str


def find(session: Session, which: Filter, *, limit: int = 100, offset: int = 0) -> list[Listed]:
    """The records, newest first."""
    query = (
        select(Record, School.name, func.coalesce(Officer.name, District.name), Place.name)
        .outerjoin(School, School.id == Record.school)
        .outerjoin(Officer, Officer.id == Record.author)
        .outerjoin(District, District.id == Record.author)
        .outerjoin(Place, Place.id == Record.place)
        .where(*_conditions(which))
        .order_by(Record.occurred_at.desc(), Record.id.desc())
    )
    rows = session.execute(query.limit(limit).offset(offset))
    return [Listed(record, school or "", officer or "", place or "") for record, school, officer, place in rows]


def count(session: Session, which: Filter) -> int:
    """How many records there are."""
    return session.scalar(select(func.count()).select_from(Record).where(*_conditions(which))) or 0


def one(
    session: Session, record_id: str, schools: tuple[str, ...] | None = None, *, hidden: bool = False
) -> Listed | None:
    """One record, or None when there is none, it is of none of these schools, or it was sealed (unless `hidden`)."""
    record = session.get(Record, record_id)
    if record is None or (schools is not None and record.school not in schools):
        return None
    if record.standing in ORDERED_AWAY and not hidden:
        return None
    school = session.get(School, record.school)
    author = session.get(Officer, record.author) or session.get(District, record.author)
    place = session.get(Place, record.place) if record.place else None
    return Listed(record, school.name if school else "", author.name if author else "", place.name if place else "")


def photos(session: Session, records: Iterable[str]) -> dict[str, list[PhotoState]]:
    """The photos that these records name, by record."""
    query = (
        select(RecordPhoto, Blob.sha256)
        .outerjoin(Blob, Blob.sha256 == RecordPhoto.sha256)
        .where(RecordPhoto.record.in_(list(records)))
        .order_by(RecordPhoto.record, RecordPhoto.sha256)
    )
    found: dict[str, list[PhotoState]] = {}
    for photo, here in session.execute(query):
        state = PhotoState(photo.sha256, photo.mime, photo.bytes, here is not None)
        found.setdefault(photo.record, []).append(state)
    return found


def history(session: Session, record_id: str) -> list[StoredRevision]:
    """The revisions of a record in the order in which they came in."""
    query = select(StoredRevision).where(StoredRevision.record == record_id).order_by(StoredRevision.seq)
    return list(session.scalars(query))


def reason_for_change(revision: StoredRevision) -> str | None:
    """Why its writer made this revision, in their words."""
    reason: str | None = json.loads(revision.body)["reason"] if revision.body else None
    return reason


def photo_schools(session: Session, sha256: str, *, hidden: bool = False) -> set[str]:
    """The schools whose records name this photo: who may see them may see it."""
    query = select(RecordPhoto.school).where(RecordPhoto.sha256 == sha256)
    if not hidden:
        sealed = Record.standing.in_(ORDERED_AWAY)
        query = query.join(Record, Record.id == RecordPhoto.record).where(~sealed)
    return set(session.scalars(query))


def export(session: Session, which: Filter, *, step: int = 500) -> Iterator[dict[str, Any]]:
    """Every record as plain JSON, newest first, a few hundred in memory at a time."""
    offset = 0
    while listed := find(session, which, limit=step, offset=offset):
        states = photos(session, [entry.record.id for entry in listed])
        for entry in listed:
            yield plain(entry, states.get(entry.record.id, []))
            session.expunge(entry.record)
        offset += step


def plain(listed: Listed, states: list[PhotoState]) -> dict[str, Any]:
    """A record as the command line prints it: every answer, and whether each photo is here."""
    record = listed.record
    return {
        "id": record.id,
        "form": record.form,
        "form_version": record.form_version,
        "class": record.record_class,
        "school": {"id": record.school, "name": listed.school},
        "place": {"id": record.place, "name": listed.place} if record.place else None,
        "officer": {"id": record.author, "name": listed.officer},
        "title": record.title,
        "occurred_at": iso(record.occurred_at),
        "updated_at": iso(record.updated_at),
        "updated_seq": record.updated_seq,
        "revisions": record.revisions,
        "standing": record.standing,
        "answers": record.answers,
        "conflicts": record.conflicts,
        "flags": record.flags,
        "evidence": record.evidence,
        "photos": [
            {"sha256": photo.sha256, "mime": photo.mime, "bytes": photo.bytes, "here": photo.here} for photo in states
        ],
        "complete": record.missing == 0,
    }


def counts(session: Session) -> dict[str, int]:
    """How much the district has; no names."""
    tables = {
        "records": Record,
        "revisions": StoredRevision,
        "photos": Blob,
        "officers": Officer,
        "devices": Device,
    }
    return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}


def _conditions(which: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.form is not None:
        conditions.append(Record.form == which.form)
    if which.school is not None:
        conditions.append(Record.school == which.school)
    if which.officer is not None:
        conditions.append(Record.author == which.officer)
    if which.place is not None:
        conditions.append(Record.place == which.place)
    if which.since is not None:
        conditions.append(Record.occurred_at >= which.since)
    if which.until is not None:
        conditions.append(Record.occurred_at < which.until)
    if which.schools is not None:
        conditions.append(Record.school.in_(which.schools))
    if which.state is not None:
        conditions.append(_in_state(which.state))
    if which.state not in TAKEN_AWAY:
        conditions.append(Record.standing == "live")
    if not which.hidden:
        conditions.append(Record.standing.not_in(ORDERED_AWAY))
    return conditions


def _in_state(state: State) -> ColumnElement[bool]:
    photos = Record.missing > 0
    # As text, because neither database compares JSON with JSON.
    if state in TAKEN_AWAY:
        return Record.standing == state
    conflict, doubt = cast(Record.conflicts, String) != "{}", cast(Record.flags, String) != "[]"
    return {"complete": ~(photos | conflict | doubt), "photos": photos, "conflict": conflict, "doubt": doubt}[state]
