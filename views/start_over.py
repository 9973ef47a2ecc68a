"""The way out when a notebook cannot be opened any more: everything here is made unreadable, after asking twice."""

import logging

import flet as ft

from app.files import Locked
from views.emergency import way_to_card
from views.handlers import Handler
from views.parts import card, drawn, message, primary_button, problem, scaffold, screen, secondary_button
from views.services import go_back, use_gate, use_services
from views.theme import AMBER, GAP, GROUP

log = logging.getLogger("beatbook")


@screen
def ForgotScreen() -> ft.View:
    """What it means that nobody can open this notebook, and the way out."""
    services, gate = use_services(), use_gate()
    words = services.words
    escrowed = gate.vault is not None and gate.vault.escrowed is not None
    explained: list[ft.Control] = [
        ft.Text(words("lock.forgot.text")),
        ft.Text(words(f"lock.forgot.{'escrow' if escrowed else 'lost'}")),
    ]
    if services.is_open and (held := _unsent()):
        explained.append(ft.Text(words.count("lock.forgot.unsent", held)))

    async def wipe() -> None:
        await gate.start_over()
        go_back()

    controls = [
        card(ft.Column(explained, spacing=GAP)),
        TwoTaps("wipe", words("lock.forgot.ask"), words("lock.forgot.sure"), words("lock.forgot.do"), wipe),
        way_to_card(words),
    ]
    return scaffold(words("lock.forgot.title"), controls, route="/forgot", spacing=GROUP, back=go_back)


@drawn
def TwoTaps(identifier: str, ask: str, sure: str, do: str, work: Handler) -> ft.Control:
    """A way back first, then what cannot be undone: the first tap asks, the second does it."""
    words = use_services().words
    asked, set_asked = ft.use_state(False)
    trouble, set_trouble = ft.use_state("")

    async def tap() -> None:
        set_asked(True)
        if asked:
            try:
                await work()
            except Locked:
                set_trouble(words("start.locked.text"))
            except Exception as error:  # whatever it was, the officer gets words
                log.error("%s while starting over", type(error).__name__)
                set_trouble(words("start.damaged.text"))

    lines: list[ft.Control] = [primary_button("keep", words("lock.forgot.back"), go_back, ft.Icons.ARROW_BACK)]
    if asked:  # where the button was: a finger that taps twice by itself meets the question
        lines.append(message(sure, ft.Icons.WARNING_AMBER, AMBER, "sure"))
    if trouble:
        lines.append(problem(trouble))
    lines.append(secondary_button(identifier, do if asked else ask, tap, ft.Icons.DELETE_FOREVER))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _unsent() -> int:
    counts = use_services().notebook.counts()
    return counts.waiting + counts.attention + counts.draft
