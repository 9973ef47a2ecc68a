"""What is shown while the notebook cannot be opened: what is the matter and what to do, never a crash."""

from typing import Final

import flet as ft

from app.files import Locked, NoRoom
from app.store import NewerFormat, WrongKey
from app.vault_trouble import DamagedVault, NewerVault, OtherDevice
from app.words import Words
from views.parts import Handler, empty, primary_button
from views.theme import EDGE

_ICONS: Final = {
    "locked": ft.Icons.TAB,
    "newer": ft.Icons.SYSTEM_UPDATE,
    "full": ft.Icons.SD_CARD_ALERT,
    "key": ft.Icons.KEY_OFF,
    "damaged": ft.Icons.REPORT_GMAILERRORRED,
}


def matter(error: Exception) -> str:
    """Which screen an error gets: locked, newer, key, full or damaged."""
    if isinstance(error, Locked):
        return "locked"
    if isinstance(error, NewerFormat | NewerVault):
        return "newer"
    if isinstance(error, WrongKey | OtherDevice | DamagedVault):
        return "key"
    return "full" if isinstance(error, NoRoom) else "damaged"


def cannot_open(error: Exception, words: Words, again: Handler) -> ft.View:
    """The screen for a notebook that does not open; `again` tries once more."""
    kind = matter(error)
    retry = primary_button("try-again", words("start.again"), again, ft.Icons.REFRESH)
    text = empty(_ICONS[kind], words(f"start.{kind}.title"), words(f"start.{kind}.text"), retry)
    return ft.View(
        route="/",
        padding=EDGE,
        vertical_alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        scroll=ft.ScrollMode.AUTO,
        controls=[ft.SafeArea(text)],
    )
