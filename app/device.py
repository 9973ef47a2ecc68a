"""The phone itself: its network, its language, its promise to keep what is stored, and the version that waits.

In the browser only the page can do some of this; app/device_browser.py asks it. The twin for desks and tests is here.
"""

import locale
import os
import platform
import sys
from collections.abc import Callable
from typing import Final, Protocol

NEWS = Callable[[], object]
HERE: Final = "http://127.0.0.1:8080"  # where `make run` serves the demo district


class Device(Protocol):
    """What the app asks of the phone. `online` is a hint; the truth is what a request says."""

    name: str  # what the district calls this phone in its list
    platform: str  # "android", "ios", "windows", "macos", "linux" or "other"
    language: str  # a tag such as "es-MX"
    base_url: str  # the district that served the app; for a desktop, the one of its settings
    persisted: bool  # whether the phone has promised to keep what is stored
    update_ready: bool  # whether a new version waits

    async def start(self) -> None:
        """Learns all of the above; to be awaited once, before anything else. Takes a second at most."""

    def ready(self) -> None:
        """The first screen is drawn: a splash screen may leave."""

    def online(self) -> bool:
        """Whether the phone believes that it has a network."""

    def metered(self) -> bool:
        """Whether the network of now is one that counts every byte, or the officer asked to save data."""

    def on_network(self, callback: NEWS) -> None:
        """Calls back when the network goes or returns."""

    def on_resume(self, callback: NEWS) -> None:
        """Calls back when the officer comes back to the app."""

    def on_activity(self, callback: NEWS) -> None:
        """Calls back now and then while the officer taps or types."""

    def on_update(self, callback: NEWS) -> None:
        """Calls back when a new version waits, or `persisted` changed."""

    async def persist(self) -> bool:
        """Asks the phone to keep what is stored whatever happens, and gives its answer."""

    async def storage(self) -> tuple[int, int] | None:
        """Bytes taken and bytes that may be taken; None where the phone does not say."""

    def vibrate(self, milliseconds: int = 40) -> None:
        """A tick to be felt, where there is one."""

    def apply_update(self) -> None:
        """Starts the version that waits; the app begins anew, and nothing that was kept is touched."""


class Listeners:
    """Who wants to hear of what."""

    def __init__(self) -> None:
        self._network: list[NEWS] = []
        self._resume: list[NEWS] = []
        self._update: list[NEWS] = []
        self._activity: list[NEWS] = []

    def on_network(self, callback: NEWS) -> None:
        self._network.append(callback)

    def on_resume(self, callback: NEWS) -> None:
        self._resume.append(callback)

    def on_update(self, callback: NEWS) -> None:
        self._update.append(callback)

    def on_activity(self, callback: NEWS) -> None:
        self._activity.append(callback)

    def _tell(self, callbacks: list[NEWS]) -> None:
        for callback in list(callbacks):
            callback()


class PlainDevice(Listeners):
    """A computer on a desk: always there, its files kept, nothing to be felt. Tests make things happen to it."""

    def __init__(self, base_url: str = "") -> None:
        super().__init__()
        self.name = platform.system() or "Computer"
        self.platform = {"darwin": "macos", "win32": "windows", "linux": "linux"}.get(sys.platform, "other")
        self.language = (locale.getlocale()[0] or "en").replace("_", "-")
        self.base_url = base_url
        self.persisted = True
        self.update_ready = False
        self.connected = True
        self.counts_bytes = False

    async def start(self) -> None:
        pass

    def ready(self) -> None:
        pass

    def online(self) -> bool:
        return self.connected

    def metered(self) -> bool:
        return self.counts_bytes

    async def persist(self) -> bool:
        return self.persisted

    async def storage(self) -> tuple[int, int] | None:
        return None

    def vibrate(self, milliseconds: int = 40) -> None:
        pass

    def apply_update(self) -> None:
        pass

    # -- what a test makes happen --------------------------------------------------------------------------------

    def connect(self, connected: bool = True) -> None:
        """The network comes or goes."""
        news = connected != self.connected
        self.connected = connected
        if news:
            self._tell(self._network)

    def resume(self) -> None:
        """The officer comes back to the app."""
        self._tell(self._resume)

    def act(self) -> None:
        """The officer taps or types."""
        self._tell(self._activity)

    def offer_update(self) -> None:
        """A new version waits."""
        self.update_ready = True
        self._tell(self._update)


def make_device() -> Device:
    """The device that this runs on; a desktop's district is BEATBOOK_DISTRICT, else the demo's."""
    if sys.platform == "emscripten":
        from app.device_browser import BrowserDevice

        return BrowserDevice()
    return PlainDevice(os.environ.get("BEATBOOK_DISTRICT", HERE))
