"""The line at the bottom of the screen that says what was just done, and goes by itself.

Flet's SnackBar takes the cursor out of the field that is being typed in when it leaves, and the letters that follow
are lost; this line lies over the screen, and nothing beneath notices that it comes or goes.
"""

import asyncio
from typing import Final

import flet as ft

from views.theme import EDGE, RADIUS

_KEY: Final = "notices"
_ABOVE: Final = 92  # the navigation bar, or the bar with the save button, and a gap


class _Notices:
    """The one line of a page; a new notice takes the place of the one before."""

    def __init__(self, page: ft.Page) -> None:
        self._line = ft.Container(
            padding=ft.Padding.symmetric(vertical=4, horizontal=EDGE),
            bgcolor=ft.Colors.INVERSE_SURFACE,
            border_radius=RADIUS,
            shadow=ft.BoxShadow(blur_radius=12, color=ft.Colors.with_opacity(0.3, ft.Colors.SHADOW)),
            visible=False,
        )
        # Its place never goes: where a node beside the screen leaves, the browser moves the screen's own and with
        # that takes the cursor out of its field.
        self._place = ft.Container(
            # Semantics must have something visible in it, or Flet's client draws that in red; the box always is.
            ft.Semantics(content=ft.Container(self._line), identifier="notices", container=True),
            left=EDGE,
            right=EDGE,
            bottom=_ABOVE,
            ignore_interactions=True,
        )
        self._timer: asyncio.TimerHandle | None = None
        page.overlay.append(self._place)
        page.update()

    def show(self, content: ft.Control, seconds: float, touchable: bool) -> None:
        self._stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.hide)
        self._line.content, self._line.visible = content, True
        self._place.ignore_interactions = not touchable  # a tap is meant for what lies beneath
        self._place.update()

    def hide(self) -> None:
        self._stop()
        if self._line.visible:
            self._line.content, self._line.visible = None, False
            self._place.ignore_interactions = True
            self._place.update()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def prepare_notices(page: ft.Page) -> None:
    """Makes the notices' place; once, before the first screen is drawn."""
    page.session.store.set(_KEY, _Notices(page))


def show_notice(page: ft.Page, content: ft.Control, seconds: float, touchable: bool) -> None:
    """Shows this at the bottom of the page for so long, whatever screen comes in between.

    One that is not `touchable` lets every tap through to the screen beneath.
    """
    page.session.store.get(_KEY).show(content, seconds, touchable)


def hide_notice(page: ft.Page) -> None:
    """Takes the notice away, if there is one."""
    page.session.store.get(_KEY).hide()
