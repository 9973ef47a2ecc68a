"""The photos that records name: found in answers, counted against the photos that are here."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from app.attachments import FILES, mime_of
from server.database import Database
from server.tables import Blob, Officer, Place, Record, RecordPhoto
from sync.protocol import MAX_BLOB_BYTES

if TYPE_CHECKING:
    from server.blobs import Blobs  # which imports the decoders of pictures

MAX_PHOTOS: Final = 100
MAX_DEPTH: Final = 20

_HASH = re.compile(r"[0-9a-f]{64}")
_NESTED = (dict, list)


class PhotoError(ValueError):
    """An answer that names a photo in a way that cannot be; `field` is the answer's name."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as an answer names it."""

    sha256: str
    mime: str
    bytes: int


def photos_in(answers: dict[str, Any]) -> dict[str, Photo]:
    """Every photo that these answers name, by hash. Raises PhotoError."""
    found: dict[str, Photo] = {}
    for field, value in answers.items():
        if not isinstance(value, _NESTED):
            continue  # as most answers are
        for body in _named(field, value, 0):
            photo = _photo(field, body)
            found[photo.sha256] = photo
    if len(found) > MAX_PHOTOS:
        raise PhotoError("", f"more than {MAX_PHOTOS} photos in one revision")
    return found


def absent(session: Session, hashes: Iterable[str]) -> set[str]:
    """Those of the photos that are not here."""
    wanted = set(hashes)
    if not wanted:
        return wanted
    return wanted - set(session.scalars(select(Blob.sha256).where(Blob.sha256.in_(wanted))))


def count_missing(session: Session, records: Iterable[str]) -> None:
    """Counts again, for these records, the photos that are named and not here."""
    session.flush()
    here = exists().where(Blob.sha256 == RecordPhoto.sha256)
    missing = select(func.count()).where(RecordPhoto.record == Record.id, ~here).correlate(Record).scalar_subquery()
    session.execute(
        update(Record).where(Record.id.in_(list(records))).values(missing=missing),
        execution_options={"synchronize_session": False},
    )


def records_naming(session: Session, sha256: str) -> list[str]:
    """Ids of the records that name a photo."""
    return list(session.scalars(select(RecordPhoto.record).where(RecordPhoto.sha256 == sha256)))


def is_wanted(session: Session, sha256: str) -> bool:
    """Whether a record, an officer's card or a place shows it. What was expunged is wanted by none any more."""
    named = select(RecordPhoto.sha256).where(RecordPhoto.sha256 == sha256)
    shown = select(Officer.photo).where(Officer.photo == sha256)
    there = select(Place.photo).where(Place.photo == sha256)
    return session.execute(named.union(shown, there)).first() is not None


def place_schools(session: Session, sha256: str) -> set[str]:
    """The schools that have a place in use which looks so; such a photo is a JPEG (server/public/pictures.py)."""
    return set(session.scalars(select(Place.school).where(Place.photo == sha256, Place.active)))


def note(session: Session, sha256: str, mime: str, size: int, device: str) -> bool:
    """Notes a photo whose file is here now, and which records are complete with it; False when that is no news."""
    if session.get(Blob, sha256) is not None:
        return False
    session.add(Blob(sha256=sha256, mime=mime, bytes=size, device=device))
    count_missing(session, records_naming(session, sha256))
    return True


def keep_photo(database: Database, blobs: "Blobs", name: str, data: bytes, device: str) -> None:
    """Keeps a photo that records name, as if that phone had sent it. Raises BlobError."""
    with blobs.receive() as incoming:
        incoming.write(data)
        mime = incoming.keep(name, mime_of(data))
    with database.writing() as session:
        note(session, name, mime, len(data), device[:36])


def _named(field: str, value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        raise PhotoError(field, "the answer is nested too deeply")
    if isinstance(value, dict):
        if "sha256" in value:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _named(field, part, depth + 1)


def _photo(field: str, body: dict[str, Any]) -> Photo:
    sha256, mime, size = body.get("sha256"), body.get("mime"), body.get("bytes")
    if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
        raise PhotoError(field, "the photo's hash is not a SHA-256")
    if mime not in FILES:
        raise PhotoError(field, "the file is of a kind that is not kept")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MAX_BLOB_BYTES:
        raise PhotoError(field, f"the photo is empty or larger than {MAX_BLOB_BYTES // 1_000_000} MB")
    return Photo(sha256, str(mime), size)
