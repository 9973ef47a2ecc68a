"""A record as a line of a list."""

from datetime import datetime
from typing import TYPE_CHECKING

import flet as ft

from app.notebook import RecordRow
from views.handlers import go
from views.parts import icon_of, quiet, row
from views.services import use_services
from views.states import shown_state, state_chip
from views.theme import NEAR

if TYPE_CHECKING:
    from app.rows import TourRow


def record_row(record: RecordRow) -> ft.Control:
    """Title, what and when, and its state. A draft opens where it was left, anything else as it was saved."""
    words = use_services().words
    now = datetime.now().astimezone()
    when = words.moment(datetime.fromisoformat(record.at).astimezone(now.tzinfo), now)
    parts = [when] if record.title == record.form_title else [record.form_title, when]
    if not record.own and record.author_name:
        parts.append(record.author_name)
    if record.gone and record.state == "waiting":
        parts.append(words("state.deleted"))
    if record.due == now.date().isoformat():
        parts.append(words("record.due_today"))
    detail = " · ".join(parts)
    draft = record.state == "draft"
    state = "refused" if record.state == "attention" and record.problem else record.state
    return row(
        f"{'draft' if draft else 'record'}-{record.id}",
        record.title,
        lambda: go(_way_to(record)),
        icon=icon_of(record.icon),
        below=ft.Column([quiet(detail), state_chip(state)], spacing=NEAR, tight=True),
        label=", ".join((record.title, detail, words(f"state.{shown_state(state)}"))),
    )


def way_to_tour(one: "TourRow") -> str:
    """Where a tour is on the phone."""
    return f"/tour/{one.tour.id}/{one.day}"


def _way_to(record: RecordRow) -> str:
    if record.state != "draft":
        return f"/records/{record.id}"
    tour = use_services().notebook.tour_of(record.id)
    return way_to_tour(tour) if tour else f"/form/{record.id}"
