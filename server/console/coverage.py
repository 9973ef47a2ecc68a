"""What was visited and what was not: tours that were late or missed, and places that nobody checked."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.tours import END_REASON
from server import coverage, district
from server.cells import cell
from server.console.door import Reader, inside
from server.console.page import page, words_of
from server.context import TheDatabase
from server.coverage import MOST_DAYS, TourDay, Visits
from server.district import audit
from server.formbook import FormBook
from server.html import HEADERS, NO_STORE
from server.times import iso
from server.words import Words

WEEK: Final = timedelta(days=6)  # and today
_MOST_ROWS: Final = 300  # on the page; the table has all of them

router = inside()


class Asked(BaseModel):
    """The filters as they stand in the address."""

    model_config = ConfigDict(frozen=True)

    school: str = Field("", max_length=100)
    since: str = Field("", alias="from", max_length=20)
    until: str = Field("", alias="to", max_length=20)

    def days(self) -> tuple[date, date]:
        """The days that are looked at: those of the last week where none are given, and at most MOST_DAYS."""
        last = min(_day(self.until) or date.today(), date.today())
        first = min(_day(self.since) or last - WEEK, last)
        return max(first, last - timedelta(days=MOST_DAYS - 1)), last

    def address(self, table: str) -> str:
        """The address of a table of what the page shows."""
        return f"/console/coverage/{table}.csv?" + urlencode(self.model_dump(by_alias=True))


@router.get("/coverage")
def index(request: Request, database: TheDatabase, caller: Reader, asked: Annotated[Asked, Query()]) -> Response:
    """The tours that were not made as planned, and all places, the unvisited ones first."""
    words, (first, last), forms = words_of(request), asked.days(), FormBook()
    with database.reading() as session:
        places, made = _found(session, asked)
        shown = [one for one in made if one.state != "done"]
        return page(
            request,
            "console/coverage.html",
            caller,
            session,
            asked=asked,
            first=first,
            last=last,
            places=places[:_MOST_ROWS],
            unvisited=sum(not one.checks for one in places),
            tours=[(one, _reason(session, forms, one, words)) for one in shown[:_MOST_ROWS]],
            as_planned=len(made) - len(shown),
            more=max(len(places), len(shown)) > _MOST_ROWS,
            schools=district.schools(session),
        )


@router.get("/coverage/{table}.csv")
def table(
    request: Request,
    database: TheDatabase,
    caller: Reader,
    asked: Annotated[Asked, Query()],
    table: Literal["tours", "places"],
) -> Response:
    """All that the page shows and the tours that were made as planned, for a spreadsheet."""
    words = words_of(request)
    with database.reading() as session:
        places, made = _found(session, asked)
        rows = _of_places(places) if table == "places" else _of_tours(session, made, words)
    with database.writing() as session:
        audit(session, caller.id, "coverage-exported", table)
    first, last = asked.days()
    headers = {**HEADERS, **NO_STORE, "Content-Disposition": f'attachment; filename="{table}-{first}-{last}.csv"'}
    return Response(_csv(rows), headers=headers, media_type="text/csv; charset=utf-8")


def _found(session: Session, asked: Asked) -> tuple[list[Visits], list[TourDay]]:
    first, last = asked.days()
    schools = [one.id for one in district.schools(session) if asked.school in ("", one.id)]
    made = coverage.tour_days(session, schools, first, last, datetime.now().astimezone())
    return coverage.visits(session, schools, first, last), made


def _of_places(places: Iterable[Visits]) -> Iterable[list[Any]]:
    yield ["school", "building", "floor", "place", "kind", "checks", "last_checked"]
    for one in places:
        about = [one.place.building, one.place.floor, one.place.name, one.place.kind]
        yield [one.school, *about, one.checks, iso(one.last) if one.last else ""]


def _of_tours(session: Session, made: Iterable[TourDay], words: Words) -> Iterable[list[Any]]:
    forms = FormBook()
    yield ["day", "school", "tour", "state", "checked", "places", "late", "missed", "reason", "record"]
    for one in made:
        about = [one.checked, one.places] if one.record else ["", ""]
        said = [one.late, one.missed, _reason(session, forms, one, words), one.record]
        yield [f"{one.day}", one.school, one.tour, one.state, *about, *said]


def _csv(rows: Iterable[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def _reason(session: Session, forms: FormBook, one: TourDay, words: Words) -> str:
    """Why, in the words of the form that the officer saw."""
    form = forms.form(session, *one.form) if one.reason else None
    field = form.field(END_REASON) if form else None
    choices = field.choices if field else ()
    return next((choice.label(words.language) for choice in choices if choice.name == one.reason), one.reason)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
