"""What time it is: the wall clock with its offset, and one that nobody can set."""

import time
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Two clocks: one for people, one for checking the first."""

    def now(self) -> datetime:
        """Wall-clock time with the offset of this place."""

    def mono(self) -> int:
        """Milliseconds on a clock that only ever goes forward; it starts anew with the phone or the app."""


class PhoneClock:
    """The clocks of this phone."""

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def mono(self) -> int:
        return time.monotonic_ns() // 1_000_000
