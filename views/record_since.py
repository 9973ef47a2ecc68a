"""On a visit's own screen: what has changed since the last one."""

from typing import TYPE_CHECKING

import flet as ft

from app.since import since
from views.handlers import ident
from views.parts import card, drawn, fact, quiet, section
from views.record_history import when
from views.services import use_notebook_version, use_services
from views.theme import GAP, NEAR

if TYPE_CHECKING:
    from app.notebook import RecordDetail


@drawn
def SinceRecord(detail: "RecordDetail") -> ft.Control:
    """What was put right, what is new, what still stands, and the scores; nothing where there was no visit before."""
    services = use_services()
    use_notebook_version()
    words, form = services.words, detail.form
    found = since(services.notebook, detail)
    if found is None or form is None:
        return ft.Container()

    def said(name: str) -> str:
        field = form.field(name)
        return field.label(words.language) if field else name

    lines: list[ft.Control] = [quiet(words("since.last", when=when(found.last, words)))]
    for key, names in (("fixed", found.fixed), ("new", found.new), ("standing", found.standing)):
        if names:
            lines.append(fact(words(f"since.{key}", n=len(names)), "\n".join(map(said, names))))
    if not (found.fixed or found.new or found.standing):
        lines.append(ft.Text(words("since.same")))
    for name, old, new in found.scores:
        lines.append(fact(said(name), words("since.score", old=old, new=new)))
    column = ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Column(
        [section(words("since.title")), ident("since", card(column))],
        spacing=NEAR,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
