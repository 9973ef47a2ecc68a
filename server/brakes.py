"""How often somebody may ask: counted in this process, so several processes allow that many times as much."""

import time
from ipaddress import IPv6Address
from typing import Final, NoReturn

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from server.errors import Refused
from sync.protocol import Code

# A whole school's officers may enrol behind one address; a code has 50 random bits, so this leaves no hope to guess.
ENROL: Final = RateLimitItemPerMinute(30, 10)
DEVICE: Final = RateLimitItemPerMinute(600)
STRANGER: Final = RateLimitItemPerMinute(120)
PHOTO: Final = RateLimitItemPerMinute(12)  # to unpack one takes up to a second, whether it is kept or not


def address(request: Request) -> str:
    """Where a request comes from: of IPv6 the first half, for every household has all of the other half to itself."""
    host = request.client.host if request.client else "unknown"
    try:
        whole = IPv6Address(host)
    except ValueError:
        return host
    return str(whole.ipv4_mapped or IPv6Address(int(whole) >> 64 << 64))


class Brakes:
    """Counts requests by who makes them."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, limit: RateLimitItem, who: str) -> None:
        """Counts one request. Raises Refused, with the time to wait, when there were too many."""
        if not self.hit(limit, who):
            self._refuse(limit, who)

    def hit(self, limit: RateLimitItem, who: str) -> bool:
        """Counts one request; False when there were too many before it."""
        return self._limiter.hit(limit, who)

    def is_full(self, limit: RateLimitItem, who: str) -> bool:
        """Whether one more request would be too many; it is not counted."""
        return not self._limiter.test(limit, who)

    def check(self, limit: RateLimitItem, who: str) -> None:
        """Raises Refused, with the time to wait, when one more would be too many; it is not counted."""
        if self.is_full(limit, who):
            self._refuse(limit, who)

    def _refuse(self, limit: RateLimitItem, who: str) -> NoReturn:
        wait = max(1, round(self._limiter.get_window_stats(limit, who).reset_time - time.time()))
        raise Refused(Code.TOO_MANY_REQUESTS, "Too many tries. Please wait a little.", retry_after=wait)
