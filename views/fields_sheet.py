"""The sheet with all choices of a question, one a line, with search where there are many."""

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import flet as ft

from views.fields_frame import Asking, mark, pad, use_kept_text
from views.handlers import guarded
from views.parts import primary_button
from views.services import use_services
from views.theme import BODY, EDGE, NEAR, SECTION, SMALL, STRONG

if TYPE_CHECKING:
    from app.forms import Choice

SEARCH_FROM: Final = 9  # a sheet with fewer is read faster than searched
LINES: Final = 60  # so many choices become controls at first, and again each time that the officer comes near the end

Toggle = Callable[[str], None]


def sheet_of(content: ft.Control, close: Callable[[], None]) -> ft.BottomSheet:
    """The sheet around the choices."""
    return ft.BottomSheet(
        content,
        scrollable=True,
        show_drag_handle=True,
        draggable=True,
        bgcolor=ft.Colors.SURFACE,
        on_dismiss=guarded(close),
    )


@ft.component
def ChoiceSheet(
    asking: Asking, chosen: frozenset[str], toggle: Toggle, several: bool, done: Callable[[], None]
) -> ft.Control:
    """All choices of a question, one a line, with search where there are many, and `done` where several are chosen."""
    words = use_services().words
    wanted, search = ft.use_state("")
    drawn, draw = ft.use_state(LINES)
    last, text = use_kept_text("")
    choices = asking.choices
    parts: list[ft.Control] = [ft.Container(ft.Text(asking.label, size=SECTION, weight=STRONG), padding=pad(EDGE, 0))]
    if len(choices) >= SEARCH_FROM:
        last.current = ft.TextField(
            value=text,
            hint_text=words("form.search"),
            prefix_icon=ft.Icons.SEARCH,
            text_size=BODY,
            on_change=lambda e: search(e.control.value),
        )
        parts.append(ft.Container(ft.Semantics(content=last.current, identifier="choice-search"), padding=pad(EDGE, 0)))
    found = [choice for choice in choices if bare(wanted) in bare(choice.label(asking.language))]
    lines: list[ft.Control] = [_line(asking, one, one.name in chosen, toggle, several) for one in found[:drawn]]
    if not found:
        lines = [ft.Container(ft.Text(words("form.none_found"), size=SMALL), padding=pad(EDGE, 12))]

    def scrolled(event: ft.OnScrollEvent) -> None:
        if event.pixels > event.max_scroll_extent - 2 * event.viewport_dimension:
            draw(len(lines) + LINES)

    more = scrolled if len(found) > drawn else None
    parts.append(ft.ListView(lines, expand=True, padding=ft.Padding.only(bottom=EDGE), on_scroll=more))
    if several:
        button = primary_button("choices-done", words("form.done"), done, ft.Icons.CHECK)
        parts.append(ft.Container(button, padding=EDGE))
    return ft.Container(
        ft.Column(parts, spacing=NEAR, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        height=min(560, 150 + 56 * len(choices) + 88 * several),
    )


def bare(text: str) -> str:
    """A text as one searches for it: without capitals and accents."""
    letters = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _line(asking: Asking, choice: "Choice", chosen: bool, toggle: Toggle, several: bool) -> ft.Control:
    def press() -> None:
        toggle(choice.name)

    icon = mark(chosen, several=several)
    icon.color = ft.Colors.PRIMARY
    line = ft.Container(
        ft.Row(
            [
                icon,
                ft.Text(
                    choice.label(asking.language),
                    size=BODY,
                    weight=STRONG if chosen else ft.FontWeight.W_400,
                    expand=True,
                ),
            ],
            spacing=EDGE,
        ),
        padding=pad(EDGE, 15),
        ink=True,
        on_click=guarded(press),
    )
    return ft.Semantics(content=line, identifier=f"choice-{asking.address}-{choice.name}", checked=chosen, button=True)
