"""What lies over every screen while the officer practises."""

from typing import TYPE_CHECKING, Final

import flet as ft

from views.theme import STRONG

if TYPE_CHECKING:
    from app.words import Words
    from views.services import Services

INK: Final = "#C77F00"  # between amber and brown: to be seen on paper, on navy and in the dark

_KEY: Final = "practice-mark"


def use_watermark(services: "Services") -> None:
    """A hook: the mark lies over every screen while nothing is sent."""
    page, words, on = ft.context.page, services.words, services.practising

    def mark() -> None:
        page.overlay[:] = [one for one in page.overlay if one.key != _KEY]
        if on:
            page.overlay.append(watermark(words))
        page.update()

    ft.use_effect(mark, [on, words.language], lambda: None)


def watermark(words: "Words") -> ft.Control:
    """Large, across the screen, pale enough to read through; a tap goes to what is under it."""
    said = ft.Column(
        [
            ft.Text(words("practice.mark"), size=52, weight=STRONG, color=INK, no_wrap=True),
            ft.Text(words("practice.mark.text"), size=22, weight=STRONG, color=INK, text_align=ft.TextAlign.CENTER),
        ],
        tight=True,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    named = ft.Semantics(
        content=ft.Container(said, alignment=ft.Alignment.CENTER, opacity=0.4, rotate=-0.45),
        identifier=_KEY,
        label=words("practice.badge"),
        exclude_semantics=True,
    )
    return ft.Container(named, left=0, right=0, top=0, bottom=0, ignore_interactions=True, key=_KEY)
