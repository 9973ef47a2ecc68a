"""A hint that a complaint may be known already: the other one, how near it is, and one tap to it. Never in the way."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import flet as ft

from app.notebook import NotReady
from views.handlers import go, notice
from views.parts import card, drawn, quiet, row, section, text_button
from views.services import use_changes, use_notebook_version, use_services
from views.theme import GAP, NEAR

if TYPE_CHECKING:
    from app.duplicates import About
    from app.notebook import Notebook
    from app.rows import Alike
    from app.words import Words
    from views.filling import Filling


_HERE: Final = 10  # metres that a phone cannot tell apart


@drawn
def AlikeRecord(record: str, linked: bool) -> ft.Control:
    """On a complaint's own screen: others that look like it, to be opened, or to be said to be the same."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    found = [] if linked else notebook.alike(record)
    if not found:
        return ft.Container()

    def same(other: str) -> Callable[[], None]:
        def link() -> None:
            try:
                notebook.same_as(record, other, words("alike.reason"))
            except NotReady:  # it needs other corrections first
                notice(words("alike.correct_first"))
                return
            services.kick("saved")
            notice(words("alike.linked"))

        return link

    lines: list[ft.Control] = [section(words("alike.title")), quiet(words("alike.text"))]
    for one in found:
        lines.append(_line(one, words))
        lines.append(text_button(f"same-{one.record.id}", words("alike.same"), same(one.record.id), ft.Icons.LINK))
    return ft.Column(lines, spacing=NEAR, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def AlikeDraft(filling: "Filling") -> ft.Control:
    """While a complaint is written: that it looks like one that is there. A tap opens that one; the draft stays."""
    services = use_services()
    use_changes(filling.layout)
    use_changes(filling.progress)
    words, notebook = services.words, services.notebook
    mine = None if filling.over else notebook.compared(filling.form, filling.answers)
    found = ft.use_memo(lambda: _found(notebook, filling.draft_id, mine), [mine])
    if not found:
        return ft.Container()
    lines: list[ft.Control] = [quiet(words("alike.title"))]
    lines += [_line(one, words) for one in found[:2]]
    box = card(ft.Column(lines, spacing=NEAR, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), padding=GAP)
    box.margin = ft.Margin.only(top=NEAR)
    return ft.Semantics(content=box, identifier="alike", live_region=True, container=True)


def _found(notebook: "Notebook", draft_id: str, mine: "About | None") -> "list[Alike]":
    draft = notebook.draft(draft_id)
    return notebook.alike_to(mine, draft.record) if mine and draft else []


def _line(one: "Alike", words: "Words") -> ft.Control:
    near = one.near
    where = words("alike.address")
    if near.metres is not None:
        where = words("alike.metres", metres=near.metres) if near.metres > _HERE else words("alike.here")
    ago = words("alike.same_day") if near.days == 0 else words.count("alike.days", near.days)
    detail = " · ".join(part for part in (where, ago, one.record.author_name) if part)
    return row(
        f"alike-{one.record.id}",
        words("alike.like", title=one.record.title),
        lambda: go(f"/records/{one.record.id}"),
        icon=ft.Icons.CONTENT_COPY,
        detail=detail,
    )
