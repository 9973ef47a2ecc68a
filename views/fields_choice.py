"""Answers that are chosen: few choices as large tiles, many in a sheet with search, several as chips, one as a tick."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import flet as ft

from views.fields_frame import Asking, question, shown_value, spoken_hint, unspoken, use_kept_text, widget
from views.parts import guarded, primary_button
from views.services import use_services
from views.theme import BODY, EDGE, NEAR, RADIUS, SECTION, SMALL, STRONG

if TYPE_CHECKING:
    from app.forms import Choice
    from views.filling import Filling

FEW: Final = 5  # up to here the choices stand in the form itself
CHIPS: Final = 12  # the same for questions with several answers
SEARCH_FROM: Final = 9  # a sheet with fewer is read faster than searched
LINES: Final = (
    60  # so many choices of a sheet become controls at first, and again each time that one comes near the end
)

Toggle = Callable[[str], None]


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
        taken_back = value == filling.value(asking.address) and not asking.required
        filling.answer(asking.address, None if taken_back else value)
        open_sheet(False)
        redraw(lambda n: n + 1)

    many = len(asking.choices) > FEW or "minimal" in (field.appearance or "")

    def close() -> None:
        open_sheet(False)

    sheet = None
    if opened:
        chosen_now = frozenset([chosen] if chosen else [])
        sheet = _sheet(ChoiceSheet(asking, chosen_now, choose, False, close), close)
    ft.use_dialog(sheet)
    if asking.readonly:
        return question(asking, _readonly(asking, [chosen] if chosen else []))
    if many:
        return question(asking, _opener(asking, [chosen] if chosen else [], lambda: open_sheet(True)), grouped=False)
    return question(asking, _tiles(asking, chosen, choose))


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
        sheet = _sheet(ChoiceSheet(asking, frozenset(chosen), toggle, True, close), close)
    ft.use_dialog(sheet)
    if asking.readonly:
        return question(asking, _readonly(asking, chosen))
    if len(asking.choices) > CHIPS or "minimal" in (asking.field.appearance or ""):
        return question(asking, _opener(asking, chosen, lambda: open_sheet(True)), grouped=False)
    chips = [_chip(asking, choice, choice.name in chosen, toggle) for choice in asking.choices]
    return question(asking, ft.Row([*chips], wrap=True, spacing=NEAR, run_spacing=NEAR))


def _several(filling: "Filling", name: str) -> list[str]:
    value = filling.value(name)
    return list(value) if isinstance(value, list) else []


# -- tiles and chips -----------------------------------------------------------------------------------------------


def _tiles(asking: Asking, chosen: str | None, choose: Toggle) -> ft.Control:
    choices = list(asking.choices)
    lines: list[ft.Control] = []
    at = 0
    for count in rows_of([choice.label(asking.language) for choice in choices]):
        tiles = [_tile(asking, choice, choice.name == chosen, choose, count > 1) for choice in choices[at : at + count]]
        at += count
        lines.append(
            ft.Row(tiles, spacing=NEAR, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
            if len(tiles) > 1
            else tiles[0]
        )
    return ft.Column(lines, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _tile(asking: Asking, choice: "Choice", chosen: bool, choose: Toggle, abreast: bool) -> ft.Control:
    text = ft.Text(
        choice.label(asking.language),
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
            [ft.Container(text, alignment=ft.Alignment.CENTER, padding=_pad(8, 16)), tick], fit=ft.StackFit.EXPAND
        )
        padding = _pad(0, 0)
    else:
        body = ft.Row([_mark(chosen, several=False), text], spacing=12)
        padding = _pad(EDGE, 14)
    return _pressable(asking, choice, chosen, choose, body, padding, expand=abreast)


def _chip(asking: Asking, choice: "Choice", chosen: bool, choose: Toggle) -> ft.Control:
    text = ft.Text(
        choice.label(asking.language),
        size=BODY,
        weight=STRONG if chosen else ft.FontWeight.W_400,
        color=ft.Colors.ON_PRIMARY if chosen else ft.Colors.ON_SURFACE,
        expand=True,
        expand_loose=True,
    )
    body = ft.Row([_mark(chosen, several=True), text], spacing=NEAR, tight=True)
    return _pressable(asking, choice, chosen, choose, body, _pad(12, 12), expand=False)


def _pressable(
    asking: Asking,
    choice: "Choice",
    chosen: bool,
    choose: Toggle,
    body: ft.Control,
    padding: ft.Padding,
    *,
    expand: bool,
) -> ft.Control:
    def press() -> None:
        choose(choice.name)

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
        identifier=f"choice-{asking.address}-{choice.name}",
        checked=chosen,
        button=True,
        expand=expand or None,
    )


def _mark(chosen: bool, *, several: bool) -> ft.Icon:
    icons = (
        (ft.Icons.CHECK_BOX_OUTLINE_BLANK, ft.Icons.CHECK_BOX)
        if several
        else (ft.Icons.RADIO_BUTTON_UNCHECKED, ft.Icons.RADIO_BUTTON_CHECKED)
    )
    return ft.Icon(icons[chosen], size=22, color=ft.Colors.ON_PRIMARY if chosen else ft.Colors.ON_SURFACE_VARIANT)


def _pad(horizontal: int, vertical: int) -> ft.Padding:
    return ft.Padding.symmetric(horizontal=horizontal, vertical=vertical)


def _readonly(asking: Asking, chosen: Sequence[str]) -> ft.Control:
    return shown_value(_said(asking, chosen) or use_services().words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE)


def _said(asking: Asking, chosen: Sequence[str]) -> str:
    return ", ".join(choice.label(asking.language) for choice in asking.choices if choice.name in chosen)


# -- the sheet -----------------------------------------------------------------------------------------------------


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
        padding=_pad(EDGE, 14),
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


def _sheet(content: ft.Control, close: Callable[[], None]) -> ft.BottomSheet:
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
    parts: list[ft.Control] = [ft.Container(ft.Text(asking.label, size=SECTION, weight=STRONG), padding=_pad(EDGE, 0))]
    if len(choices) >= SEARCH_FROM:
        last.current = ft.TextField(
            value=text,
            hint_text=words("form.search"),
            prefix_icon=ft.Icons.SEARCH,
            text_size=BODY,
            on_change=lambda e: search(e.control.value),
        )
        parts.append(
            ft.Container(ft.Semantics(content=last.current, identifier="choice-search"), padding=_pad(EDGE, 0))
        )
    found = [choice for choice in choices if bare(wanted) in bare(choice.label(asking.language))]
    lines: list[ft.Control] = [_line(asking, one, one.name in chosen, toggle, several) for one in found[:drawn]]
    if not found:
        lines = [ft.Container(ft.Text(words("form.none_found"), size=SMALL), padding=_pad(EDGE, 12))]

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

    icon = _mark(chosen, several=several)
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
        padding=_pad(EDGE, 15),
        ink=True,
        on_click=guarded(press),
    )
    return ft.Semantics(content=line, identifier=f"choice-{asking.address}-{choice.name}", checked=chosen, button=True)


# -- a tick --------------------------------------------------------------------------------------------------------


def _acknowledge(filling: "Filling", asking: Asking) -> ft.Control:
    _, redraw = ft.use_state(0)
    name = asking.address
    given = filling.value(name) == "OK"

    def press() -> None:
        filling.answer(name, None if filling.value(name) == "OK" else "OK")
        redraw(lambda n: n + 1)

    mark = _mark(given, several=True)
    mark.size, mark.color = 32, ft.Colors.PRIMARY if given else ft.Colors.ON_SURFACE_VARIANT
    row = ft.Container(
        ft.Row([mark, ft.Text(asking.label, size=BODY, expand=True)], spacing=12),
        padding=_pad(EDGE, EDGE),
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
