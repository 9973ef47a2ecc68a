"""What a scanned or typed code leads to: a check of its place, the enrolment, or a sentence that names what it is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.forms import Form
from app.grade import TAG_FIELD
from app.rows import TagFound
from app.tags import read_scan
from app.tours import CHECK_FIELDS
from views.services import Services

if TYPE_CHECKING:
    from app.drafts import Draft
    from app.revisions import Answers

JUST_NOW: Final = timedelta(minutes=10)  # a tag that is read again so soon is the same visit


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: where it leads at once (a route), or the key of the sentences that say what it is."""

    route: str | None = None
    said: str = ""
    found: TagFound | None = None


def read(services: Services, text: str, *, typed: bool = False) -> Reading:
    """Tells what a code is; a tag in use begins its check. Raises what the notebook raises when it cannot begin one."""
    found = find(services, text, typed=typed)
    if found.kind == "enrol":
        return Reading(f"/enrol/{found.code}", found=found)
    if found.place is not None and not found.message_code:
        return Reading(f"/form/{begin(services, found)}", found=found)
    return Reading(said=saying(found), found=found)


def find(services: Services, text: str, *, typed: bool = False) -> TagFound:
    """What the notebook knows of a code; a good one that was typed by hand proves less, and says so.

    Before there is a notebook, a code tells only what kind it is.
    """
    if not services.is_open:
        scan = read_scan(text, "")
        return TagFound(scan.kind, scan.code, message_code=f"scan_{scan.kind}")
    found = services.notebook.find_tag(text)
    return replace(found, state="typed") if typed and found.state == "good" else found


def begin(services: Services, found: TagFound) -> str:
    """A draft of the check of this place: the one this tag began just now and nobody answered yet, else a new one.

    An older one that nobody answered is thrown away: its time is that of then, and the record would have it.
    """
    notebook, form = services.notebook, tag_form(services)
    said = tag_answers(services, found)
    for draft in notebook.drafts():
        if form and draft.form == form.id and draft.tag == found.code and not draft.touched:
            if _same_visit(draft, said):
                return draft.id
            notebook.discard(draft.id)
    place = found.place.id if found.place else None
    return notebook.start(form.id if form else "", said, place=place, tag=found.code).id


def _same_visit(draft: "Draft", said: "Answers") -> bool:
    """Whether the tag that began a draft was read moments ago, and said then what it says now, on the same tour."""
    before = datetime.fromisoformat(draft.answers.get("read_at") or draft.started_at)
    same = all(draft.answers.get(name) == said.get(name) for name in ("tag_state", *CHECK_FIELDS))
    return same and abs(_now() - before) < JUST_NOW


def tag_form(services: Services) -> Form | None:
    """The form that a tag opens."""
    for form in services.notebook.forms():
        field = form.field(TAG_FIELD)
        if field is not None and field.type == "barcode":
            return form
    return None


def tag_answers(services: Services, found: TagFound) -> "Answers":
    """What a tag says by itself, and on which tour; a form has those of the names that it asks for (docs/forms.md)."""
    place = found.place
    return {
        **dict.fromkeys(CHECK_FIELDS),
        **services.notebook.tour_answers(place),
        TAG_FIELD: found.code,
        "place_name": place.name if place else None,
        "tag_state": found.state,
        "read_at": _now().isoformat(timespec="milliseconds"),
        "question_set": (place.question_set or place.kind or None) if place else None,
        "spot_question": (place.asks(services.words.language) or None) if place else None,
    }


def _now() -> datetime:
    return datetime.now().astimezone()


def saying(found: TagFound) -> str:
    """The key of what to say of a code that opens nothing: `scan.<key>.title` and `scan.<key>.text`."""
    return found.message_code.removeprefix("scan_") or "other"
