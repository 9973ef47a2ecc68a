"""Beginning a record: the officer's most used forms as large buttons on Home, all of them one tap further."""

from datetime import datetime
from typing import Final

import flet as ft

from app.forms import Form
from app.habit import FACT, Habit
from views.fields_frame import use_kept_text
from views.handlers import Handler, go, guarded, ident
from views.parts import drawn, empty, icon_of, primary_button, quiet, row, scaffold, screen, secondary_button, section
from views.services import Services, use_notebook_version, use_services
from views.theme import BODY, CAPTURE, EDGE, GAP, GROUP, NEAR, RADIUS, SECTION, STRONG

LARGE: Final = 4  # buttons on Home; one more where that leaves nothing to look for elsewhere
SEARCH_FROM: Final = 16  # a list with fewer forms is read faster than searched
ROLES: Final = ("law_enforcement", "counselling", "teaching", "community")


@drawn
def Capture() -> ft.Control:
    """The big buttons: the forms begun most, and the way to all of them."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    forms = notebook.forms()
    if not forms:
        return empty(
            ft.Icons.CLOUD_DOWNLOAD,
            words("home.no_forms.title"),
            words("home.no_forms.text"),
            primary_button("sync-now", words("sync.now"), lambda: services.engine.kick("manual"), ft.Icons.SYNC),
        )
    first = _habit(services).ordered(forms)[: LARGE + 1 if len(forms) == LARGE + 1 else LARGE]
    buttons = [
        _large(f"open-{form.id}", form.title(words.language), icon_of(form.icon), begins(services, form.id))
        for form in first
    ]
    if len(first) < len(forms):
        buttons.append(secondary_button("all-forms", words("home.all_forms"), lambda: go("/forms"), ft.Icons.APPS))
    return ft.Container(
        ft.Column(buttons, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(top=EDGE),
    )


@screen
def FormsScreen() -> ft.View:
    """Every form of the district."""
    return scaffold(use_services().words("home.all_forms"), [Forms()], route="/forms")


@drawn
def Forms() -> ft.Control:
    """The forms by the officer's roles, with search where there are many."""
    services = use_services()
    use_notebook_version()
    words = services.words
    wanted, search = ft.use_state("")
    last, text = use_kept_text("")
    forms = services.notebook.forms()
    parts: list[ft.Control] = []
    if len(forms) >= SEARCH_FROM:
        last.current = ft.TextField(
            value=text,
            hint_text=words("form.search"),
            prefix_icon=ft.Icons.SEARCH,
            text_size=BODY,
            on_change=guarded(lambda event: search(event.control.value)),
        )
        parts.append(ident("search-forms", last.current, label=words("form.search")))
    found = [form for form in forms if wanted.strip().casefold() in form.title(words.language).casefold()]
    for role in ROLES:
        lines = [_line(services, form) for form in found if form.role == role]
        if lines:
            parts.append(_group(words(f"role.{role}"), lines))
    if not found:
        parts.append(quiet(words("form.none_found")))
    return ft.Column(parts, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def begins(services: Services, form_id: str) -> Handler:
    """Begins a record of this form and opens it; what was begun counts for what Home shows first."""

    async def begin() -> None:
        notebook = services.notebook
        with notebook.batch():
            draft = notebook.start(form_id)
            notebook.prefer(FACT, _habit(services).begun(form_id))
        go(f"/form/{draft.id}")

    return begin


def _habit(services: Services) -> Habit:
    return Habit.read(services.notebook.preference(FACT), datetime.now().date().isoformat())


def _line(services: Services, form: Form) -> ft.Control:
    title = form.title(services.words.language)
    return row(f"open-{form.id}", title, begins(services, form.id), icon=icon_of(form.icon))


def _group(title: str, lines: list[ft.Control]) -> ft.Control:
    return ft.Container(
        ft.Column([section(title), *lines], spacing=NEAR, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(bottom=GROUP - GAP),
    )


def _large(identifier: str, text: str, icon: ft.IconData, on_click: Handler) -> ft.Control:
    button = ft.FilledButton(
        ft.Row(
            [
                ft.Icon(icon, size=32, color=CAPTURE.ink),
                ft.Text(text, size=SECTION, weight=STRONG, color=CAPTURE.ink, expand=True),
            ],
            spacing=EDGE,
        ),
        on_click=guarded(on_click),
        style=ft.ButtonStyle(
            bgcolor=CAPTURE.ground,
            padding=ft.Padding.symmetric(vertical=EDGE, horizontal=EDGE),
            shape=ft.RoundedRectangleBorder(radius=RADIUS),
        ),
    )
    named = ident(identifier, button)
    named.key = (
        identifier  # another form is another button: the browser leaves its name to one that only gets new words
    )
    return named
