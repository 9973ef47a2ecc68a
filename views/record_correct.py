"""Correcting a record: why, first. The reason is kept with the change and shown in the record's history."""

from typing import TYPE_CHECKING, Final

import flet as ft

from views.handlers import go
from views.parts import drawn, primary_button, secondary_button
from views.reason import ask_reason
from views.services import use_services

if TYPE_CHECKING:
    from app.rows import RecordDetail

_REASONS: Final = ("typing", "wrong", "more", "changed")


@drawn
def Correct(detail: "RecordDetail") -> ft.Control:
    """The button, and the sheet that asks for the reason. A correction that was begun already just goes on."""
    services = use_services()
    words, notebook = services.words, services.notebook
    opened, set_opened = ft.use_state(False)
    record, refused = detail.row.id, detail.row.state == "attention"

    def start(reason: str | None) -> None:
        go(f"/form/{notebook.correct(record, reason).id}")

    reasons = {name: words(f"record.why.{name}") for name in (("district", *_REASONS) if refused else _REASONS)}
    ask_reason(words("record.why"), words("record.why.text"), reasons, opened, set_opened, start)

    def press() -> None:
        if detail.draft:
            start(None)
        else:
            set_opened(True)

    text = words("record.correct_on" if detail.draft else "record.correct")
    if refused:
        return primary_button("correct", text, press, ft.Icons.EDIT)
    return secondary_button("correct", text, press, ft.Icons.EDIT, disabled=detail.form is None)
