"""On a check's own screen: how well it is proved, in the words that the supervisor reads in the console too."""

from typing import TYPE_CHECKING

import flet as ft

from views.handlers import ident
from views.parts import card, drawn, quiet, section
from views.services import use_services
from views.theme import GAP, NEAR, STRONG

if TYPE_CHECKING:
    from app.notebook import RecordDetail


@drawn
def Proof(detail: "RecordDetail") -> ft.Control:
    """The grade with every reason for it; nothing on a record that is no check."""
    words, evidence = use_services().words, detail.evidence
    if evidence is None:
        return ft.Container()
    letter = words("grade.letter", letter=evidence.grade)
    lines: list[ft.Control] = [
        ft.Text(f"{letter} · {words(f'grade.{evidence.grade.lower()}')}", weight=STRONG),
        *(ft.Text(words(f"grade.{reason}", metres=evidence.distance_m)) for reason in evidence.reasons[:-1]),
        quiet(words(f"grade.{evidence.reasons[-1]}")),
    ]
    column = ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Column(
        [section(words("grade.title")), ident("proof", card(column))],
        spacing=NEAR,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
