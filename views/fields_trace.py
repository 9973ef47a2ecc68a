"""Answers that are a path or an area: points taken one after the other where the officer stands."""

from typing import TYPE_CHECKING, Any, Final

import flet as ft

from views.fields_frame import Asking, buttons, question, shown_value, small_button, waiting, widget
from views.fields_place import NoPosition, make_locator, position, position_said
from views.handlers import guarded, notice
from views.parts import problem
from views.said import measured
from views.services import use_services
from views.theme import NEAR, SMALL

if TYPE_CHECKING:
    from views.filling import Filling

MOST_LINES: Final = 5  # of a long path only the last points are listed; its length tells of the others


def _trace(filling: "Filling", asking: Asking) -> ft.Control:
    words = use_services().words
    name, kind = asking.address, asking.field.type
    state, set_state = ft.use_state("")  # "", "asking" or why there is no position
    _, redraw = ft.use_state(0)
    locator = ft.use_memo(make_locator, [])
    value = filling.value(name)
    points = [point for point in value if isinstance(point, dict)] if isinstance(value, list) else []

    def answer(new: list[dict[str, Any]]) -> None:
        filling.answer(name, new or None)
        redraw(lambda n: n + 1)

    async def add() -> None:
        set_state("asking")
        try:
            here = await position(locator)
            answer([*(filling.value(name) or []), here])
            set_state("")
        except NoPosition as error:
            set_state(error.reason)

    def remove() -> None:
        answer(points[:-1])

    def clear() -> None:
        answer([])
        notice(words("form.trace_cleared"), words("form.undo"), lambda: filling.fill({name: points}))

    parts: list[ft.Control] = [
        shown_value(f"{at}. {position_said(point, words)}", icon=ft.Icons.PLACE)
        for at, point in list(enumerate(points, 1))[-MOST_LINES:]
    ]
    least = 3 if kind == "geoshape" else 2
    if len(points) >= least:
        parts.append(ft.Text(measured(kind, points, words), size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT))
    if asking.readonly:
        if not points:
            parts.append(shown_value(words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    elif state == "asking":
        parts.append(waiting(words("form.locating")))
    else:
        if state:
            parts.append(problem(words(f"form.no_position_{state}")))
        row = [small_button(f"here-{name}", words("form.trace_add"), guarded(add), ft.Icons.ADD_LOCATION_ALT)]
        if points:
            last = words("form.trace_remove")
            row.append(small_button(f"remove-{name}", last, guarded(remove), ft.Icons.UNDO))
        if len(points) > 1:
            row.append(small_button(f"clear-{name}", words("form.clear"), guarded(clear), ft.Icons.CLOSE))
        parts.append(buttons(row))
    return question(
        asking, ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


Trace = widget(_trace)
