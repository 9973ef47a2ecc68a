"""How a record came about: who wrote what and when, what each correction changed and why, and what it said before."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import flet as ft

from app.duplicates import LINK
from app.form_json import UNSEEN
from views.answers import answer_lines, answer_text
from views.parts import card, drawn, fact, quiet, section, text_button
from views.services import use_services
from views.states import state_chip
from views.theme import GAP, STRONG

if TYPE_CHECKING:
    from app.changes import Version
    from app.ledger import Entry
    from app.rows import RecordDetail
    from app.words import Words


def history(detail: "RecordDetail", words: "Words") -> Iterator[ft.Control]:
    """The revisions of a record, the newest first."""
    yield section(words("record.history"))
    for number, entry in reversed(list(enumerate(detail.history))):
        yield Step(detail, entry, number)


@drawn
def Step(detail: "RecordDetail", entry: "Entry", number: int) -> ft.Control:
    """One revision: who and when, why, what it changed; the whole record as it was with it, on request."""
    services = use_services()
    words, setup = services.words, services.notebook.setup
    opened, set_opened = ft.use_state(False)
    revision = entry.revision
    author = setup.names.get(revision.author, "") if setup else ""
    about = " · ".join(part for part in (when(revision.at, words), author) if part)
    lines: list[ft.Control] = [
        ft.Text(about, weight=STRONG),
        quiet(words("record.replaced")) if entry.state == "replaced" else state_chip(entry.state),
    ]
    if revision.act:
        lines.append(ft.Text(words(f"record.act.{revision.act}")))
    if revision.reason:
        lines.append(ft.Text(words("record.reason", reason=revision.reason)))
    version = detail.versions.get(revision.hash)
    if version:
        lines += [fact(label, text) for label, text in changed(version, detail, words)]
    if entry.number is not None:
        lines.append(quiet(words("record.receipt", number=entry.number)))
    if version and len(detail.history) > 1:
        key = "record.as_it_was.hide" if opened else "record.as_it_was"
        icon = ft.Icons.EXPAND_LESS if opened else ft.Icons.EXPAND_MORE
        lines.append(text_button(f"version-{number}", words(key), lambda: set_opened(not opened), icon))
        if opened:
            lines += list(said(detail, version.answers, words))
    return card(ft.Column(lines, spacing=GAP, tight=True), padding=GAP)


def said(detail: "RecordDetail", answers: dict[str, Any], words: "Words") -> Iterator[ft.Control]:
    """Answers as a person reads them; those of a form that this phone does not have, by their bare names."""
    if detail.form:
        return answer_lines(detail.form, answers, words)
    return (fact(name, str(value)) for name, value in answers.items())


def when(at: str, words: "Words") -> str:
    """A moment as one says it here and now."""
    now = datetime.now().astimezone()
    return words.moment(datetime.fromisoformat(at).astimezone(now.tzinfo), now)


def answer_said(detail: "RecordDetail", name: str, value: Any, words: "Words") -> str:
    """One answer in words, by the name of its question."""
    field = detail.form.field(name) if detail.form else None
    if value is None:
        return words("record.nothing")
    if isinstance(value, dict) and "sha256" in value:
        return words("record.a_photo")
    if field is not None and field.type == "repeat":
        return words.count("record.rows", len(value))
    return answer_text(field, value, words) if field else str(value)


def changed(version: "Version", detail: "RecordDetail", words: "Words") -> Iterator[tuple[str, str]]:
    """What a correction changed: the question, and its answer before and after."""
    for change in version.changes:
        field = detail.form.field(change.name) if detail.form else None
        label = field.label(words.language) if field else change.name
        if change.name == LINK and detail.same_as:
            yield words("record.same_as"), detail.same_as.title
            continue
        if field is not None and field.type in UNSEEN and not label:
            continue  # what the form works out for itself is not for reading
        before, after = (answer_said(detail, change.name, value, words) for value in (change.before, change.after))
        # A repeat with as many rows, another photo: the words are the same, the answer is not.
        same = before == after
        yield label, words("record.changed") if same else words("record.changed_to", before=before, after=after)
    if version.moved:
        yield words("record.moved"), _moved(version, words)


def _moved(version: "Version", words: "Words") -> str:
    setup = use_services().notebook.setup
    school = setup.school_by_id.get(version.revision.school) if setup else None
    place = setup.place_by_id.get(version.revision.place or "") if setup else None
    return " · ".join(part.name for part in (school, place) if part) or words("record.nothing")
