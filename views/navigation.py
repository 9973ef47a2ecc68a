"""The four roots of the app: the bar at the bottom that leads to them, and when each is drawn."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import flet as ft

from views.handlers import go, guarded, ident
from views.services import use_services

if TYPE_CHECKING:
    from flet.components.hooks.use_ref import MutableRef

# The four roots share one view key: switching between them is not a journey and gets no animation.
ROOT: Final = "/"
_TABS: Final = (
    ("home", "/", ft.Icons.HOME_OUTLINED, ft.Icons.HOME),
    ("records", "/records", ft.Icons.LIST_ALT, ft.Icons.LIST_ALT),
    ("scan", "/scan", ft.Icons.QR_CODE_SCANNER, ft.Icons.QR_CODE_SCANNER),
    ("more", "/more", ft.Icons.MENU, ft.Icons.MENU),
)


async def its_turn() -> None:
    """A moment in which the screen in front is drawn."""
    await asyncio.sleep(1)


def use_turn() -> bool:
    """A hook: whether a root is drawn now. One that was never in front lets the screen that lies over it come first.

    So a scanned tag opens its form without Home, whose turn comes a second later, before anybody can be back.
    """
    ahead = ft.context.page.route.partition("?")[0] == ft.use_view_path()
    turn: MutableRef[bool] = ft.use_ref(ahead)
    _, take = ft.use_state(ahead)
    turn.current = turn.current or ahead

    async def wait() -> None:
        if not turn.current:
            await its_turn()
            turn.current = True
            with suppress(RuntimeError):  # the app was closed meanwhile
                take(True)

    ft.use_effect(wait, [], lambda: None)
    return bool(turn.current)


def navigation(current: str) -> ft.NavigationBar | None:
    """The bar with `current` (home, records, scan or more) chosen; none before the phone is enrolled."""
    services = use_services()
    if not services.entered:
        return None

    def choose(event: ft.Event[ft.NavigationBar]) -> None:
        go(_TABS[event.control.selected_index][1])

    return ft.NavigationBar(
        [
            ft.NavigationBarDestination(
                # The bar keeps its height whatever the size of the text, so its icons keep theirs.
                icon=ident(f"nav-{name}", ft.Icon(icon, apply_text_scaling=False)),
                selected_icon=ident(f"nav-{name}", ft.Icon(chosen, apply_text_scaling=False)),
                label=services.words(f"nav.{name}"),
            )
            for name, _, icon, chosen in _TABS
        ],
        selected_index=[name for name, *_ in _TABS].index(current),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        on_change=guarded(choose),
    )
