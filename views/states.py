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
    "practice": _State(ft.Icons.SCHOOL, AMBER),
    "draft": _State(ft.Icons.EDIT_NOTE, PLAIN),
    "waiting": _State(ft.Icons.SCHEDULE, BLUE),
    "sending": _State(ft.Icons.SYNC, BLUE),
    "district": _State(ft.Icons.CHECK_CIRCLE, GREEN),
    "deleted": _State(ft.Icons.DELETE_OUTLINE, PLAIN),
    "sealed": _State(ft.Icons.LOCK_OUTLINE, PLAIN),
    "expunged": _State(ft.Icons.DELETE_FOREVER, PLAIN),
    "conflict": _State(ft.Icons.CALL_SPLIT, AMBER),
    "attention": _State(ft.Icons.WARNING_AMBER, AMBER),
    "refused": _State(ft.Icons.ERROR_OUTLINE, RED),
}


def shown_state(state: str) -> str:
    """The state to show: what is written while practising waits for nothing, and is never sent."""
    return "practice" if use_services().practising and state in ("waiting", "sending") else state


def state_chip(state: str) -> ft.Control:
    """A record's state: colour, icon and word."""
    state = shown_state(state)
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
                        # Its letters may be large: it wraps rather than be cut off.
                        ft.Text(text, size=SMALL, weight=STRONG, color=paint.ink, expand=True, expand_loose=True),
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
