"""Correcting a record: why, first. The reason is kept with the change and shown in the record's history."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from views.fields_frame import use_kept_text
from views.parts import drawn, go, primary_button, quiet, row, secondary_button
from views.picker import sheet
from views.services import use_services
from views.theme import BODY, RADIUS

if TYPE_CHECKING:
    from app.rows import RecordDetail

_LONGEST: Final = 280
_REASONS: Final = ("typing", "wrong", "more", "changed")


@drawn
def Correct(detail: "RecordDetail") -> ft.Control:
    """The button, and the sheet that asks for the reason. A correction that was begun already just goes on."""
    services = use_services()
    words, notebook = services.words, services.notebook
    opened, set_opened = ft.use_state(False)
    typed: Any = ft.use_ref("")
    record, refused = detail.row.id, detail.row.state == "attention"

    def start(reason: str | None) -> None:
        set_opened(False)
        go(f"/form/{notebook.correct(record, reason).id}")

    def says(reason: str) -> Callable[[], None]:
        return lambda: start(reason)

    def own() -> None:
        start(typed.current.strip() or None)

    names = ("district", *_REASONS) if refused else _REASONS
    lines = [row(f"reason-{name}", words(f"record.why.{name}"), says(words(f"record.why.{name}"))) for name in names]
    other = [OtherReason(typed), secondary_button("reason-own", words("record.why.go_on"), own, ft.Icons.EDIT)]
    sheet(words("record.why"), [quiet(words("record.why.text")), *lines, *other], opened, set_opened)

    def press() -> None:
        if detail.draft:
            start(None)
        else:
            set_opened(True)

    text = words("record.correct_on" if detail.draft else "record.correct")
    if refused:
        return primary_button("correct", text, press, ft.Icons.EDIT)
    return secondary_button("correct", text, press, ft.Icons.EDIT, disabled=detail.form is None)


def _other_reason(typed: Any) -> ft.Control:
    words = use_services().words
    last, text = use_kept_text("")

    def change(event: ft.Event[ft.TextField]) -> None:
        typed.current = event.control.value

    last.current = ft.TextField(
        value=text,
        label=words("record.why.own"),
        text_size=BODY,
        border=ft.OutlineInputBorder(border_radius=RADIUS),
        max_length=_LONGEST,
        multiline=True,
        capitalization=ft.TextCapitalization.SENTENCES,
        on_change=change,
    )
    return ft.Semantics(content=last.current, identifier="reason")


OtherReason = ft.memo(drawn(_other_reason))  # type: ignore[no-untyped-call]  # Flet's, without types
