"""Choosing a PIN or a passphrase, the first time and later, and the field that one is typed into."""

import asyncio
import math
from collections.abc import Callable

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.files import NoRoom
from app.secret_rules import WeakSecret, drops_spaces
from app.vault_trouble import MustWait, WrongSecret
from app.words import Words
from views.handlers import Handler, go, guarded, ident, notice
from views.parts import card, drawn, icon_button, message, primary_button, problem, quiet, scaffold, screen, text_button
from views.services import use_gate, use_services
from views.theme import AMBER, LABEL, NUMBER, RADIUS, STRONG


@ft.component
def _SecretField(
    identifier: str, label: str, keep: Callable[[str], None], letters: bool, on_submit: Handler | None, again: bool
) -> ft.Control:
    words = use_services().words
    text, set_text = ft.use_state("")
    shown, show = ft.use_state(False)
    key, eye = ("pin.hide", ft.Icons.VISIBILITY_OFF) if shown else ("pin.show", ft.Icons.VISIBILITY)

    def change(event: ft.Event[ft.TextField]) -> None:
        set_text(event.control.value)
        keep(event.control.value)

    field = ft.TextField(
        value=text,
        label=label,
        password=not shown,
        suffix_icon=icon_button(
            f"{identifier}-{'hide' if shown else 'show'}", eye, words(key), lambda: show(not shown)
        ),
        keyboard_type=ft.KeyboardType.VISIBLE_PASSWORD if letters else ft.KeyboardType.NUMBER,
        autocorrect=False,
        enable_suggestions=False,
        autofocus=again,  # the keyboard is up: the next try needs no tap
        text_size=NUMBER,
        label_style=ft.TextStyle(size=LABEL),
        border=ft.OutlineInputBorder(border_radius=RADIUS),
        on_change=guarded(change),
        on_submit=guarded(on_submit) if on_submit else None,
    )
    return ident(identifier, field)


# Not drawn again while its arguments stay the same: see the typing trap in docs/decisions.
SecretField = ft.memo(_SecretField)  # type: ignore[no-untyped-call]  # Flet's, without types


class Typed:
    """What stands in the fields of a screen; no part of any state that is drawn, and dropped with the screen."""

    def __init__(self) -> None:
        self.forget()

    def keep_old(self, text: str) -> None:
        """Takes what stands in the field for the old PIN."""
        self.old = text

    def keep_new(self, text: str) -> None:
        """Takes what stands in the field for the PIN."""
        self.new = text

    def keep_again(self, text: str) -> None:
        """Takes what stands in the field for the same once more."""
        self.again = text

    def forget(self) -> None:
        """Drops it all."""
        self.old = self.new = self.again = ""


def use_typed() -> Typed:
    """A hook: what is typed on this screen."""
    ref: MutableRef[Typed] = ft.use_ref(Typed)
    assert ref.current
    ft.use_effect(lambda: None, [], ref.current.forget)
    return ref.current


@drawn
def KeyboardChoice() -> ft.Control:
    """Digits or letters: the keyboard that comes up."""
    services = use_services()
    letters = services.settings.letters

    async def switch() -> None:
        await services.set_letters(not letters)

    key = "pin.digits" if letters else "pin.letters"
    icon = ft.Icons.DIALPAD if letters else ft.Icons.KEYBOARD
    return text_button("keyboard", services.words(key), switch, icon)


@drawn
def Wait(tries: int, tell: Callable[[bool], None]) -> ft.Control:
    """How long until the next try, counted down; tells whether there is a wait. Looks again when `tries` changes."""
    gate, words = use_gate(), use_services().words
    left, set_left = ft.use_state(0)

    async def count_down() -> None:
        while gate.vault is not None:
            seconds = math.ceil(await gate.vault.wait_seconds())
            set_left(seconds)
            tell(seconds > 0)
            if not seconds:
                return
            await asyncio.sleep(1)

    ft.use_effect(guarded(count_down), [tries], lambda: None)
    if not left:
        return ft.Container(visible=False)
    minutes, seconds = divmod(left, 60)
    # The sentence is read out once; the clock below it is for the eyes.
    return ft.Column(
        [
            message(words("lock.wait"), ft.Icons.HOURGLASS_TOP, AMBER, "wait"),
            ident("wait-left", ft.Text(f"{minutes}:{seconds:02}", size=NUMBER, weight=STRONG)),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


@drawn
def ChoosePin(change: bool) -> ft.Control:
    """The fields for a new PIN; with the old one first when it is a change."""
    services, gate = use_services(), use_gate()
    words, letters = services.words, services.settings.letters
    typed = use_typed()
    trouble, set_trouble = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    waits, set_waits = ft.use_state(False)
    tries, set_tries = ft.use_state(0)

    async def save() -> None:
        if busy:
            return
        if typed.new != typed.again:
            set_trouble(words("pin.error.differ"))
            return
        set_busy(True)
        set_trouble("")
        spaces = drops_spaces(typed.new)
        try:
            if change:
                setup = services.notebook.setup
                if not await gate.change(typed.old, typed.new, setup.officer.badge if setup else None):
                    return  # this screen is gone: the gate shows why
            else:
                await gate.create(typed.new)
        except Exception as error:  # every kind has its sentence; one that has none is the storage's
            set_trouble(said(error, words))
            set_tries(lambda before: before + 1)
            return
        finally:
            set_busy(False)
        if spaces:
            notice(words("pin.spaces"), seconds=8)
        elif change:
            notice(words("pin.changed"))
        if change:
            go("/more")

    fields: list[ft.Control] = []
    if change:
        fields = [
            SecretField("pin-old", words("pin.old"), typed.keep_old, letters, None, False, key="old"),
            Wait(tries, set_waits),
        ]
    fields += [
        SecretField("pin", words("pin.new"), typed.keep_new, letters, None, False, key="new"),
        SecretField("pin-again", words("pin.again"), typed.keep_again, letters, None, False, key="again"),
    ]
    if trouble:
        fields.append(problem(trouble))
    label = words("pin.save.busy" if busy else "pin.change" if change else "pin.save")
    return ft.Column(
        [
            ft.Text(words("pin.text")),
            *fields,
            primary_button("save-pin", label, save, ft.Icons.LOCK, disabled=busy or waits),
            KeyboardChoice(),
            card(quiet(words("pin.rules"))),
        ],
        spacing=16,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@screen
def ChangePinScreen() -> ft.View:
    """Another PIN for the same notebook."""
    return scaffold(use_services().words("pin.change"), [ChoosePin(True)], route=ft.use_view_path())


def said(error: Exception, words: Words) -> str:
    """What went wrong with a PIN, in a sentence."""
    code = getattr(error, "code", "")
    match error:
        case WeakSecret():
            return words(f"pin.error.{code}")
        case WrongSecret() if error.warn:
            return words.count("pin.error.warn", error.tries_left)
        case WrongSecret():
            return words("pin.error.wrong")
        case MustWait():
            return words("pin.error.wait")
        case NoRoom():
            return words("trouble.no_room")
    known = f"pin.error.{code}"
    return words(known) if code and known in words else words("start.damaged.text")
