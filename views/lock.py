"""What stands before the notebook: the first PIN, the lock, and the way out when the PIN is forgotten."""

import asyncio
import math
from typing import TYPE_CHECKING

import flet as ft

from app.keys import PasskeyTrouble
from app.vault_trouble import MustWait, WrongSecret
from views.leftovers import Leftovers, LeftoversScreen
from views.parts import (
    card,
    drawn,
    go,
    guarded,
    ident,
    message,
    primary_button,
    problem,
    quiet,
    scaffold,
    screen,
    secondary_button,
)
from views.pin import ChoosePin, KeyboardChoice, SecretField, said, use_typed
from views.services import use_changes, use_gate, use_services
from views.start import cannot_open
from views.theme import AMBER

if TYPE_CHECKING:
    from app.words import Words
    from views.gate import Gate


@screen
def LockScreen() -> ft.View:
    """The screen of the stage that the gate is in."""
    services, gate = use_services(), use_gate()
    use_changes(services.look_changes)
    words = services.words
    if gate.stage == "trouble" and gate.trouble is not None:
        return cannot_open(gate.trouble, words, gate.again)
    if gate.stage == "opening":
        return scaffold("Beatbook", [ident("busy", ft.ProgressBar()), ft.Text(words("lock.opening"))], route="/")
    if gate.stage == "new":
        return scaffold(words("pin.title"), [ChoosePin(False), _emergency()], route="/")
    if gate.stage == "wiped":
        return wiped(gate, words)
    return scaffold(words("lock.title"), [Unlock(), _emergency()], route="/")


@drawn
def Unlock() -> ft.Control:
    """The PIN's field, the passkey where there is one, and what came of the last try."""
    services, gate = use_services(), use_gate()
    words, letters = services.words, services.settings.letters
    typed = use_typed()
    trouble, set_trouble = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    wait, set_wait = ft.use_state(0)
    tries, set_tries = ft.use_state(0)

    async def count_down() -> None:
        while True:
            left = math.ceil(await gate.vault.wait_seconds())
            set_wait(left)
            if not left:
                return
            await asyncio.sleep(1)

    ft.use_effect(guarded(count_down), [tries], lambda: None)

    async def attempt(passkey: bool) -> None:
        if busy:
            return
        set_busy(True)
        set_trouble("")
        try:
            await (gate.unlock_with_passkey() if passkey else gate.unlock(typed.new))
        except (WrongSecret, MustWait) as error:
            typed.forget()
            set_trouble(said(error, words))
            set_tries(lambda before: before + 1)  # a fresh field, and a look at the wait
        except PasskeyTrouble as error:
            set_trouble(words(f"pin.error.{error.code}"))
        except Exception as error:  # every kind has its sentence; one that has none is the storage's
            set_trouble(said(error, words))
        finally:
            set_busy(False)

    async def unlock() -> None:
        await attempt(False)

    submit = ft.use_callback(unlock, [busy])
    field = SecretField("pin", words("lock.pin"), typed.keep_new, letters, submit, key=f"pin-{tries}")
    column: list[ft.Control] = [ft.Text(words("lock.text")), field]
    if wait:
        minutes, seconds = divmod(wait, 60)
        text = words("lock.wait", time=f"{minutes}:{seconds:02}")
        column.append(message(text, ft.Icons.HOURGLASS_TOP, AMBER, "wait"))
    if trouble:
        column.append(problem(trouble))
    label = words("lock.busy" if busy else "lock.button")
    column.append(primary_button("unlock", label, unlock, ft.Icons.LOCK_OPEN, disabled=busy or bool(wait)))
    if gate.vault.has_passkey:

        async def passkey() -> None:
            await attempt(True)

        column.append(secondary_button("passkey", words("lock.passkey"), passkey, ft.Icons.FINGERPRINT, disabled=busy))
    column += [
        KeyboardChoice(letters),
        ident("forgot", ft.TextButton(words("lock.forgot"), on_click=guarded(lambda: go("/forgot")))),
    ]
    return ft.Column(column, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@screen
def ForgotScreen() -> ft.View:
    """What it means that the PIN is forgotten, and the way out, asked twice."""
    services, gate = use_services(), use_gate()
    words = services.words
    asked, set_asked = ft.use_state(False)

    async def wipe() -> None:
        if not asked:
            set_asked(True)
            return
        await gate.wipe()
        go("/")

    lost = words("lock.forgot.escrow" if gate.vault.escrowed else "lock.forgot.lost")
    controls = [
        card(ft.Column([ft.Text(words("lock.forgot.text")), ft.Text(lost)], spacing=12)),
        message(words("lock.forgot.sure"), ft.Icons.WARNING_AMBER, AMBER, "sure") if asked else ft.Container(),
        primary_button("back", words("lock.forgot.back"), lambda: go("/"), ft.Icons.ARROW_BACK),
        secondary_button(
            "wipe", words("lock.forgot.do" if asked else "lock.forgot.ask"), wipe, ft.Icons.DELETE_FOREVER
        ),
    ]
    return scaffold(words("lock.forgot"), controls, route="/forgot")


def wiped(gate: "Gate", words: "Words") -> ft.View:
    """The keys are gone; sealed files wait for the district."""

    def begin(code: str) -> None:
        gate.start_over()
        go(f"/enrol/{code}" if code else "/")

    # The scanner needs a notebook: here the code is typed.
    return LeftoversScreen(Leftovers(words, gate.hand_in, gate.discard, begin))


def _emergency() -> ft.Control:
    words = use_services().words
    return ft.Column(
        [
            ft.Divider(),
            secondary_button("emergency", words("emergency.title"), lambda: go("/emergency"), ft.Icons.EMERGENCY),
            quiet(words("emergency.hint")),
        ],
        spacing=12,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
