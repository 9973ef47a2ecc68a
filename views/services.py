"""What the screens are given: the notebook, the road to the district, the phone and the words."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import flet as ft

from app.files import FileTrouble, Folder, make_folder
from app.settings import Settings
from app.sound import Recorder, make_recorder
from app.words import Words
from views.theme import dress

if TYPE_CHECKING:
    from flet.components.hooks.use_ref import MutableRef

    from app.device import Device
    from app.notebook import Notebook
    from sync.engine import Engine, Status
    from views.gate import Gate
    from views.practice import Practice
    from views.scanner import Scanner

_KEY: Final = "services"
ASIDE: Final = ("/emergency", "/forgot")  # reached from every stage, locked or not


class Changes:
    """Counts the changes of one part, and tells the components that draw it."""

    def __init__(self) -> None:
        self.count = 0
        self._listeners: list[Callable[[], None]] = []

    def changed(self, *_: object) -> None:
        """To be called after each change."""
        self.count += 1
        for listener in list(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` after each change, until the function given back is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def end(self) -> None:
        """Tells nobody any more: the screen is gone."""
        self._listeners.clear()


async def _forget(_: Settings) -> None:
    """Keeps no settings: for screens that are shown without a folder."""


@dataclass(eq=False)
class Services:
    """Everything a screen may use. `main.py` makes it; screens find it with `use_services()`.

    Notebook and engine are there while the notebook is unlocked; the screens that use them are shown only then.
    """

    notebook: "Notebook" = field(init=False)
    engine: "Engine" = field(init=False)
    device: "Device"
    scanner: "Scanner"
    words: Words
    folder: Folder = field(default_factory=lambda: make_folder("nowhere"))
    """Where the phone keeps what may be read while it is locked."""
    settings: Settings = field(default_factory=Settings)
    keep_settings: Callable[[Settings], Awaitable[None]] = _forget
    base_url: str = ""
    """The district that a phone without one is enrolled at; empty where only the code's own link says it."""
    entered: bool = False
    """Whether the screens behind the enrolment are open."""
    wanted: str = "/"
    """Where a link led that was opened before this phone was enrolled."""
    aside: str = "/"
    """Where the officer was before a screen that stands beside the way: the emergency card, setting up anew."""
    notebook_changes: Changes = field(default_factory=Changes)
    engine_changes: Changes = field(default_factory=Changes)
    device_changes: Changes = field(default_factory=Changes)
    look_changes: Changes = field(default_factory=Changes)  # language, entering: every screen is drawn again
    locking: Changes = field(default_factory=Changes)  # said before the notebook closes, to those who hold answers
    may_locate: bool = True
    """Whether a position may be asked for without a tap: not any more, until the next start, once that was denied."""
    recorder: Recorder = field(default_factory=make_recorder)
    practice: "Practice | None" = None
    """The notebook beside the real one; none while the notebook is locked."""
    gate: "Gate | None" = None
    """The way in and out; none where the notebook was open from the start."""

    def open(self, notebook: "Notebook", engine: "Engine") -> None:
        """The notebook was unlocked: its screens may be shown."""
        self.notebook, self.engine = notebook, engine
        self.entered = notebook.binding is not None
        notebook.subscribe(self.notebook_changes.changed)
        engine.subscribe(self.engine_changes.changed)
        with suppress(FileTrouble):  # a full phone may be read all the same
            notebook.set_language(self.words.language)
        if self.practice:
            self.practice.show()

    def close(self) -> None:
        """The notebook is locked: nothing of it is left for any screen."""
        del self.notebook, self.engine
        self.practice = None
        self.entered = False
        self.look_changes.changed()

    @property
    def is_open(self) -> bool:
        """Whether the notebook is unlocked."""
        return hasattr(self, "notebook")

    def kick(self, reason: str) -> None:
        """Asks the engine for a round, if the notebook is unlocked."""
        if self.practice:
            self.practice.kick(reason)
        elif self.is_open:
            self.engine.kick(reason)

    @property
    def practising(self) -> bool:
        """Whether nothing that is written now is ever sent."""
        return self.practice is not None and self.practice.on

    def leave_practice(self) -> None:
        """The notebook is about to close: what was open beside it closes first."""
        if self.practice:
            self.practice.close()

    async def set_language(self, language: str) -> None:
        """Switches the words of every screen at once, and keeps the choice."""
        self.words = Words.load(language)
        if self.is_open:
            self.notebook.set_language(self.words.language)
        await self._set(replace(self.settings, language=language))

    async def set_lock_minutes(self, minutes: int) -> None:
        """How long the notebook stays open without the officer."""
        await self._set(replace(self.settings, lock_minutes=minutes))

    async def set_letters(self, letters: bool) -> None:
        """Which keyboard comes up for the PIN."""
        await self._set(replace(self.settings, letters=letters))

    async def set_look(self, page: ft.Page, look: str) -> None:
        """Switches the colours of every screen at once, and keeps the choice."""
        dress(page, look)
        page.update()
        await self._set(replace(self.settings, look=look))

    def enter(self) -> None:
        """Opens the screens behind the enrolment."""
        self.entered = True
        self.look_changes.changed()

    def end(self) -> None:
        """The screen is gone: what still changes is drawn nowhere."""
        for changes in (
            self.notebook_changes,
            self.engine_changes,
            self.device_changes,
            self.look_changes,
            self.locking,
        ):
            changes.end()

    async def _set(self, settings: Settings) -> None:
        self.settings = settings
        self.look_changes.changed()
        await self.keep_settings(settings)


def provide(page: ft.Page, services: Services) -> None:
    """Makes the services known to every screen of this page."""
    page.session.store.set(_KEY, services)


def use_services() -> Services:
    """The services of this page; works in components and in their handlers."""
    services = ft.context.page.session.store.get(_KEY)
    assert isinstance(services, Services)
    return services


def note_activity() -> None:
    """The officer did something on this page."""
    services = ft.context.page.session.store.get(_KEY)
    if isinstance(services, Services) and services.gate:
        services.gate.touch()


def use_gate() -> "Gate":
    """The way into the notebook and out of it; for screens that are shown only where there is one."""
    gate = use_services().gate
    assert gate is not None
    return gate


def go_aside(route: str) -> None:
    """Opens a screen that stands beside the way; `go_back` leads back to where the officer was."""
    services = use_services()
    if ft.context.page.route not in ASIDE:
        services.aside = ft.context.page.route
    ft.context.page.navigate(route)


def go_back() -> None:
    """Leads back to where the officer was."""
    ft.context.page.navigate(use_services().aside)


def use_notebook_version() -> int:
    """Draws the calling component again after every change of the notebook.

    For leaves only: a component that holds a text field and is drawn again while somebody types loses characters.
    """
    return use_changes(use_services().notebook_changes)


def use_engine_status() -> "Status":
    """The sync engine's status; draws the calling component again when it changes. For leaves only, as above."""
    services = use_services()
    use_changes(services.engine_changes)
    return services.engine.status


def use_changes(changes: Changes) -> int:
    """Draws the calling component again after every change that `changes` counts."""
    seen, see = ft.use_state(changes.count)
    path = ft.use_view_path()
    leave: MutableRef[list[Callable[[], None]]] = ft.use_ref(lambda: [])

    def mount() -> None:
        # Changes come from anywhere (a timer, a message of the browser); Flet finds its page in the context.
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()

        def look() -> None:
            # A screen that lies under another one is drawn again anyway when it comes to light.
            if path in ("", ft.context.page.route.partition("?")[0]):
                see(changes.count)

        def on_change() -> None:
            loop.call_soon(look, context=context)

        leave.current = [changes.listen(on_change)]
        look()

    def unmount() -> None:
        for stop in leave.current or ():
            stop()
        leave.current = []

    ft.use_effect(mount, [], unmount)
    return seen
