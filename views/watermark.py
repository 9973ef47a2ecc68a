"""What lies over every screen while the officer practises."""

from typing import TYPE_CHECKING

import flet as ft

from views.theme import STRONG

if TYPE_CHECKING:
    from app.words import Words
    from views.services import Services


def use_watermark(services: "Services") -> None:
    """A hook: the mark is over every screen, its dialogs included, while nothing is sent."""
    page, words, on = ft.context.page, services.words, services.practising

    def mark() -> None:
        page.overlay[:] = [one for one in page.overlay if not isinstance(one, ft.TransparentPointer)]
        if on:
            page.overlay.append(watermark(words))
        page.update()

    ft.use_effect(mark, [on, words.language], lambda: None)


def watermark(words: "Words") -> ft.Control:
    """Large, across the screen, pale enough to read through; a tap goes to what is under it."""
    said = ft.Column(
        [
            ft.Text(words("practice.mark"), size=52, weight=STRONG, no_wrap=True),
            ft.Text(words("practice.mark.text"), size=22, weight=STRONG, text_align=ft.TextAlign.CENTER),
        ],
        tight=True,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.TransparentPointer(
        ft.Semantics(
            content=ft.Container(said, alignment=ft.Alignment.CENTER, opacity=0.2, rotate=-0.45, expand=True),
            identifier="practice-mark",
            label=words("practice.badge"),
            exclude_semantics=True,
        ),
        expand=True,
    )
