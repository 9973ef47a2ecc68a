"""More: the road to the district, my card, language and colours, what this phone keeps, and which version it is."""

import flet as ft

from app.keys import PasskeyTrouble
from app.settings import LOCK_MINUTES
from app.words import LANGUAGES
from sync.protocol import APP_VERSION
from views.handlers import go, guarded, notice
from views.navigation import ROOT, navigation
from views.parts import card, drawn, fact, message, row, scaffold, screen, secondary_button, section
from views.picker import Option, Picker
from views.services import (
    go_aside,
    use_changes,
    use_engine_status,
    use_gate,
    use_notebook_version,
    use_services,
)
from views.status import status_look
from views.theme import AMBER, GAP, GREEN, LOOKS
from views.update import update_line

_LOOK_ICONS = {
    "auto": ft.Icons.BRIGHTNESS_AUTO,
    "light": ft.Icons.LIGHT_MODE,
    "dark": ft.Icons.DARK_MODE,
    "sunlight": ft.Icons.WB_SUNNY,
}


@screen
def MoreScreen() -> ft.View:
    """Everything that is not a record."""
    words = use_services().words
    return scaffold(
        words("more.title"),
        [
            SyncLine(),
            row(
                "card", words("card.title"), lambda: go("/more/card"), icon=ft.Icons.QR_CODE_2, detail=words("card.row")
            ),
            row(
                "emergency",
                words("emergency.title"),
                lambda: go("/more/emergency"),
                icon=ft.Icons.EMERGENCY,
                detail=words("emergency.hint"),
            ),
            section(words("more.look")),
            Language(),
            Look(),
            *([section(words("lock.section")), Lock()] if use_services().gate else []),
            PracticeMode(),
            section(words("more.phone")),
            Storage(),
            Update(),
            section(words("more.about")),
            About(),
        ],
        route=ROOT,
        navigation=navigation("more"),
    )


@drawn
def SyncLine() -> ft.Control:
    """The way to the sync screen, with the state under it."""
    words = use_services().words
    look = status_look(use_engine_status(), words)
    return row("sync", words("sync.title"), lambda: go("/more/sync"), icon=look.icon, detail=look.title)


@drawn
def Language() -> ft.Control:
    """English or Spanish, everywhere at once."""
    services = use_services()
    words = services.words
    options = [Option(language, words(f"language.{language}")) for language in LANGUAGES]
    return Picker(
        "language", words("more.language"), options, words.language, services.set_language, ft.Icons.TRANSLATE
    )


@drawn
def Look() -> ft.Control:
    """As the phone, light, dark, or for full sun."""
    services = use_services()
    words = services.words
    options = [Option(look, words(f"look.{look}"), words(f"look.{look}.text"), _LOOK_ICONS[look]) for look in LOOKS]

    async def choose(look: str) -> None:
        await services.set_look(ft.context.page, look)

    look = services.settings.look
    return Picker("look", words("more.colours"), options, look, choose, _LOOK_ICONS[look])


@drawn
def Lock() -> ft.Control:
    """When the notebook locks, and what opens it."""
    services, gate = use_services(), use_gate()
    words, vault = services.words, gate.vault
    assert vault is not None  # or there would be no notebook to show
    offered, set_offered = ft.use_state(False)
    passkey, set_passkey = ft.use_state(vault.has_passkey)
    busy, set_busy = ft.use_state(False)

    async def look() -> None:
        set_offered(await vault.has_passkeys())

    ft.use_effect(guarded(look), [], lambda: None)

    async def switch_passkey() -> None:
        set_busy(True)
        try:
            if passkey:
                await vault.remove_passkey()
            else:
                await vault.add_passkey("Beatbook")  # no name: the phone's own list may be copied elsewhere
            notice(words(f"lock.passkey.{'removed' if passkey else 'added'}"))
        except PasskeyTrouble as error:
            notice(words(f"pin.error.{error.code}"), seconds=8)
        finally:
            set_passkey(vault.has_passkey)
            set_busy(False)

    async def choose(minutes: str) -> None:
        await services.set_lock_minutes(int(minutes))

    options = [Option(str(minutes), words.count("lock.minutes", minutes)) for minutes in LOCK_MINUTES]
    minutes = str(services.settings.lock_minutes)
    lines = [
        secondary_button("lock-now", words("lock.now"), gate.lock, ft.Icons.LOCK),
        Picker("lock-minutes", words("lock.after"), options, minutes, choose, ft.Icons.TIMER),
        row("change-pin", words("pin.change"), lambda: go("/more/pin"), icon=ft.Icons.PIN),
    ]
    if offered or passkey:
        title = words("lock.passkey.remove" if passkey else "lock.passkey.add")
        tap = None if busy else switch_passkey
        lines.append(row("switch-passkey", title, tap, icon=ft.Icons.FINGERPRINT, detail=words("lock.passkey.text")))
    lines.append(row("forgot", words("lock.forgot.title"), lambda: go_aside("/forgot"), icon=ft.Icons.RESTART_ALT))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def PracticeMode() -> ft.Control:
    """Trying everything out with nothing sent; and away with all of it."""
    services = use_services()
    use_notebook_version()
    words, practice = services.words, services.practice
    if practice is None or services.notebook.setup is None or services.notebook.binding is None:
        return ft.Container()

    async def start() -> None:
        await practice.start()
        go("/")
        notice(words("practice.begun"))

    def stop() -> None:
        practice.stop()
        go("/")
        notice(words("practice.ended"))

    async def throw_away() -> None:
        await practice.throw_away()
        notice(words("practice.thrown"))

    if not practice.on:
        lines = [row("practice", words("practice.title"), start, icon=ft.Icons.SCHOOL, detail=words("practice.text"))]
    else:
        counts = services.notebook.counts()
        written = counts.waiting + counts.draft
        lines = [
            message(words("practice.on"), ft.Icons.SCHOOL, AMBER, "practising"),
            secondary_button("end-practice", words("practice.end"), stop, ft.Icons.LOGOUT),
        ]
        if written:
            away = words.count("practice.throw", written)
            lines.append(secondary_button("throw-away", away, throw_away, ft.Icons.DELETE_SWEEP))
    lines.insert(0, section(words("practice.section")))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Storage() -> ft.Control:
    """Whether the phone promises to keep the notebook, and how much room it takes."""
    services = use_services()
    use_changes(services.device_changes)
    words, device = services.words, services.device
    used, set_used = ft.use_state("")

    async def measure() -> None:
        room = await device.storage()
        if room is not None:
            taken, quota = (megabytes(size) for size in room)
            set_used(words("storage.used", used=taken, quota=quota))

    ft.use_effect(guarded(measure), [words.language])

    async def ask() -> None:
        kept = await device.persist()
        notice(words("storage.persist.yes" if kept else "storage.persist.no"))
        services.device_changes.changed()

    lines: list[ft.Control] = []
    if device.persisted:
        lines.append(message(words("storage.persist.yes"), ft.Icons.CHECK_CIRCLE, GREEN, "persisted"))
    else:
        lines.append(message(words("storage.persist.no"), ft.Icons.WARNING_AMBER, AMBER, "persisted"))
        lines.append(secondary_button("persist", words("storage.persist.ask"), ask, ft.Icons.LOCK_OUTLINE))
    if used:
        lines.append(fact(words("storage.title"), used))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Update() -> ft.Control:
    """A new version that waits, or that there is none."""
    services = use_services()
    use_changes(services.device_changes)
    return update_line(services) if services.device.update_ready else ft.Container()


@drawn
def About() -> ft.Control:
    """Whose phone, which district, which version: what one reads out to support."""
    services = use_services()
    words = services.words
    setup, binding = services.notebook.setup, services.notebook.binding
    facts = [fact(words("about.version"), APP_VERSION)]
    if setup is not None:
        facts.insert(0, fact(words("enrol.done.officer"), setup.officer.name))
        facts.insert(1, fact(words("enrol.done.district"), setup.district.name))
        if setup.district.phone:
            facts.append(fact(words("about.phone"), setup.district.phone))
    if binding is not None:
        facts.append(fact(words("about.device"), binding.device[-12:]))
    return card(ft.Column(facts, spacing=GAP))


def megabytes(size: int) -> str:
    """A size as a person reads it."""
    if size >= 1_000_000_000:
        return f"{size / 1_000_000_000:.1f} GB"
    return f"{size / 1_000_000:.1f} MB"
