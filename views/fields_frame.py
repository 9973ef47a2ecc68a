"""What every question looks like around its answer: the label above, the hint and the mistake below, and its names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from views.parts import drawn
from views.services import use_services
from views.theme import BODY, EDGE, NEAR, RADIUS, SMALL, STRONG

if TYPE_CHECKING:
    from flet.components.hooks.use_ref import MutableRef

    from app.forms import Choice, Field
    from views.filling import Filling


@dataclass(frozen=True, slots=True)
class Asking:
    """One question as it stands now: all that its field is drawn from, besides the answer itself."""

    field: "Field"
    address: str
    language: str
    label: str
    hint: str = ""
    choices: tuple["Choice", ...] = ()
    required: bool = False
    readonly: bool = False
    problem: str | None = None
    picture: bytes | None = None


Widget = Callable[["Filling", Asking], ft.Control]


def widget(component: Callable[["Filling", Asking], ft.Control]) -> Callable[..., Any]:
    """A field as a component that is drawn again only when its own question changes.

    Letters typed fast survive only in such a leaf: it never hears of syncs, timers or the other fields.
    """
    return ft.memo(drawn(component))  # type: ignore[no-any-return, no-untyped-call]  # Flet has no types for memo


def scroll_key(name: str) -> ft.ScrollKey:
    """The key that the form scrolls to when this field has a mistake."""
    return ft.ScrollKey(f"question-{name}")  # type: ignore[call-arg]  # Flet builds its __init__ at run time


def question(asking: Asking, answer: ft.Control, *, grouped: bool = True, labelled: bool = True) -> ft.Control:
    """A row of the form: label, answer, hint, mistake.

    With `grouped` the whole answer gets the identifier and the label as its name; a control that names itself (a text
    field) asks for neither, one that shows the label itself (a tick) is not `labelled`.
    """
    name = asking.address
    parts: list[ft.Control] = [_label(asking)] if labelled else []
    if asking.picture:
        parts.append(label_picture(asking.picture, asking.label))
    if grouped:
        said = ft.Semantics(
            content=answer,
            identifier=f"field-{name}",
            label=asking.label,
            hint_text=spoken_hint(asking),
            container=True,
        )
        parts.append(said)
    else:
        parts.append(answer)
    if asking.hint:
        parts.append(unspoken(ft.Text(asking.hint, size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT)))
    if asking.problem:
        parts.append(_mistake(asking))
    return ft.Container(
        ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        key=scroll_key(name),
    )


def label_picture(picture: bytes, label: str) -> ft.Control:
    """The picture of a label, as wide as the form and no higher than half a screen."""
    return ft.Image(
        picture,
        height=240,
        fit=ft.BoxFit.CONTAIN,
        border_radius=ft.BorderRadius.all(RADIUS),
        gapless_playback=True,
        semantics_label=label,
    )


def spoken_hint(asking: Asking) -> str:
    """What a screen reader adds to the label: that an answer is needed, the hint and the mistake."""
    needed = use_services().words("form.required") if asking.required else ""
    return ". ".join(part for part in (asking.problem, needed, asking.hint) if part)


def unspoken(control: ft.Control) -> ft.Control:
    """Something a screen reader has heard already as part of a name."""
    return ft.Semantics(content=control, exclude_semantics=True)


def _label(asking: Asking) -> ft.Control:
    spans = [ft.TextSpan(asking.label, ft.TextStyle(size=BODY, weight=STRONG))]
    if asking.required and not asking.readonly:
        word = use_services().words("form.required")
        spans.append(ft.TextSpan(f"  {word}", ft.TextStyle(size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT)))
    return unspoken(ft.Text(spans=spans))


def _mistake(asking: Asking) -> ft.Control:
    line = ft.Row(
        [
            ft.Icon(ft.Icons.ERROR_OUTLINE, color=ft.Colors.ERROR, size=20),
            ft.Text(asking.problem or "", color=ft.Colors.ERROR, weight=STRONG, expand=True),
        ],
        spacing=NEAR,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(content=line, identifier=f"problem-{asking.address}")


# -- parts of answers ----------------------------------------------------------------------------------------------


def shown_value(text: str, *, icon: ft.IconData | None = None) -> ft.Control:
    """An answer that cannot be changed here."""
    parts: list[ft.Control] = [ft.Text(text, size=BODY, expand=True)]
    if icon:
        parts.insert(0, ft.Icon(icon, size=20, color=ft.Colors.ON_SURFACE_VARIANT))
    box = ft.Container(
        ft.Row(parts, spacing=NEAR),
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=14),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        border_radius=RADIUS,
    )
    return apart(box)


def waiting(text: str) -> ft.Control:
    """Something that takes a moment."""
    return apart(ft.Row([ft.ProgressRing(width=24, height=24), ft.Text(text, expand=True)], spacing=NEAR))


def apart(control: ft.Control) -> ft.Control:
    """Said by itself. Otherwise its words melt into the name of the question, and Flutter forgets the identifier."""
    return ft.Semantics(content=control, container=True)


def buttons(controls: Sequence[ft.Control]) -> ft.Control:
    """Buttons beside each other where they fit, below each other where they do not."""
    return ft.Row([*controls], wrap=True, spacing=NEAR, run_spacing=NEAR)


def small_button(
    identifier: str, text: str, on_click: Callable[..., Any] | None, icon: ft.IconData, **more: Any
) -> ft.Control:
    """A verb of a field: 48 high, named by its words."""
    button = ft.OutlinedButton(text, icon=icon, on_click=on_click, style=_BUTTON, **more)
    return ft.Semantics(content=button, identifier=identifier)


_BUTTON: Final = ft.ButtonStyle(
    padding=ft.Padding.symmetric(vertical=16, horizontal=16),
    shape=ft.RoundedRectangleBorder(radius=RADIUS),
    text_style=ft.TextStyle(size=BODY, weight=STRONG),
)


def mark(chosen: bool, *, several: bool) -> ft.Icon:
    """What says whether something is chosen: a box where several may be, else a ring."""
    icons = (
        (ft.Icons.CHECK_BOX_OUTLINE_BLANK, ft.Icons.CHECK_BOX)
        if several
        else (ft.Icons.RADIO_BUTTON_UNCHECKED, ft.Icons.RADIO_BUTTON_CHECKED)
    )
    return ft.Icon(icons[chosen], size=22, color=ft.Colors.ON_PRIMARY if chosen else ft.Colors.ON_SURFACE_VARIANT)


def pad(horizontal: int, vertical: int) -> ft.Padding:
    """Room beside and above a text."""
    return ft.Padding.symmetric(horizontal=horizontal, vertical=vertical)


# -- text that loses no letter -------------------------------------------------------------------------------------


def use_kept_text(value: str) -> tuple["MutableRef[ft.TextField | None]", str]:
    """For a component with a text field: where to put the field just made, and the text to make it with.

    The text is what the phone sent last, not what the component remembers of it: a redraw between two letters would
    send the older text back over the newer one.
    """
    last: MutableRef[ft.TextField | None] = ft.use_ref(None)
    return last, last.current.value if last.current else value
