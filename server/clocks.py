"""When a record was captured, as far as a phone's clocks can be believed: the one that people set, and the other."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from app.grade import OFF_MS
from app.revisions import Revision

AHEAD: Final = "clock_ahead"
BEHIND: Final = "clock_behind"
JUMP: Final = "clock_jump"
# So far off, the time of a record is not what a watch said. A check's grade looks closer (app/grade.py, STEADY_MS).
TOLERANCE: Final = timedelta(milliseconds=OFF_MS)


def captured(at: str, offset: int | None, received: datetime, enrolled: datetime) -> tuple[datetime, list[str]]:
    """The time of capture in the district's time, and the doubts about it.

    `at` is the phone's wall clock and `offset` what it last knew of "district minus phone" in milliseconds. A time
    after it was received or before the phone was enrolled cannot be: then the time of receipt stands in for it, so
    that the record is found where somebody looks for it, and the doubt is named.
    """
    moment = _moment(at, offset)
    if moment is None:
        return received, [AHEAD if datetime.fromisoformat(at).year > 5000 or (offset or 0) > 0 else BEHIND]
    if moment > received + TOLERANCE:
        return received, [AHEAD]
    if moment < enrolled - TOLERANCE:
        return received, [BEHIND]
    return min(moment, received), []


def jumped(before: Revision, after: Revision) -> bool:
    """Whether a phone's clock was set between two revisions that follow each other in its chain.

    Only going back is told: a phone that sleeps may hold its other clock still meanwhile, and that one begins anew with
    the app. So as much time as it shows has passed at the least, or none where it shows less than before.
    """
    first, second = _moment(before.at, before.offset), _moment(after.at, after.offset)
    if first is None or second is None:
        return False  # named as ahead or behind already
    least = timedelta(milliseconds=max(after.mono - before.mono, 0))
    return second - first < least - TOLERANCE


@lru_cache(maxsize=1_000)
def _moment(at: str, offset: int | None) -> datetime | None:
    """The phone's wall clock in the district's time; None where no calendar goes so far.

    Each is asked for three times: for itself, and beside those that its phone wrote before and after it.
    """
    try:
        return datetime.fromisoformat(at).astimezone(UTC) + timedelta(milliseconds=offset or 0)
    except OverflowError:
        return None
