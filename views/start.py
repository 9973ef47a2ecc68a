"""What is shown while the notebook cannot be opened: what is the matter and what to do, never a crash."""

from typing import Final

import flet as ft

from app.files import Locked, NoRoom
from app.store import NewerFormat, WrongKey
from app.vault_trouble import DamagedVault, NewerVault
from views.parts import drawn, empty, primary_button, secondary_button
from views.services import go_aside, use_changes, use_gate, use_services
from views.theme import GAP
from views.update import update_line

_ICONS: Final = {
    "locked": ft.Icons.TAB,
    "newer": ft.Icons.SYSTEM_UPDATE,
    "full": ft.Icons.SD_CARD_ALERT,
    "key": ft.Icons.KEY_OFF,
    "vault": ft.Icons.KEY_OFF,
    "damaged": ft.Icons.REPORT_GMAILERRORRED,
}


def matter(error: Exception) -> str:
    """Which screen an error gets: locked, newer, key, vault, full or damaged."""
    match error:
        case Locked():
            return "locked"
        case NewerFormat() | NewerVault():
            return "newer"
        case WrongKey():
            return "key"
        case DamagedVault():
            return "vault"
        case NoRoom():
            return "full"
    return "damaged"


@drawn
def Trouble(error: Exception) -> ft.Control:
    """Why the notebook does not open, a try once more, and the way out that there is."""
    services, gate = use_services(), use_gate()
    use_changes(services.device_changes)
    words, kind = services.words, matter(error)
    retry = primary_button("try-again", words("start.again"), gate.again, ft.Icons.REFRESH)
    lines = [empty(_ICONS[kind], words(f"start.{kind}.title"), words(f"start.{kind}.text")), retry]
    if kind == "newer" and services.device.update_ready:
        lines.append(update_line(services))
    if kind in ("key", "vault"):
        lines.append(
            secondary_button("forgot", words("lock.forgot.title"), lambda: go_aside("/forgot"), ft.Icons.RESTART_ALT)
        )
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
