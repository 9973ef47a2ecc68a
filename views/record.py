"""One record: what was said, where it is, what went wrong with it and what to do, and how it came about."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import flet as ft

from app.findings import closes
from app.requests import is_request
from app.tours import is_run
from views.findings import finding_row
from views.handlers import go
from views.keep_file import KeepRecord
from views.parts import (
    card,
    drawn,
    empty,
    message,
    primary_button,
    problem,
    quiet,
    scaffold,
    screen,
    secondary_button,
    section,
)
from views.record_alike import AlikeRecord
from views.record_correct import Correct
from views.record_gone import Contested, Delete, Gone
from views.record_grade import Proof
from views.record_history import history, said, when
from views.record_share import Share
from views.record_since import SinceRecord
from views.record_torn import Torn
from views.requests import request_verbs
from views.rows import record_row
from views.services import use_notebook_version, use_services
from views.states import shown_state, state_chip
from views.status import why
from views.theme import AMBER, GAP, NEAR, STRONG, TITLE

if TYPE_CHECKING:
    from app.ledger import Refusal
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

    def send_again() -> None:
        services.notebook.send_again(record)
        services.engine.kick("manual")

    def follow_up() -> None:
        go(f"/form/{services.notebook.follow_up(record).id}")

    refused = detail.row.state == "attention"
    asked = detail.form is not None and is_request(detail.form)
    lines: list[ft.Control] = [*_head(detail, words), *_troubles(detail, words)]
    button = secondary_button("send-again", words("record.send_again"), send_again, ft.Icons.REPLAY)
    again = [button, KeepRecord(record)]
    if detail.row.gone:
        lines.append(Gone(detail))
        if refused:
            lines += again
        if detail.order is None:
            lines += [_answers(detail, words), *history(detail, words)]
        return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    if refused:
        lines += [Correct(detail), *again]
    lines += [Contested(detail), Torn(detail), *_links(detail, words), AlikeRecord(record, detail.same_as is not None)]
    lines.append(SinceRecord(detail))
    lines += [_answers(detail, words), Proof(detail)]
    if wrong := services.notebook.findings_of(record):
        lines += [section(words("findings.title")), *map(finding_row, wrong)]
    if asked:
        lines += request_verbs(detail)
    if not refused:
        lines.append(Correct(detail))
    if not asked and detail.form is not None and not closes(detail.form) and not is_run(detail.form):
        lines.append(secondary_button("follow-up", words("record.follow_up"), follow_up, ft.Icons.REPLY))
    lines += [Share(detail), *history(detail, words)]
    if not refused:
        lines.append(Delete(detail))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _answers(detail: "RecordDetail", words: "Words") -> ft.Control:
    answers = list(said(detail, detail.answers, words))
    return card(ft.Column(answers, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))


def _links(detail: "RecordDetail", words: "Words") -> Iterator[ft.Control]:
    """The records that this one belongs to or that came of it."""
    linked = (("record.same_as", detail.same_as), ("record.follows", detail.follows), ("record.seen_by", detail.check))
    for key, row in linked:
        if row:
            yield from (section(words(key)), record_row(row))
    if detail.after:
        yield section(words("record.after"))
        yield from (record_row(row) for row in reversed(detail.after))


def _head(detail: "RecordDetail", words: "Words") -> Iterator[ft.Control]:
    row = detail.row
    yield ft.Semantics(
        content=ft.Text(row.title, size=TITLE, weight=STRONG), header=True, heading_level=1, container=True
    )
    place = row.place_name or (detail.place.name if detail.place else None)
    about = [row.form_title if row.form_title != row.title else None, place, row.school_name, when(row.at, words)]
    yield quiet(" · ".join(part for part in (*about, row.author_name) if part))
    state = "refused" if row.state == "attention" and row.problem else row.state
    text = words(f"record.state.{shown_state(state)}")
    if row.state in ("district", "conflict") and detail.number is not None:
        text = words("record.receipt", number=detail.number)
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
    text = why(refusal.code, words, refusal.message)
    form = detail.form if detail else None
    field = form.field(refusal.field) if form and refusal.field else None
    if field is not None:
        text = words("record.refused_answer", label=field.label(words.language), message=refusal.message)
    return text
