"""The district's log: every revision in one order without gaps, each entry chained to the one before it.

An entry's link is the SHA-256 of the link before it, its number, its time and the revision's hash. So whoever has the
link of one entry can tell whether any entry up to it was changed, removed, put in or moved (docs/custody.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from app.ids import sha256
from server.tables import StoredRevision
from server.times import iso

BEGINNING: Final = ""  # what the first entry is chained to
_NEWEST: Final = select(StoredRevision.seq, StoredRevision.link).order_by(StoredRevision.seq.desc()).limit(1)
_LINK: Final = select(StoredRevision.link).where(StoredRevision.seq == bindparam("seq"))
_ENTRY: Final = insert(StoredRevision)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: its number (0 for an empty log) and its link."""

    seq: int = 0
    link: str = BEGINNING


def link(before: str, seq: int, at: str, name: str) -> str:
    """The link of an entry; `at` is its time as the wire says it, `name` the revision's hash."""
    return sha256(b'["%s",%d,"%s","%s"]' % (before.encode(), seq, at.encode(), name.encode()))  # as canonical JSON


def head(session: Session) -> Head:
    """The newest entry."""
    found = session.connection().execute(_NEWEST).first()
    return Head(found.seq, found.link) if found else Head()


def link_at(session: Session, seq: int) -> str | None:
    """The link of the entry with this number; None where there is none."""
    if seq == 0:
        return BEGINNING
    found: str | None = session.connection().execute(_LINK, {"seq": seq}).scalar()
    return found


def append(
    session: Session, rows: Iterable[dict[str, Any]], received: datetime
) -> tuple[dict[str, tuple[int, datetime]], Head]:
    """Adds revisions to the log, in this order, and gives each one's number and time by its hash, and the newest entry.

    The session must be a writing one: writers take turns, so numbers are given in the order of the commits.
    """
    end, at = head(session), iso(received)
    receipts: dict[str, tuple[int, datetime]] = {}
    entries = []
    for row in rows:
        end = Head(end.seq + 1, link(end.link, end.seq + 1, at, row["hash"]))
        entries.append({**row, "seq": end.seq, "link": end.link, "received_at": received})
        receipts[row["hash"]] = (end.seq, received)
    session.connection().execute(_ENTRY, entries)
    return receipts, end
