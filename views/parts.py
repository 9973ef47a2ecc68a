"""What screens are put together from; each part has its name for screen readers and tests built in."""

import functools
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import flet as ft

from views.handlers import Handler, guarded, ident
from views.services import use_services
from views.theme import (
    ACCENT,
    BODY,
    EDGE,
    GAP,
    NEAR,
    RADIUS,
    RED,
    SECTION,
    SMALL,
    STRONG,
    TITLE,
    Paint,
)

log = logging.getLogger("beatbook")

_AROUND: Final = 32
_TARGET: Final = ft.BoxConstraints(min_width=48, min_height=48)


# -- components ----------------------------------------------------------------------------------------------------


def drawn(component: Callable[..., ft.Control]) -> Callable[..., ft.Control]:
    """`ft.component` for anything that could fail while it is drawn.

    Flet's update loop ends for good with the first component that raises; this one says so in its place instead.
    """

    @functools.wraps(component)
    def safe(*args: Any, **kwargs: Any) -> Any:
        try:
            return component(*args, **kwargs)
        except Exception as error:
            log.error("%s while drawing %s", type(error).__name__, component.__qualname__)
            return problem(use_services().words("trouble.drawing"))

    return ft.component(safe)


def screen(component: Callable[[], ft.View]) -> Callable[[], ft.View]:
    """As `drawn`, for a whole screen."""

    @functools.wraps(component)
    def safe() -> ft.View:
        try:
            return component()
        except Exception as error:
            log.error("%s while drawing %s", type(error).__name__, component.__qualname__)
            words = use_services().words
            return scaffold(words("trouble.title"), [problem(words("trouble.drawing"))], route=ft.context.page.route)

    return ft.component(safe)


# -- text ----------------------------------------------------------------------------------------------------------


def section(text: str) -> ft.Control:
    """The heading of a group."""
    return ft.Semantics(
        content=ft.Text(text, size=SECTION, weight=STRONG),
        header=True,
        heading_level=2,
        container=True,
    )


def quiet(text: str) -> ft.Text:
    """Words beside the main thing."""
    return ft.Text(text, size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT)


def fact(name: str, value: str) -> ft.Control:
    """A named fact, one under the other so that long ones have room."""
    return ft.Column([quiet(name), ft.Text(value)], spacing=2, tight=True)


# -- buttons -------------------------------------------------------------------------------------------------------

_WIDE: Final = ft.ButtonStyle(
    padding=ft.Padding.symmetric(vertical=18, horizontal=20),
    shape=ft.RoundedRectangleBorder(radius=RADIUS),
    text_style=ft.TextStyle(size=BODY, weight=STRONG),
)


def primary_button(
    identifier: str, text: str, on_click: Handler, icon: ft.IconData | None = None, disabled: bool = False
) -> ft.Control:
    """The next thing to do: full width, at least 56 high, in the accent colour. One a screen."""
    style = ft.ButtonStyle(
        padding=_WIDE.padding,
        shape=_WIDE.shape,
        text_style=_WIDE.text_style,
        bgcolor={
            ft.ControlState.DISABLED: ft.Colors.SURFACE_CONTAINER_HIGHEST,
            ft.ControlState.DEFAULT: ACCENT,
        },
        color={
            ft.ControlState.DISABLED: ft.Colors.ON_SURFACE_VARIANT,
            ft.ControlState.DEFAULT: ft.Colors.ON_TERTIARY,
        },
        icon_color={
            ft.ControlState.DISABLED: ft.Colors.ON_SURFACE_VARIANT,
            ft.ControlState.DEFAULT: ft.Colors.ON_TERTIARY,
        },
    )
    return ident(
        identifier, ft.FilledButton(text, icon=icon, on_click=guarded(on_click), disabled=disabled, style=style)
    )


def secondary_button(
    identifier: str, text: str, on_click: Handler, icon: ft.IconData | None = None, disabled: bool = False
) -> ft.Control:
    """Another thing one may do, as large as the first."""
    return ident(
        identifier, ft.OutlinedButton(text, icon=icon, on_click=guarded(on_click), disabled=disabled, style=_WIDE)
    )


def text_button(identifier: str, text: str, on_click: Handler, icon: ft.IconData | None = None) -> ft.Control:
    """Something that is seldom done, without a frame."""
    style = ft.ButtonStyle(padding=ft.Padding.symmetric(vertical=EDGE, horizontal=EDGE))
    return ident(identifier, ft.TextButton(text, icon=icon, on_click=guarded(on_click), style=style))


def icon_button(identifier: str, icon: ft.IconData, label: str, on_click: Handler) -> ft.Control:
    """A button that is only a picture, 48 large, with its name for screen readers."""
    button = ft.IconButton(icon, on_click=guarded(on_click), tooltip=label, size_constraints=_TARGET)
    return ident(identifier, button, label=label, button=True)


def icon_of(name: str) -> ft.IconData:
    """The icon that a form names; a sheet of paper where there is none of that name."""
    found = getattr(ft.Icons, name.upper(), None) if name.isidentifier() else None
    return found if isinstance(found, ft.IconData) else ft.Icons.DESCRIPTION


# -- surfaces ------------------------------------------------------------------------------------------------------


def card(content: ft.Control, paint: Paint | None = None, padding: int = EDGE) -> ft.Container:
    """Something that belongs together."""
    return ft.Container(
        content,
        padding=padding,
        border_radius=RADIUS,
        bgcolor=paint.ground if paint else ft.Colors.SURFACE_CONTAINER_LOW,
        border=None if paint else ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
    )


def row(
    identifier: str,
    title: str,
    on_click: Handler | None = None,
    *,
    icon: ft.IconData | None = None,
    detail: str | None = None,
    below: ft.Control | None = None,
    trailing: ft.Control | None = None,
    label: str | None = None,
) -> ft.Control:
    """A line of a list that can be tapped: icon, title, a detail under it, something at its end."""
    lines: list[ft.Control] = [ft.Text(title, size=BODY, weight=STRONG)]
    if detail:
        lines.append(quiet(detail))
    if below:
        lines.append(below)
    parts: list[ft.Control] = [ft.Column(lines, spacing=4, expand=True, tight=True)]
    if icon:
        parts.insert(0, ft.Icon(icon, color=ft.Colors.ON_SURFACE_VARIANT, size=24))
    if trailing:
        parts.append(trailing)
    elif on_click:
        parts.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ft.Colors.ON_SURFACE_VARIANT, size=24))
    box = card(ft.Row(parts, spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.CENTER), padding=GAP)
    box.ink = on_click is not None
    box.on_click = guarded(on_click) if on_click else None
    spoken = label or ", ".join(part for part in (title, detail) if part)
    return ident(identifier, box, label=spoken, button=on_click is not None)


def message(text: str, icon: ft.IconData, paint: Paint, identifier: str = "message") -> ft.Control:
    """A sentence that wants to be read; a screen reader says it when it appears."""
    line = ft.Row(
        [ft.Icon(icon, color=paint.ink, size=24), ft.Text(text, color=paint.ink, expand=True)],
        spacing=GAP,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(content=card(line, paint), identifier=identifier, live_region=True, container=True)


def problem(text: str) -> ft.Control:
    """What went wrong and what to do, in a sentence."""
    return message(text, ft.Icons.ERROR_OUTLINE, RED, "problem")


def empty(icon: ft.IconData, title: str, text: str, action: ft.Control | None = None) -> ft.Control:
    """A place with nothing in it yet: what it is for, why it is empty, the one thing to do."""
    parts: list[ft.Control] = [
        ft.Icon(icon, size=40, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Text(title, size=SECTION, weight=STRONG, text_align=ft.TextAlign.CENTER),
        ft.Text(text, color=ft.Colors.ON_SURFACE_VARIANT, text_align=ft.TextAlign.CENTER),
    ]
    if action:
        parts.append(action)
    return ident(
        "empty",
        ft.Container(
            ft.Column(parts, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.CENTER),
            padding=ft.Padding.symmetric(vertical=_AROUND, horizontal=EDGE),
        ),
    )


def banner(identifier: str, text: str, action: str, on_click: Handler, icon: ft.IconData, paint: Paint) -> ft.Control:
    """News with the one thing to do about it: the whole line is the button."""
    line = ft.Row(
        [
            ft.Icon(icon, color=paint.ink),
            ft.Column(
                [
                    ft.Text(action, weight=STRONG, color=paint.ink),
                    ft.Text(text, size=SMALL, color=paint.ink),
                ],
                spacing=0,
                tight=True,
                expand=True,
            ),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, color=paint.ink),
        ],
        spacing=GAP,
    )
    box = ft.Container(
        line,
        padding=ft.Padding.symmetric(vertical=NEAR, horizontal=GAP),
        border_radius=RADIUS,
        bgcolor=paint.ground,
        ink=True,
        on_click=guarded(on_click),
    )
    return ident(identifier, box, label=f"{action}. {text}".strip(), button=True)


# -- whole screens -------------------------------------------------------------------------------------------------


def app_bar(title: str, actions: Sequence[ft.Control] = (), back: Handler | None = None) -> ft.AppBar:
    """The top of a screen; Flet adds the way back where there is one, else `back` is it."""
    return ft.AppBar(
        leading=icon_button("back", ft.Icons.ARROW_BACK, use_services().words("nav.back"), back) if back else None,
        # Two lines where a long title meets large text; at most a third larger, which is all that Flutter grows it.
        title=ft.Text(title, max_lines=2, style=ft.TextStyle(size=TITLE, weight=STRONG, height=1.05)),
        center_title=False,
        toolbar_height=64,
        bgcolor=ft.Colors.SURFACE,
        color=ft.Colors.ON_SURFACE,
        elevation_on_scroll=2,
        actions=[*actions],
        actions_padding=ft.Padding.only(right=4),
    )


def scaffold(
    title: str,
    controls: Sequence[ft.Control],
    *,
    route: str,
    actions: Sequence[ft.Control] = (),
    navigation: ft.NavigationBar | None = None,
    spacing: int = GAP,
    back: Handler | None = None,
    stage: str = "",
) -> ft.View:
    """A screen that scrolls as one column, full width, inside what the phone leaves free.

    Another `stage` is another page in the same place, and begins at its top. Where a long page that was scrolled became
    a short one, Flutter drew that at the top too, but told screen readers that it lies below the screen.
    """
    return ft.View(
        route=route,
        padding=0,
        appbar=app_bar(title, actions, back),
        navigation_bar=navigation,
        controls=[
            ft.SafeArea(
                key=stage or None,
                expand=True,
                content=ft.ListView(
                    [*controls],
                    expand=True,
                    spacing=spacing,
                    padding=ft.Padding.only(left=EDGE, right=EDGE, top=NEAR, bottom=_AROUND),
                ),
            )
        ],
    )
