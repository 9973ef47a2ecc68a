"""The district's own revisions: records are sealed, unsealed and expunged by order, and every phone hears of it.

A sealed record is kept and shown to administrators only; phones erase it. Of an expunged one its content is erased here
too: what stays is the proof that there was something (hashes, numbers, times) and the order itself.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server import hand
from server.district import DistrictError, audit
from server.formbook import FormBook
from server.tables import Blob, FamilyRequest, Record, RecordPhoto, StoredRevision

_ALLOWED = {"seal": ("live", "deleted"), "unseal": ("sealed",), "expunge": ("live", "deleted", "sealed")}


def order(session: Session, record_id: str, act: str, reason: str, *, by: str | None = None) -> list[str]:
    """Seals, unseals or expunges a record, for a reason that says whose order it is; `by` is an administrator's id.

    Gives the hashes of the photos whose files nobody needs any more: to be removed once the session has ended well.
    Raises DistrictError.
    """
    record = session.get(Record, record_id)
    if record is None:
        raise DistrictError(f"There is no record {record_id}.")
    if record.standing not in _ALLOWED[act]:
        raise DistrictError(f"The record cannot be taken by this order: it is {record.standing}.")
    if not reason.strip():
        raise DistrictError("An order needs its reason: whose order it is, and its number.")
    hand.write(
        session,
        FormBook(),
        by=by,
        record=record.id,
        form=record.form,
        form_version=record.form_version,
        record_class=record.record_class,
        school=record.school,
        place=record.place,
        parents=tuple(record.heads),
        set={},
        reason=reason.strip(),
        act=act,
    )
    audit(session, by or "cli", f"record-{act}", record_id)
    return _erase(session, record_id) if act == "expunge" else []


def _erase(session: Session, record_id: str) -> list[str]:
    """Erases a record's content; gives the hashes of the photos that no other record names."""
    session.flush()
    its = (StoredRevision.record == record_id) & StoredRevision.act.is_(None)
    session.execute(update(StoredRevision).where(its).values(body="", flags=[]))
    emptied = {"title": "", "answers": {}, "conflicts": {}, "flags": [], "missing": 0, "evidence": None}
    session.execute(update(Record).where(Record.id == record_id).values(**emptied))
    named = select(RecordPhoto.sha256).where(RecordPhoto.record == record_id)
    elsewhere = select(RecordPhoto.sha256).where(RecordPhoto.record != record_id)
    alone = list(session.scalars(named.where(RecordPhoto.sha256.not_in(elsewhere))))
    session.execute(delete(RecordPhoto).where(RecordPhoto.record == record_id))
    session.execute(update(FamilyRequest).where(FamilyRequest.record == record_id).values(sender=None))
    session.execute(delete(Blob).where(Blob.sha256.in_(alone)))
    session.expire_all()
    return alone


def find(session: Session, text: str) -> str:
    """The id of the record with this id or the beginning of one. Raises DistrictError."""
    begins = Record.id.startswith(text.strip().lower(), autoescape=True)
    found = list(session.scalars(select(Record.id).where(begins).limit(2)))
    if len(found) != 1:
        raise DistrictError(f"{'Several records have' if found else 'No record has'} the id {text}.")
    return found[0]
