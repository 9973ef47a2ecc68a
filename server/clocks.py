"""When a record was captured, as far as a phone's clock can be believed."""

from datetime import UTC, datetime, timedelta
from typing import Final

AHEAD: Final = "clock_ahead"
BEHIND: Final = "clock_behind"
TOLERANCE: Final = timedelta(minutes=10)


def captured(at: str, offset: int | None, received: datetime, enrolled: datetime) -> tuple[datetime, list[str]]:
    """The time of capture in the district's time, and the doubts about it.

    `at` is the phone's wall clock and `offset` what it last knew of "district minus phone" in milliseconds. A time
    after it was received or before the phone was enrolled cannot be: then the time of receipt stands in for it, so
    that the record is found where somebody looks for it, and the doubt is named.
    """
    wall = datetime.fromisoformat(at)
    try:
        moment = wall.astimezone(UTC) + timedelta(milliseconds=offset or 0)
    except OverflowError:
        return received, [AHEAD if wall.year > 5000 or (offset or 0) > 0 else BEHIND]
    if moment > received + TOLERANCE:
        return received, [AHEAD]
    if moment < enrolled - TOLERANCE:
        return received, [BEHIND]
    return min(moment, received), []
