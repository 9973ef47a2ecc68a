"""A record that was taken away: deleted by an officer, who can bring it back, or sealed or expunged by the district."""

from typing import TYPE_CHECKING, Final

import flet as ft

from views.handlers import go, notice
from views.parts import drawn, message, secondary_button, text_button
from views.reason import ask_reason
from views.record_history import when
from views.services import use_services
from views.theme import AMBER, GAP, PLAIN

if TYPE_CHECKING:
    from app.revisions import Revision
    from app.rows import RecordDetail
    from app.words import Words

_REASONS: Final = ("twice", "mistake", "test")


@drawn
def Delete(detail: "RecordDetail") -> ft.Control:
    """The button at the end of a record. It asks for the reason; what is deleted can be brought back."""
    services = use_services()
    words, record = services.words, detail.row.id
    opened, set_opened = ft.use_state(False)

    def back() -> None:
        services.notebook.restore(record, words("record.restore.reason"))
        services.kick("saved")

    def delete(reason: str | None) -> None:
        services.notebook.delete(record, reason or words("record.delete.no_reason"))
        services.kick("saved")
        go("/records")
        notice(words("record.delete.done"), words("form.undo"), back)

    reasons = {name: words(f"record.delete.{name}") for name in _REASONS}
    ask_reason(words("record.delete"), words("record.delete.text"), reasons, opened, set_opened, delete)
    return text_button("delete", words("record.delete.button"), lambda: set_opened(True), ft.Icons.DELETE_OUTLINE)


@drawn
def Gone(detail: "RecordDetail") -> ft.Control:
    """Who took the record away, when and why; and the way back, where there is one."""
    services = use_services()
    words = services.words
    lines: list[ft.Control] = []
    if detail.order is not None:
        expunged = detail.order.act == "expunge"
        sealed = "record.sealed_later" if detail.row.state == "waiting" else "record.sealed"
        text = words("record.expunged" if expunged else sealed, about=_about(detail.order, words))
        icon = ft.Icons.DELETE_FOREVER if expunged else ft.Icons.LOCK_OUTLINE
        lines.append(message(text, icon, PLAIN, "gone"))
    else:
        lines += [_deleted(detail, words), _back(detail, words)]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Contested(detail: "RecordDetail") -> ft.Control:
    """Somebody deleted the record without having seen a change of it: it stays until somebody chooses."""
    services = use_services()
    words, record = services.words, detail.row.id
    if not detail.contested:
        return ft.Container()

    def delete() -> None:
        services.notebook.delete(record, words("record.contested.reason"))
        services.kick("saved")

    lines = [
        message(words("record.contested"), ft.Icons.CALL_SPLIT, AMBER, "contested"),
        _deleted(detail, words),
        _back(detail, words, "record.contested.keep"),
        secondary_button("delete-after-all", words("record.contested.delete"), delete, ft.Icons.DELETE_OUTLINE),
    ]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _deleted(detail: "RecordDetail", words: "Words") -> ft.Control:
    said = "\n".join(words("record.deleted", about=_about(one, words)) for one in detail.deletions)
    return message(said, ft.Icons.DELETE_OUTLINE, PLAIN, "gone")


def _back(detail: "RecordDetail", words: "Words", key: str = "record.restore") -> ft.Control:
    services = use_services()

    def back() -> None:
        services.notebook.restore(detail.row.id, words("record.restore.reason"))
        services.kick("saved")
        notice(words("record.restored"))

    return secondary_button("restore", words(key), back, ft.Icons.RESTORE)


def _about(act: "Revision", words: "Words") -> str:
    setup = use_services().notebook.setup
    author = setup.names.get(act.author, "") if setup else ""
    return " \u00b7 ".join(part for part in (author, when(act.at, words), act.reason) if part)
