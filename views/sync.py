"""The sync screen: where everything is, what waits, what went wrong with which record, and "sync now"."""

from typing import TYPE_CHECKING, Final

import flet as ft

from sync.engine import WIFI_ONLY
from views.handlers import go
from views.keep_file import KeepReceipts
from views.parts import (
    card,
    drawn,
    empty,
    message,
    primary_button,
    quiet,
    row,
    scaffold,
    screen,
    secondary_button,
    section,
)
from views.rows import record_row
from views.services import use_changes, use_engine_status, use_notebook_version, use_services
from views.status import shut_out, status_look, why
from views.theme import AMBER, BLUE, GAP, GROUP, NUMBER, SMALL, STRONG
from views.update import update_line

if TYPE_CHECKING:
    from app.rows import RecordRow
    from app.words import Words

FIRST = 20
# Reasons that an officer can do nothing about: the district has to.
DISTRICTS_MOVE: Final = (
    *("act_refused", "bad_request", "bad_revision", "chain_broken", "form_unknown", "internal", "not_found"),
    *("wrong_author", "wrong_class"),
)


@screen
def SyncScreen() -> ft.View:
    """The road to the district, told plainly."""
    words = use_services().words
    return scaffold(words("sync.title"), [Standing(), Held(), Road()], route=ft.use_view_path())


@drawn
def Standing() -> ft.Control:
    """The state in a sentence, the button, and the numbers."""
    services = use_services()
    use_notebook_version()
    use_changes(services.device_changes)
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
        if binding := services.notebook.binding:
            bar.append(quiet(words("sync.account", officer=binding.officer)))
    else:
        action = primary_button(
            "sync-now",
            words("sync.now_busy" if syncing else "sync.now"),
            lambda: services.engine.kick("manual"),
            ft.Icons.SYNC,
            disabled=syncing,
        )
    if services.device.update_ready:
        bar.append(update_line(services))
    if services.notebook.disagrees:
        bar.append(message(words("sync.disagrees"), ft.Icons.SYNC_PROBLEM, AMBER, "disagrees"))
    if unread := services.notebook.unread:
        bar.append(message(words.count("sync.unread", unread), ft.Icons.SYSTEM_UPDATE, AMBER, "unread"))
    if unread := services.notebook.unread_forms:
        bar.append(message(words.count("sync.unread_forms", unread), ft.Icons.SYSTEM_UPDATE, AMBER, "unread-forms"))
    if syncing:
        bar.append(secondary_button("sync-stop", words("sync.stop"), services.engine.cancel, ft.Icons.STOP))
    if services.engine.holds_photos and (held := len(services.notebook.photos_to_send())):
        bar.append(message(words.count("sync.held_photos", held), ft.Icons.WIFI, BLUE, "held-photos"))
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
    """What needs attention, then what is on its way, then what waits; a tap on one says why and what to do."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    is_out = shut_out(use_engine_status())
    troubled = notebook.records(state="attention", limit=FIRST)
    under_way = () if services.practising else ("sending", "waiting")
    waiting = [record for state in under_way for record in notebook.records(state=state, limit=FIRST)][:FIRST]
    torn = notebook.records(state="conflict", limit=FIRST)
    lines: list[ft.Control] = []
    if troubled:
        lines.append(section(words("sync.troubled")))
        for record in troubled:
            lines += [record_row(record), quiet(_move(record, words))]
    if torn:
        lines += [section(words("sync.torn")), *map(record_row, torn)]
    if waiting:
        lines += [section(words("sync.held")), *map(record_row, waiting)]
        if more := notebook.counts().waiting - len(waiting):
            lines.append(quiet(words.count("sync.more", more)))
    if not lines:
        said = "sync.nothing.shut_out" if is_out else "sync.nothing.text"
        lines = [empty(ft.Icons.DONE_ALL, words("sync.nothing.title"), words(said))]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Road() -> ft.Control:
    """What the officer may choose about the road, and the proof of what the district has."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    if services.practising or notebook.binding is None:
        return ft.Container()
    only = bool(notebook.preference(WIFI_ONLY, False))

    def switch() -> None:
        notebook.prefer(WIFI_ONLY, not only)
        services.kick("network")

    box = ft.Icon(ft.Icons.CHECK_BOX if only else ft.Icons.CHECK_BOX_OUTLINE_BLANK, size=24)
    text = words("sync.wifi_only.text")
    lines: list[ft.Control] = [
        section(words("sync.road")),
        row("wifi-only", words("sync.wifi_only"), switch, icon=ft.Icons.WIFI, detail=text, trailing=box),
    ]
    if notebook.stamp:
        lines.append(KeepReceipts())
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _move(record: "RecordRow", words: "Words") -> str:
    """What went wrong with a record, and whose move it is."""
    if record.problem is None:
        return words("sync.move.district")
    problem = record.problem
    move = words("sync.move.district" if problem.code in DISTRICTS_MOVE else "sync.move.you")
    return f"{why(problem.code, words, problem.message)} {move}"
