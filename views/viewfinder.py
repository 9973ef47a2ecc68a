"""The camera looking for a QR code, and the code typed by hand beside it: one part for every screen that scans."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import flet as ft

from views.camera import Lens, NoCamera, has_camera
from views.fields_frame import buttons, small_button, use_kept_text
from views.handlers import guarded
from views.parts import drawn, message, primary_button
from views.scanner import ScannerTrouble
from views.services import use_changes, use_services
from views.theme import ACCENT, AMBER, BODY, LABEL, NEAR, RADIUS

log = logging.getLogger("beatbook")

# Takes a code and tells whether it was of use: the camera looks no further then.
Found = Callable[[str], Awaitable[bool]]

PERIOD: Final = 0.1  # seconds from one picture to the next
# Who holds the phone to a tag has it read in seconds; a camera that is only left open spares the battery.
EAGER, LAZY = 20.0, 0.4  # for so many seconds, and the period afterwards
AGAIN: Final = 4.0  # a code still in view is not read out again for this long
REST: Final = 0.02  # however long a picture took: the rest of the app gets a turn
TRIES: Final = 3  # pictures that may fail one after the other before the officer is told


@drawn
def Viewfinder(found: Found, height: int = 320) -> ft.Control:
    """Looks through the camera while it is on the screen and hands over each code it reads; `found` must be stable."""
    services = use_services()
    words = services.words
    usable = has_camera(ft.context.page) and services.scanner.available()
    lens = ft.use_memo(lambda: Lens() if usable else None, [])
    attempt, set_attempt = ft.use_state(0)
    # The phone slept, or the app was in the background: the camera is opened anew.
    opening = (attempt, use_changes(services.device_changes))
    known, set_known = ft.use_state((opening, "starting"))
    lit, set_lit = ft.use_state(False)
    # Each new opening starts from a camera that is drawn: one that is not on the screen cannot be asked anything.
    state = "unsupported" if lens is None else known[1] if known[0] == opening else "starting"

    async def look() -> None:
        if lens is None:
            return
        try:
            await lens.open()
            set_known((opening, "looking"))
            await _watch(lens, found)
        except NoCamera as error:
            set_known((opening, error.reason))
        except ScannerTrouble:
            set_known((opening, "no_reader"))

    ft.use_effect(look, [opening], lambda: None)  # with a cleanup, Flet ends the loop when the screen is left

    async def switch() -> None:
        if lens is not None:
            await lens.switch()
            set_lit(False)

    async def light() -> None:
        if lens is not None:
            await lens.light(not lens.lit)
            set_lit(lens.lit)

    parts: list[ft.Control] = []
    if lens is not None and state in ("starting", "looking"):
        parts.append(
            ft.Semantics(
                content=ft.Container(
                    lens.draw(_frame()),
                    height=height,
                    border_radius=RADIUS,
                    clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
                    bgcolor=ft.Colors.BLACK,
                ),
                identifier="camera",
                label=words("scan.camera"),
                value=words(f"scan.{state}"),
            )
        )
        parts.append(ft.Semantics(content=ft.Text(words(f"scan.{state}"), size=BODY), live_region=True))
        verbs = []
        if lens.has_light:
            icon = ft.Icons.FLASHLIGHT_OFF if lit else ft.Icons.FLASHLIGHT_ON
            verbs.append(small_button("light", words("scan.dark" if lit else "scan.light"), guarded(light), icon))
        if lens.several:
            verbs.append(small_button("switch-camera", words("scan.switch"), guarded(switch), ft.Icons.CAMERASWITCH))
        if verbs:
            parts.append(buttons(verbs))
    else:
        parts.append(message(words(f"scan.camera_{state}"), ft.Icons.NO_PHOTOGRAPHY, AMBER, "no-camera"))
        if state != "unsupported":
            again = guarded(lambda: set_attempt(attempt + 1))
            parts.append(buttons([small_button("try-camera", words("scan.try_again"), again, ft.Icons.REFRESH)]))
    return ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


async def _watch(lens: Lens, found: Found) -> None:
    """Takes pictures and reads them until a code is of use, or it is cancelled. Raises NoCamera, ScannerTrouble."""
    scanner = use_services().scanner
    clock = asyncio.get_running_loop().time
    read, until, failed = "", 0.0, 0
    opened = clock()
    while True:
        began = clock()
        try:
            picture = await lens.picture()
            failed = 0
        except NoCamera:
            failed += 1
            if failed == TRIES:
                raise
            await asyncio.sleep(PERIOD)
            await lens.open()
            continue
        text = await scanner.decode(picture)
        if text and (text != read or clock() > until):
            read, until = text, clock() + AGAIN
            if await found(text):
                return
        period = PERIOD if began - opened < EAGER else LAZY
        await asyncio.sleep(max(REST, period - (clock() - began)))


def _frame() -> ft.Control:
    """Where to hold the code."""
    return ft.Container(
        ft.Container(width=210, height=210, border=ft.Border.all(4, ACCENT), border_radius=RADIUS * 2),
        alignment=ft.Alignment.CENTER,
    )


@drawn
def TypeCode(found: Found, ours: bool = True) -> ft.Control:
    """The code printed under the QR code, typed. Always there: cameras break, and gloves are thick.

    `ours` are Beatbook's own codes, all capitals; any other (a serial number) is kept letter by letter.
    """
    words = use_services().words
    last, text = use_kept_text("")
    empty, set_empty = ft.use_state(False)

    async def use() -> None:
        typed = last.current.value.strip() if last.current else ""
        set_empty(not typed)
        if typed:
            await found(typed)

    last.current = ft.TextField(
        value=text,
        label=words("scan.code" if ours else "form.code"),
        label_style=ft.TextStyle(size=LABEL),
        hint_text="ABCD-EFGH" if ours else None,
        error=words("scan.type_first") if empty else None,
        text_size=20,
        autocorrect=False,
        enable_suggestions=False,
        capitalization=ft.TextCapitalization.CHARACTERS if ours else ft.TextCapitalization.NONE,
        border=ft.OutlineInputBorder(border_radius=RADIUS),
        on_submit=guarded(use),
    )
    field = ft.Semantics(content=last.current, identifier="type-code")
    return ft.Column(
        [field, primary_button("use-code", words("scan.use"), use, ft.Icons.CHECK)],
        spacing=NEAR,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
