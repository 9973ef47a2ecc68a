"""The sync screen: where everything is, what waits, what went wrong with which record, and "sync now"."""

import flet as ft

from views.parts import card, drawn, empty, go, message, primary_button, scaffold, screen, section
from views.rows import record_row
from views.services import use_engine_status, use_notebook_version, use_services
from views.status import shut_out, status_look
from views.theme import GAP, GROUP, NUMBER, SMALL, STRONG

FIRST = 20


@screen
def SyncScreen() -> ft.View:
    """The road to the district, told plainly."""
    words = use_services().words
    return scaffold(words("sync.title"), [Standing(), Held()], route=ft.use_view_path())


@drawn
def Standing() -> ft.Control:
    """The state in a sentence, the button, and the numbers."""
    services = use_services()
    words = services.words
    status = use_engine_status()
    look = status_look(status, words)
    sentence = f"{look.title}. {look.detail}".strip()
    if services.practising:
        return message(sentence, look.icon, look.paint, "sync-state")
    syncing = status.state == "syncing"
    bar: list[ft.Control] = []
    if syncing:
        share = status.done / status.total if status.total else None
        bar = [ft.ProgressBar(value=share, semantics_label=look.title, bar_height=8, border_radius=4)]
    counts = services.notebook.counts()
    numbers: list[ft.Control] = [
        _number(str(counts.waiting), words("sync.number.waiting")),
        _number(str(counts.attention), words("sync.number.attention")),
        _number(str(counts.district), words("sync.number.district")),
    ]
    if shut_out(status):
        # A round would get the same answer; a new code is the one thing to do.
        action = primary_button(
            "enrol-again", words("sync.enrol_again"), lambda: go("/enrol"), ft.Icons.PHONELINK_SETUP
        )
    else:
        action = primary_button(
            "sync-now",
            words("sync.now_busy" if syncing else "sync.now"),
            lambda: services.engine.kick("manual"),
            ft.Icons.SYNC,
            disabled=syncing,
        )
    return ft.Column(
        [
            message(sentence, look.icon, look.paint, "sync-state"),
            *bar,
            action,
            card(ft.Row(numbers, spacing=GROUP, run_spacing=GAP, wrap=True)),
        ],
        spacing=GAP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _number(value: str, text: str) -> ft.Control:
    return ft.Column(
        [ft.Text(value, size=NUMBER, weight=STRONG), ft.Text(text, size=SMALL)],
        spacing=0,
        tight=True,
    )


@drawn
def Held() -> ft.Control:
    """What needs attention, then what waits; a tap on one says why and what to do."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    troubled = notebook.records(state="attention", limit=FIRST)
    waiting = [] if services.practising else notebook.records(state="waiting", limit=FIRST)
    lines: list[ft.Control] = []
    if troubled:
        lines += [section(words("sync.troubled")), *map(record_row, troubled)]
    if waiting:
        lines += [section(words("sync.held")), *map(record_row, waiting)]
    if not lines:
        lines = [empty(ft.Icons.DONE_ALL, words("sync.nothing.title"), words("sync.nothing.text"))]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
