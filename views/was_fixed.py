"""While a place is checked: what an earlier check found there, with its photo, and whether it was fixed."""

from typing import TYPE_CHECKING, Final

import flet as ft

from app.recheck import asks, said, saying
from views.answers import Photo
from views.fields_choice import tiles
from views.handlers import ident
from views.parts import card, drawn, quiet
from views.record_history import when
from views.services import use_changes, use_services
from views.theme import BODY, GAP, STRONG

if TYPE_CHECKING:
    from app.notebook import Notebook
    from app.rows import FindingRow
    from views.filling import Filling

_MOST: Final = 3  # what is due first; the others stand in the list of findings


@drawn
def WasFixed(filling: "Filling") -> ft.Control:
    """A question for each thing that is open at this place; nothing where nothing is."""
    notebook = use_services().notebook
    use_changes(filling.layout)
    draft = None if filling.over else notebook.draft(filling.draft_id)
    place = draft.place if draft and not draft.correction and asks(filling.form) else None
    found = ft.use_memo(lambda: notebook.findings_at(place)[:_MOST] if place else [], [place])
    if not found:
        return ft.Container()
    return ft.Column(
        [Earlier(filling, one) for one in found], spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


@drawn
def Earlier(filling: "Filling", one: "FindingRow") -> ft.Control:
    """One thing that was found, and the two answers; a second tap takes one back."""
    services = use_services()
    words, notebook = services.words, services.notebook
    _, redraw = ft.use_state(0)
    record, key = one.record.id, one.finding.key
    photo = ft.use_memo(lambda: _photo(notebook, record), [record])
    known = said(filling.answers, record, key)

    def choose(name: str) -> None:
        fixed = name == "yes"
        for question, value in saying(filling.answers, record, key, None if known is fixed else fixed).items():
            filling.answer(question, value)
        redraw(lambda n: n + 1)

    options = [("yes", words("recheck.yes")), ("no", words("recheck.no"))]
    chosen = None if known is None else "yes" if known else "no"
    lines: list[ft.Control] = [
        ft.Text(words("recheck.asked", what=one.title), size=BODY, weight=STRONG),
        quiet(words("recheck.since", when=when(one.record.at, words))),
        *([Photo(photo, words("recheck.photo"))] if photo else []),
        tiles(f"recheck-{record}-{key}", options, chosen, choose),
    ]
    column = ft.Column(lines, spacing=GAP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ident(f"recheck-{record}-{key}", card(column, padding=GAP))


def _photo(notebook: "Notebook", record: str) -> str:
    detail = notebook.record(record)
    return detail.photos[0].sha256 if detail and detail.photos else ""
