"""What was visited and what was not: the places of schools and the days of their tours, over some days.

It is about places, never about who went there: no officer is named, counted or compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import setup
from app.tours import DAYS, occasion
from server import tours
from server.formbook import active_forms
from server.tables import Place, Record, School
from server.times import day_start

MOST_DAYS: Final = 92
STATES: Final = ("untold", "missed", "late", "done")  # of a tour's day; the first needs a look most


@dataclass(frozen=True, slots=True)
class Visits:
    """How often a place was checked in those days, and when last."""

    place: Place
    school: str
    checks: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class TourDay:
    """What became of a tour on one of its days, by its record; `untold` where nobody has written one."""

    day: date
    tour: str
    school: str
    record: str = ""
    checked: int = 0
    places: int = 0
    late: str = ""
    missed: str = ""
    reason: str = ""  # its code
    form: tuple[str, str] = ("", "")  # id and version, which have the reason's words

    @property
    def state(self) -> str:
        """In a word of STATES."""
        if not self.record:
            return "untold"
        return "missed" if self.missed else "late" if self.late else "done"


def visits(session: Session, schools: Iterable[str], first: date, last: date) -> list[Visits]:
    """The places in use at these schools, those first that were not checked; then by how long ago it was."""
    at = list(schools)
    checks = (
        select(Record.place, func.count().label("checks"), func.max(Record.occurred_at).label("last"))
        .where(Record.school.in_(at), Record.occurred_at >= day_start(first))
        .where(Record.occurred_at < day_start(last + timedelta(days=1)))
        .where(Record.evidence.is_not(None), Record.standing == "live")
        .group_by(Record.place)
        .subquery()
    )
    query = (
        select(Place, School.name, func.coalesce(checks.c.checks, 0), checks.c.last)
        .join(School, School.id == Place.school)
        .outerjoin(checks, checks.c.place == Place.id)
        .where(Place.active, Place.school.in_(at))
        .order_by(checks.c.last.is_not(None), checks.c.last, School.name, Place.building, Place.name)
    )
    return [Visits(*row) for row in session.execute(query)]


def tour_days(session: Session, schools: Iterable[str], first: date, last: date, now: datetime) -> list[TourDay]:
    """What became of the tours of these schools on their days, the newest first.

    A day is there once its tour was missed where nobody made it, by the clock of the server; one of before the tour was
    planned as it is only where there is a record of it.
    """
    at = list(schools)
    names = {one.id: one.name for one in session.scalars(select(School).where(School.id.in_(at)))}
    found = {(run.tour, run.day): run for run in _runs(session, at, first, last)}
    ended = {key: run.told(names) for key, run in found.items()}
    for tour in map(setup.Tour.parse, tours.for_phones(session, at)):
        for day in _missable(tour, first, last, now):
            ended.setdefault((tour.id, day), TourDay(day, tour.name, names.get(tour.school, "")))
    return sorted(ended.values(), key=lambda one: (-one.day.toordinal(), STATES.index(one.state), one.school, one.tour))


@dataclass(frozen=True, slots=True)
class _Run:
    tour: str
    day: date
    record: Record

    def told(self, names: dict[str, str]) -> TourDay:
        answers, record = self.record.answers, self.record
        said = {name: str(answers.get(name) or "") for name in ("tour_name", "late", "missed", "end_reason")}
        return TourDay(
            self.day,
            said["tour_name"],
            names.get(record.school, ""),
            record.id,
            checked=_number(answers.get("checked")),
            places=_number(answers.get("places")),
            late=said["late"],
            missed=said["missed"],
            reason=said["end_reason"],
            form=(record.form, record.form_version),
        )


def _runs(session: Session, schools: list[str], first: date, last: date) -> Iterator[_Run]:
    """The records of tours, those that missed most first: of two of one tour and day the better one counts."""
    forms = [form["id"] for form in active_forms(session) if _is_run(form)]
    query = select(Record).where(Record.form.in_(forms), Record.occurred_at >= day_start(first))
    query = query.where(Record.school.in_(schools), Record.standing == "live")
    rows = sorted(
        session.scalars(query), key=lambda row: (-len(str(row.answers.get("missed_places") or "").split()), row.id)
    )
    for row in rows:
        try:
            day = date.fromisoformat(str(row.answers.get("tour_day")))
        except ValueError:
            continue
        if first <= day <= last:
            yield _Run(str(row.answers.get("tour")), day, row)


def _missable(tour: setup.Tour, first: date, last: date, now: datetime) -> Iterator[date]:
    """The days on which a tour was missed, if nobody made it."""
    if not any(point.required for point in tour.points):
        return
    since = datetime.fromisoformat(tour.since)
    for day in (first + timedelta(days=ahead) for ahead in range((last - first).days + 1)):
        if DAYS[day.weekday()] in tour.days:
            one = occasion(tour, day)
            if since < one.closes and one.last < now:
                yield day


def _is_run(form: dict[str, Any]) -> bool:
    return {"tour", "tour_day"} <= {field.get("name") for field in form["fields"]}


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
