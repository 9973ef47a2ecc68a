"""What a phone should have of the last days, as a tally that it compares with its own (docs/protocol.md)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.records import ORDERED_AWAY
from app.tally import Tally, tally
from server.district import schools_of
from server.log import head
from server.tables import Record, StoredRevision


def expected(session: Session, officer: str, since: datetime, until: int) -> Tally:
    """The tally of the revisions of this officer's schools that came in at that time or later, up to that number.

    Those of records that the district sealed or expunged are left out: phones have erased them, sooner or later.
    """
    query = (
        select(StoredRevision.hash)
        .join(Record, Record.id == StoredRevision.record)
        .where(
            StoredRevision.school.in_(schools_of(session, officer)),
            StoredRevision.seq >= _first(session, since),
            StoredRevision.seq <= until,
            Record.standing.not_in(ORDERED_AWAY),
        )
    )
    return tally(session.scalars(query))


def _first(session: Session, since: datetime) -> int:
    """The number of the first entry from that time on: entries have the order of their times, so it is soon found."""
    low, high = 1, head(session).seq + 1
    while low < high:
        middle = (low + high) // 2
        at = session.scalar(select(StoredRevision.received_at).where(StoredRevision.seq == middle))
        if at is not None and at >= since:
            high = middle
        else:
            low = middle + 1
    return low
