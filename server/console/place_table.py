"""The register of places as a table: out to a spreadsheet program, and in again."""

import io
from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.datastructures import FormData, UploadFile

from server import district, places
from server.changes import KINDS
from server.console.door import Caller, FileRoute, Manager, Posted, Reader, inside, not_found
from server.console.page import page, told
from server.context import TheDatabase
from server.database import Database
from server.district import DistrictError, audit
from server.html import HEADERS, NO_STORE
from server.place_table import COLUMNS, BadTable, Mistake, Taken, read_places, table_text, write_places

MOST_BYTES: Final = 2_000_000
# New places take three milliseconds each, and phones that send wait for whoever writes.
MOST_ROWS: Final = 4000
_SHOWN: Final = 200  # mistakes on the page
_HINTS: Final = {
    **{"school": "hint.column_school", "name": "hint.place_name", "fence_m": "hint.fence"},
    **{"instructions": "hint.instructions", "question_set": "hint.question_set", "active": "hint.column_active"},
    **{"spot_question": "hint.spot_question", **dict.fromkeys(places.SPOT_IN, "hint.spot_other")},
    "spot_answer": "hint.column_answer",
}

router = inside(FileRoute)
# The school whose page led here; none for the whole district.
AtSchool = Annotated[str, Query(max_length=100)]


@router.get("/places.csv")
def table(database: TheDatabase, caller: Reader, school: AtSchool = "") -> Response:
    """Every place of a school or of the district, retired ones too; noted like other tables that leave the console."""
    _name(database, school)
    out = io.StringIO(newline="")
    with database.reading() as session:
        write_places(session, out, school or None)
    with database.writing() as session:
        audit(session, caller.id, "places-exported", school or "all")
    headers = {**HEADERS, **NO_STORE, "Content-Disposition": 'attachment; filename="places.csv"'}
    # With the mark before its first letter: without one some spreadsheet programs take accents for something else.
    return Response(out.getvalue().encode("utf-8-sig"), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/places/import")
def ask(request: Request, database: TheDatabase, caller: Manager, school: AtSchool = "") -> Response:
    """Asks for the file, and says what it has to hold."""
    return _page(request, database, caller, school)


@router.post("/places/import")
def take(request: Request, database: TheDatabase, caller: Manager, form: Posted, school: AtSchool = "") -> Response:
    """Takes all places of a file in, or none of them and says what is wrong with which row."""
    try:
        text = table_text(_sent(form))
        with database.writing() as session:
            taken = read_places(session, text, who=caller.id, most=MOST_ROWS)
    except BadTable as bad:
        return _page(request, database, caller, school, mistakes=bad.mistakes)
    except DistrictError as error:
        return _page(request, database, caller, school, problem=told(request, error))
    return _page(request, database, caller, school, taken=taken)


def _sent(form: FormData) -> bytes:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not (file.filename or file.size):
        raise DistrictError("Choose a file first.", "table_no_file")
    if (file.size or 0) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        said = f"The file is larger than {most} MB. Make several files of it, for instance one for each school."
        raise DistrictError(said, "table_large", most=most)
    return file.file.read()


def _page(
    request: Request,
    database: Database,
    caller: Caller,
    school: str,
    *,
    problem: str = "",
    mistakes: tuple[Mistake, ...] = (),
    taken: Taken | None = None,
) -> Response:
    return page(
        request,
        "console/place_table.html",
        caller,
        status=422 if problem or mistakes else 200,
        school=school,
        name=_name(database, school),
        problem=problem,
        count=len(mistakes),
        mistakes=[(one, told(request, one.why)) for one in mistakes[:_SHOWN]],
        taken=taken,
        columns=[(column, _HINTS.get(column, "")) for column in COLUMNS],
        kinds=KINDS,
        megabytes=MOST_BYTES // 1_000_000,
    )


def _name(database: Database, school: str) -> str:
    """The school's name, or nothing for the whole district."""
    with database.reading() as session:
        found = district.school(session, school) if school else None
    if school and found is None:
        raise not_found()
    return found.name if found else ""
