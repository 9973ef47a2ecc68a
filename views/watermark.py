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
    """Large, across the screen, pale enough to read through; a tap goes to what is under it.

    Drawn and not written: it fills the screen already, and would run out of it at larger text.
    """
    import flet.canvas as cv  # only for those who practise: the first screen comes sooner without it

    page = ft.context.page
    width, height = float(page.width or 390), float(page.height or 844)

    def line(text: str, x: float, y: float, size: float) -> cv.Shape:
        style = ft.TextStyle(size=size, weight=STRONG, color=INK)
        return cv.Text(x, y, text, style, alignment=ft.Alignment.CENTER, rotate=-0.45)

    lines = [
        line(words("practice.mark"), width / 2, height / 2, width / 7),
        line(words("practice.mark.text"), width / 2 + width / 16, height / 2 + width / 8, width / 16),
    ]
    named = ft.Semantics(
        content=cv.Canvas(lines, width=width, height=height),
        identifier=_KEY,
        label=words("practice.badge"),
        exclude_semantics=True,
    )
    return ft.Container(named, left=0, right=0, top=0, bottom=0, ignore_interactions=True, opacity=0.4, key=_KEY)
