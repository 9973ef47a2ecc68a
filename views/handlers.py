"""Names and handlers: how a control is called, what keeps a tap on it safe, and where the tap may lead."""

import asyncio
import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any, Final

import flet as ft

from app.files import NoRoom
from views.notices import hide_notice, show_notice
from views.services import note_activity, use_services
from views.theme import NEAR, SMALL

log = logging.getLogger("beatbook")

Handler = Callable[..., Any]


@ft.control("Semantics")  # type: ignore[arg-type]  # Flet's annotation of its decorator fits no class
class Tappable(ft.Semantics):
    """A node that a screen reader can tap. Flet 1.0.5 has `on_tap` in Python, but its client listens for `on_click`."""

    on_click: ft.ControlEventHandler["Tappable"] | None = None


def ident(
    identifier: str,
    content: ft.Control,
    label: str | None = None,
    button: bool = False,
    selected: bool | None = None,
) -> ft.Semantics:
    """Gives a control its identifier (docs/forms.md has the rule for their names).

    With `label` and `button` together the label replaces what the control would say of itself, and a screen reader's
    tap calls the control's own handler: icon buttons and drawn tiles have no name otherwise.
    """
    if label and button:
        return Tappable(
            content=content,
            identifier=identifier,
            label=label,
            button=True,
            selected=selected,
            exclude_semantics=True,
            on_click=getattr(content, "on_click", None),
        )
    return ft.Semantics(content=content, identifier=identifier, label=label, button=button or None, selected=selected)


def guarded(handler: Handler) -> Handler:
    """A handler whose failure is a sentence on the screen and never its end; logs the kind of error, nothing else."""
    if getattr(handler, "guarded", False):
        return handler
    takes_event = any(p.default is p.empty for p in inspect.signature(handler).parameters.values())

    @functools.wraps(handler)
    async def safe(event: Any = None) -> None:
        note_activity()
        try:
            result = handler(event) if takes_event else handler()
            if inspect.isawaitable(result):
                await result
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.error("%s in %s", type(error).__name__, handler.__qualname__)
            words = use_services().words
            notice(words("trouble.no_room" if isinstance(error, NoRoom) else "trouble.handler"))

    safe.__signature__ = inspect.Signature([inspect.Parameter("event", inspect.Parameter.POSITIONAL_OR_KEYWORD)])  # type: ignore[attr-defined]  # Flet counts parameters
    safe.guarded = True  # type: ignore[attr-defined]  # wrapped once is enough
    return safe


def go(route: str) -> None:
    """Opens a route: on the screen at once, and in the browser's address when the browser has heard of it.

    Flet by itself waits for the browser to say so. What the browser says then is known, and changes nothing.
    """
    page = ft.context.page
    page.navigate(route)
    page.session.apply_page_patch({"route": route})
    _going.add(task := asyncio.get_running_loop().create_task(_opened(page, route)))
    task.add_done_callback(_going.discard)


async def _opened(page: ft.Page, route: str) -> None:
    await page.session.dispatch_event(page._i, "route_change", {"route": route})


_going: Final[set[asyncio.Task[None]]] = set()  # the loop itself would forget them


def notice(text: str, action: str | None = None, on_action: Handler | None = None, seconds: int = 4) -> None:
    """One line at the bottom of the screen, for a while; with an action (undo) for ten seconds."""
    page = ft.context.page
    said = ft.Text(text, color=ft.Colors.ON_INVERSE_SURFACE, size=SMALL, expand=True)
    line: list[ft.Control] = [
        ft.Semantics(
            content=ft.Container(said, padding=ft.Padding.symmetric(vertical=NEAR)),
            identifier="notice",
            live_region=True,
            expand=True,
        )
    ]
    if action and on_action:
        act = guarded(on_action)

        async def acted() -> None:
            hide_notice(page)
            await act()

        style = ft.ButtonStyle(color=ft.Colors.INVERSE_PRIMARY)
        line.append(ident("notice-action", ft.TextButton(action, on_click=acted, style=style)))
    row = ft.Row(line, vertical_alignment=ft.CrossAxisAlignment.CENTER, spacing=NEAR)
    show_notice(page, row, 10 if action else seconds, touchable=bool(action))


def close_dialogs(page: ft.Page) -> None:
    """Closes every question, sheet and notice that stands over the screen."""
    hide_notice(page)
    while page.pop_dialog() is not None:
        pass
