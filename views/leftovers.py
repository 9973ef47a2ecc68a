"""The screen of a phone whose PIN was forgotten: what was not sent goes to the district, or it is said that it is gone.

It is shown before there is a notebook, so it is given all that it needs and uses no services.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app import tags
from app.files import FileTrouble, Locked, NoRoom
from app.words import Words
from sync.errors import RoadError
from sync.leftovers import Progress, Tell
from views.emergency import way_to_card
from views.enrol import KNOWN, CodeField, misread
from views.handlers import ident
from views.parts import drawn, message, primary_button, problem, quiet, scaffold, secondary_button, section
from views.theme import AMBER, GREEN, GROUP

if TYPE_CHECKING:
    from views.handlers import Handler

log = logging.getLogger("beatbook")

Code = str
_NOTHING: Final = Progress()


@dataclass(frozen=True)
class Leftovers:
    """What the screen is given, by whoever knows vault, folder and road.

    `hand_in` is `sync.leftovers.hand_in` with everything but code and `tell` filled in; None where nothing is left
    because there was no escrow. `give_up` is the vault's `discard`. `begin` goes on with the ordinary set-up of a new
    phone, with the code that was used, or an empty one. `scan` opens the camera, where there is a way to it; whoever
    gives it shows this screen again with the `code` that was read. `handed` is the code that all of it was handed in
    with, by a screen that was left meanwhile. `revoked`: it was the district that had everything deleted.
    """

    words: Words
    hand_in: Callable[[Code, Tell], Awaitable[None]] | None
    give_up: Callable[[], Awaitable[None]]
    begin: Callable[[Code], None]
    scan: "Handler | None" = None
    code: Code = ""
    handed: Code = ""
    revoked: bool = False


@ft.component
def LeftoversScreen(given: Leftovers) -> ft.View:
    """What was lost and what was not, and the way on."""
    words = given.words
    done, set_done = ft.use_state("")
    handed = done or given.handed
    if given.hand_in is None:
        begin = primary_button("begin", words("leftovers.begin"), lambda: given.begin(""), ft.Icons.ARROW_FORWARD)
        lines: list[ft.Control] = [
            message(
                words("leftovers.revoked.text" if given.revoked else "leftovers.gone.text"),
                ft.Icons.DELETE_SWEEP,
                AMBER,
                "gone",
            ),
            ft.Text(words("leftovers.gone.safe")),
            begin,
            way_to_card(words),
        ]
        return scaffold(words("leftovers.gone.title"), lines, route="/", spacing=GROUP, stage="gone")
    if handed:
        begin = primary_button("begin", words("leftovers.begin"), lambda: given.begin(handed), ft.Icons.ARROW_FORWARD)
        text = message(words("leftovers.done.text"), ft.Icons.CHECK_CIRCLE, GREEN, "handed-in")
        return scaffold(
            words("leftovers.done.title"),
            [text, begin, way_to_card(words)],
            route="/",
            spacing=GROUP,
            stage="handed-in",
        )
    ask = AskForLeftovers(given, set_done, key=f"ask-{given.code}")
    return scaffold(words("leftovers.title"), [ask, way_to_card(words)], route="/", spacing=GROUP, stage="ask")


@drawn
def AskForLeftovers(given: Leftovers, on_done: Callable[[Code], None]) -> ft.Control:
    """The code's field, how far the hand-in has come, and what came in between."""
    words = given.words
    shown = tags.show(tags.tidy(given.code))
    typed: MutableRef[list[str]] = ft.use_ref(lambda: [shown])
    busy, set_busy = ft.use_state(False)
    progress, set_progress = ft.use_state(_NOTHING)
    trouble, set_trouble = ft.use_state("")
    asked, set_asked = ft.use_state(False)

    def take(text: str) -> None:
        typed.current = [text]

    keep = ft.use_callback(take, [])

    async def send() -> None:
        (text,) = typed.current or [""]
        wrong = misread(text)
        set_trouble(wrong)
        if busy or wrong or given.hand_in is None:
            return
        code = tags.read_scan(text, "").code
        set_busy(True)
        try:
            await given.hand_in(code, set_progress)
        except Exception as error:  # whatever it is, nothing was deleted, and the officer gets words
            set_trouble(_said(error))
        else:
            on_done(code)
        finally:
            set_busy(False)

    async def give_up() -> None:
        try:
            await given.give_up()
        except Exception as error:  # as above
            set_trouble(_said(error))
        else:
            given.begin("")

    column: list[ft.Control] = [
        ft.Text(words("leftovers.revoked.ask" if given.revoked else "leftovers.text")),
        quiet(words("leftovers.what")),
        CodeField(shown, keep, words("enrol.label"), key="code"),
    ]
    if trouble:
        column.append(problem(_sentence(words, trouble)))
    if busy:
        column.append(_how_far(words, progress))
    send_words = words("leftovers.again" if trouble and progress.done else "leftovers.button")
    column.append(primary_button("hand-in", send_words, send, ft.Icons.UPLOAD, disabled=busy))
    if given.scan is not None:
        scan = secondary_button("scan-code", words("enrol.scan"), given.scan, ft.Icons.QR_CODE_SCANNER, disabled=busy)
        column.append(scan)
    column += [section(words("leftovers.help.title")), quiet(words("leftovers.help.text"))]
    if asked:
        column += [
            message(words("leftovers.give_up.text"), ft.Icons.WARNING_AMBER, AMBER, "sure"),
            secondary_button("give-up-really", words("leftovers.give_up.do"), give_up, ft.Icons.DELETE, disabled=busy),
        ]
    else:
        ask = secondary_button("give-up", words("leftovers.give_up"), lambda: set_asked(True), disabled=busy)
        column.append(ask)
    return ft.Column(column, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _how_far(words: Words, progress: Progress) -> ft.Control:
    share = progress.done / progress.total if progress.total else None
    said = words("leftovers.busy")
    if share is not None:
        said = words("leftovers.progress", name=progress.officer, percent=str(int(share * 100)))
    bar = ft.Column([ft.Text(said), ft.ProgressBar(value=share, bar_height=8)], spacing=8, tight=True)
    return ident("busy", bar)


def _said(error: Exception) -> str:
    """The last part of the key of the sentence for this error."""
    if isinstance(error, RoadError):
        return str(error.code) if error.code in (*KNOWN, "too_big") else "district_trouble"
    if isinstance(error, Locked):
        return "locked"
    if not isinstance(error, FileTrouble):
        log.error("%s while handing in", type(error).__name__)
    return "phone_storage" if isinstance(error, NoRoom) else "storage_fails"


def _sentence(words: Words, trouble: str) -> str:
    own = f"leftovers.error.{trouble}"
    return words(own) if own in words else words(f"enrol.error.{trouble}")
