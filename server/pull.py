"""What comes down to a phone: the revisions that others wrote at its officer's schools, after its cursor."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, true, union_all
from sqlalchemy.orm import Session

from app.ids import canonical
from app.records import ORDERED_AWAY
from app.revisions import DISTRICTS_ACTS
from server.district import last_restore, schools_of
from server.enrolment import Known, is_untold
from server.errors import Refused
from server.log import head, link_at
from server.scope import days, held
from server.tables import Device, Record, StoredRevision, now
from server.times import iso
from sync.protocol import MAX_BATCH_BYTES, RESTORED_HEADER, Code

_Query: TypeAlias = Select[int, datetime, str, str, str, int, str | None]
_Row: TypeAlias = Row[int, datetime, str, str, str, int, str | None]
_AT_ONCE = 50
_STAMP = re.compile(r"[0-9]{1,15}\.([0-9a-f]{64})?")
WORDS: Final = "The district was restored from a backup. This phone sends again what may be missing."


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of what is new: NDJSON lines, where to go on, and whether there is more now."""

    body: bytes
    lines: int
    cursor: int
    more: bool


def pull(
    session: Session,
    device: Known | Device,
    after: int,
    limit: int,
    *,
    own: bool = False,
    anew: bool = False,
    whole: bool = False,
) -> Page:
    """The next revisions after `after`, at most `limit` of them and not much more than a batch's bytes.

    Of a record that was sealed or expunged there is the order only. A phone does not get back what it sent itself,
    unless it asks for its `own`. One that begins `anew` gets only what phones are to hold (server/scope.py). One that
    goes on hears of everything, or it would never know what was closed meanwhile; where something new is about a record
    that it may have let go of, all of that comes before it, if the phone wants it `whole`. Raises Refused for a cursor
    that this district never gave.
    """
    newest = head(session).seq
    if after > newest:
        raise _restored(session)
    keep, moment, schools = days(session), now(), schools_of(session, device.officer)
    query = _next(
        schools,
        limit + 1,
        StoredRevision.seq > after,
        StoredRevision.seq <= newest,
        held(moment - keep) if anew else true(),
        true() if own else StoredRevision.device != device.id,
    )
    lines: list[bytes] = []
    size, cursor, more = 0, newest, False
    begun: set[str] = set()  # records that the phone knew before, or let go of
    with session.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            if len(lines) == limit or size > MAX_BATCH_BYTES:
                more = True
                break
            lines.append(_line(row))
            size, cursor = size + len(lines[-1]), row.seq
            begun |= {row.follows, row.id if row.first_seq <= after else None} - {None}
    older = _older(session, schools, begun, after, moment - keep / 2) if begun and whole else []
    return Page(b"".join(older + lines), len(older) + len(lines), cursor if more else newest, more)


_REVISIONS = (
    select(StoredRevision.seq, StoredRevision.received_at, StoredRevision.hash, StoredRevision.body)
    .add_columns(Record.id, Record.first_seq, Record.follows)
    .join(Record, Record.id == StoredRevision.record)
)
_ALLOWED = or_(Record.standing.not_in(ORDERED_AWAY), StoredRevision.act.in_(DISTRICTS_ACTS))


def _next(schools: list[str], limit: int, *which: ColumnElement[bool]) -> _Query:
    """The first revisions of these schools, in the district's order.

    Each school's are read from its own index: what an officer may not see, and what comes later, costs nothing.
    """
    seq = StoredRevision.seq
    those = select(seq).join(Record, Record.id == StoredRevision.record).where(_ALLOWED, *which)
    of_each = [
        select(those.where(StoredRevision.school == school).order_by(seq).limit(limit).subquery().c.seq)
        for school in schools
    ]
    numbers = union_all(*of_each).subquery() if of_each else select(seq).where(false()).subquery()
    first = select(numbers.c.seq).order_by(numbers.c.seq).limit(limit)
    return _REVISIONS.where(seq.in_(first)).order_by(seq)


def _older(session: Session, schools: list[str], records: set[str], after: int, before: datetime) -> list[bytes]:
    """All lines up to `after` of those of these records about which the district heard nothing since `before`."""
    its = _REVISIONS.where(_ALLOWED, StoredRevision.school.in_(schools), StoredRevision.record.in_(records))
    rows = session.execute(its.where(StoredRevision.seq <= after).order_by(StoredRevision.seq)).all()
    last = {row.id: row.received_at for row in rows}
    return [_line(row) for row in rows if last[row.id] < before]


def check_history(session: Session, stamp: str) -> None:
    """Raises Refused where a phone's stamp is not of this log: it was restored from a backup since."""
    if not stamp:
        return
    if not _STAMP.fullmatch(stamp):
        raise Refused(Code.BAD_REQUEST, "This is no stamp.")
    seq, link = stamp.split(".")
    if link_at(session, int(seq)) != link:
        raise _restored(session)


def check_told(session: Session, device: Known, *, own: bool, restored: str | None) -> None:
    """Raises Refused where the district was restored and this phone does not show yet that it knows.

    It does by asking for its `own` too, as a phone does that offers everything again, and by naming the restore that it
    was told of last: an answer may be lost, the district be restored once more, and there are other reasons to ask for
    all. The first apps named none.
    """
    if is_untold(device) and not (own and restored in (None, last_restore(session))):
        raise _restored(session)


def _restored(session: Session) -> Refused:
    return Refused(Code.DISTRICT_RESTORED, WORDS, headers={RESTORED_HEADER: last_restore(session)})


def _line(row: _Row) -> bytes:
    # The revision is kept as the canonical JSON that was hashed, so it goes out without being read again.
    seq, at, name, body, *_ = row
    head = canonical({"at": iso(at), "hash": name})[:-1]
    return head + b',"revision":' + body.encode() + b',"seq":' + str(seq).encode() + b"}\n"
