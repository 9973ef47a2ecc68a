"""What was written with a form that the district did not know: looked at again when that form is published."""

from datetime import datetime

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.followups import FOLLOWS
from app.forms import Form
from server.batch import Kept, histories
from server.evidence import Scales
from server.formbook import FormBook
from server.intake import UNKNOWN_FORM, seen
from server.places import tag_by_code
from server.scope import note_open
from server.tables import Record, StoredRevision
from sync.merge import fold

DOUBTFUL = "answers_doubtful"  # the flag of a revision whose answers its form would have refused


def take_up(session: Session) -> int:
    """Names and judges the records whose form is known by now; gives how many. They were kept, so none is refused."""
    forms = FormBook()
    flagged = cast(StoredRevision.flags, String).contains(UNKNOWN_FORM)
    touched: dict[str, Form] = {}
    for kept in session.scalars(select(StoredRevision).where(flagged).order_by(StoredRevision.seq)):
        form = forms.form(session, kept.form, kept.form_version)
        if form is None:
            continue
        kept.flags = [flag for flag in kept.flags if flag != UNKNOWN_FORM]
        touched[kept.record] = form
    session.flush()
    for record, history in histories(session, touched).items():
        _settle(session, record, history, touched[record], forms)
    return len(touched)


def _settle(session: Session, record: str, history: dict[str, Kept], form: Form, forms: FormBook) -> None:
    folded = fold(kept.revision for kept in history.values())
    row = session.get(Record, record)
    assert row is not None, "every revision has its record"
    flags = {flag for kept in history.values() for flag in kept.flags}
    if form.check(folded.answers, now=datetime.fromisoformat(folded.last.at)):
        last = session.scalar(select(StoredRevision).where(StoredRevision.hash == folded.last.hash))
        assert last is not None
        last.flags = [*last.flags, DOUBTFUL]
        flags.add(DOUBTFUL)
    row.flags, row.record_class = sorted(flags), form.record_class
    sees = seen(session, forms, folded)
    row.title, row.promises, row.follows = sees.title, sees.promises, sees.promises.get(FOLLOWS)
    if sees.graded:
        first = history[folded.first.hash]
        scales = Scales(session, lambda code: tag_by_code(session, code))
        row.evidence = scales.weigh(first.revision, first.captured_at, first.flags)
    note_open(session, [row])
