"""All records on this phone, the newest first: a page at a time, by form and by state."""

from typing import Final

import flet as ft

from views.navigation import ROOT, navigation
from views.parts import drawn, empty, go, icon_of, primary_button, scaffold, screen, secondary_button
from views.picker import Option, Picker
from views.rows import record_row
from views.services import use_notebook_version, use_services
from views.theme import GAP, NEAR

PAGE: Final = 50
STATES: Final = ("waiting", "attention", "district", "draft")


@screen
def RecordsScreen() -> ft.View:
    """The list with its two filters."""
    words = use_services().words
    return scaffold(words("records.title"), [List()], route=ROOT, navigation=navigation("records"))


@drawn
def List() -> ft.Control:
    """The filters and the records they leave."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    form, set_form = ft.use_state("")
    state, set_state = ft.use_state("")
    limit, set_limit = ft.use_state(PAGE)
    # One more than is shown tells whether there are more.
    rows = notebook.records(form=form or None, state=state or None, limit=limit + 1)
    forms = [Option("", words("records.all_forms"))]
    forms += [Option(f.id, f.title(words.language), icon=icon_of(f.icon)) for f in notebook.forms()]
    states = [Option("", words("records.all_states"))] + [Option(s, words(f"state.{s}")) for s in STATES]
    lines: list[ft.Control] = []
    if rows or form or state:  # an empty notebook has nothing to choose from
        pickers = [
            Picker("filter-form", words("records.form"), forms, form, set_form),
            Picker("filter-state", words("records.state"), states, state, set_state),
        ]
        lines.append(ft.Row(pickers, wrap=True, spacing=NEAR, run_spacing=NEAR))
    lines += [record_row(record) for record in rows[:limit]]
    if len(rows) > limit:
        lines.append(
            secondary_button(
                "more-records", words("records.more"), lambda: set_limit(limit + PAGE), ft.Icons.EXPAND_MORE
            )
        )
    if not rows and (form or state):

        def clear() -> None:
            set_form("")
            set_state("")

        all_again = secondary_button("clear-filters", words("records.clear"), clear, ft.Icons.FILTER_LIST_OFF)
        lines.append(empty(ft.Icons.SEARCH_OFF, words("records.none.title"), words("records.none.text"), all_again))
    elif not rows:
        home = primary_button("home", words("lost.home"), lambda: go("/"), ft.Icons.HOME)
        lines.append(empty(ft.Icons.LIST_ALT, words("records.empty.title"), words("records.empty.text"), home))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
