"""Which records a phone is to hold: what changed in the last days of the policy, and whatever is still open.

"Open" is a record on which something is owed (app/owed.py), whose answers or deletion wait for somebody's choice, or
which says what was done about one that is open.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from app.owed import owed
from server import district
from server.tables import Record

CONTESTED: Final = "deletion_contested"  # the flag of a record
_followed = aliased(Record)
_OF_OPEN: Final = select(_followed.id).where(_followed.id == Record.follows, _followed.open).exists()


def note_open(session: Session, records: Iterable[Record], followed: Iterable[str] = ()) -> None:
    """Works out again which of these records are open, and of those that they follow, or followed before."""
    rows = {row.id: row for row in records}
    others = {*followed, *(row.follows for row in rows.values() if row.follows)} - rows.keys()
    if others:
        rows |= {row.id: row for row in session.scalars(select(Record).where(Record.id.in_(others)))}
    after = _after(session, [row.id for row in rows.values() if row.promises.keys() & {"findings", "promised"}])
    for row in rows.values():
        unsettled = bool(row.conflicts) or CONTESTED in row.flags
        row.open = row.standing == "live" and (unsettled or bool(owed(row.promises, after.get(row.id, []))))


def _after(session: Session, records: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """What the records that follow these promise, the oldest first."""
    found: dict[str, list[dict[str, object]]] = {}
    if records:
        query = select(Record.follows, Record.promises).where(Record.follows.in_(records), Record.standing == "live")
        for follows, promises in session.execute(query.order_by(Record.occurred_at, Record.id)):
            found.setdefault(follows, []).append(promises)
    return found


def days(session: Session) -> timedelta:
    """How long phones keep what is not open."""
    return timedelta(days=district.policy(district.the_district(session))["keep_days"])


def held(before: datetime) -> ColumnElement[bool]:
    """The records that phones are to hold: changed since then, or open."""
    return or_(Record.updated_at >= before, Record.open, _OF_OPEN)
