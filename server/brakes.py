"""How often somebody may ask: counted in this process, so several processes allow that many times as much."""

import time
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from server.errors import Refused
from sync.protocol import Code

# A whole school's officers may enrol behind one address; a code has 50 random bits, so this leaves no hope to guess.
ENROL: Final = RateLimitItemPerMinute(30, 10)
DEVICE: Final = RateLimitItemPerMinute(600)
STRANGER: Final = RateLimitItemPerMinute(120)


class Brakes:
    """Counts requests by who makes them."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Counts one request. Raises Refused, with the time to wait, when there were too many."""
        if self._limiter.hit(limit, who):
            return
        wait = max(1, round(self._limiter.get_window_stats(limit, who).reset_time - time.time()))
        raise Refused(Code.TOO_MANY_REQUESTS, "Too many tries. Please wait a little.", retry_after=wait)
