"""What stands before the notebook: the first PIN, and the lock."""

import flet as ft

from app.keys import PasskeyTrouble
from views.emergency import way_to_card
from views.handlers import go, guarded, ident
from views.leftovers import Leftovers, LeftoversScreen
from views.parts import drawn, message, primary_button, problem, scaffold, screen, secondary_button, text_button
from views.pin import ChoosePin, KeyboardChoice, SecretField, Wait, said, use_typed
from views.services import go_aside, use_changes, use_gate, use_services
from views.start import Trouble
from views.theme import AMBER, GROUP


@screen
def LockScreen() -> ft.View:
    """The screen of the stage that the gate is in, whatever the route is."""
    services, gate = use_services(), use_gate()
    use_changes(services.look_changes)
    words, code = services.words, ft.use_route_params().get("code", "")

    def begin(code: str) -> None:
        gate.begin_anew()
        go(f"/enrol/{code}" if code else "/")

    def scan() -> None:
        go("/scan-code")

    match gate.stage:
        case "new" if gate.deleted:
            return LeftoversScreen(Leftovers(words, None, gate.discard, begin, revoked=gate.revoked))
        case "new":
            title, controls = words("pin.title"), [ChoosePin(False)]
        case "locked":
            title, controls = words("lock.title"), [Unlock()]
        case "estranged":
            title, controls = words("lock.estranged.title"), [Estranged()]
        case "wiped":
            return LeftoversScreen(
                Leftovers(words, gate.hand_in, gate.discard, begin, scan, code, gate.handed_in, gate.revoked)
            )
        case "trouble" if gate.trouble is not None:
            title, controls = "Beatbook", [Trouble(gate.trouble)]
        case _:
            title, controls = "Beatbook", [ident("busy", ft.ProgressBar()), ft.Text(words("lock.opening"))]
    return scaffold(title, [*controls, way_to_card(words)], route="/", spacing=GROUP, stage=gate.stage)


@drawn
def Estranged() -> ft.Control:
    """Why nothing is shown, what happens to what was saved, and trying once more."""
    words, gate = use_services().words, use_gate()
    return ft.Column(
        [
            message(words("lock.estranged.text"), ft.Icons.CLOUD_OFF, AMBER, "estranged"),
            ft.Text(words("lock.estranged.safe")),
            ident("busy", ft.ProgressBar(), label=words("lock.estranged.busy")),
            primary_button("try-again", words("lock.estranged.again"), gate.again, ft.Icons.SYNC),
        ],
        spacing=GROUP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@drawn
def Unlock() -> ft.Control:
    """The passkey where there is one, the PIN's field, and what came of the last try."""
    services, gate = use_services(), use_gate()
    words, letters = services.words, services.settings.letters
    typed = use_typed()
    trouble, set_trouble = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    waits, set_waits = ft.use_state(False)
    tries, set_tries = ft.use_state(0)

    async def unlock() -> None:
        set_busy(True)
        set_trouble("")
        try:
            await gate.unlock(typed.new)
        except Exception as error:  # every kind has its sentence; one that has none is the storage's
            typed.forget()
            set_trouble(said(error, words))
            set_tries(lambda before: before + 1)  # a fresh field, and a look at the wait
        finally:
            set_busy(False)

    async def passkey(quietly: bool = False) -> None:
        set_trouble("")
        try:
            await gate.unlock_with_passkey()
        except PasskeyTrouble as error:
            if not quietly:
                set_trouble(words(f"pin.error.{error.code}"))
        except Exception as error:
            set_trouble(said(error, words))

    async def ask_at_once() -> None:
        if has_passkey and gate.asks_passkey:
            gate.asks_passkey = False
            await passkey(quietly=True)

    has_passkey = gate.vault is not None and gate.vault.has_passkey
    ft.use_effect(guarded(ask_at_once), [], lambda: None)
    submit = ft.use_callback(unlock, [])
    column: list[ft.Control] = [ft.Text(words("lock.text"))]
    if has_passkey:
        column.append(secondary_button("passkey", words("lock.passkey"), lambda: passkey(), ft.Icons.FINGERPRINT))
    column += [
        SecretField("pin", words("lock.pin"), typed.keep_new, letters, submit, tries > 0, key=f"pin-{tries}"),
    ]
    if trouble:
        column.append(problem(trouble))
    elif not busy and gate.vault is not None and gate.vault.last_tries:  # whoever starts the app again is warned too
        column.append(problem(words.count("lock.warn", gate.vault.last_tries)))
    label = words("lock.busy" if busy else "lock.button")
    column += [
        Wait(tries, set_waits, key="wait"),
        primary_button("unlock", label, unlock, ft.Icons.LOCK_OPEN, disabled=busy or waits),
        KeyboardChoice(),
        text_button("forgot", words("lock.forgot"), lambda: go_aside("/forgot")),
    ]
    return ft.Column(column, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
