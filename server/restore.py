"""A district from a backup: checked whole first, then photos, then all rows in one transaction.

Every phone is told at its next round, and sends again what is missing (server/pull.py, docs/district.md).
"""

import hashlib
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, DateTime, MetaData, func, insert, select, text, update
from sqlalchemy.orm import Session

from server.backup import ABOUT, FORMAT, LEFT_OUT, SUMS, Kept, folders
from server.blobs import BlobError, Blobs
from server.database import Database
from server.district import RESTORED, DistrictError, audit
from server.enrolment import UNTOLD
from server.migrations import HEAD, migrate
from server.photos import count_missing, records_naming
from server.settings import Settings
from server.tables import Blob, Device, StoredRevision, Table

_TABLE: Final = re.compile(r"tables/([a-z_]+)/\d{6}\.ndjson")
_BLOB: Final = re.compile(r"blobs/([0-9a-f]{64})")
_FILE: Final = re.compile(r"(leftovers|recovered)((?:/[0-9A-Za-z][0-9A-Za-z._-]*){1,3})")


def restore(database: Database, blobs: Blobs, settings: Settings, source: Path, *, replace: bool = False) -> Kept:
    """Makes the district what it was when the backup was taken.

    Raises DistrictError, and has changed no row then: a backup that is not whole or of a newer version, a district that
    has records while `replace` does not say that they may go.
    """
    about = _checked(source)
    with database.reading() as session:
        if not replace and session.scalar(select(func.count()).select_from(StoredRevision)):
            raise DistrictError("There is a district with records here. To put the backup in its place: --replace")
    kept, here = Kept(), set[str]()
    for name, data in _pieces(source):
        if found := _BLOB.fullmatch(name):
            try:
                with blobs.receive() as incoming:
                    incoming.write(data)
                    incoming.put_back(found[1])
                here.add(found[1])
            except BlobError:  # it was damaged before the backup was taken
                kept.damaged.append(found[1])
        elif found := _FILE.fullmatch(name):
            _put(folders(settings)[found[1]] / found[2].strip("/"), data)
    with database.remaking() as connection:
        _empty(connection, about["tables"])
        kept.rows = _fill(connection, source)
        migrate(connection)
        with Session(connection, expire_on_commit=False) as session:
            kept.missing = _settle(session, here, about)
            session.flush()
    kept.photos = len(here)
    return kept


def _checked(source: Path) -> dict[str, Any]:
    """What the backup says about itself, once all of it is what it was. Raises DistrictError."""
    sums: dict[str, str] = {}
    about: dict[str, Any] = {}
    said: dict[str, str] | None = None
    try:
        for name, data in _pieces(source):
            if name == SUMS:
                said = json.loads(data)
                continue
            sums[name] = hashlib.sha256(data).hexdigest()
            if name == ABOUT:
                about = json.loads(data)
                if about["format"] > FORMAT or about["tables"] > HEAD:
                    raise DistrictError(f"The backup is of a newer Beatbook ({about['app']}); install that one first.")
    except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, DistrictError):
            raise
        said = None
    if not about or said != sums:
        raise DistrictError(
            f"{source} is no whole backup: it is cut off, damaged or something else. Nothing was changed."
        )
    return about


def _pieces(source: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source, mode="r|gz") as tar:
        for piece in tar:
            file = tar.extractfile(piece)
            if file is not None:
                yield piece.name, file.read()


def _empty(connection: Connection, version: str) -> None:
    """No rows, in tables of the backup's version."""
    if version == HEAD:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(table.delete())
        return
    there, ours = MetaData(), {*Table.metadata.tables, "alembic_version"}
    there.reflect(connection, only=lambda name, _: name in ours)
    there.drop_all(connection)
    migrate(connection, version)


def _fill(connection: Connection, source: Path) -> dict[str, int]:
    """All rows of the backup, into the tables as they are now."""
    tables = MetaData()
    tables.reflect(connection)
    counted: dict[str, int] = {}
    for name, data in _pieces(source):
        found = _TABLE.fullmatch(name)
        if found is None or found[1] in LEFT_OUT:
            continue
        table = tables.tables[found[1]]
        moments = [column.name for column in table.columns if isinstance(column.type, DateTime)]
        rows = [json.loads(line) for line in data.splitlines()]
        for row in rows:
            row.update({column: _moment(row[column], connection) for column in moments if row[column]})
        connection.execute(insert(table), rows)
        counted[table.name] = counted.get(table.name, 0) + len(rows)
    if connection.dialect.name == "postgresql":  # numbers go on behind the highest, as SQLite's do by themselves
        for name in ("revisions", "audit"):
            at = f"pg_get_serial_sequence('{name}', 'seq')"
            connection.execute(text(f"SELECT setval({at}, (SELECT coalesce(max(seq), 1) FROM {name}))"))  # noqa: S608
    return counted


def _moment(said: str, connection: Connection) -> datetime:
    moment = datetime.fromisoformat(said).astimezone(UTC)
    return moment.replace(tzinfo=None) if connection.dialect.name == "sqlite" else moment


def _settle(session: Session, here: set[str], about: dict[str, Any]) -> int:
    """Notes which photos are not here, so that phones that have them are asked for them; and that it was restored."""
    gone = [blob for blob in session.scalars(select(Blob)) if blob.sha256 not in here]
    records = {record for blob in gone for record in records_naming(session, blob.sha256)}
    for blob in gone:
        session.delete(blob)
    count_missing(session, records)
    tell_phones(session, about["at"])
    return len(gone)


def tell_phones(session: Session, taken_at: str) -> None:
    """Notes that the district was restored from the backup of that time, and lets every phone hear at its next round.

    By its stamp it would know only of entries of the log that are gone. A photo has none: one that came after the
    backup would be missed for ever by a district whose log is as long as before.
    """
    session.execute(update(Device).values(last_seen=UNTOLD))
    audit(session, "cli", RESTORED, taken_at)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
