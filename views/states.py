"""A record's state as it is shown everywhere: colour, icon and word."""

from dataclasses import dataclass
from typing import Final

import flet as ft

from views.services import use_services
from views.theme import AMBER, BLUE, GREEN, NEAR, PLAIN, RED, SMALL, STRONG, Paint


@dataclass(frozen=True, slots=True)
class _State:
    icon: ft.IconData
    paint: Paint


_STATES: Final = {
    "draft": _State(ft.Icons.EDIT_NOTE, PLAIN),
    "waiting": _State(ft.Icons.SCHEDULE, BLUE),
    "sending": _State(ft.Icons.SYNC, BLUE),
    "district": _State(ft.Icons.CHECK_CIRCLE, GREEN),
    "attention": _State(ft.Icons.WARNING_AMBER, AMBER),
    "refused": _State(ft.Icons.ERROR_OUTLINE, RED),
}


def state_chip(state: str) -> ft.Control:
    """A record's state: colour, icon and word."""
    look = _STATES.get(state, _STATES["attention"])
    return chip(use_services().words(f"state.{state}"), look.icon, look.paint)


def chip(text: str, icon: ft.IconData, paint: Paint) -> ft.Control:
    """A short word on a coloured ground with its icon."""
    return ft.Row(
        [
            ft.Container(
                ft.Row(
                    [
                        ft.Icon(icon, size=16, color=paint.ink),
                        ft.Text(text, size=SMALL, weight=STRONG, color=paint.ink),
                    ],
                    spacing=6,
                    tight=True,
                ),
                bgcolor=paint.ground,
                border_radius=NEAR,
                padding=ft.Padding.symmetric(vertical=4, horizontal=NEAR),
            )
        ],
        wrap=True,
    )
