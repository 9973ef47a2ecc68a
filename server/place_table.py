"""The register of places as a table: out to a spreadsheet and in again, with every mistake named by its row."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import district, places
from server.cells import cell, uncell
from server.changes import FENCE, KINDS, change_place, number, question_set, set_active
from server.district import DistrictError
from server.tables import Place, School

COLUMNS: Final = (
    *("school", "building", "floor", "name", "kind", "lat", "lon", "fence_m", "instructions"),
    *("question_set", "spot_question", *places.SPOT_IN, "spot_answer", "installed_by", "active"),
)
_NEEDED: Final = ("school", "name")
_MOST: Final = 20_000  # rows
_YES: Final = dict.fromkeys(("", "yes", "true", "1", "sí", "si"), True) | dict.fromkeys(("no", "false", "0"), False)
_LIMITS: Final = {"lat": ("latitude", -90, 90), "lon": ("longitude", -180, 180), "fence_m": ("fence", *FENCE)}


@dataclass
class Taken:
    """What came of taking a table in."""

    added: int = 0
    changed: int = 0
    same: int = 0


class BadTable(DistrictError):
    """A table with mistakes, none of which was taken in; the message has one a line, by row and column."""


def write_places(session: Session, file: TextIO, school: str | None = None) -> int:
    """Writes every place, retired ones too, as CSV; gives how many. Answers to spot questions are known to nobody."""
    names = {one.id: one.name for one in session.scalars(select(School))}
    query = select(Place).order_by(Place.school, Place.building, Place.name)
    there = list(session.scalars(query.where(Place.school == school) if school else query))
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for place in there:
        row = {name: getattr(place, name) for name in COLUMNS if name not in places.SPOT_IN}
        row |= {name: place.spot_words.get(language, "") for name, language in places.SPOT_IN.items()}
        row |= {"school": names[place.school], "active": "yes" if place.active else "no", "spot_answer": ""}
        writer.writerow([cell(row[name]) for name in COLUMNS])
    return len(there)


def read_places(session: Session, text: str, *, who: str = "cli") -> Taken:
    """Adds the places of a table and writes anew those that are there, known by school, building and name.

    A column that is not in the table stays as it is. Raises BadTable, with everything that is wrong; the session must
    be given up then.
    """
    taken, mistakes = Taken(), list[str]()
    seen: dict[tuple[str, str, str], int] = {}
    # Retired schools too: what write_places wrote comes in again.
    schools = {one.name.lower(): one.id for one in session.scalars(select(School))}
    for at, row in _rows(text):
        columns, wrong = _columns(row)
        school = schools.get(row["school"].lower())
        if school is None:
            wrong.insert(0, f"school: there is no school {row['school']!r}.")
        if school is not None and not wrong:
            place = (school, columns.get("building", ""), columns["name"])
            try:
                if place in seen:
                    raise DistrictError(f"name: this place is in row {seen[place]} already.")
                seen[place] = at
                _take(session, place, columns, taken, who)
            except DistrictError as error:
                wrong.append(str(error))
        mistakes += [f"row {at}, {one}" for one in wrong]
    if mistakes:
        raise BadTable("\n".join([*mistakes, "Nothing was taken in."]))
    return taken


def _take(session: Session, place: tuple[str, str, str], columns: dict[str, Any], taken: Taken, who: str) -> None:
    school, building, name = place
    query = select(Place).where(Place.school == school, Place.building == building, Place.name == name)
    there = session.scalar(query)
    active = columns.pop("active", True if there is None else there.active)
    try:
        kept = places.keep_spot(columns, there)
    except DistrictError as error:
        raise DistrictError(f"spot_answer: {error}") from None
    if there is None:
        del columns["name"]
        there = places.add_place(session, school, name, who=who, **columns)
        taken.added += 1
    elif any(getattr(there, column) != value for column, value in kept.items()) or there.active != active:
        change_place(session, there, who=who, **columns)
        taken.changed += 1
    else:
        taken.same += 1
    if there.active != active:
        set_active(session, there, active, who=who)


def _columns(row: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The values of a row as the table of places keeps them, and what is wrong with it, column by column."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, text in row.items():
        try:
            if not name:
                raise DistrictError(f"there is {text!r} after the last column. Put quotation marks around commas.")
            if name in _LIMITS:
                value = number(text, *_LIMITS[name])
                values |= {"fence_m": round(value)} if name == "fence_m" and value is not None else {}
                values |= {name: value} if name != "fence_m" else {}
            elif name == "kind" and text.lower() not in ("", *KINDS):
                raise DistrictError(f"a kind is one of {', '.join(KINDS)}.")
            elif name == "kind":
                values |= {"kind": text.lower()} if text else {}
            elif name == "question_set":
                values["question_set"] = question_set(text)
            elif name == "active" and text.lower() not in _YES:
                raise DistrictError("say yes or no.")
            elif name == "active":
                values["active"] = _YES[text.lower()]
            elif name in places.SPOT_IN:
                values[name] = district.clean(Place, {"spot_question": text})["spot_question"]
            elif name != "school":
                values |= district.clean(Place, {name: text})
        except DistrictError as error:
            wrong.append(f"{name or 'too many cells'}: {error}")
    try:
        if not wrong:  # a latitude that was wrong is named once
            places.check_position(values.get("lat"), values.get("lon"))
    except DistrictError as error:
        wrong.append(f"lat: {error}")
    return values, wrong


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that has something in it, with its number as a spreadsheet program shows it."""
    first = text.partition("\n")[0]
    between = ";" if first.count(";") > first.count(",") else ","
    # Strict, or a quotation mark that is never closed would swallow the rows after it without a word.
    table = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        head = [name.strip().lower() for name in next(table, [])]
        if unknown := [name for name in head if name not in COLUMNS]:
            raise BadTable(f"row 1: there is no column {unknown[0]!r}. Columns: {', '.join(COLUMNS)}.")
        if missing := [name for name in _NEEDED if name not in head]:
            raise BadTable(f"row 1: the column {missing[0]!r} is missing.")
        if twice := [name for name in head if head.count(name) > 1]:
            raise BadTable(f"row 1: the column {twice[0]!r} is there twice.")
        for at, cells in enumerate(table, 2):
            if at > _MOST:
                raise BadTable(f"There are more than {_MOST} rows.")
            if any(cell.strip() for cell in cells):
                named = itertools.zip_longest(head, cells, fillvalue="")
                row = {name: uncell(text.strip()) for name, text in named if name or text.strip()}
                yield at, row
    except csv.Error as error:
        raise BadTable(f"line {table.line_num}: this is no CSV: {error}. Is a quotation mark left open?") from None
