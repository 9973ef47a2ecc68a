"""Tours: places of a school that are gone through on some days, between two times of the clock (app/tours.py).

Like the commands of server.district: inside a session, with a line in the audit, raising DistrictError with a sentence
for whoever asked.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.tours import DAYS, ORDERS, clock
from server.district import DistrictError, audit, clean
from server.tables import Place, School, Tour, TourPoint, now
from server.times import iso

MOST_POINTS: Final = 100
MOST_GRACE: Final = 240  # minutes
_DAY: Final = 1440


def tours(session: Session, *, school: str | None = None, retired: bool = False) -> list[Tour]:
    """Tours by school and name, those in use or all."""
    query = select(Tour).order_by(Tour.school, Tour.active.desc(), Tour.name)
    if not retired:
        query = query.where(Tour.active)
    return list(session.scalars(query if school is None else query.where(Tour.school == school)))


def tour(session: Session, tour_id: str) -> Tour | None:
    """One tour."""
    return session.get(Tour, tour_id)


def points(session: Session, tour_id: str) -> list[tuple[TourPoint, Place]]:
    """The points of a tour in the order that was given, each with its place, retired ones too."""
    query = select(TourPoint, Place).join(Place, Place.id == TourPoint.place).where(TourPoint.tour == tour_id)
    return [(point, place) for point, place in session.execute(query.order_by(TourPoint.position, Place.name))]


def for_phones(session: Session, schools: Iterable[str]) -> list[dict[str, Any]]:
    """The tours in use at these schools, as phones are told of them (docs/protocol.md)."""
    query = select(Tour).join(School, School.id == Tour.school).where(Tour.active, School.active)
    found = session.scalars(query.where(Tour.school.in_(list(schools))).order_by(Tour.school, Tour.name)).all()
    stops: dict[str, list[dict[str, Any]]] = {}
    among = select(TourPoint).join(Place, Place.id == TourPoint.place)
    among = among.where(TourPoint.tour.in_([one.id for one in found]), Place.active)
    for point in session.scalars(among.order_by(TourPoint.tour, TourPoint.position, TourPoint.place)):
        stops.setdefault(point.tour, []).append({"place": point.place, "required": point.required})
    return [
        {
            "id": one.id,
            "school": one.school,
            "name": one.name,
            "order": one.order,
            "begins": one.begins,
            "ends": one.ends,
            "days": one.days,
            "grace_min": one.grace_min,
            "since": iso(one.planned_at or one.created_at),
            "points": stops[one.id],
        }
        for one in found
        if one.id in stops
    ]


def add_tour(session: Session, school: str, name: str, *, who: str = "cli", **more: Any) -> Tour:
    """Adds a tour without any places yet; `more` are columns of Tour. Raises DistrictError."""
    made = Tour(school=school, **_checked({"name": name, "days": list(DAYS[:5]), **more}))
    _alone(session, made)
    session.add(made)
    session.flush()
    audit(session, who, "tour-added", made.id)
    return made


def change_tour(session: Session, tour: Tour, *, who: str, **columns: Any) -> None:
    """Writes a tour anew; its places stay. Raises DistrictError."""
    kept = {name: getattr(tour, name) for name in ("name", "order", "begins", "ends", "days", "grace_min")}
    checked = _checked(kept | columns)
    if any(checked[name] != kept[name] for name in ("begins", "ends", "days")):
        tour.planned_at = now()
    for name, value in checked.items():
        setattr(tour, name, value)
    with session.no_autoflush:
        _alone(session, tour)
    audit(session, who, "tour-changed", tour.id)


def put_point(
    session: Session, tour: Tour, place: Place, *, required: bool = True, at: int | None = None, who: str = "cli"
) -> None:
    """Takes a place into a tour, or says anew what it is there; `at` is its turn, from 1. Raises DistrictError."""
    if place.school != tour.school:
        raise DistrictError(f"{place.name} belongs to another school than the tour.", "tour_school", place=place.name)
    if not place.active:
        raise DistrictError(f"{place.name} is retired. Take it back into use first.", "tour_retired", place=place.name)
    there = [point for point, _ in points(session, tour.id)]
    found = next((point for point in there if point.place == place.id), None)
    if found is None:
        if len(there) >= MOST_POINTS:
            raise DistrictError(f"A tour has at most {MOST_POINTS} places.", "tour_full", most=MOST_POINTS)
        found = TourPoint(tour=tour.id, place=place.id, position=len(there), required=False)
        session.add(found)
        there.append(found)
    if required and not found.required:
        tour.planned_at = now()
    found.required = required
    if at is not None:
        there.remove(found)
        there.insert(max(at - 1, 0), found)
    _number(there)
    session.flush()
    audit(session, who, "tour-changed", tour.id)


def drop_point(session: Session, tour: Tour, place_id: str, *, who: str = "cli") -> None:
    """Takes a place out of a tour. Raises DistrictError when it is not in it."""
    there = [point for point, _ in points(session, tour.id)]
    found = next((point for point in there if point.place == place_id), None)
    if found is None:
        raise DistrictError(f"The place {place_id!r} is not in this tour.", "tour_without")
    there.remove(found)
    session.delete(found)
    _number(there)
    session.flush()
    audit(session, who, "tour-changed", tour.id)


def find_tour(session: Session, text: str) -> Tour:
    """The tour with this id or name. Raises DistrictError unless it is exactly one."""
    found = list(session.scalars(select(Tour).where((Tour.id == text) | (func.lower(Tour.name) == text.lower()))))
    if len(found) != 1:
        what = "There are several tours" if found else "There is no tour"
        raise DistrictError(f"{what} {text!r}. Name one by its id: beatbook tour list")
    return found[0]


def _number(there: list[TourPoint]) -> None:
    for at, point in enumerate(there):
        point.position = at


def _alone(session: Session, tour: Tour) -> None:
    same = (Tour.school == tour.school, func.lower(Tour.name) == tour.name.lower(), Tour.id != (tour.id or ""))
    if session.scalar(select(Tour.id).where(*same)) is not None:
        raise DistrictError(f"There is a tour {tour.name!r} at this school already.", "tour_twice", name=tour.name)


def _checked(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns as they are kept. Raises DistrictError."""
    found = clean(Tour, columns)
    if found.setdefault("order", ORDERS[0]) not in ORDERS:
        raise DistrictError(f"The order is one of {', '.join(ORDERS)}.")
    found["days"] = [day for day in DAYS if day in found["days"]]
    if not found["days"]:
        raise DistrictError("Choose at least one day of the week.", "tour_days")
    begins, ends = (_clock(found[name], name, what) for name, what in (("begins", "beginning"), ("ends", "end")))
    found["begins"], found["ends"] = f"{begins:%H:%M}", f"{ends:%H:%M}"
    if begins == ends:
        raise DistrictError("The tour ends at the time at which it begins.", "tour_moment")
    grace = found.setdefault("grace_min", 15)
    if not 0 <= grace <= MOST_GRACE:
        raise DistrictError(f"The grace must be from 0 to {MOST_GRACE} minutes.")
    if (ends - begins).total_seconds() // 60 % _DAY + grace > _DAY:
        raise DistrictError("The tour and its grace together must not be longer than a day.", "tour_long")
    return found


def _clock(text: str, name: str, what: str) -> datetime:
    try:
        return datetime.combine(datetime.min, clock(text))
    except ValueError:
        raise DistrictError(
            f"The {what} {text!r} is not a time of the clock, such as 07:30.", "clock", field=name
        ) from None
