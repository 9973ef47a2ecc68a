"""Tours: through which places, on which days, between which hours."""

from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from app.tours import DAYS, ORDERS, walking
from server import district, places, tours
from server.changes import number, set_active
from server.console.door import Caller, Manager, Posted, Reader, go, inside, not_found, text
from server.console.page import confirm, page, told
from server.context import TheDatabase
from server.district import DistrictError
from server.tables import Place, School, Tour

router = inside()
_LINES: Final = ("name", "begins", "ends", "order", "grace_min")
_NEW: Final = {"name": "", "begins": "07:30", "ends": "08:30", "order": ORDERS[0], "grace_min": 15, "days": DAYS[:5]}


@router.get("/schools/{school_id}/tours/new")
def new(request: Request, database: TheDatabase, caller: Manager, school_id: str) -> Response:
    """The form for a new tour."""
    with database.reading() as session:
        return _form(request, caller, session, school_id, None, _NEW)


@router.post("/schools/{school_id}/tours/new")
def add(request: Request, database: TheDatabase, caller: Manager, form: Posted, school_id: str) -> Response:
    """Adds a tour; its places come next."""
    try:
        with database.writing() as session:
            if district.school(session, school_id) is None:
                raise not_found()
            made = tours.add_tour(session, school_id, who=caller.id, **_columns(form))
    except DistrictError as error:
        with database.reading() as session:
            return _form(request, caller, session, school_id, None, _typed(form), told(request, error))
    return go(f"/console/tours/{made.id}", "tour_added")


@router.get("/tours/{tour_id}")
def one(request: Request, database: TheDatabase, caller: Reader, tour_id: str) -> Response:
    """One tour with its places in their order."""
    with database.reading() as session:
        return _page(request, caller, session, tour_id)


@router.get("/tours/{tour_id}/edit")
def edit(request: Request, database: TheDatabase, caller: Manager, tour_id: str) -> Response:
    """The form of a tour that is there."""
    with database.reading() as session:
        tour = _tour(session, tour_id)
        return _form(request, caller, session, tour.school, tour, {name: getattr(tour, name) for name in _NEW})


@router.post("/tours/{tour_id}/edit")
def change(request: Request, database: TheDatabase, caller: Manager, form: Posted, tour_id: str) -> Response:
    """Writes a tour anew; its places stay."""
    try:
        with database.writing() as session:
            tours.change_tour(session, _tour(session, tour_id), who=caller.id, **_columns(form))
    except DistrictError as error:
        with database.reading() as session:
            tour = _tour(session, tour_id)
            return _form(request, caller, session, tour.school, tour, _typed(form), told(request, error))
    return go(f"/console/tours/{tour_id}", "saved")


@router.post("/tours/{tour_id}/points")
def put(request: Request, database: TheDatabase, caller: Manager, form: Posted, tour_id: str) -> Response:
    """Takes a place into a tour."""
    return _points(request, database, caller, tour_id, text(form, "place"), "optional" if "optional" in form else "put")


@router.post("/tours/{tour_id}/points/{place_id}")
def move(
    request: Request, database: TheDatabase, caller: Manager, form: Posted, tour_id: str, place_id: str
) -> Response:
    """Moves a place of a tour up or down, says whether it may be left out, or takes it out."""
    return _points(request, database, caller, tour_id, place_id, text(form, "do"))


@router.get("/tours/{tour_id}/retire")
def ask_retire(request: Request, database: TheDatabase, caller: Manager, tour_id: str) -> Response:
    """Asks before a tour is retired."""
    with database.reading() as session:
        name = _tour(session, tour_id).name
    return confirm(request, caller, "retire_tour", f"/console/tours/{tour_id}", name=name)


@router.post("/tours/{tour_id}/retire")
def retire(database: TheDatabase, caller: Manager, tour_id: str) -> Response:
    """Takes a tour off the phones; what was written of it stays."""
    with database.writing() as session:
        set_active(session, _tour(session, tour_id), False, who=caller.id)
    return go(f"/console/tours/{tour_id}", "retired")


@router.post("/tours/{tour_id}/restore")
def restore(database: TheDatabase, caller: Manager, tour_id: str) -> Response:
    """Takes a retired tour back into use."""
    with database.writing() as session:
        set_active(session, _tour(session, tour_id), True, who=caller.id)
    return go(f"/console/tours/{tour_id}", "restored")


def _points(request: Request, database: TheDatabase, caller: Caller, tour_id: str, place_id: str, do: str) -> Response:
    try:
        with database.writing() as session:
            tour, place = _tour(session, tour_id), places.place(session, place_id)
            if place is None:
                raise DistrictError("Choose a place.", "tour_place")
            point = next((point for point, _ in tours.points(session, tour.id) if point.place == place.id), None)
            if do == "remove":
                tours.drop_point(session, tour, place.id, who=caller.id)
            elif do in ("up", "down") and point is not None:
                at = point.position + (0 if do == "up" else 2)
                tours.put_point(session, tour, place, required=point.required, at=at, who=caller.id)
            elif do in ("put", "optional", "required"):
                tours.put_point(session, tour, place, required=do != "optional", who=caller.id)
            else:
                raise not_found()
    except DistrictError as error:
        with database.reading() as session:
            return _page(request, caller, session, tour_id, told(request, error))
    return go(f"/console/tours/{tour_id}", "saved")


def _tour(session: Session, tour_id: str) -> Tour:
    found = tours.tour(session, tour_id)
    if found is None:
        raise not_found()
    return found


def _typed(form: FormData) -> dict[str, Any]:
    return {name: text(form, name) for name in _LINES} | {"days": [day for day in DAYS if day in form.getlist("day")]}


def _columns(form: FormData) -> dict[str, Any]:
    typed = _typed(form)
    grace = number(typed["grace_min"], "grace in minutes", 0, tours.MOST_GRACE, "grace_min")
    return typed | {"grace_min": 0 if grace is None else round(grace)}


def _page(request: Request, caller: Caller, session: Session, tour_id: str, problem: str = "") -> Response:
    tour = _tour(session, tour_id)
    points = tours.points(session, tour_id)
    there = {point.place for point, _ in points}
    others = [place for place in places.places(session, school=tour.school) if place.id not in there]
    return page(
        request,
        "console/tour.html",
        caller,
        session,
        status=422 if problem else 200,
        tour=tour,
        school=session.get_one(School, tour.school),
        points=points,
        others=[(one.id, _label(one)) for one in sorted(others, key=lambda p: walking(p.building, p.floor, p.name))],
        problem=problem,
    )


def _label(place: Place) -> str:
    return " · ".join(part for part in (place.building, place.floor, place.name) if part)


def _form(
    request: Request,
    caller: Caller,
    session: Session,
    school_id: str,
    tour: Tour | None,
    values: dict[str, Any],
    problem: str = "",
) -> Response:
    school = district.school(session, school_id)
    if school is None:
        raise not_found()
    return page(
        request,
        "console/tour_form.html",
        caller,
        session,
        status=422 if problem else 200,
        school=school,
        tour=tour,
        values=values,
        orders=ORDERS,
        days=DAYS,
        problem=problem,
    )
