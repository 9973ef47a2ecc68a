"""The questions of a form as controls: one widget for each type, and no form known by its name."""

from typing import TYPE_CHECKING, Any, Final

import flet as ft

from views.fields_choice import Acknowledge, SelectMultiple, SelectOne
from views.fields_frame import Asking, scroll_key
from views.fields_image import Image
from views.fields_place import Barcode, Geopoint
from views.fields_text import TextField
from views.fields_time import Time
from views.parts import section
from views.theme import BODY, EDGE, GROUP, NEAR, RADIUS, SMALL

if TYPE_CHECKING:
    from app.forms import Field
    from views.filling import Filling

WIDGETS: Final[dict[str, Any]] = {
    "text": TextField,
    "integer": TextField,
    "decimal": TextField,
    "date": Time,
    "time": Time,
    "dateTime": Time,
    "select_one": SelectOne,
    "select_multiple": SelectMultiple,
    "image": Image,
    "barcode": Barcode,
    "geopoint": Geopoint,
    "acknowledge": Acknowledge,
}


def draw(filling: "Filling", fields: tuple["Field", ...], language: str) -> list[ft.Control]:
    """The fields that are asked now, one a row, groups as sections."""
    controls: list[ft.Control] = []
    for field in fields:
        if field.name not in filling.asked.shown:
            continue
        if field.type == "group":
            controls.append(_group(filling, field, language))
        elif field.type == "note":
            controls.append(_note(field, language))
        else:
            # A new key makes a new field: that is how an answer from outside (a scanned tag) gets into a text field.
            key = f"{field.name}-{filling.version(field.name)}"
            controls.append(WIDGETS[field.type](filling, asking(filling, field, language), key=key))
    return controls


def asking(filling: "Filling", field: "Field", language: str) -> Asking:
    """The question as it stands now."""
    return Asking(
        field,
        language,
        required=field.name in filling.asked.required,
        readonly=field.name in filling.asked.readonly,
        problem=filling.problems.get(field.name),
    )


def _group(filling: "Filling", field: "Field", language: str) -> ft.Control:
    rows = draw(filling, field.fields, language)
    label, hint = field.label(language), field.hint(language)
    if hint:
        rows.insert(0, ft.Text(hint, size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT))
    if label:
        rows[:0] = [ft.Divider(height=1, color=ft.Colors.OUTLINE_VARIANT), section(label)]
    return ft.Container(
        ft.Column(rows, spacing=GROUP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(top=NEAR),
        key=f"group-{field.name}",
    )


def _note(field: "Field", language: str) -> ft.Control:
    texts: list[ft.Control] = [ft.Text(field.label(language), size=BODY)]
    if hint := field.hint(language):
        texts.append(ft.Text(hint, size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT))
    row = ft.Row(
        [
            ft.Icon(ft.Icons.INFO_OUTLINE, size=24, color=ft.Colors.ON_SURFACE_VARIANT),
            ft.Column(texts, spacing=4, tight=True, expand=True),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Container(
        ft.Semantics(content=row, identifier=f"field-{field.name}", container=True),
        padding=EDGE,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        border_radius=RADIUS,
        key=scroll_key(field.name),
    )
