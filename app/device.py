"""The phone itself: its network, its language, its promise to keep what is stored, and the version that waits.

In the browser only the page can do some of this; app/device_browser.py asks it. The desktop's twin is here.
"""

import locale
import os
import platform
import sys
from collections.abc import Callable
from typing import Final, Protocol

NEWS = Callable[[], None]
HERE: Final = "http://127.0.0.1:8080"  # where `make run` serves the demo district


class Device(Protocol):
    """What the app asks of the phone. `online` is a hint; the truth is what a request says."""

    name: str  # what the district calls this phone in its list
    platform: str
    language: str  # a tag such as "es-MX"
    base_url: str  # the district that served the app; for a desktop, the one of its settings
    persisted: bool  # whether the phone has promised to keep what is stored
    update_ready: bool  # whether a new version waits

    async def start(self) -> None:
        """Learns all of the above; to be awaited once, before anything else."""

    def ready(self) -> None:
        """The first screen is drawn."""

    def online(self) -> bool:
        """Whether the phone believes that it has a network."""

    def on_online(self, callback: NEWS) -> None:
        """Calls back when the network returns."""

    def on_resume(self, callback: NEWS) -> None:
        """Calls back when the officer comes back to the app."""

    def on_update(self, callback: NEWS) -> None:
        """Calls back when a new version waits, or `persisted` changed."""

    async def persist(self) -> bool:
        """Asks the phone to keep what is stored whatever happens, and gives its answer."""

    async def storage(self) -> tuple[int, int] | None:
        """Bytes taken and bytes that may be taken; None where the phone does not say."""

    def vibrate(self, milliseconds: int = 40) -> None:
        """A tick to be felt, where there is one."""

    def apply_update(self) -> None:
        """Starts the version that waits; the app begins anew."""


class Desktop:
    """A developer's machine: always there, its files kept, nothing to be felt."""

    def __init__(self) -> None:
        self.name = platform.node() or "Desktop"
        self.platform = sys.platform
        self.language = locale.getlocale()[0] or "en"
        self.base_url = os.environ.get("BEATBOOK_DISTRICT", HERE)
        self.persisted = True
        self.update_ready = False

    async def start(self) -> None:
        pass

    def ready(self) -> None:
        pass

    def online(self) -> bool:
        return True

    def on_online(self, callback: NEWS) -> None:
        pass

    def on_resume(self, callback: NEWS) -> None:
        pass

    def on_update(self, callback: NEWS) -> None:
        pass

    async def persist(self) -> bool:
        return True

    async def storage(self) -> tuple[int, int] | None:
        return None

    def vibrate(self, milliseconds: int = 40) -> None:
        pass

    def apply_update(self) -> None:
        pass


def make_device() -> Device:
    """The device that this runs on."""
    if sys.platform == "emscripten":
        from app.device_browser import BrowserDevice

        return BrowserDevice()
    return Desktop()
