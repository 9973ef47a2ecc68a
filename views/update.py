"""A new version that waits until the officer has a moment."""

import flet as ft

from views.parts import banner
from views.services import Services
from views.theme import AMBER


def update_line(services: Services) -> ft.Control:
    """The line that starts the new version; nothing on the phone is lost by it."""
    words = services.words
    text, action = words("update.text"), words("update.button")
    return banner("update-now", text, action, services.device.apply_update, ft.Icons.SYSTEM_UPDATE, AMBER)
