"""One record: what was said, where it is, what went wrong with it and what to do, and how it came about."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import flet as ft

from views.answers import answer_lines, answer_text
from views.parts import (
    card,
    drawn,
    empty,
    fact,
    go,
    message,
    primary_button,
    problem,
    quiet,
    scaffold,
    screen,
    secondary_button,
    section,
)
from views.services import use_notebook_version, use_services
from views.states import shown_state, state_chip
from views.status import why
from views.theme import AMBER, GAP, NEAR, STRONG, TITLE

if TYPE_CHECKING:
    from app.ledger import Entry, Refusal
    from app.notebook import RecordDetail
    from app.words import Words


@screen
def RecordScreen() -> ft.View:
    """The record that the route names."""
    words = use_services().words
    record = ft.use_route_params().get("record", "")
    return scaffold(words("record.title"), [Record(record)], route=ft.use_view_path())


@drawn
def Record(record: str) -> ft.Control:
    """Everything about one record; drawn again when a round changes it."""
    services = use_services()
    use_notebook_version()
    words = services.words
    detail = services.notebook.record(record)
    if detail is None:
        back = primary_button("records", words("record.lost.back"), lambda: go("/records"), ft.Icons.LIST_ALT)
        return empty(ft.Icons.SEARCH_OFF, words("record.lost.title"), words("record.lost.text"), back)

    def correct() -> None:
        go(f"/form/{services.notebook.correct(record).id}")

    def send_again() -> None:
        services.notebook.send_again(record)
        services.engine.kick("manual")

    troubles = list(_troubles(detail, words))
    change = words("record.correct_on" if detail.draft else "record.correct")
    lines: list[ft.Control] = [*_head(detail, words), *troubles]
    if detail.row.state == "attention":
        lines += [
            primary_button("correct", change, correct, ft.Icons.EDIT),
            secondary_button("send-again", words("record.send_again"), send_again, ft.Icons.REPLAY),
        ]
    lines += list(_conflicts(detail, words))
    answers = list(answer_lines(detail.form, detail.answers, words)) if detail.form else _bare(detail)
    lines.append(card(ft.Column(answers, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)))
    if detail.row.state != "attention":
        lines.append(secondary_button("correct", change, correct, ft.Icons.EDIT, disabled=detail.form is None))
    lines += [section(words("record.history")), *(_entry(entry, words) for entry in reversed(detail.history))]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _head(detail: "RecordDetail", words: "Words") -> Iterator[ft.Control]:
    row = detail.row
    yield ft.Semantics(
        content=ft.Text(row.title, size=TITLE, weight=STRONG), header=True, heading_level=1, container=True
    )
    place = row.place_name or (detail.place.name if detail.place else None)
    about = [row.form_title if row.form_title != row.title else None, place, row.school_name, _when(row.at, words)]
    yield quiet(" · ".join(part for part in (*about, row.author_name) if part))
    number = next((entry.number for entry in reversed(detail.history) if entry.number is not None), None)
    state = "refused" if row.state == "attention" and row.problem else row.state
    text = words(f"record.state.{shown_state(state)}")
    if row.state == "district" and number is not None:
        text = words("record.receipt", number=number)
    yield ft.Column([state_chip(state), ft.Text(text)], spacing=NEAR, tight=True)


def _troubles(detail: "RecordDetail", words: "Words") -> Iterator[ft.Control]:
    for doubt in sorted({entry.doubt for entry in detail.history if entry.own and entry.doubt}):
        yield message(why(doubt, words), ft.Icons.INFO_OUTLINE, AMBER, f"doubt-{doubt}")
    if detail.row.problem:
        yield problem(refusal_text(detail.row.problem, words, detail))
    for photo in detail.photos:
        if photo.problem:
            yield problem(words("record.photo_refused", why=refusal_text(photo.problem, words)))


def refusal_text(refusal: "Refusal", words: "Words", detail: "RecordDetail | None" = None) -> str:
    """Why the district did not take something, and what to do."""
    text = why(refusal.code, words)
    form = detail.form if detail else None
    field = form.field(refusal.field) if form and refusal.field else None
    if field is not None:
        text = words("record.refused_answer", label=field.label(words.language), message=refusal.message)
    return text


def _conflicts(detail: "RecordDetail", words: "Words") -> Iterator[ft.Control]:
    if not detail.conflicts:
        return
    yield message(words("record.conflict"), ft.Icons.CALL_SPLIT, AMBER, "conflict")
    for name, values in detail.conflicts.items():
        field = detail.form.field(name) if detail.form else None
        said = [
            words("record.nothing")
            if value.value is None
            else answer_text(field, value.value, words)
            if field
            else str(value.value)
            for value in values
        ]
        yield fact(field.label(words.language) if field else name, " / ".join(said))


def _bare(detail: "RecordDetail") -> list[ft.Control]:
    """The answers of a form that this phone does not have: better their bare names than nothing."""
    return [fact(name, str(value)) for name, value in detail.answers.items()]


def _entry(entry: "Entry", words: "Words") -> ft.Control:
    names = use_services().notebook.setup
    author = names.names.get(entry.revision.author, "") if names else ""
    lines: list[ft.Control] = [
        ft.Text(" · ".join(part for part in (_when(entry.revision.at, words), author) if part)),
        state_chip({"replaced": "draft"}.get(entry.state, entry.state))
        if entry.state != "replaced"
        else quiet(words("record.replaced")),
    ]
    if entry.revision.reason:
        lines.insert(1, quiet(words("record.reason", reason=entry.revision.reason)))
    if entry.number is not None:
        lines.append(quiet(words("record.receipt", number=entry.number)))
    return card(ft.Column(lines, spacing=4, tight=True), padding=GAP)


def _when(at: str, words: "Words") -> str:
    now = datetime.now().astimezone()
    return words.moment(datetime.fromisoformat(at).astimezone(now.tzinfo), now)
