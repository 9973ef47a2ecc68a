"""An answer that puts all choices in order: two arrows a line, so that one thumb and a keyboard will do."""

from typing import TYPE_CHECKING, Final

import flet as ft

from views.fields_frame import Asking, buttons, question, shown_value, small_button, widget
from views.handlers import guarded
from views.parts import icon_button
from views.services import use_services
from views.theme import BODY, EDGE, NEAR, RADIUS, STRONG

if TYPE_CHECKING:
    from app.forms import Choice
    from views.filling import Filling

LONGEST: Final = 10  # letters of a word that fits beside two arrows at twice the text size


def ordered(asking: Asking, value: object) -> list["Choice"]:
    """The choices as they were put in order; those that are not in it yet (a filter let them in) come last."""
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    places = {name: at for at, name in enumerate(names)}
    return sorted(asking.choices, key=lambda choice: places.get(choice.name, len(places)))


def moved(names: list[str], name: str, by: int) -> list[str]:
    """The order with one of them further up (-1) or down (1); at the ends it stays."""
    at = names.index(name)
    to = min(max(at + by, 0), len(names) - 1)
    rest = names[:at] + names[at + 1 :]
    return [*rest[:to], name, *rest[to:]]


def _rank(filling: "Filling", asking: Asking) -> ft.Control:
    words = use_services().words
    _, redraw = ft.use_state(0)
    value = filling.value(asking.address)
    choices = ordered(asking, value)
    names = [choice.name for choice in choices]

    def answer(order: list[str] | None) -> None:
        filling.answer(asking.address, order)
        redraw(lambda n: n + 1)

    def mover(name: str, by: int) -> ft.Control:
        at, label = names.index(name), choices[names.index(name)].label(asking.language)
        if not 0 <= at + by < len(names):
            return ft.Container(width=48, height=48)
        verb, icon = ("up", ft.Icons.ARROW_UPWARD) if by < 0 else ("down", ft.Icons.ARROW_DOWNWARD)
        said = words(f"form.rank_{verb}", label=label, at=at + 1, of=len(names))
        return icon_button(f"{verb}-{asking.address}-{name}", icon, said, lambda: answer(moved(names, name, by)))

    if asking.readonly:
        said = ", ".join(choice.label(asking.language) for choice in choices) if value else words("form.nothing_yet")
        return question(asking, shown_value(said, icon=ft.Icons.LOCK_OUTLINE))
    wide = any(len(word) > LONGEST for choice in choices for word in choice.label(asking.language).split())

    def line(at: int, choice: "Choice") -> ft.Control:
        label = ft.Text(choice.label(asking.language), size=BODY, expand=True)
        number: list[ft.Control] = [ft.Text(f"{at}.", size=BODY, weight=STRONG)] if value else []
        arrows: list[ft.Control] = [mover(choice.name, -1), mover(choice.name, 1)]
        if not wide:
            return ft.Row([*number, label, *arrows], spacing=4)
        below = ft.Row(arrows, spacing=4, alignment=ft.MainAxisAlignment.END)
        return ft.Column([ft.Row([*number, label], spacing=4), below], spacing=0, tight=True)

    lines: list[ft.Control] = [
        ft.Container(
            line(at, choice),
            padding=ft.Padding.only(left=EDGE, right=4, top=4, bottom=4),
            bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
            border=ft.Border.all(2 if value else 1, ft.Colors.PRIMARY if value else ft.Colors.OUTLINE),
            border_radius=RADIUS,
        )
        for at, choice in enumerate(choices, 1)
    ]
    if not value:
        keep = guarded(lambda: answer(names))
        lines.append(buttons([small_button(f"keep-{asking.address}", words("form.rank_keep"), keep, ft.Icons.CHECK)]))
    elif not asking.required:
        clear = guarded(lambda: answer(None))
        lines.append(buttons([small_button(f"clear-{asking.address}", words("form.clear"), clear, ft.Icons.CLOSE)]))
    return question(
        asking, ft.Column(lines, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


Rank = widget(_rank)
