"""An answer that is a signature: drawn with a finger on a sheet of its own, kept as a small picture."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import flet as ft
import flet.canvas as cv

from app.ink import Point, png_of
from views.fields_frame import Asking, buttons, question, shown_value, small_button, waiting
from views.fields_image import photo_trouble, picture_preview
from views.handlers import guarded, ident
from views.keeping import use_keeping
from views.parts import drawn, primary_button, problem
from views.services import use_services
from views.theme import EDGE, NEAR, RADIUS, SECTION, STRONG

if TYPE_CHECKING:
    from views.filling import Filling

PAPER: Final = 260  # how high the paper is
BLANK: Final[tuple[tuple[Point, ...], ...]] = ()
KEEP = Callable[[bytes], Awaitable[None]]


def signature(filling: "Filling", asking: Asking) -> ft.Control:
    """The question: what was signed, and the way to the paper."""
    services = use_services()
    words = services.words
    name = asking.address
    file = use_keeping(filling, name, photo_trouble, "form.signature_removed")
    signing, sign = ft.use_state(False)
    picture, set_picture = ft.use_state(b"")
    answer = filling.value(name)
    sha256 = answer.get("sha256") if isinstance(answer, dict) else None

    async def load() -> None:
        set_picture((await services.notebook.photo(sha256) or b"") if sha256 else b"")

    ft.use_effect(load, [sha256], lambda: None)

    async def keep(data: bytes) -> None:
        sign(False)
        await file.keep(services.notebook.add_file(data))

    sheet = None
    if signing:
        sheet = ft.BottomSheet(
            Paper(asking.label, keep, lambda: sign(False)),
            fullscreen=True,
            bgcolor=ft.Colors.SURFACE,
            on_dismiss=guarded(lambda: sign(False)),
        )
    ft.use_dialog(sheet)

    parts: list[ft.Control] = []
    if sha256:
        parts.append(picture_preview(asking.label, picture, ft.BoxFit.CONTAIN))
    elif asking.readonly:
        parts.append(shown_value(words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    if file.busy:
        parts.append(waiting(words("form.photo_busy")))
    elif file.trouble:
        parts.append(problem(words(file.trouble)))
    if not asking.readonly and not file.busy:
        verb = words("form.signature_again" if sha256 else "form.signature_sign")
        row = [small_button(f"sign-{name}", verb, guarded(lambda: sign(True)), ft.Icons.DRAW)]
        if sha256:
            row.append(
                small_button(f"remove-{name}", words("form.photo_remove"), guarded(file.remove), ft.Icons.DELETE)
            )
        parts.append(buttons(row))
    return question(
        asking, ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


@drawn
def Paper(title: str, keep: KEEP, close: Callable[[], None]) -> ft.Control:
    """A sheet to sign on. What a finger drew stays until it is cleared; nothing is kept before "done"."""
    words = use_services().words
    strokes, set_strokes = ft.use_state(BLANK)
    width = float(ft.context.page.width or 390) - 2 * EDGE

    def start(event: ft.DragStartEvent[Any]) -> None:
        at = _point(event.local_position)
        set_strokes(lambda drawn: (*drawn, (at,)))

    def go_on(event: ft.DragUpdateEvent[Any]) -> None:
        at = _point(event.local_position)
        set_strokes(lambda drawn: (*drawn[:-1], (*drawn[-1], at)) if drawn else ((at,),))

    async def done() -> None:
        await keep(png_of(strokes, width, PAPER))

    ink = ft.Paint(color=ft.Colors.BLACK, stroke_width=3, stroke_cap=ft.StrokeCap.ROUND, style=ft.PaintingStyle.STROKE)
    paper = ft.GestureDetector(
        content=ft.Container(
            cv.Canvas(
                [
                    cv.Points(
                        points=[*stroke] if len(stroke) > 1 else [*stroke, *stroke],
                        paint=ink,
                        point_mode=cv.PointMode.POLYGON,
                    )
                    for stroke in strokes
                ],
                width=width,
                height=PAPER,
            ),
            bgcolor=ft.Colors.WHITE,
            border=ft.Border.all(1, ft.Colors.OUTLINE),
            border_radius=RADIUS,
            width=width,
            height=PAPER,
            clip_behavior=ft.ClipBehavior.HARD_EDGE,
        ),
        drag_interval=12,
        on_pan_start=guarded(start),
        on_pan_update=guarded(go_on),
    )
    return ft.SafeArea(
        ft.Container(
            ft.Column(
                [
                    ft.Text(title, size=SECTION, weight=STRONG),
                    ft.Text(words("form.signature_how")),
                    ident("paper", paper, label=words("form.signature_paper")),
                    buttons(
                        [
                            small_button(
                                "clear-paper", words("form.clear"), guarded(lambda: set_strokes(BLANK)), ft.Icons.CLOSE
                            ),
                            small_button("close-paper", words("form.cancel"), guarded(close), ft.Icons.CLOSE),
                        ]
                    ),
                    ft.Container(expand=True),
                    primary_button(
                        "signed", words("form.signature_done"), done, ft.Icons.CHECK, disabled=not any(strokes)
                    ),
                ],
                spacing=NEAR,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=EDGE,
        ),
        expand=True,
    )


def _point(offset: ft.Offset) -> Point:
    return round(float(offset.x), 1), round(float(offset.y), 1)
