"""Places and the tags that hang at them."""

from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from server import district, places
from server.blobs import handed_on
from server.changes import FENCE, KINDS, change_place, number, question_set, set_active
from server.console.door import Caller, Manager, Posted, Reader, go, inside, not_found, text
from server.console.page import confirm, page, told
from server.context import TheBlobs, TheDatabase
from server.district import DistrictError
from server.html import FILE_HEADERS
from server.tables import Place, School, Tag

router = inside()
_LINES = ("name", "building", "floor", "kind", "instructions", "question_set", "spot_question", "installed_by")
# The answer is kept hashed, and never shown again.
_TYPED = (*_LINES, *places.SPOT_IN, "lat", "lon", "fence_m", "spot_answer")


@router.get("/schools/{school_id}/places/new")
def new(request: Request, database: TheDatabase, caller: Manager, school_id: str) -> Response:
    """The form for a new place."""
    with database.reading() as session:
        return _form(request, caller, session, school_id, None, {"kind": "door", "fence_m": "50"})


@router.post("/schools/{school_id}/places/new")
def add(request: Request, database: TheDatabase, caller: Manager, form: Posted, school_id: str) -> Response:
    """Adds a place with its first tag."""
    try:
        with database.writing() as session:
            if district.school(session, school_id) is None:
                raise not_found()
            columns = _columns(form)
            made = places.add_place(session, school_id, columns.pop("name"), who=caller.id, **columns)
    except DistrictError as error:
        with database.reading() as session:
            return _form(request, caller, session, school_id, None, _typed(form), told(request, error))
    return go(f"/console/places/{made.id}", "place_added")


@router.get("/places/{place_id}")
def one(request: Request, database: TheDatabase, caller: Reader, place_id: str) -> Response:
    """One place and every tag it ever had."""
    with database.reading() as session:
        place = _place(session, place_id)
        tags = session.scalars(select(Tag).where(Tag.place == place_id).order_by(Tag.version.desc())).all()
        school = session.get_one(School, place.school)
        return page(request, "console/place.html", caller, session, place=place, school=school, tags=tags)


@router.get("/places/{place_id}/photo")
def photo(database: TheDatabase, blobs: TheBlobs, _caller: Reader, place_id: str) -> Response:
    """What the place looks like."""
    with database.reading() as session:
        name = _place(session, place_id).photo
    if name is None or not blobs.has(name):
        raise not_found()
    return handed_on(blobs.path(name), "image/jpeg", {**FILE_HEADERS, "Cache-Control": "private, max-age=600"})


@router.get("/places/{place_id}/edit")
def edit(request: Request, database: TheDatabase, caller: Manager, place_id: str) -> Response:
    """The form of a place that is there."""
    with database.reading() as session:
        place = _place(session, place_id)
        values = {name: getattr(place, name) for name in (*_LINES, "lat", "lon", "fence_m")}
        values |= {name: place.spot_words.get(language, "") for name, language in places.SPOT_IN.items()}
        return _form(request, caller, session, place.school, place, values)


@router.post("/places/{place_id}/edit")
def change(request: Request, database: TheDatabase, caller: Manager, form: Posted, place_id: str) -> Response:
    """Writes a place anew; its tag stays good."""
    try:
        with database.writing() as session:
            change_place(session, _place(session, place_id), who=caller.id, **_columns(form))
    except DistrictError as error:
        with database.reading() as session:
            place = _place(session, place_id)
            return _form(request, caller, session, place.school, place, _typed(form), told(request, error))
    return go(f"/console/places/{place_id}", "saved")


@router.get("/places/{place_id}/retire")
def ask_retire(request: Request, database: TheDatabase, caller: Manager, place_id: str) -> Response:
    """Asks before a place is retired."""
    with database.reading() as session:
        name = _place(session, place_id).name
    return confirm(request, caller, "retire_place", f"/console/places/{place_id}", name=name)


@router.post("/places/{place_id}/retire")
def retire(database: TheDatabase, caller: Manager, place_id: str) -> Response:
    """Takes a place out of use; what was checked there stays."""
    with database.writing() as session:
        set_active(session, _place(session, place_id), False, who=caller.id)
    return go(f"/console/places/{place_id}", "retired")


@router.post("/places/{place_id}/restore")
def restore(database: TheDatabase, caller: Manager, place_id: str) -> Response:
    """Takes a retired place back into use, with the tag it had."""
    with database.writing() as session:
        set_active(session, _place(session, place_id), True, who=caller.id)
    return go(f"/console/places/{place_id}", "restored")


@router.get("/places/{place_id}/new-tag")
def ask_new_tag(request: Request, database: TheDatabase, caller: Manager, place_id: str) -> Response:
    """Asks before a tag is replaced."""
    with database.reading() as session:
        name = _place(session, place_id).name
    return confirm(request, caller, "new_tag", f"/console/places/{place_id}", name=name)


@router.post("/places/{place_id}/new-tag")
def new_tag(database: TheDatabase, caller: Manager, place_id: str) -> Response:
    """Replaces a tag that was lost, damaged or copied; the old one is retired."""
    with database.writing() as session:
        _place(session, place_id)
        places.new_tag(session, place_id, who=caller.id)
    return go(f"/console/places/{place_id}", "tag_replaced")


def _place(session: Session, place_id: str) -> Place:
    found = places.place(session, place_id)
    if found is None:
        raise not_found()
    return found


def _typed(form: FormData) -> dict[str, str]:
    return {name: text(form, name) for name in _TYPED}


def _columns(form: FormData) -> dict[str, Any]:
    typed = _typed(form)
    if typed["kind"] not in KINDS:
        raise DistrictError("Choose what kind of place it is.", "kind")
    lat, lon = (
        number(typed["lat"], "latitude", -90, 90, "lat"),
        number(typed["lon"], "longitude", -180, 180, "lon"),
    )
    places.check_position(lat, lon)
    fence = number(typed["fence_m"], "distance in metres", *FENCE, "fence_m")
    return {
        **{name: typed[name] for name in (*_LINES, *places.SPOT_IN, "spot_answer")},
        "question_set": question_set(typed["question_set"]),
        "lat": lat,
        "lon": lon,
        "fence_m": 50 if fence is None else round(fence),
    }


def _form(
    request: Request,
    caller: Caller,
    session: Session,
    school_id: str,
    place: Place | None,
    values: dict[str, Any],
    problem: str = "",
) -> Response:
    school = district.school(session, school_id)
    if school is None:
        raise not_found()
    return page(
        request,
        "console/place_form.html",
        caller,
        session,
        status=422 if problem else 200,
        school=school,
        place=place,
        values={name: "" if value is None else value for name, value in values.items()},
        kinds=KINDS,
        problem=problem,
    )
