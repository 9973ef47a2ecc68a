"""Choosing a PIN or a passphrase, the first time and later, and the field that one is typed into."""

from collections.abc import Callable

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.files import FileTrouble, NoRoom
from app.secret_rules import WeakSecret, drops_spaces
from app.vault_trouble import MustWait, WrongSecret
from app.words import Words
from views.parts import (
    drawn,
    go,
    guarded,
    ident,
    notice,
    primary_button,
    problem,
    quiet,
    scaffold,
    screen,
)
from views.services import use_gate, use_services
from views.theme import LABEL, RADIUS


@ft.component
def _field(
    identifier: str, label: str, keep: Callable[[str], None], letters: bool, on_submit: Callable[[], object] | None
) -> ft.Control:
    text, set_text = ft.use_state("")

    def change(event: ft.Event[ft.TextField]) -> None:
        set_text(event.control.value)
        keep(event.control.value)

    return ident(
        identifier,
        ft.TextField(
            value=text,
            label=label,
            password=True,
            can_reveal_password=True,
            keyboard_type=ft.KeyboardType.VISIBLE_PASSWORD if letters else ft.KeyboardType.NUMBER,
            autocorrect=False,
            enable_suggestions=False,
            text_size=28,
            label_style=ft.TextStyle(size=LABEL),
            border=ft.OutlineInputBorder(border_radius=RADIUS),
            on_change=guarded(change),
            on_submit=guarded(on_submit) if on_submit else None,
        ),
    )


# Not drawn again while its arguments stay the same: see the typing trap in docs/decisions.
SecretField = ft.memo(_field)  # type: ignore[no-untyped-call]  # Flet's, without types


class Typed:
    """What stands in the fields of a screen; no part of any state that is drawn."""

    def __init__(self) -> None:
        self.old = self.new = self.again = ""

    def keep_old(self, text: str) -> None:
        self.old = text

    def keep_new(self, text: str) -> None:
        self.new = text

    def keep_again(self, text: str) -> None:
        self.again = text

    def forget(self) -> None:
        """Drops it all."""
        self.old = self.new = self.again = ""


def use_typed() -> Typed:
    """A hook: what is typed on this screen, dropped when it is left."""
    ref: MutableRef[Typed] = ft.use_ref(Typed)
    assert ref.current
    ft.use_effect(lambda: None, [], ref.current.forget)
    return ref.current


@drawn
def KeyboardChoice(letters: bool) -> ft.Control:
    """Digits or letters: the keyboard that comes up."""
    services = use_services()

    async def switch() -> None:
        await services.set_letters(not letters)

    key = "pin.digits" if letters else "pin.letters"
    icon = ft.Icons.DIALPAD if letters else ft.Icons.KEYBOARD
    return ident("keyboard", ft.TextButton(services.words(key), icon=icon, on_click=guarded(switch)))


@drawn
def ChoosePin(change: bool) -> ft.Control:
    """The fields for a new PIN; with the old one first when it is a change."""
    services, gate = use_services(), use_gate()
    words, letters = services.words, services.settings.letters
    typed = use_typed()
    trouble, set_trouble = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def save() -> None:
        if busy:
            return
        if typed.new != typed.again:
            set_trouble(words("pin.error.differ"))
            return
        set_busy(True)
        set_trouble("")
        try:
            if change:
                await gate.vault.change(typed.old, typed.new)
            else:
                await gate.create(typed.new)
        except Exception as error:  # every kind has its sentence; one that has none is the storage's
            set_trouble(said(error, words))
        else:
            if drops_spaces(typed.new):
                notice(words("pin.spaces"), seconds=8)
            elif change:
                notice(words("pin.changed"))
            if change:
                go("/more")
        finally:
            set_busy(False)

    fields: list[ft.Control] = []
    if change:
        fields.append(SecretField("pin-old", words("pin.old"), typed.keep_old, letters, None, key="old"))
    fields += [
        SecretField("pin", words("pin.new"), typed.keep_new, letters, None, key="new"),
        SecretField("pin-again", words("pin.again"), typed.keep_again, letters, None, key="again"),
    ]
    if trouble:
        fields.append(problem(trouble))
    label = words("pin.save.busy" if busy else "pin.save")
    return ft.Column(
        [
            ft.Text(words("pin.text")),
            *fields,
            primary_button("save-pin", label, save, ft.Icons.LOCK, disabled=busy),
            KeyboardChoice(letters),
            quiet(words("pin.rules")),
        ],
        spacing=16,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@screen
def ChangePinScreen() -> ft.View:
    """Another PIN for the same notebook."""
    return scaffold(use_services().words("pin.change"), [ChoosePin(True)], route="/more/pin")


def said(error: Exception, words: Words) -> str:
    """What went wrong with a PIN, in a sentence."""
    match error:
        case WeakSecret():
            return words(f"pin.error.{error.code}")
        case WrongSecret() if error.warn:
            return words.count("pin.error.warn", error.tries_left)
        case WrongSecret():
            return words("pin.error.wrong")
        case MustWait():
            return words("pin.error.wait")
        case NoRoom():
            return words("enrol.error.phone_storage")
        case FileTrouble() if (code := getattr(error, "code", "")) and f"pin.error.{code}" in words:
            return words(f"pin.error.{code}")
    return words("start.damaged.text")
