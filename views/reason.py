"""Why something is done to a record: a sheet with the usual reasons, and a field for another one."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import flet as ft

from views.fields_frame import use_kept_text
from views.parts import drawn, quiet, row, secondary_button
from views.picker import sheet
from views.services import use_services
from views.theme import BODY, RADIUS

_LONGEST: Final = 280


def ask_reason(
    title: str,
    text: str,
    reasons: Mapping[str, str],
    opened: bool,
    set_opened: Callable[[bool], None],
    on_reason: Callable[[str | None], None],
) -> None:
    """A hook: while `opened`, the sheet with these reasons (by a short name), then the one that was given."""
    words = use_services().words
    typed: Any = ft.use_ref("")

    def says(reason: str | None) -> Callable[[], None]:
        def say() -> None:
            set_opened(False)
            on_reason(reason)

        return say

    def own() -> None:
        says(typed.current.strip() or None)()

    lines = [row(f"reason-{name}", said, says(said)) for name, said in reasons.items()]
    other = [OtherReason(typed), secondary_button("reason-own", words("record.why.go_on"), own, ft.Icons.EDIT)]
    sheet(title, [quiet(text), *lines, *other], opened, set_opened)


def _other_reason(typed: Any) -> ft.Control:
    words = use_services().words
    last, text = use_kept_text("")

    def change(event: ft.Event[ft.TextField]) -> None:
        typed.current = event.control.value

    last.current = ft.TextField(
        value=text,
        label=words("record.why.own"),
        text_size=BODY,
        border=ft.OutlineInputBorder(border_radius=RADIUS),
        max_length=_LONGEST,
        multiline=True,
        capitalization=ft.TextCapitalization.SENTENCES,
        on_change=change,
    )
    return ft.Semantics(content=last.current, identifier="reason")


OtherReason = ft.memo(drawn(_other_reason))  # type: ignore[no-untyped-call]  # Flet's, without types
