"""What the screens are given: the notebook, the road to the district, the phone and the words."""

import asyncio
import contextvars
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import flet as ft

from app.words import Words

if TYPE_CHECKING:
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
        return lambda: self._listeners.remove(listener)


@dataclass(eq=False)
class Services:
    """Everything a screen may use. `main.py` makes it; screens find it with `use_services()`."""

    notebook: "Notebook"
    engine: "Engine"
    device: "Device"
    scanner: "Scanner"
    words: Words
    notebook_changes: Changes = field(default_factory=Changes)
    engine_changes: Changes = field(default_factory=Changes)
    look_changes: Changes = field(default_factory=Changes)  # language: every screen is drawn again

    def __post_init__(self) -> None:
        self.notebook.subscribe(self.notebook_changes.changed)
        self.engine.subscribe(self.engine_changes.changed)

    def set_language(self, language: str) -> None:
        """Switches the words of every screen at once."""
        self.words = Words.load(language)
        self.look_changes.changed()


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
    status: Status = services.engine.status
    return status


def use_changes(changes: Changes) -> int:
    """Draws the calling component again after every change that `changes` counts."""
    seen, see = ft.use_state(changes.count)
    leave: list[Callable[[], None]] = ft.use_state(list)[0]

    def mount() -> None:
        # Changes come from anywhere (a timer, a message of the browser); Flet finds its page in the context.
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()

        def look() -> None:
            see(changes.count)

        def on_change() -> None:
            loop.call_soon(look, context=context)

        leave.append(changes.listen(on_change))
        look()

    def unmount() -> None:
        while leave:
            leave.pop()()

    ft.use_effect(mount, [], unmount)
    return seen
