"""A question that two officers answered without seeing each other: both answers, and a tap to choose one."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import flet as ft

from app.notebook import NotReady
from views.handlers import go, notice
from views.parts import card, drawn, message, quiet, secondary_button, section
from views.record_history import answer_said, when
from views.services import use_services
from views.theme import AMBER, GAP, NEAR

if TYPE_CHECKING:
    from app.records import Value
    from app.rows import RecordDetail
    from app.words import Words


@drawn
def Torn(detail: "RecordDetail") -> ft.Control:
    """Every such question of a record; nothing where there is none."""
    words = use_services().words
    if not detail.conflicts:
        return ft.Container()
    lines: list[ft.Control] = [message(words("record.conflict"), ft.Icons.CALL_SPLIT, AMBER, "conflict")]
    if detail.draft:
        lines.append(quiet(words("record.conflict.begun")))
    for name, values in detail.conflicts.items():
        field = detail.form.field(name) if detail.form else None
        lines.append(section((field.label(words.language) if field else "") or name))
        lines += _sides(detail, name, values, words)
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _sides(detail: "RecordDetail", name: str, values: "tuple[Value, ...]", words: "Words") -> Iterator[ft.Control]:
    setup = use_services().notebook.setup
    written = {entry.revision.hash: entry.revision for entry in detail.history}
    for number, value in enumerate(values):
        revision = written[value.by]
        author = setup.names.get(revision.author, "") if setup else ""
        said = answer_said(detail, name, value.value, words)
        about = quiet(" \u00b7 ".join(part for part in (author, when(revision.at, words)) if part))
        keep = secondary_button(
            f"choose-{name}-{number}",
            words("record.choose"),
            _choose(detail, name, value, words),
            ft.Icons.CHECK,
            disabled=detail.draft is not None or detail.form is None,
        )
        yield card(ft.Column([ft.Text(said), about, keep], spacing=NEAR, tight=True), padding=GAP)


def _choose(detail: "RecordDetail", name: str, value: "Value", words: "Words") -> Callable[[], None]:
    services = use_services()

    def choose() -> None:
        try:
            services.notebook.choose(detail.row.id, name, value.by, words("record.choose.reason"))
        except NotReady:  # the form asks for something else now; the choice stands in the correction
            go(f"/form/{services.notebook.correct(detail.row.id).id}")
            return
        services.kick("saved")
        notice(words("record.chosen"))

    return choose
