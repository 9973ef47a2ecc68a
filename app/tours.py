"""Tours, worked out on the phone: when one is due, in which order its places come, what is done, late and missed.

Nothing here asks a clock, a screen or a network. A tour's times are those of the clock on the wall where the phone is;
`Local` says which moment such a time is, so that the two days a year on which clocks are changed come out right.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from app.forms import Form
from app.revisions import Answers
from app.setup import Place, Point, Tour

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDERS: Final = ("any", "fixed", "shuffle")
CHECK_FIELDS: Final = ("tour_id", "expected_order", "due_window")  # what a check says of the tour that it is made on
END_REASON: Final = "end_reason"  # why places were late or not checked
RETIRED: Final = "retired"  # that reason where the district has retired the tour
_LONGEST: Final = 2000  # of names in a record; their ids are all there

Local = Callable[[datetime], datetime]
"""Which moment a time without an offset is, here; `datetime.astimezone` knows it of the phone's own zone."""


# -- when ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Occasion:
    """A tour on one of its days. What is checked until `closes` is in time, until `last` late; then it was missed.

    It is shown, and checks count for it, until `over`, the end of the day on which it is over.
    """

    tour: Tour
    day: date
    opens: datetime
    closes: datetime
    last: datetime
    until: date
    over: datetime

    def next_change(self, now: datetime) -> datetime | None:
        """The next moment at which something is late, or another day begins."""
        return min((at for at in (self.opens, self.closes, self.last, self.over) if at > now), default=None)


def occasion(tour: Tour, day: date, local: Local = datetime.astimezone) -> Occasion:
    """The tour as it begins on that day, whether or not it is one of its days.

    A time that the clock goes through twice is the earlier one for beginning and the later one for ending; one that it
    leaps over is taken the same way. So the officer never has less time than the clock showed.
    """
    begins, ends = clock(tour.begins), clock(tour.ends)
    closing = datetime.combine(day if begins < ends else day + timedelta(days=1), ends)
    grace = timedelta(minutes=tour.grace_min)
    until = (closing + grace).date()
    opens = min(_moments(datetime.combine(day, begins), local))
    closes = max(_moments(closing, local))
    over = min(_moments(datetime.combine(until + timedelta(days=1), time()), local))
    return Occasion(tour, day, opens, closes, closes + grace, until, max(over, closes + grace))


def occasions(
    tour: Tour, today: date, local: Local = datetime.astimezone, *, known: datetime | None = None
) -> list[Occasion]:
    """What a day has of a tour: the one that begins on it, and the one before, which may go on over midnight.

    The one before is there though it may be over: where it was missed, somebody has yet to say why. One that was over
    before the tour was planned as it is, or before this officer had to do with its school (`known`), is none.
    """
    before = (today - timedelta(days=ago) for ago in range(1, 8))
    days = [day for day in before if DAYS[day.weekday()] in tour.days][:1]
    days += [today] if DAYS[today.weekday()] in tour.days else []
    made = max(at for at in (datetime.fromisoformat(tour.since), known) if at)
    return [one for one in (occasion(tour, day, local) for day in days) if one.closes > made]


def clock(text: str) -> time:
    """A time as the setup has it, "HH:MM". Raises ValueError."""
    return datetime.strptime(text, "%H:%M").time()


def _moments(at: datetime, local: Local) -> list[datetime]:
    # In UTC, because Python compares two times of one zone by their clocks.
    return [local(at.replace(fold=fold)).astimezone(UTC) for fold in (0, 1)]


# -- in which order --------------------------------------------------------------------------------------------------


def walking(building: str, floor: str, name: str) -> tuple[object, ...]:
    """Sorts places as one walks: building by building, floor by floor, "Door 2" before "Door 10"."""
    return tuple(map(_natural, (building, floor, name)))


def order(tour: Tour, day: date, places: Mapping[str, Place]) -> list[Point]:
    """The points of a tour in the order of that day, those whose places the phone does not know left out.

    A shuffled order is the same on every phone and at every look, and another one than on the tour's day before.
    """
    points = [point for point in tour.points if point.place in places]
    if tour.order == "fixed":
        return points
    if tour.order == "shuffle":
        return _shuffled(tour, day, points)
    return sorted(points, key=lambda point: (*_steps(places[point.place]), point.place))


def _shuffled(tour: Tour, day: date, points: list[Point]) -> list[Point]:
    mixed = sorted(points, key=lambda one: sha256(f"{tour.id} {day} {one.place}".encode()).digest())
    # An order that an even number of swaps makes is never one that an odd number makes. The tour's days take turns.
    ranks = sorted(one.place for one in points)
    at = [ranks.index(one.place) for one in mixed]
    swaps = sum(later < earlier for n, earlier in enumerate(at) for later in at[n + 1 :])
    if len(mixed) > 1 and swaps % 2 != _turn(tour, day) % 2:
        mixed[0], mixed[1] = mixed[1], mixed[0]
    return mixed


def _turn(tour: Tour, day: date) -> int:
    """Counts the tour's days, one after the other."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)  # the first of January of the year 1 was a Monday
    days = [at for at, name in enumerate(DAYS) if name in tour.days]
    return weeks * len(days) + sum(at < weekday for at in days)


def _steps(place: Place) -> tuple[object, ...]:
    return walking(place.building, place.floor, place.name)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|\D+", text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


# -- how far ---------------------------------------------------------------------------------------------------------


class Mark(StrEnum):
    """How it stands with one place of a tour."""

    DONE = "done"
    DONE_LATE = "done_late"
    OPEN = "open"
    LATE = "late"  # not checked though the window has closed; the grace still runs
    MISSED = "missed"
    LEFT_OUT = "left_out"  # not checked, and it did not have to be


@dataclass(frozen=True, slots=True)
class Check:
    """A record that says that somebody was at a place."""

    record: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of a tour in its turn."""

    place: Place
    required: bool
    mark: Mark
    check: Check | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A tour on its way: the places in the order of the day, each with its mark."""

    occasion: Occasion
    stops: tuple[Stop, ...]
    now: datetime

    @property
    def state(self) -> str:
        """In a word: `missed` or `late` (something that has to be checked is), `done`, `due`, or `later` today."""
        marks = {stop.mark for stop in self.stops}
        if Mark.MISSED in marks or Mark.LATE in marks:
            return "missed" if Mark.MISSED in marks else "late"
        if not self.missing:
            return "done"
        return "later" if self.now < self.occasion.opens else "due"

    @property
    def done(self) -> tuple[Stop, ...]:
        """What was checked, in time or not."""
        return tuple(stop for stop in self.stops if stop.check)

    @property
    def late(self) -> tuple[Stop, ...]:
        """What had to be checked, and was after the window had closed."""
        return tuple(stop for stop in self.stops if stop.required and stop.mark == Mark.DONE_LATE)

    @property
    def missing(self) -> tuple[Stop, ...]:
        """What has to be checked and is not."""
        return tuple(stop for stop in self.stops if stop.required and not stop.check)

    @property
    def next(self) -> Stop | None:
        """Where to go now, of a tour whose order is given."""
        return None if self.occasion.tour.order == "any" else next((one for one in self.stops if not one.check), None)


def progress(
    occasion: Occasion, places: Mapping[str, Place], checks: Iterable[Check], since: datetime | None, now: datetime
) -> Progress:
    """How far a tour is that was begun at `since` (None: it was not); of several checks of a place the first counts."""
    first: dict[str, Check] = {}
    for check in sorted(checks, key=lambda one: one.at):
        if since is not None and since <= check.at < occasion.over:
            first.setdefault(check.place, check)
    points = order(occasion.tour, occasion.day, places)
    stops = (
        Stop(places[one.place], one.required, _mark(occasion, one, first.get(one.place), now), first.get(one.place))
        for one in points
    )
    return Progress(occasion, tuple(stops), now)


# -- what is written of it -------------------------------------------------------------------------------------------


def is_run(form: Form) -> bool:
    """Whether records of this form say what became of a tour: it is begun from one, not from Home."""
    return form.field("tour") is not None and form.field("tour_day") is not None


def run_key(tour: str, day: str) -> str:
    """What the row of such a record is found by."""
    return f"{tour} {day}"


def is_check(form: Form) -> bool:
    """Whether records of this form say that somebody was at a place, on a tour or not."""
    return form.field("tour_id") is not None


def told(found: Progress) -> Answers:
    """What the record of a tour says that ends now; empty texts take back what was said when it ended before."""

    def ids(stops: Iterable[Stop]) -> str:
        return " ".join(stop.place.id for stop in stops)

    return {
        "order_of_day": ids(found.stops),
        "done_places": ids(found.done),
        "late_places": ids(found.late),
        "missed_places": ids(found.missing),
        "checked": len(found.done),
        "places": len(found.stops),
        "late": _names(found.late),
        "missed": _names(found.missing),
        "occurred_at": found.now.isoformat(timespec="milliseconds"),
    }


def _names(stops: Iterable[Stop]) -> str:
    return ", ".join(stop.place.name for stop in stops)[:_LONGEST]


def _mark(occasion: Occasion, point: Point, check: Check | None, now: datetime) -> Mark:
    if check is not None:
        return Mark.DONE if check.at <= occasion.closes else Mark.DONE_LATE
    if now <= occasion.closes or (not point.required and now <= occasion.last):
        return Mark.OPEN
    if not point.required:
        return Mark.LEFT_OUT
    return Mark.LATE if now <= occasion.last else Mark.MISSED
