"""All records on this phone, the newest first: a page at a time, by words, form, school, state and days."""

from typing import Final

import flet as ft

from app.rows import Counts
from views.findings import OpenFindings
from views.handlers import go
from views.navigation import ROOT, navigation, use_turn
from views.parts import drawn, empty, icon_of, primary_button, scaffold, screen, secondary_button
from views.picker import Option, Picker
from views.records_days import DayPicker
from views.records_search import PAGE, Hits, Looking, SearchField, nothing_like_this
from views.rows import record_row
from views.services import use_changes, use_notebook_version, use_services
from views.theme import GAP, NEAR

__all__ = ["PAGE", "RecordsScreen"]

STATES: Final = ("waiting", "attention", "conflict", "district", "draft", "deleted")


@screen
def RecordsScreen() -> ft.View:
    """The list with its search and its filters."""
    words = use_services().words
    looking = ft.use_memo(Looking, [])
    if not use_turn():
        return ft.View(route=ROOT)
    parts = [OpenFindings(), Narrow(looking), List(looking)]
    return scaffold(words("records.title"), parts, route=ROOT, navigation=navigation("records"))


@drawn
def Narrow(looking: Looking) -> ft.Control:
    """The search field and the filters; an empty notebook has nothing to choose from."""
    services = use_services()
    use_notebook_version()
    use_changes(looking.changes)
    words, notebook = services.words, services.notebook
    if not looking.narrowed and notebook.counts() == Counts():
        return ft.Container()
    wanted = looking.wanted
    forms = [Option("", words("records.all_forms"))]
    forms += [Option(f.id, f.title(words.language), icon=icon_of(f.icon)) for f in notebook.kinds()]
    states = [Option("", words("records.all_states"))] + [Option(s, words(f"state.{s}")) for s in STATES]
    pickers = [
        Picker("filter-form", words("records.form"), forms, wanted.form or "", lambda v: looking.want(form=v or None)),
        Picker(
            "filter-state", words("records.state"), states, wanted.state or "", lambda v: looking.want(state=v or None)
        ),
        DayPicker(wanted.since, wanted.until, lambda since, until: looking.want(since=since, until=until)),
    ]
    schools = notebook.setup.schools if notebook.setup else ()
    if len(schools) > 1:
        options = [Option("", words("records.all_schools"))] + [Option(s.id, s.name, s.address) for s in schools]
        pick_school = Picker(
            "filter-school",
            words("records.school"),
            options,
            wanted.school or "",
            lambda v: looking.want(school=v or None),
        )
        pickers.insert(1, pick_school)
    return ft.Column(
        # One row that is drawn aside, so that large text leaves room for the records.
        [SearchField(looking), ft.Row(pickers, scroll=ft.ScrollMode.HIDDEN, spacing=NEAR)],
        spacing=NEAR,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@drawn
def List(looking: Looking) -> ft.Control:
    """The records that are left. What the notebook's indexes answer is there at once; the rest is searched for."""
    use_changes(looking.changes)
    return Hits(looking) if looking.searching else Newest(looking)


@drawn
def Newest(looking: Looking) -> ft.Control:
    """The newest records of a form, a school and a state."""
    services = use_services()
    use_notebook_version()
    use_changes(looking.changes)
    words, wanted, limit = services.words, looking.wanted, looking.limit
    # One more than is shown tells whether there are more.
    rows = services.notebook.records(wanted.form, wanted.school, wanted.state, limit=limit + 1)
    lines: list[ft.Control] = [record_row(record) for record in rows[:limit]]
    if len(rows) > limit:
        lines.append(secondary_button("more-records", words("records.more"), looking.more, ft.Icons.EXPAND_MORE))
    if not rows and looking.narrowed:
        lines.append(nothing_like_this(looking))
    elif not rows:
        home = primary_button("home", words("lost.home"), lambda: go("/"), ft.Icons.HOME)
        lines.append(empty(ft.Icons.LIST_ALT, words("records.empty.title"), words("records.empty.text"), home))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
