"""Schools: which there are, and their places."""

from fastapi import Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server import district, tours
from server.changes import change_school, set_active
from server.console.door import Manager, Posted, Reader, go, inside, not_found, text
from server.console.page import confirm, page, told
from server.context import TheDatabase
from server.district import DistrictError
from server.tables import Place, School, Tag

router = inside()
_LINES = ("name", "address", "phone", "reunification")


@router.get("/schools")
def index(request: Request, database: TheDatabase, caller: Reader) -> Response:
    """All schools; retired ones at the end."""
    with database.reading() as session:
        found = session.scalars(select(School).order_by(School.active.desc(), School.name)).all()
        count = select(Place.school, func.count()).where(Place.active).group_by(Place.school)
        places = dict(session.execute(count).all())
        return page(request, "console/schools.html", caller, session, schools=found, places=places)


@router.get("/schools/new")
def new(request: Request, caller: Manager) -> Response:
    """The form for a new school."""
    return page(request, "console/school_form.html", caller, school=None, values={}, problem="")


@router.post("/schools/new")
def add(request: Request, database: TheDatabase, caller: Manager, form: Posted) -> Response:
    """Adds a school."""
    values = {name: text(form, name) for name in _LINES}
    try:
        with database.writing() as session:
            made = district.add_school(session, **values, who=caller.id)
    except DistrictError as error:
        return page(
            request,
            "console/school_form.html",
            caller,
            status=422,
            school=None,
            values=values,
            problem=told(request, error),
        )
    return go(f"/console/schools/{made.id}", "school_added")


@router.get("/schools/{school_id}")
def one(request: Request, database: TheDatabase, caller: Reader, school_id: str) -> Response:
    """One school with its places."""
    with database.reading() as session:
        school = _school(session, school_id)
        query = select(Place).where(Place.school == school_id)
        places = session.scalars(query.order_by(Place.active.desc(), Place.building, Place.name)).all()
        tags = select(Tag).join(Place, Place.id == Tag.place).where(Place.school == school_id, Tag.state == "active")
        return page(
            request,
            "console/school.html",
            caller,
            session,
            school=school,
            places=places,
            tags={tag.place: tag for tag in session.scalars(tags)},
            officers=district.officers(session, school=school_id),
            tours=tours.tours(session, school=school_id, retired=True),
        )


@router.get("/schools/{school_id}/edit")
def edit(request: Request, database: TheDatabase, caller: Manager, school_id: str) -> Response:
    """The form of a school that is there."""
    with database.reading() as session:
        school = _school(session, school_id)
    values = {name: getattr(school, name) for name in _LINES}
    return page(request, "console/school_form.html", caller, school=school, values=values, problem="")


@router.post("/schools/{school_id}/edit")
def change(request: Request, database: TheDatabase, caller: Manager, form: Posted, school_id: str) -> Response:
    """Writes a school anew."""
    values = {name: text(form, name) for name in _LINES}
    try:
        with database.writing() as session:
            change_school(session, _school(session, school_id), who=caller.id, **values)
    except DistrictError as error:
        with database.reading() as session:
            school = _school(session, school_id)
        return page(
            request,
            "console/school_form.html",
            caller,
            status=422,
            school=school,
            values=values,
            problem=told(request, error),
        )
    return go(f"/console/schools/{school_id}", "saved")


@router.get("/schools/{school_id}/retire")
def ask_retire(request: Request, database: TheDatabase, caller: Manager, school_id: str) -> Response:
    """Asks before a school is retired."""
    with database.reading() as session:
        name = _school(session, school_id).name
    return confirm(request, caller, "retire_school", f"/console/schools/{school_id}", name=name)


@router.post("/schools/{school_id}/retire")
def retire(database: TheDatabase, caller: Manager, school_id: str) -> Response:
    """Takes a school out of use: it leaves the phones with their next setup, its records stay."""
    with database.writing() as session:
        set_active(session, _school(session, school_id), False, who=caller.id)
    return go(f"/console/schools/{school_id}", "retired")


@router.post("/schools/{school_id}/restore")
def restore(database: TheDatabase, caller: Manager, school_id: str) -> Response:
    """Takes a retired school back into use."""
    with database.writing() as session:
        set_active(session, _school(session, school_id), True, who=caller.id)
    return go(f"/console/schools/{school_id}", "restored")


def _school(session: Session, school_id: str) -> School:
    found = district.school(session, school_id)
    if found is None:
        raise not_found()
    return found
