"""What the screens are given: the notebook, the road to the district, the phone and the words."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import flet as ft

from app.settings import Settings
from app.words import Words
from views.theme import dress

if TYPE_CHECKING:
    from flet.components.hooks.use_ref import MutableRef

    from app.device import Device
    from app.notebook import Notebook
    from sync.engine import Engine, Status
    from views.scanner import Scanner

_KEY: Final = "services"


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
    """Everything a screen may use. `main.py` makes it; screens find it with `use_services()`."""

    notebook: "Notebook"
    engine: "Engine"
    device: "Device"
    scanner: "Scanner"
    words: Words
    settings: Settings = field(default_factory=Settings)
    keep_settings: Callable[[Settings], Awaitable[None]] = _forget
    base_url: str = ""
    """The district that a phone without one is enrolled at; empty where only the code's own link says it."""
    entered: bool = False
    """Whether the screens behind the enrolment are open."""
    wanted: str = "/"
    """Where a link led that was opened before this phone was enrolled."""
    notebook_changes: Changes = field(default_factory=Changes)
    engine_changes: Changes = field(default_factory=Changes)
    device_changes: Changes = field(default_factory=Changes)
    look_changes: Changes = field(default_factory=Changes)  # language, entering: every screen is drawn again

    def __post_init__(self) -> None:
        self.entered = self.notebook.binding is not None
        self.notebook.subscribe(self.notebook_changes.changed)
        self.engine.subscribe(self.engine_changes.changed)

    async def set_language(self, language: str) -> None:
        """Switches the words of every screen at once, and keeps the choice."""
        self.words = Words.load(language)
        self.notebook.set_language(self.words.language)
        self.look_changes.changed()
        await self._set(replace(self.settings, language=language))

    async def set_look(self, page: ft.Page, look: str) -> None:
        """Switches the colours of every screen at once, and keeps the choice."""
        dress(page, look)
        page.update()
        self.look_changes.changed()
        await self._set(replace(self.settings, look=look))

    def enter(self) -> None:
        """Opens the screens behind the enrolment."""
        self.entered = True
        self.look_changes.changed()

    def end(self) -> None:
        """The screen is gone: what still changes is drawn nowhere."""
        for changes in (self.notebook_changes, self.engine_changes, self.device_changes, self.look_changes):
            changes.end()

    async def _set(self, settings: Settings) -> None:
        self.settings = settings
        await self.keep_settings(settings)


def provide(page: ft.Page, services: Services) -> None:
    """Makes the services known to every screen of this page."""
    page.session.store.set(_KEY, services)


def use_services() -> Services:
    """The services of this page; works in components and in their handlers."""
    services = ft.context.page.session.store.get(_KEY)
    assert isinstance(services, Services)
    return services


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
