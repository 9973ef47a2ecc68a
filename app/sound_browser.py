"""The microphone as seen from the browser's worker: only the page has one, and assets/web/sound.js asks it.

Both sides speak over a channel of their own; every message names its tab and the number of its question. The promises
are in app/sound.py.
"""

import asyncio
from typing import Any, Final

from app.sound import NoMicrophone

CHANNEL: Final = "beatbook-sound"
ANSWER: Final = 90.0  # seconds for the owner to read the phone's question; and for a long recording to be put together


class BrowserRecorder:
    """This page's microphone. `scope` is the worker's global object; tests bring their own."""

    def __init__(self, scope: Any = None) -> None:
        if scope is None:
            import js

            scope = js
        self._scope = scope
        self._tab = str(scope.beatbook.tab)
        self._channel: Any = None
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._hear: Any = None

    def available(self) -> bool:
        return True

    async def start(self) -> None:
        await self._ask("start")

    async def stop(self) -> bytes:
        answer = await self._ask("stop")
        return bytes(answer.sound.to_bytes())

    def cancel(self) -> None:
        if self._channel is not None:
            self._say("cancel", 0)

    async def _ask(self, kind: str) -> Any:
        if self._channel is None:  # opened when it is first used: most forms record nothing
            self._channel = self._scope.BroadcastChannel.new(CHANNEL)
            self._hear = _proxy(self._on_message)
            self._channel.onmessage = self._hear
        self._number += 1
        number, answer = self._number, asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self._say(kind, number)
        try:
            async with asyncio.timeout(ANSWER):
                message = await answer
        except TimeoutError:
            self.cancel()
            raise NoMicrophone("busy") from None
        finally:
            del self._answers[number]
        if message.kind != "done":
            raise NoMicrophone(str(message.reason))
        return message

    def _say(self, kind: str, number: int) -> None:
        message = self._scope.Object.new()
        message.kind, message.number, message.tab = kind, number, self._tab
        self._channel.postMessage(message)

    def _on_message(self, event: Any) -> None:
        message = event.data
        answer = self._answers.get(int(message.number or 0)) if message.tab == self._tab else None
        if answer is not None and not answer.done():
            answer.set_result(message)


def _proxy(function: Any) -> Any:
    """A function that JavaScript may keep and call."""
    try:
        from pyodide.ffi import create_proxy
    except ImportError:  # a test without a browser
        return function
    return create_proxy(function)
