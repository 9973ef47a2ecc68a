"""Choosing one of several in a sheet from the bottom of the screen: for settings and filters."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from views.handlers import Handler, guarded, ident
from views.parts import drawn, row, section
from views.theme import EDGE, GAP, RADIUS


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things a picker offers."""

    value: str
    text: str
    detail: str | None = None
    icon: ft.IconData | None = None


@drawn
def Picker(
    identifier: str,
    label: str,
    options: Sequence[Option],
    chosen: str,
    on_pick: Callable[[str], Any],
    icon: ft.IconData | None = None,
) -> ft.Control:
    """A line that shows what is chosen (without an icon: a small button); a tap opens a sheet with all there is."""
    opened, set_opened = ft.use_state(False)

    def picks(value: str) -> Handler:
        async def pick() -> None:
            set_opened(False)
            result = on_pick(value)
            if inspect.isawaitable(result):
                await result

        return pick

    sheet(
        label,
        [option_line(identifier, option, option.value == chosen, picks) for option in options],
        opened,
        set_opened,
    )
    text = next((option.text for option in options if option.value == chosen), "")
    if icon is None:
        button = ft.OutlinedButton(
            ft.Row([ft.Text(text), ft.Icon(ft.Icons.EXPAND_MORE)], spacing=4, tight=True),
            on_click=guarded(lambda: set_opened(True)),
            style=ft.ButtonStyle(padding=GAP, shape=ft.RoundedRectangleBorder(radius=RADIUS)),
        )
        return ident(identifier, button, label=f"{label}: {text}", button=True)
    return row(
        identifier,
        label,
        lambda: set_opened(True),
        icon=icon,
        detail=text,
        trailing=ft.Icon(ft.Icons.EXPAND_MORE, color=ft.Colors.ON_SURFACE_VARIANT),
    )


def option_line(identifier: str, option: Option, chosen: bool, picks: Callable[[str], Handler]) -> ft.Control:
    """One option in a sheet, ticked where it is the one that holds now."""
    mark = ft.Icon(ft.Icons.CHECK, color=ft.Colors.PRIMARY) if chosen else ft.Container(width=24)
    name = f"choice-{identifier}-{option.value}"
    line = row(name, option.text, picks(option.value), icon=option.icon, detail=option.detail, trailing=mark)
    assert isinstance(line, ft.Semantics)
    line.selected = chosen
    return line


def sheet(title: str, controls: Sequence[ft.Control], opened: bool, set_opened: Callable[[bool], None]) -> None:
    """A hook: a sheet from the bottom of the screen while `opened`."""
    content = ft.Column(
        [section(title), *controls],
        spacing=GAP,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    padding = ft.Padding.only(left=EDGE, right=EDGE, bottom=EDGE)
    ft.use_dialog(
        ft.BottomSheet(
            ft.Container(content, padding=padding),
            scrollable=True,
            show_drag_handle=True,
            on_dismiss=guarded(lambda: set_opened(False)),
        )
        if opened
        else None
    )
