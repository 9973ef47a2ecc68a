"""A whole district in one file: every table as JSON lines, every photo, what wiped phones handed in; no keys.

It says nothing of the kind of database or store, so that one of SQLite and a folder becomes one of PostgreSQL and a
bucket. It is a .tar.gz: `about.json`, the pieces, and at the end `sums.json` with the SHA-256 of each of them, without
which it is not whole. The district goes on meanwhile: all tables are read at one moment, and a photo never changes.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from server import district
from server.blobs import Blobs, Damaged
from server.database import Database
from server.district import DistrictError
from server.migrations import HEAD
from server.settings import Settings
from server.tables import Blob, ConsoleSession, EnrolmentCode, Officer, Place, Table, now
from server.times import iso
from sync.protocol import APP_VERSION

FORMAT: Final = 1
ABOUT: Final = "about.json"
SUMS: Final = "sums.json"
# Whoever holds an old backup must not be able to sign in or to enrol with what was good for an hour.
LEFT_OUT: Final = (ConsoleSession.__tablename__, EnrolmentCode.__tablename__)
_ROWS: Final = 2_000  # in one piece


@dataclass
class Kept:
    """What is in a backup, or was taken out of one."""

    rows: dict[str, int] = field(default_factory=dict)
    photos: int = 0
    missing: int = 0  # photos that the tables say are here, and are not
    damaged: list[str] = field(default_factory=list)  # photos that are not what their names say, and not in it


def folders(settings: Settings) -> dict[str, Path]:
    """The folders that are in a backup beside tables and photos."""
    return {"leftovers": settings.leftovers_path, "recovered": settings.recovered_path}


def back_up(database: Database, blobs: Blobs, settings: Settings, target: Path) -> Kept:
    """Writes a backup that only this user can read; it is there under its name once it is whole.

    Raises DistrictError where there is a file of this name, or no district to write.
    """
    if target.exists():
        raise DistrictError(f"There is a file {target} already; a backup overwrites nothing.")
    part = target.with_name(target.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar, database.reading() as session:
                kept = _write(session, blobs, settings, _Pieces(tar))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return kept


class _Pieces:
    """Adds one piece after the other, and knows their sums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.sums: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        piece = tarfile.TarInfo(name)
        piece.size, piece.mtime, piece.mode = len(data), int(now().timestamp()), 0o600
        self._tar.addfile(piece, io.BytesIO(data))
        self.sums[name] = hashlib.sha256(data).hexdigest()


def _write(session: Session, blobs: Blobs, settings: Settings, pieces: _Pieces) -> Kept:
    kept = Kept()
    home = district.the_district(session)
    about = {"format": FORMAT, "app": APP_VERSION, "tables": HEAD, "district": home.name, "at": iso(now())}
    pieces.add(ABOUT, _json(about))
    for name, number, rows in _tables(session):
        pieces.add(f"tables/{name}/{number:06}.ndjson", b"".join(_json(row) + b"\n" for row in rows))
        kept.rows[name] = kept.rows.get(name, 0) + len(rows)
    on_cards = select(Officer.photo).where(Officer.photo.is_not(None))
    of_places = select(Place.photo).where(Place.photo.is_not(None))
    for sha256 in session.scalars(union(select(Blob.sha256), on_cards, of_places).order_by("sha256")):
        try:
            pieces.add(f"blobs/{sha256}", blobs.read(sha256))
            kept.photos += 1
        except Damaged:
            kept.damaged.append(sha256)
        except FileNotFoundError:
            kept.missing += 1
    for name, folder in folders(settings).items():
        for path in sorted(folder.rglob("*")):
            with suppress(FileNotFoundError):  # opened, or still coming in, at this moment
                if path.is_file() and path.suffix != ".part":
                    pieces.add(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())
    pieces.add(SUMS, _json(pieces.sums))
    return kept


def _tables(session: Session) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """All rows in pieces: the table's name, the number of the piece, its rows."""
    for table in Table.metadata.sorted_tables:
        if table.name not in LEFT_OUT:
            query = select(table).order_by(*table.primary_key).execution_options(yield_per=_ROWS)
            for number, rows in enumerate(session.execute(query).mappings().partitions(_ROWS)):
                yield table.name, number, [dict(row) for row in rows]


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, default=_moment).encode()


def _moment(value: object) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(UTC).isoformat()
