"""The district's own hand: revisions that no phone wrote, in a chain of the district's own.

Orders (server/orders.py) and what families ask (server/public/) come through here; every phone hears of both like of
anything else.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.revisions import Revision
from server import district
from server.batch import Batch, Kept
from server.formbook import FormBook
from server.intake import seen
from server.photos import Photo
from server.tables import StoredRevision, now
from server.times import iso


def write(
    session: Session, forms: FormBook, *, by: str | None = None, photos: Iterable[Photo] = (), **about: Any
) -> Revision:
    """Writes the next revision of the district's chain and folds its record; gives it.

    `by` is the officer in whose name it is, without one the district itself; `about` is what the revision is about
    (record, form, set, parents and so on, as `Revision` names them), and its answers are taken as they are. The
    session must be a writing one.
    """
    home = district.the_district(session).id
    mine = select(StoredRevision.device_seq, StoredRevision.hash).where(StoredRevision.device == home)
    last = session.execute(mine.order_by(StoredRevision.device_seq.desc()).limit(1)).first()
    moment = now()
    revision = Revision(
        author=by or home,
        device=home,
        seq=last.device_seq + 1 if last else 1,
        prev=last.hash if last else None,
        at=iso(moment),
        mono=0,
        **about,
    )
    batch = Batch(session, revision.author, [revision])
    batch.add(Kept(revision, moment, ()), photos)
    batch.keep(moment, lambda folded: seen(session, forms, folded))
    return revision
