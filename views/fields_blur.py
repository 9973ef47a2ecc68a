"""Looking at a photo before it is kept: faces are blurred with a finger, and what was under them is never kept."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.photos import Area
from views.fields_frame import buttons, small_button
from views.handlers import guarded, ident
from views.parts import drawn, primary_button
from views.services import use_services
from views.theme import ACCENT, EDGE, NEAR, RADIUS, SECTION, STRONG

Point = tuple[float, float]
Use = Callable[[Sequence[Area]], Awaitable[None]]
NOTHING: Final[tuple[Area, ...]] = ()
LEAST: Final = 0.02  # of the picture; a smaller drag was a tap
SHARE: Final = 0.46  # of the screen's height for the picture: the buttons need the rest, at any size of text


def between(start: Point, end: Point) -> Area:
    """The area that a finger drew from one corner to the other, inside of the picture."""
    (left, right), (top, bottom) = (
        sorted(min(max(part, 0.0), 1.0) for part in pair) for pair in zip(start, end, strict=True)
    )
    return left, top, right - left, bottom - top


def room_for(size: tuple[int, int], width: float, height: float) -> tuple[float, float]:
    """How large a picture is drawn in this room, as it is shaped."""
    scale = min(width / size[0], height / size[1])
    return size[0] * scale, size[1] * scale


@drawn
def Review(title: str, picture: bytes, size: tuple[int, int], use: Use, cancel: Callable[[], None]) -> ft.Control:
    """The photo as it would be kept. A finger drawn over a face covers it; "use" keeps it so."""
    words = use_services().words
    areas, set_areas = ft.use_state(NOTHING)
    page = ft.context.page
    width, height = room_for(size, float(page.width or 390) - 2 * EDGE, float(page.height or 844) * SHARE)
    begun: MutableRef[Point] = ft.use_ref(None)

    def at(offset: ft.Offset) -> Point:
        return float(offset.x) / width, float(offset.y) / height

    def start(event: ft.DragStartEvent[Any]) -> None:
        corner = begun.current = at(event.local_position)
        set_areas(lambda drawn: (*drawn, between(corner, corner)))

    def go_on(event: ft.DragUpdateEvent[Any]) -> None:
        area = between(begun.current or (0.0, 0.0), at(event.local_position))
        set_areas(lambda drawn: (*drawn[:-1], area))

    def end() -> None:
        set_areas(lambda drawn: tuple(area for area in drawn if area[2] > LEAST and area[3] > LEAST))

    async def keep() -> None:
        await use([area for area in areas if area[2] > 0 and area[3] > 0])

    photo = ft.GestureDetector(
        content=ft.Stack(
            [
                ft.Image(picture, width=width, height=height, fit=ft.BoxFit.FILL, gapless_playback=True),
                *(_cover(area, width, height) for area in areas),
            ],
            width=width,
            height=height,
            clip_behavior=ft.ClipBehavior.HARD_EDGE,
        ),
        drag_interval=16,
        on_pan_start=guarded(start),
        on_pan_update=guarded(go_on),
        on_pan_end=guarded(end),
    )
    undo = guarded(lambda: set_areas(lambda drawn: drawn[:-1]))
    row = [small_button("cancel-photo", words("form.cancel"), guarded(cancel), ft.Icons.CLOSE)]
    if areas:
        row.insert(0, small_button("undo-blur", words("form.blur_undo"), undo, ft.Icons.UNDO))
    said = words.count("form.blur_done", len(areas)) if areas else words("form.blur_how")
    return ft.SafeArea(
        ft.Container(
            ft.Column(
                [
                    ft.Text(title, size=SECTION, weight=STRONG),
                    ft.Row(
                        [ident("review", photo, label=words("form.blur_photo"))],
                        alignment=ft.MainAxisAlignment.CENTER,
                    ),
                    ft.Semantics(content=ft.Text(said), live_region=True, identifier="blurred"),
                    ft.Container(expand=True),
                    buttons(row),
                    primary_button("use-photo", words("form.photo_use"), keep, ft.Icons.CHECK),
                ],
                spacing=NEAR,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=EDGE,
        ),
        expand=True,
    )


def _cover(area: Area, width: float, height: float) -> ft.Control:
    """What lies over a face until the photo is kept."""
    return ft.Container(
        left=area[0] * width,
        top=area[1] * height,
        width=max(area[2] * width, 1),
        height=max(area[3] * height, 1),
        bgcolor=ft.Colors.with_opacity(0.92, ft.Colors.GREY_700),
        border=ft.Border.all(2, ACCENT),
        border_radius=RADIUS / 3,
    )
