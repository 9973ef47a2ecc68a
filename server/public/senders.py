"""Who sends requests, without knowing who they are: limits, a plain question near a limit, and those who are blocked.

A sender is a keyed hash of an address. It is kept with the request for `REMEMBERED` days, so that "block" means
something, and then forgotten.
"""

import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from server.brakes import Brakes
from server.database import Database
from server.tables import FamilyRequest, Record, now

_log = logging.getLogger(__name__)

REMEMBERED: Final = timedelta(days=90)
# A phone network puts many families behind one address, and a school has its bad days: near a limit a plain question
# is asked, and only far beyond it nothing is taken.
FEW: Final[dict[str, RateLimitItem]] = {"sender": RateLimitItemPerHour(4), "door": RateLimitItemPerHour(20)}
_ONCE: Final = RateLimitItemPerDay(1)
MANY: Final[dict[str, RateLimitItem]] = {"sender": RateLimitItemPerDay(60), "door": RateLimitItemPerDay(300)}


def sender_of(secret: bytes, address: str) -> str:
    """The name of an address here: nobody without the district's key can tell whose it is."""
    return hmac.new(secret, f"sender {address}".encode(), hashlib.sha256).hexdigest()[:32]


class Crowd:
    """Counts the requests that were taken, by sender and by door (in this process)."""

    def __init__(self, brakes: Brakes) -> None:
        self._brakes = brakes

    def is_near(self, sender: str, door: str) -> bool:
        """Whether there are so many that a plain question is asked before the next one."""
        return any(self._brakes.is_full(limit, f"{who} {name}") for limit, who, name in _limits(FEW, sender, door))

    def check(self, sender: str, door: str) -> None:
        """Raises Refused where there are far too many."""
        for limit, who, name in _limits(MANY, sender, door):
            self._brakes.check(limit, f"{who} {name}")

    def is_spent(self, ticket: str) -> bool:
        """Whether the sum of this page made a request already: one answer is not good for many."""
        return self._brakes.is_full(_ONCE, f"ticket {ticket}")

    def spend(self, ticket: str) -> None:
        """The sum of this page is used up."""
        self._brakes.hit(_ONCE, f"ticket {ticket}")

    def count(self, sender: str, door: str) -> None:
        """Counts a request that was taken."""
        for limits in (FEW, MANY):
            for limit, who, name in _limits(limits, sender, door):
                self._brakes.hit(limit, f"{who} {name}")


def is_blocked(session: Session, sender: str) -> bool:
    """Whether an officer marked a request of this sender as abuse."""
    query = select(Record.answers).join(FamilyRequest, FamilyRequest.record == Record.id)
    found = session.scalars(query.where(FamilyRequest.sender == sender, Record.standing == "live"))
    return any(answers.get("abuse") == "yes" for answers in found)


def forget(session: Session, moment: datetime | None = None) -> None:
    """Forgets who sent what was sent long ago."""
    before = (moment or now()) - REMEMBERED
    old = update(FamilyRequest).where(FamilyRequest.asked_at < before, FamilyRequest.sender.is_not(None))
    session.execute(old.values(sender=None))


def forget_old(database: Database) -> None:
    """The same on a day when nobody sends anything; what goes wrong is told in the log and tried again the next day."""
    try:
        with database.writing() as session:
            forget(session)
    except SQLAlchemyError as error:
        _log.error("old senders cannot be forgotten today: %s", type(error).__name__)


def puzzle() -> tuple[int, int]:
    """Two small numbers whose sum a person finds."""
    return secrets.randbelow(9) + 1, secrets.randbelow(9) + 1


def _limits(limits: dict[str, RateLimitItem], sender: str, door: str) -> list[tuple[RateLimitItem, str, str]]:
    return [(limits["sender"], "sender", sender), (limits["door"], "door", door)]
