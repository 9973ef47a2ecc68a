"""What comes down to a phone: the revisions that others wrote at its officer's schools, after its cursor."""

import re
from dataclasses import dataclass

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from app.ids import canonical
from server.district import schools_of
from server.errors import Refused
from server.log import head, link_at
from server.tables import Device, Record, StoredRevision
from server.times import iso
from sync.protocol import MAX_BATCH_BYTES, Code

_AT_ONCE = 50
_STAMP = re.compile(r"[0-9]{1,15}\.([0-9a-f]{64})?")
RESTORED = "The district was restored from a backup. This phone sends again what may be missing."


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of what is new: NDJSON lines, where to go on, and whether there is more now."""

    body: bytes
    lines: int
    cursor: int
    more: bool


def pull(session: Session, device: Device, after: int, limit: int, *, own: bool = False) -> Page:
    """The next revisions after `after`, at most `limit` of them and not much more than a batch's bytes.

    A phone does not get back what it sent itself, unless it asks for its `own` too; of a record that was sealed or
    expunged it gets the order only. Raises Refused for a cursor that this district never gave.
    """
    newest = head(session).seq
    taken_away = Record.standing.in_(("sealed", "expunged"))
    if after > newest:
        raise Refused(Code.DISTRICT_RESTORED, RESTORED)
    query = (
        select(StoredRevision.seq, StoredRevision.received_at, StoredRevision.hash, StoredRevision.body)
        .join(Record, Record.id == StoredRevision.record)
        .where(
            or_(~taken_away, StoredRevision.act.is_not(None)),
            StoredRevision.seq > after,
            StoredRevision.seq <= newest,
            StoredRevision.school.in_(schools_of(session, device.officer)),
            StoredRevision.device != device.id if not own else true(),
        )
        .order_by(StoredRevision.seq)
        .limit(limit + 1)
    )
    lines: list[bytes] = []
    size, cursor = 0, newest
    with session.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for seq, received_at, name, body in rows:
            if len(lines) == limit or size > MAX_BATCH_BYTES:
                return Page(b"".join(lines), len(lines), cursor, more=True)
            lines.append(_line(seq, iso(received_at), name, body))
            size, cursor = size + len(lines[-1]), seq
    return Page(b"".join(lines), len(lines), newest, more=False)


def check_history(session: Session, stamp: str) -> None:
    """Raises Refused where a phone's stamp is not of this log: it was restored from a backup since."""
    if not stamp:
        return
    if not _STAMP.fullmatch(stamp):
        raise Refused(Code.BAD_REQUEST, "This is no stamp.")
    seq, link = stamp.split(".")
    if link_at(session, int(seq)) != link:
        raise Refused(Code.DISTRICT_RESTORED, RESTORED)


def _line(seq: int, at: str, name: str, body: str) -> bytes:
    # The revision is kept as the canonical JSON that was hashed, so it goes out without being read again.
    head = canonical({"at": at, "hash": name})[:-1]
    return head + b',"revision":' + body.encode() + b',"seq":' + str(seq).encode() + b"}\n"
