"""Recording what is said: the phone's microphone as the form uses it. The browser's twin is app/sound_browser.py."""

import sys
from typing import Final, Protocol

LONGEST: Final = 600  # seconds; then a recording ends by itself, far below the size that a file may have


class NoMicrophone(Exception):
    """Nothing can be recorded now; `reason` is "denied", "missing" or "busy"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Recorder(Protocol):
    """One recording at a time."""

    def available(self) -> bool:
        """Whether this machine can record at all; else a recording is chosen like any other file."""

    async def start(self) -> None:
        """Opens the microphone, asking its owner where the phone wants that. Raises NoMicrophone."""

    async def stop(self) -> bytes:
        """Ends the recording, switches the microphone off, and gives what was recorded. Raises NoMicrophone."""

    def cancel(self) -> None:
        """Switches the microphone off and forgets what was recorded; that nothing is, is no error."""


class NoRecorder:
    """A machine that Beatbook cannot record on: a desk."""

    def available(self) -> bool:
        return False

    async def start(self) -> None:
        raise NoMicrophone("missing")

    async def stop(self) -> bytes:
        raise NoMicrophone("missing")

    def cancel(self) -> None:
        pass


def make_recorder() -> Recorder:
    """The recorder of this machine."""
    if sys.platform == "emscripten":
        from app.sound_browser import BrowserRecorder

        return BrowserRecorder()
    return NoRecorder()
