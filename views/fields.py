"""The questions of a form as controls: one widget for each type, and no form known by its name."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from app.form_json import UNSEEN
from app.form_sight import range_of
from views.fields_choice import Acknowledge, SelectMultiple, SelectOne
from views.fields_file import File
from views.fields_frame import Asking, buttons, label_picture, scroll_key, small_button, widget
from views.fields_image import Image
from views.fields_place import Barcode, Geopoint
from views.fields_rank import Rank
from views.fields_signature import signature
from views.fields_text import TextField, show
from views.fields_time import Time
from views.fields_trace import Trace
from views.handlers import guarded, notice
from views.parts import section
from views.services import go_aside, use_services
from views.theme import BODY, EDGE, GROUP, NEAR, RADIUS, SMALL

if TYPE_CHECKING:
    from app.forms import Field
    from views.filling import Filling

SIGNED: Final = frozenset(("signature", "draw"))  # appearances of a picture that a finger draws
WIDGETS: Final[dict[str, Any]] = {
    "text": TextField,
    "integer": TextField,
    "decimal": TextField,
    "range": TextField,
    "date": Time,
    "time": Time,
    "dateTime": Time,
    "select_one": SelectOne,
    "select_multiple": SelectMultiple,
    "rank": Rank,
    "image": Image,
    "audio": File,
    "file": File,
    "barcode": Barcode,
    "geopoint": Geopoint,
    "geotrace": Trace,
    "geoshape": Trace,
    "acknowledge": Acknowledge,
}
Signature = widget(signature)


def widget_of(field: "Field") -> Any:
    """What draws this question: its type decides, and for pictures whether one is to be signed."""
    return Signature if field.type == "image" and SIGNED & field.appearances else WIDGETS[field.type]


@dataclass(slots=True)
class Room:
    """How many questions may still be drawn; a group takes what its questions take.

    `until` is drawn wherever it is, with all that stands before it.
    """

    left: float = math.inf
    until: str | None = None
    taken: int = 0

    @property
    def full(self) -> bool:
        """Whether nothing more may be drawn."""
        return self.left <= 0 and self.until is None

    def take(self, address: str) -> None:
        """One question more is drawn, or the heading of a repetition."""
        self.left -= 1
        self.taken += 1
        if address == self.until:
            self.until = None


def draw(
    filling: "Filling", fields: tuple["Field", ...], language: str, within: str = "", room: Room | None = None
) -> list[ft.Control]:
    """The fields that are asked now, one a row, groups and repetitions as sections; `within` is a repetition."""
    controls: list[ft.Control] = []
    room = room or Room()
    for field in fields:
        address = f"{within}/{field.name}" if within else field.name
        if field.type in UNSEEN or address not in filling.asked.shown:
            continue
        if room.full:
            break
        if field.type == "group":
            controls.append(_group(filling, field, language, address, within, room))
            continue
        room.take(address)
        if field.type == "repeat":
            controls.append(_repeat(filling, field, language, address, room))
        elif field.type == "note":
            controls.append(_note(filling, field, language, address))
        else:
            # A new key makes a new field: that is how an answer from outside (a scanned tag) gets into a text field.
            key = f"{address}-{filling.version(address)}"
            controls.append(widget_of(field)(filling, asking(filling, field, language, address), key=key))
    return controls


def asking(filling: "Filling", field: "Field", language: str, address: str) -> Asking:
    """The question as it stands now."""
    live = filling.live
    hints = [live.text(address, texts, language) for texts in (field.hints, field.guidances)]
    if field.type == "range":
        hints.insert(0, bounds(field, language))
    return Asking(
        field,
        address,
        language,
        live.text(address, field.labels, language),
        hint="\n".join(filter(None, hints)),
        choices=live.choices(address),
        required=address in filling.asked.required,
        readonly=address in filling.asked.readonly,
        problem=filling.problems.get(address),
        picture=filling.form.picture(field, language),
    )


def bounds(field: "Field", language: str) -> str:
    """What a range takes, in words: nobody should have to find out by trying."""
    low, high, step = (show(part, language) for part in range_of(field.parameters))
    return use_services().words("form.range" if step == "1" else "form.range_steps", low=low, high=high, step=step)


def _section(filling: "Filling", field: "Field", language: str, address: str, rows: list[ft.Control]) -> ft.Control:
    label, hint = (filling.live.text(address, texts, language) for texts in (field.labels, field.hints))
    if hint:
        rows.insert(0, ft.Text(hint, size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT))
    if label:
        rows[:0] = [ft.Divider(height=1, color=ft.Colors.OUTLINE_VARIANT), section(label)]
    return ft.Container(
        ft.Column(rows, spacing=GROUP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(top=NEAR),
        key=f"group-{address}",
    )


def _group(filling: "Filling", field: "Field", language: str, address: str, within: str, room: Room) -> ft.Control:
    return _section(filling, field, language, address, draw(filling, field.fields, language, within, room))


def _repeat(filling: "Filling", field: "Field", language: str, address: str, room: Room) -> ft.Control:
    """Every repetition under its number, with a way to take it out, and a button for one more."""
    words = use_services().words
    label = filling.live.text(address, field.labels, language)
    rows: list[ft.Control] = []
    for at in range(1, filling.live.rows(address) + 1):
        if room.full:
            return _section(filling, field, language, address, rows)
        one = f"{address}/{at}"
        room.take(one)
        heading = words("form.row", label=label, number=at)
        parts = [section(heading), *draw(filling, field.fields, language, one, room)]
        if field.count is None:
            parts.append(_remover(filling, one, heading))
        rows.append(
            ft.Container(
                ft.Column(parts, spacing=GROUP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                padding=ft.Padding.only(left=EDGE),
                border=ft.Border.only(left=ft.BorderSide(3, ft.Colors.OUTLINE_VARIANT)),
                key=f"row-{one}-{filling.version(one)}",
            )
        )
    if field.count is None:
        add = guarded(lambda: filling.add_row(address))
        rows.append(buttons([small_button(f"add-{address}", words("form.add_row"), add, ft.Icons.ADD)]))
    return _section(filling, field, language, address, rows)


def _remover(filling: "Filling", address: str, heading: str) -> ft.Control:
    words = use_services().words

    def remove() -> None:
        row = filling.remove_row(address)
        undo = guarded(lambda: filling.add_row(address, row))
        notice(words("form.row_removed", row=heading), words("form.undo"), undo)

    label = words("form.remove_row", row=heading)
    return buttons([small_button(f"remove-{address}", label, guarded(remove), ft.Icons.DELETE_OUTLINE)])


EMERGENCY: Final = "911"  # a note that says it has the emergency card under it


def _note(filling: "Filling", field: "Field", language: str, address: str) -> ft.Control:
    texts: list[ft.Control] = [ft.Text(filling.live.text(address, field.labels, language), size=BODY)]
    if picture := filling.form.picture(field, language):
        texts.append(label_picture(picture, field.label(language)))
    if hint := filling.live.text(address, field.hints, language):
        texts.append(ft.Text(hint, size=SMALL, color=ft.Colors.ON_SURFACE_VARIANT))
    if EMERGENCY in field.label(language):
        card = use_services().words("emergency.title")
        to_card = guarded(lambda: go_aside("/emergency"))
        texts.append(small_button(f"emergency-{address}", card, to_card, ft.Icons.EMERGENCY))
    row = ft.Row(
        [
            ft.Icon(ft.Icons.INFO_OUTLINE, size=24, color=ft.Colors.ON_SURFACE_VARIANT),
            ft.Column(texts, spacing=4, tight=True, expand=True),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Container(
        ft.Semantics(content=row, identifier=f"field-{address}", container=True),
        padding=EDGE,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        border_radius=RADIUS,
        key=scroll_key(address),
    )
