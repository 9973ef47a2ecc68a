"""What screens are put together from; each part has its name for screen readers and tests built in."""

import asyncio
import functools
import inspect
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import flet as ft

from app.files import NoRoom
from views.notices import hide_notice, show_notice
from views.services import note_activity, use_services
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

Handler = Callable[..., Any]

_AROUND: Final = 32
_TARGET: Final = ft.BoxConstraints(min_width=48, min_height=48)


# -- names and handlers --------------------------------------------------------------------------------------------


@ft.control("Semantics")  # type: ignore[arg-type]  # Flet's annotation of its decorator fits no class
class Tappable(ft.Semantics):
    """A node that a screen reader can tap. Flet 1.0.5 has `on_tap` in Python, but its client listens for `on_click`."""

    on_click: ft.ControlEventHandler["Tappable"] | None = None


def ident(
    identifier: str,
    content: ft.Control,
    label: str | None = None,
    button: bool = False,
    selected: bool | None = None,
) -> ft.Semantics:
    """Gives a control its identifier (docs/forms.md has the rule for their names).

    With `label` and `button` together the label replaces what the control would say of itself, and a screen reader's
    tap calls the control's own handler: icon buttons and drawn tiles have no name otherwise.
    """
    if label and button:
        return Tappable(
            content=content,
            identifier=identifier,
            label=label,
            button=True,
            selected=selected,
            exclude_semantics=True,
            on_click=getattr(content, "on_click", None),
        )
    return ft.Semantics(content=content, identifier=identifier, label=label, button=button or None, selected=selected)


def guarded(handler: Handler) -> Handler:
    """A handler whose failure is a sentence on the screen and never its end; logs the kind of error, nothing else."""
    if getattr(handler, "guarded", False):
        return handler
    takes_event = any(p.default is p.empty for p in inspect.signature(handler).parameters.values())

    @functools.wraps(handler)
    async def safe(event: Any = None) -> None:
        note_activity()
        try:
            result = handler(event) if takes_event else handler()
            if inspect.isawaitable(result):
                await result
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.error("%s in %s", type(error).__name__, handler.__qualname__)
            words = use_services().words
            notice(words("trouble.no_room" if isinstance(error, NoRoom) else "trouble.handler"))

    safe.__signature__ = inspect.Signature([inspect.Parameter("event", inspect.Parameter.POSITIONAL_OR_KEYWORD)])  # type: ignore[attr-defined]  # Flet counts parameters
    safe.guarded = True  # type: ignore[attr-defined]  # wrapped once is enough
    return safe


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


def go(route: str) -> None:
    """Opens a route: on the screen at once, and in the browser's address when the browser has heard of it.

    Flet by itself waits for the browser to say so. What the browser says then is known, and changes nothing.
    """
    page = ft.context.page
    page.navigate(route)
    page.session.apply_page_patch({"route": route})
    _going.add(task := asyncio.get_running_loop().create_task(_opened(page, route)))
    task.add_done_callback(_going.discard)


async def _opened(page: ft.Page, route: str) -> None:
    await page.session.dispatch_event(page._i, "route_change", {"route": route})


_going: Final[set[asyncio.Task[None]]] = set()  # the loop itself would forget them


def notice(text: str, action: str | None = None, on_action: Handler | None = None, seconds: int = 4) -> None:
    """One line at the bottom of the screen, for a while; with an action (undo) for ten seconds."""
    page = ft.context.page
    said = ft.Text(text, color=ft.Colors.ON_INVERSE_SURFACE, size=SMALL, expand=True)
    line: list[ft.Control] = [
        ft.Semantics(
            content=ft.Container(said, padding=ft.Padding.symmetric(vertical=NEAR)),
            identifier="notice",
            live_region=True,
            expand=True,
        )
    ]
    if action and on_action:
        act = guarded(on_action)

        async def acted() -> None:
            hide_notice(page)
            await act()

        style = ft.ButtonStyle(color=ft.Colors.INVERSE_PRIMARY)
        line.append(ident("notice-action", ft.TextButton(action, on_click=acted, style=style)))
    row = ft.Row(line, vertical_alignment=ft.CrossAxisAlignment.CENTER, spacing=NEAR)
    show_notice(page, row, 10 if action else seconds, touchable=bool(action))


def close_dialogs(page: ft.Page) -> None:
    """Closes every question, sheet and notice that stands over the screen."""
    hide_notice(page)
    while page.pop_dialog() is not None:
        pass


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
