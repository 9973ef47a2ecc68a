"""Answers that are typed: text of one line or many, whole numbers and decimals."""

from typing import TYPE_CHECKING, Any, Final

import flet as ft

from views.fields_frame import Asking, question, shown_value, spoken_hint, use_kept_text, widget
from views.handlers import guarded
from views.services import use_services
from views.theme import BODY, RADIUS

if TYPE_CHECKING:
    from views.filling import Filling

KEYBOARDS: Final = dict.fromkeys(("integer", "decimal", "range"), ft.KeyboardType.NUMBER)
APPEARANCES: Final = {
    "numbers": ft.KeyboardType.PHONE,  # digits, and what stands between them in a telephone number
    "url": ft.KeyboardType.URL,
}


def read(kind: str, typed: str) -> Any:
    """The answer that was typed: a number where it is one, else the text as it stands for the form to judge."""
    text = typed.strip()
    if kind == "integer":
        try:
            return int(text)
        except ValueError:
            return text
    if kind in ("decimal", "range"):
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return text
        if number - number != 0:  # infinite or "nan"
            return text
        return int(number) if kind == "range" and number.is_integer() else number
    return typed if text else ""


def show(value: Any, language: str) -> str:
    """An answer as one would type it."""
    if isinstance(value, float):
        text = f"{value:.15g}"
        if "e" in text:  # nobody types powers of ten
            text = f"{value:.20f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if language == "es" else text
    return "" if value is None else str(value)


def _text(filling: "Filling", asking: Asking) -> ft.Control:
    words = use_services().words
    name, kind = asking.address, asking.field.type
    stored = show(filling.value(name), asking.language)
    last, value = use_kept_text(stored)
    ft.use_effect(lambda: None, [], filling.flush)
    if asking.readonly:
        return question(asking, shown_value(stored or words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))

    def typed(event: ft.Event[ft.TextField]) -> None:
        filling.typing(name, read(kind, event.control.value))

    look = asking.field.appearance or ""
    many = "multiline" in look
    keyboard = KEYBOARDS.get(kind) or next((APPEARANCES[word] for word in look.split() if word in APPEARANCES), None)
    last.current = ft.TextField(
        value=value,
        multiline=many,
        min_lines=3 if many else None,
        max_lines=8 if many else None,
        keyboard_type=keyboard or (ft.KeyboardType.MULTILINE if many else ft.KeyboardType.TEXT),
        text_size=BODY,
        border={
            ft.ControlState.DEFAULT: _edge(ft.Colors.ERROR if asking.problem else ft.Colors.OUTLINE),
            ft.ControlState.FOCUSED: _edge(ft.Colors.ERROR if asking.problem else ft.Colors.PRIMARY, 2),
        },
        fill_color=ft.Colors.SURFACE_CONTAINER_LOW,
        filled=True,
        scroll_padding=ft.Padding.only(top=96, bottom=160),  # the label above and the save bar below stay in sight
        on_change=guarded(typed),
        on_blur=guarded(filling.flush),
    )
    filling.focus[name] = last.current.focus
    named = ft.MergeSemantics(
        ft.Semantics(
            content=last.current, identifier=f"field-{name}", label=asking.label, hint_text=spoken_hint(asking) or None
        )
    )
    return question(asking, named, grouped=False)


def _edge(color: str, width: int = 1) -> ft.OutlineInputBorder:
    return ft.OutlineInputBorder(border_radius=RADIUS, side=ft.BorderSide(width, color))


TextField = widget(_text)
