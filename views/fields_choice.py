"""Answers that are chosen: few choices as large tiles, many in a sheet with search, several as chips, one as a tick."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import flet as ft

from views.fields_frame import (
    Asking,
    apart,
    buttons,
    mark,
    pad,
    question,
    shown_value,
    small_button,
    spoken_hint,
    unspoken,
    widget,
)
from views.fields_sheet import ChoiceSheet, Toggle, sheet_of
from views.handlers import guarded
from views.services import use_services
from views.theme import BODY, EDGE, NEAR, RADIUS, STRONG

if TYPE_CHECKING:
    from app.forms import Choice
    from views.filling import Filling

Option = tuple[str, str]  # the name of a choice, and its label
FEW: Final = 5  # up to here the choices stand in the form itself
CHIPS: Final = 12  # the same for questions with several answers

# How many tiles stand in each row, by the number of choices; and what a tile of a row of three or two may say: the
# longest word (it fits even at twice the text size) and the longest label.
ROWS: Final = {2: (2,), 3: (3,), 4: (2, 2), 5: (3, 2)}
LIMITS: Final = {3: (6, 20), 2: (9, 40)}


def rows_of(labels: Sequence[str]) -> tuple[int, ...]:
    """How many tiles stand in each row: three or two abreast where every word fits, else one below the other."""
    at = 0
    for count in ROWS.get(len(labels), ()):
        longest_word, longest_label = LIMITS[count]
        for label in labels[at : at + count]:
            if len(label) > longest_label or any(len(word) > longest_word for word in label.split()):
                return (1,) * len(labels)
        at += count
    return ROWS.get(len(labels), (1,) * len(labels))


# -- one of few, one of many ---------------------------------------------------------------------------------------


def _select_one(filling: "Filling", asking: Asking) -> ft.Control:
    field = asking.field
    _, redraw = ft.use_state(0)
    opened, open_sheet = ft.use_state(False)
    chosen = filling.value(asking.address)

    def choose(value: str) -> None:
        stray = all(choice.name != value for choice in asking.choices)
        taken_back = stray or (value == filling.value(asking.address) and not asking.required)
        filling.answer(asking.address, None if taken_back else value)
        open_sheet(False)
        redraw(lambda n: n + 1)

    many = len(asking.choices) > FEW or "minimal" in (field.appearance or "")

    def close() -> None:
        open_sheet(False)

    sheet = None
    if opened:
        chosen_now = frozenset([chosen] if chosen else [])
        sheet = sheet_of(ChoiceSheet(asking, chosen_now, choose, False, close), close)
    ft.use_dialog(sheet)
    names = [chosen] if chosen else []
    if asking.readonly:
        return question(asking, _readonly(asking, names))
    strays = _strays(asking, names, lambda: choose(chosen or ""))
    if many:
        return question(asking, _under(_opener(asking, names, lambda: open_sheet(True)), strays), grouped=False)
    options = [(choice.name, choice.label(asking.language)) for choice in asking.choices]
    return question(asking, _under(tiles(asking.address, options, chosen, choose), strays))


def _select_multiple(filling: "Filling", asking: Asking) -> ft.Control:
    _, redraw = ft.use_state(0)
    opened, open_sheet = ft.use_state(False)
    chosen = _several(filling, asking.address)

    def toggle(value: str) -> None:
        now = set(_several(filling, asking.address)) ^ {value}
        filling.answer(asking.address, [choice.name for choice in asking.choices if choice.name in now])
        redraw(lambda n: n + 1)

    def close() -> None:
        open_sheet(False)

    sheet = None
    if opened:
        sheet = sheet_of(ChoiceSheet(asking, frozenset(chosen), toggle, True, close), close)
    ft.use_dialog(sheet)
    if asking.readonly:
        return question(asking, _readonly(asking, chosen))

    def drop() -> None:
        offered = {choice.name for choice in asking.choices}
        filling.answer(asking.address, [name for name in chosen if name in offered])
        redraw(lambda n: n + 1)

    strays = _strays(asking, chosen, drop)
    if len(asking.choices) > CHIPS or "minimal" in (asking.field.appearance or ""):
        return question(asking, _under(_opener(asking, chosen, lambda: open_sheet(True)), strays), grouped=False)
    chips = [_chip(asking, choice, choice.name in chosen, toggle) for choice in asking.choices]
    return question(asking, _under(ft.Row([*chips], wrap=True, spacing=NEAR, run_spacing=NEAR), strays))


def _several(filling: "Filling", name: str) -> list[str]:
    value = filling.value(name)
    return list(value) if isinstance(value, list) else []


# -- what is not among the choices, or nothing to choose from ------------------------------------------------------


def _strays(asking: Asking, chosen: Sequence[str], drop: Callable[[], None]) -> list[ft.Control]:
    """What was answered and is not offered any more, with the way out; or that there is nothing to choose from yet."""
    words = use_services().words
    offered = {choice.name for choice in asking.choices}
    labels = {choice.name: choice.label(asking.language) for choice in asking.field.choices}
    parts: list[ft.Control] = []
    if not offered:
        parts.append(shown_value(words("form.no_choices")))
    if strayed := [labels.get(name, name) for name in chosen if name not in offered]:
        parts.append(apart(ft.Text(words("form.strayed", answer=", ".join(strayed)), size=BODY)))
        clear = small_button(f"clear-{asking.address}", words("form.clear"), guarded(drop), ft.Icons.CLOSE)
        parts.append(buttons([clear]))
    return parts


def _under(answer: ft.Control, more: list[ft.Control]) -> ft.Control:
    if not more:
        return answer
    return ft.Column([answer, *more], spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


# -- tiles and chips -----------------------------------------------------------------------------------------------


def tiles(address: str, options: Sequence[Option], chosen: str | None, choose: Toggle) -> ft.Control:
    """The answers of a question as large buttons, abreast where their words fit."""
    lines: list[ft.Control] = []
    at = 0
    for count in rows_of([label for _, label in options]):
        row = [_tile(address, one, one[0] == chosen, choose, count > 1) for one in options[at : at + count]]
        at += count
        lines.append(
            ft.Row(row, spacing=NEAR, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
            if len(row) > 1
            else row[0]
        )
    return ft.Column(lines, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _tile(address: str, option: Option, chosen: bool, choose: Toggle, abreast: bool) -> ft.Control:
    text = ft.Text(
        option[1],
        size=BODY,
        weight=STRONG if chosen else ft.FontWeight.W_400,
        color=ft.Colors.ON_PRIMARY if chosen else ft.Colors.ON_SURFACE,
        text_align=ft.TextAlign.CENTER if abreast else ft.TextAlign.START,
        expand=not abreast,
    )
    if abreast:
        # The tick lies over a corner: it takes no room from the word, and nothing moves when it comes.
        tick = ft.Icon(ft.Icons.CHECK, size=16, color=ft.Colors.ON_PRIMARY, right=4, top=4, visible=chosen)
        body: ft.Control = ft.Stack(
            [ft.Container(text, alignment=ft.Alignment.CENTER, padding=pad(8, 16)), tick], fit=ft.StackFit.EXPAND
        )
        padding = pad(0, 0)
    else:
        body = ft.Row([mark(chosen, several=False), text], spacing=12)
        padding = pad(EDGE, 14)
    return _pressable(address, option[0], chosen, choose, body, padding, expand=abreast)


def _chip(asking: Asking, choice: "Choice", chosen: bool, choose: Toggle) -> ft.Control:
    text = ft.Text(
        choice.label(asking.language),
        size=BODY,
        weight=STRONG if chosen else ft.FontWeight.W_400,
        color=ft.Colors.ON_PRIMARY if chosen else ft.Colors.ON_SURFACE,
        expand=True,
        expand_loose=True,
    )
    body = ft.Row([mark(chosen, several=True), text], spacing=NEAR, tight=True)
    return _pressable(asking.address, choice.name, chosen, choose, body, pad(12, 12), expand=False)


def _pressable(
    address: str,
    name: str,
    chosen: bool,
    choose: Toggle,
    body: ft.Control,
    padding: ft.Padding,
    *,
    expand: bool,
) -> ft.Control:
    def press() -> None:
        choose(name)

    box = ft.Container(
        body,
        padding=padding,
        ink=True,
        on_click=guarded(press),
        bgcolor=ft.Colors.PRIMARY if chosen else ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(2 if chosen else 1, ft.Colors.PRIMARY if chosen else ft.Colors.OUTLINE),
        border_radius=RADIUS,
    )
    return ft.Semantics(
        content=box,
        identifier=f"choice-{address}-{name}",
        checked=chosen,
        button=True,
        expand=expand or None,
    )


def _readonly(asking: Asking, chosen: Sequence[str]) -> ft.Control:
    return shown_value(_said(asking, chosen) or use_services().words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE)


def _said(asking: Asking, chosen: Sequence[str]) -> str:
    return ", ".join(choice.label(asking.language) for choice in asking.choices if choice.name in chosen)


# -- the way to the sheet ------------------------------------------------------------------------------------------


def _opener(asking: Asking, chosen: Sequence[str], open_it: Callable[[], None]) -> ft.Control:
    """A box that shows what was chosen and opens the sheet."""
    words = use_services().words
    said = _said(asking, chosen)
    row = ft.Row(
        [
            ft.Text(
                said or words("form.choose"),
                size=BODY,
                color=ft.Colors.ON_SURFACE if said else ft.Colors.ON_SURFACE_VARIANT,
                expand=True,
            ),
            ft.Icon(ft.Icons.ARROW_DROP_DOWN, color=ft.Colors.ON_SURFACE_VARIANT),
        ],
        spacing=NEAR,
    )
    box = ft.Container(
        unspoken(row),  # the words only: the box keeps its tap, for those who hear the screen
        padding=pad(EDGE, 14),
        ink=True,
        on_click=guarded(open_it),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(1, ft.Colors.OUTLINE),
        border_radius=RADIUS,
    )
    return ft.Semantics(
        content=box,
        identifier=f"field-{asking.address}",
        label=asking.label,
        value=said,
        hint_text=spoken_hint(asking),
        button=True,
    )


# -- a tick --------------------------------------------------------------------------------------------------------


def _acknowledge(filling: "Filling", asking: Asking) -> ft.Control:
    _, redraw = ft.use_state(0)
    name = asking.address
    given = filling.value(name) == "OK"

    def press() -> None:
        filling.answer(name, None if filling.value(name) == "OK" else "OK")
        redraw(lambda n: n + 1)

    tick = mark(given, several=True)
    tick.size, tick.color = 32, ft.Colors.PRIMARY if given else ft.Colors.ON_SURFACE_VARIANT
    row = ft.Container(
        ft.Row([tick, ft.Text(asking.label, size=BODY, expand=True)], spacing=12),
        padding=pad(EDGE, EDGE),
        ink=not asking.readonly,
        on_click=None if asking.readonly else guarded(press),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border=ft.Border.all(2 if given else 1, ft.Colors.PRIMARY if given else ft.Colors.OUTLINE),
        border_radius=RADIUS,
    )
    ticked = ft.Semantics(
        content=row, identifier=f"field-{name}", checked=given, button=True, hint_text=spoken_hint(asking) or None
    )
    return question(asking, ticked, grouped=False, labelled=False)


SelectOne = widget(_select_one)
SelectMultiple = widget(_select_multiple)
Acknowledge = widget(_acknowledge)
