"""What the district keeps: every table, in SQLAlchemy's words, so that SQLite and PostgreSQL hold the same.

Ids are UUIDv7 strings made by whoever makes the row; times are UTC. Secrets (device tokens, enrolment codes, sessions,
passwords) are kept only as hashes. Revisions are never changed or deleted; `records` is what they fold to and can be
made again from them at any time.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.ids import uuid7


def now() -> datetime:
    """The district's time: UTC, to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite would forget the offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """Into the driver's own form; the rows of a batch have few times between them."""
        processor = super().bind_processor(dialect)
        return processor and lru_cache(maxsize=256)(processor)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database, refusing a time without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its offset")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database, always with UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = String(36)
Hash = String(64)
Sequence = BigInteger().with_variant(Integer, "sqlite")


class Table(DeclarativeBase):
    """The mother of all tables."""

    type_annotation_map = {dict[str, Any]: JSON, list[str]: JSON, datetime: UtcTime}  # noqa: RUF012 - SQLAlchemy's way


class District(Table):
    """One row: the district itself. `phone` is the programme's line; the other lines are empty until they are set."""

    __tablename__ = "district"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(200), default="")
    non_emergency: Mapped[str] = mapped_column(String(40), default="")
    tip_line: Mapped[str] = mapped_column(String(200), default="")
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)


class School(Table):
    """A school of the district. `reunification` is where families and children meet again after an evacuation."""

    __tablename__ = "schools"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    reunification: Mapped[str] = mapped_column(String(300), default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Place(Table):
    """A spot at a school that is checked: a door, an AED, a gate. A phone within `fence_m` metres is "there".

    `question_set` names the questions that a check asks there (without one, those of its kind); `spot_words` has
    the spot question in other languages, `spot_answer` is salted and hashed (app/spot.py).
    """

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("school", "building", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    school: Mapped[str] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    building: Mapped[str] = mapped_column(String(100), default="")
    floor: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(40), default="door")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    fence_m: Mapped[int] = mapped_column(default=50)
    instructions: Mapped[str] = mapped_column(Text, default="")
    spot_question: Mapped[str] = mapped_column(Text, default="", server_default="")
    spot_words: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    spot_answer: Mapped[str] = mapped_column(String(100), default="", server_default="")
    question_set: Mapped[str] = mapped_column(String(40), default="", server_default="")
    installed_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    photo: Mapped[str | None] = mapped_column(Hash)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Tag(Table):
    """One printed code of a place: `code` is in the QR code, `short` is for typing. A new version retires the old."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("place", "version"),)

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    short: Mapped[str] = mapped_column(String(8), unique=True)
    place: Mapped[str] = mapped_column(ForeignKey("places.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="active")  # active | retired
    created_at: Mapped[datetime] = mapped_column(default=now)


class Tour(Table):
    """Places of a school that are gone through on some days of the week, between two times of the clock.

    `begins` and `ends` are "HH:MM" on the phone's clock, `days` those on which it begins, `order` is one of
    app.tours.ORDERS. `planned_at` is when it was last given other days, hours or places that must be checked, or was
    taken back into use: nobody missed it before in that way.
    """

    __tablename__ = "tours"
    __table_args__ = (UniqueConstraint("school", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    school: Mapped[str] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    order: Mapped[str] = mapped_column(String(10), default="any")
    begins: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    days: Mapped[list[str]] = mapped_column(default=list)
    grace_min: Mapped[int] = mapped_column(default=15)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    planned_at: Mapped[datetime | None]


class TourPoint(Table):
    """A place of a tour. `position` is its turn in a fixed order; one that is not `required` may be left out."""

    __tablename__ = "tour_points"

    tour: Mapped[str] = mapped_column(ForeignKey("tours.id"), primary_key=True)
    place: Mapped[str] = mapped_column(ForeignKey("places.id"), primary_key=True, index=True)
    position: Mapped[int]
    required: Mapped[bool] = mapped_column(default=True)


class Officer(Table):
    """An account: officer, supervisor, admin or auditor. Only those with a password can sign in to the console."""

    __tablename__ = "officers"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(String(200))
    badge: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(100), default="School Resource Officer")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    photo: Mapped[str | None] = mapped_column(Hash)
    role: Mapped[str] = mapped_column(String(20), default="officer")
    away_until: Mapped[date | None]  # the last day of a leave (server/leave.py)
    substitute: Mapped[str | None] = mapped_column(Id)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Posting(Table):
    """An officer at a school. An ended posting stays: what was written during it is still taken in later."""

    __tablename__ = "postings"

    officer: Mapped[str] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    school: Mapped[str] = mapped_column(ForeignKey("schools.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class Card(Table):
    """A contact card for parents: of an officer, or of a school's post, which shows whoever holds it today."""

    __tablename__ = "cards"

    slug: Mapped[str] = mapped_column(String(8), primary_key=True)
    officer: Mapped[str | None] = mapped_column(ForeignKey("officers.id"), index=True)
    school: Mapped[str | None] = mapped_column(ForeignKey("schools.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class EnrolmentCode(Table):
    """A one-time code that binds a phone to an officer; `code_hash` is app.tags.hash_code of it."""

    __tablename__ = "enrolment_codes"

    code_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.id"), index=True)
    made_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(Id)


class Device(Table):
    """A phone that is bound to an officer."""

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Hash)
    name: Mapped[str] = mapped_column(String(200), default="")
    platform: Mapped[str] = mapped_column(String(40), default="")
    app: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]


class StoredRevision(Table):
    """A revision as it came in. `seq` is the district's own order; `body` is its canonical JSON.

    `link` chains the entries (server/log.py). Of an expunged record only this proof is left: `body` is empty.
    `at` is what the phone's clock said, `captured_at` what the district takes for the time of capture, `flags` are
    doubts noted at intake (clock, chain, tag).
    """

    __tablename__ = "revisions"
    __table_args__ = (
        Index("revisions_of_school", "school", "seq"),
        Index("revisions_of_device", "device", "device_seq"),
        {"sqlite_autoincrement": True},  # a number is never given twice, or a phone's cursor would lie
    )

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    hash: Mapped[str] = mapped_column(Hash, unique=True)
    record: Mapped[str] = mapped_column(Id, index=True)
    form: Mapped[str] = mapped_column(String(200))
    form_version: Mapped[str] = mapped_column(String(200))
    record_class: Mapped[str] = mapped_column(String(20))
    school: Mapped[str] = mapped_column(Id)
    author: Mapped[str] = mapped_column(Id)
    device: Mapped[str] = mapped_column(Id)
    device_seq: Mapped[int] = mapped_column(BigInteger)
    prev: Mapped[str | None] = mapped_column(Hash)
    at: Mapped[str] = mapped_column(String(40))
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(default=list)
    act: Mapped[str | None] = mapped_column(String(10))
    link: Mapped[str] = mapped_column(Hash)


class Record(Table):
    """A record as its revisions fold to it.

    `answers` are the live values, `conflicts` maps a field to the values of officers who did not see each other,
    `missing` counts the photos that are named but not here yet, `flags` are the doubts about any of its revisions.
    `standing` is that of app.records.Folded: live, deleted, sealed, expunged. `promises` are those of app.owed,
    `follows` the record that it follows up; `open` says that something is owed on it, or is to be chosen. `evidence` is
    what spoke for a check when it came in (server/evidence.py); other records have none.
    """

    __tablename__ = "records"
    __table_args__ = (
        Index("records_by_time", "occurred_at"),
        Index("records_of_school", "school", "occurred_at"),
        Index("records_of_form", "form", "occurred_at"),
        Index("records_of_author", "author", "occurred_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    form: Mapped[str] = mapped_column(String(200))
    form_version: Mapped[str] = mapped_column(String(200))
    record_class: Mapped[str] = mapped_column(String(20))
    school: Mapped[str] = mapped_column(Id)
    place: Mapped[str | None] = mapped_column(Id)
    author: Mapped[str] = mapped_column(Id)
    title: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    first_seq: Mapped[int] = mapped_column(BigInteger)
    updated_seq: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    revisions: Mapped[int]
    heads: Mapped[list[str]]
    answers: Mapped[dict[str, Any]]
    conflicts: Mapped[dict[str, Any]]
    missing: Mapped[int] = mapped_column(default=0)
    flags: Mapped[list[str]] = mapped_column(default=list)
    standing: Mapped[str] = mapped_column(String(10), default="live", server_default="live")
    promises: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    follows: Mapped[str | None] = mapped_column(Id, index=True)
    open: Mapped[bool] = mapped_column(default=True, server_default=true())
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Blob(Table):
    """A photo that is here; the bytes are a file named by the hash."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    mime: Mapped[str] = mapped_column(String(40))
    bytes: Mapped[int]
    device: Mapped[str] = mapped_column(Id)
    received_at: Mapped[datetime] = mapped_column(default=now)


class RecordPhoto(Table):
    """A record names a photo, whether it is here or not; kept for the newest and for every older revision."""

    __tablename__ = "record_photos"

    record: Mapped[str] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str] = mapped_column(Hash, primary_key=True, index=True)
    school: Mapped[str] = mapped_column(Id)
    mime: Mapped[str] = mapped_column(String(40))
    bytes: Mapped[int]


class FamilyRequest(Table):
    """Behind a record that a family made: the number by which they find it again, and who sent it, for a while.

    `sender` is a keyed hash of an address (server/public/senders.py).
    """

    __tablename__ = "family_requests"

    record: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    sender: Mapped[str | None] = mapped_column(String(32), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=now, index=True)


class ConsoleSession(Table):
    """Somebody signed in to the console; the cookie holds the token, the table its hash."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class HandIn(Table):
    """What a wiped phone hands in for its officer; the sealed files are in a folder of server.leftovers.

    `vault` names the vault (its id in hexadecimal), `files` says of each file how long it is and its SHA-256. Once it
    was opened only the row is left, so that the phone can still be told that all of it arrived.
    """

    __tablename__ = "hand_ins"

    vault: Mapped[str] = mapped_column(String(32), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(Hash)
    files: Mapped[dict[str, Any]]
    begun_at: Mapped[datetime] = mapped_column(default=now)
    complete_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


class PublishedForm(Table):
    """A version of a form. Old ones stay, because records made with them still arrive; phones get the active ones."""

    __tablename__ = "forms"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[str] = mapped_column(String(200), primary_key=True)
    json: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)
    published_at: Mapped[datetime] = mapped_column(default=now)


class AuditEntry(Table):
    """Who did what to what, and when; never what a record says."""

    __tablename__ = "audit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now)
    who: Mapped[str] = mapped_column(String(60))  # an officer's id, "cli", "device:<id>" or "setup"
    what: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
