"""The phone as seen from the browser's worker: what only the page can do is asked of it (assets/web/page.js).

Both sides speak over a BroadcastChannel in JSON; every message names its tab, and others' are not heard.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, Final

from app.device import Listeners

log = logging.getLogger("beatbook")

CHANNEL: Final = "beatbook"
PATIENCE: Final = 1.0  # seconds for the page's first word: the app starts without it
ASKING: Final = 60.0  # seconds for an answer that a person may have to give

# Words in a browser's description of itself, the telling ones first: Android's also says Linux, Chrome's also Safari.
_SYSTEMS: Final = (
    ("Android", "android", "Android"),
    ("iPhone", "ios", "iPhone"),
    ("iPad", "ios", "iPad"),
    ("CrOS", "other", "Chromebook"),
    ("Windows", "windows", "Windows"),
    ("Mac OS", "macos", "Mac"),
    ("Linux", "linux", "Linux"),
)
_BROWSERS: Final = (("Edg", "Edge"), ("Firefox", "Firefox"), ("SamsungBrowser", "Samsung"), ("Chrom", "Chrome"))


def describe(agent: str) -> tuple[str, str]:
    """Kind of phone and its name for the district's list, from the browser's description of itself."""
    kind, system = next(((kind, name) for word, kind, name in _SYSTEMS if word in agent), ("other", "Phone"))
    browser = next((name for word, name in _BROWSERS if word in agent), "Safari" if "Safari" in agent else "")
    return kind, f"{system} · {browser}" if browser else system


class BrowserDevice(Listeners):
    """This phone's browser. `scope` is the worker's global object; tests bring their own."""

    def __init__(self, scope: Any = None) -> None:
        super().__init__()
        if scope is None:
            import js

            scope = js
        self._scope = scope
        self._tab = str(scope.beatbook.tab)
        self.platform, self.name = describe(str(scope.navigator.userAgent))
        self.language = str(scope.navigator.language or "en")
        self.base_url = str(scope.location.origin)
        self.persisted = False
        self.update_ready = False
        self._connected = bool(scope.navigator.onLine)
        self._greeted = asyncio.Event()
        self._answers: list[asyncio.Future[bool]] = []
        self._channel = scope.BroadcastChannel.new(CHANNEL)
        self._hear = _proxy(self._on_message)
        self._channel.onmessage = self._hear

    async def start(self) -> None:
        self._say("hello?")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._greeted.wait()
        except TimeoutError:
            log.info("device: the page has not answered yet")

    def online(self) -> bool:
        return self._connected

    def metered(self) -> bool:
        network = getattr(self._scope.navigator, "connection", None)  # not every browser tells
        if not network:
            return False
        return bool(getattr(network, "saveData", False)) or getattr(network, "type", None) == "cellular"

    def apply_update(self) -> None:
        self._say("apply-update")

    async def persist(self) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        self._say("persist?")
        try:
            async with asyncio.timeout(ASKING):
                return await answer
        except TimeoutError:
            return self.persisted

    async def storage(self) -> tuple[int, int] | None:
        try:
            found = await self._scope.navigator.storage.estimate()
            return int(found.usage), int(found.quota)
        except (AttributeError, TypeError):  # no such thing in this browser
            return None

    def vibrate(self, milliseconds: int = 40) -> None:
        self._say("vibrate", ms=milliseconds)

    def ready(self) -> None:
        self._say("ready")

    def _say(self, kind: str, **more: object) -> None:
        self._channel.postMessage(json.dumps({**more, "kind": kind, "tab": self._tab}))

    def _on_message(self, event: Any) -> None:
        message = json.loads(str(event.data))
        if message.get("tab") != self._tab:
            return
        match message["kind"]:
            case "hello":
                self.language = message.get("language") or self.language
                self.persisted = bool(message.get("persisted"))
                self._connect(bool(message.get("online", True)))
                self._greeted.set()
            case "online":
                self._connect(True)
            case "offline":
                self._connect(False)
            case "active":
                self._tell(self._activity)
            case "visible":
                self._tell(self._resume)
            case "update-ready":
                self.update_ready = True
                self._tell(self._update)
            case "persisted":
                self.persisted = bool(message.get("value"))
                while self._answers:
                    answer = self._answers.pop()
                    if not answer.done():
                        answer.set_result(self.persisted)
                self._tell(self._update)

    def _connect(self, online: bool) -> None:
        news = online != self._connected
        self._connected = online
        if news:
            self._tell(self._network)


def _proxy(function: Callable[[Any], None]) -> Any:
    """A function that JavaScript may keep and call."""
    try:
        from pyodide.ffi import create_proxy
    except ImportError:  # a test without a browser
        return function
    return create_proxy(function)
