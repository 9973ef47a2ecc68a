"""Following up a record: a new one about the same people and matter, which names the one before in `follows`."""

from typing import Final

from app.forms import Form
from app.revisions import Answers

FOLLOWS: Final = "follows"
# What stays the same from one meeting to the next, by the names that the forms share (docs/forms.md).
CARRIED: Final = (
    *("topic", "service", "service_code", "address", "gps", "place_name", "tag_code", "tag_state"),
    *("person_kind", "name", "phone", "email", "language", "interpreter", "student_ref", "subject_ref"),
    *("reporter_kind", "anonymous", "reporter_name", "wants_reply", "reporter_phone", "reporter_email"),
    *("safe_to_leave_message", "custody_caution", "agency", "agency_responsible", "grade_band", "curriculum"),
)


def carried(form: Form, answers: Answers, record: str) -> Answers:
    """What a follow-up of a record with these answers begins with."""
    taken = {name: answers[name] for name in CARRIED if name in answers and form.field(name)}
    return taken | ({FOLLOWS: record} if form.field(FOLLOWS) else {})
