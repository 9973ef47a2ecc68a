"""A district's places, and the tags that hang on them.

Like the commands of server.district: inside a session, with a line in the audit, raising DistrictError with a sentence
for whoever asked.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app import spot
from app.tags import new_short_code, new_tag_code, tidy
from app.words import LANGUAGES
from server.district import DistrictError, audit, clean
from server.tables import Place, Tag

# The columns of a table that have a place's spot question in other languages, as forms name theirs (docs/forms.md).
SPOT_IN: Final = {f"spot_question::{language}": language for language in LANGUAGES[1:]}
# Made once: parents' pages ask this again and again.
_BY_CODE: Final = select(Tag).where(or_(Tag.code == bindparam("code"), Tag.short == bindparam("code")))


def places(
    session: Session, *, school: str | None = None, schools: Iterable[str] | None = None, active: bool = True
) -> list[Place]:
    """Places in use (or retired ones) by school, building and name: all, or those of one school or of several."""
    query = select(Place).where(Place.active == active).order_by(Place.school, Place.building, Place.name)
    if school is not None:
        query = query.where(Place.school == school)
    if schools is not None:
        query = query.where(Place.school.in_(list(schools)))
    return list(session.scalars(query))


def place(session: Session, place_id: str) -> Place | None:
    """One place."""
    return session.get(Place, place_id)


def add_place(session: Session, school: str, name: str, *, who: str = "cli", **more: Any) -> Place:
    """Adds a place with its first tag; `more` are columns of Place. Raises DistrictError when it is there already."""
    columns = clean(Place, keep_spot({"name": name, "building": "", **more}))
    check_position(columns.get("lat"), columns.get("lon"))
    name, building = columns["name"], columns["building"]
    taken = select(Place).where(Place.school == school, Place.building == building, Place.name == name)
    if session.scalar(taken):
        raise DistrictError(f"There is a place {name!r} at this school already.", "place_twice")
    made = Place(school=school, **columns)
    session.add(made)
    session.flush()
    audit(session, who, "place-added", made.id)
    new_tag(session, made.id, who=who)
    return made


def check_position(lat: float | None, lon: float | None) -> None:
    """Raises DistrictError for half a position."""
    if (lat is None) != (lon is None):
        raise DistrictError("A position needs both latitude and longitude.", "half_position")


def keep_spot(columns: dict[str, Any], before: Place | None = None) -> dict[str, Any]:
    """The columns with the spot answer hashed, as it is kept; the one that is there stays where none is given.

    What the question is in other languages (SPOT_IN) goes with it, and is gone where it is worded anew without them.
    Raises DistrictError for a question without an answer, and an answer or another language without its question.
    """
    if not columns.keys() & {"spot_question", "spot_answer", *SPOT_IN}:
        return columns
    said = {language: columns[name] for name, language in SPOT_IN.items() if name in columns}
    columns = {name: value for name, value in columns.items() if name not in SPOT_IN}
    asked = before.spot_question if before else ""
    question, answer = columns.get("spot_question", asked), columns.get("spot_answer", "")
    kept = before.spot_answer if before and question == asked else ""
    if answer and not question:
        raise DistrictError("The spot answer has no spot question.", "spot_question")
    if any(said.values()) and not question:
        raise DistrictError("There is no spot question that could be translated.", "spot_other")
    if question and not answer and not kept:
        raise DistrictError("The spot question needs its answer, also when it is worded anew.", "spot_answer")
    try:
        name = kept if not answer or spot.is_right(answer, kept) else spot.hashed(answer)
    except ValueError:
        raise DistrictError("The spot answer needs a letter or a digit.", "spot_letter") from None
    there = before.spot_words if before and question == asked else {}
    words = {
        language: clean(Place, {"spot_question": text})["spot_question"]
        for language, text in {**there, **said}.items()
        if text and question
    }
    return {**columns, "spot_question": question, "spot_answer": name if question else "", "spot_words": words}


def new_tag(session: Session, place_id: str, *, who: str = "cli") -> Tag:
    """A fresh tag for a place; the tags before it are retired."""
    last = session.scalar(select(func.max(Tag.version)).where(Tag.place == place_id)) or 0
    session.execute(update(Tag).where(Tag.place == place_id).values(state="retired"))
    short = new_short_code()
    while session.scalar(select(Tag).where(Tag.short == short)):
        short = new_short_code()
    made = Tag(code=new_tag_code(), short=short, place=place_id, version=last + 1)
    session.add(made)
    session.flush()
    audit(session, who, "tag-made", f"{place_id} v{made.version}")
    return made


def tags(
    session: Session,
    *,
    schools: Iterable[str] | None = None,
    active: bool = False,
    retired_places: bool = False,
) -> list[Tag]:
    """Tags of places in use (or of retired ones too), newest version first: all, or of some schools.

    With `active` without retired tags.
    """
    query = select(Tag).join(Place, Place.id == Tag.place).order_by(Tag.place, Tag.version.desc())
    query = query if retired_places else query.where(Place.active)
    if schools is not None:
        query = query.where(Place.school.in_(list(schools)))
    return list(session.scalars(query.where(Tag.state == "active") if active else query))


def active_tag(session: Session, place_id: str) -> Tag | None:
    """The tag that hangs at a place now."""
    return session.scalar(select(Tag).where(Tag.place == place_id, Tag.state == "active"))


def tag_by_code(session: Session, code: str) -> Tag | None:
    """The tag, active or retired, with this long or short code, however it is written."""
    return session.scalar(_BY_CODE, {"code": tidy(code)})
