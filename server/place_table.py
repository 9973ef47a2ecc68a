"""The register of places as a table: out to a spreadsheet and in again, with every mistake named by its row."""

import csv
import io
import itertools
from collections.abc import Sequence
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
_ANSWER: Final = "spot_answer"
_SHOWN: Final = 80  # letters of a cell that is wrong
_BETWEEN: Final = (",", ";", "\t")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, .ods and .numbers; .xls
_YES: Final = dict.fromkeys(("", "yes", "true", "1", "sí", "si"), True) | dict.fromkeys(("no", "false", "0"), False)
_LIMITS: Final = {"lat": ("latitude", -90, 90), "lon": ("longitude", -180, 180), "fence_m": ("fence", *FENCE)}


@dataclass
class Taken:
    """What came of taking a table in."""

    added: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a row, by its number in a spreadsheet program; without a column it is the row as a whole.

    `text` is what stands there, but never an answer to a spot question.
    """

    row: int
    column: str
    why: DistrictError
    text: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _cut(self.text))
        object.__setattr__(self, "column", _cut(self.column))

    def __str__(self) -> str:
        return f"row {self.row}{', ' if self.column else ''}{self.column}: {self.why}"


class BadTable(DistrictError):
    """A table with mistakes, none of which was taken in; the message has one a line, by row and column."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("\n".join([*(str(one) for one in mistakes), "Nothing was taken in."]))
        self.mistakes = mistakes


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


def table_text(data: bytes) -> str:
    """The text of a table's file, in UTF-8, or in UTF-16 that says so. Raises DistrictError with what to do.

    Other encodings are not guessed: a wrong guess would print wrong names on every tag.
    """
    wide = data.startswith(_UTF_16)
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
        broken = 0
    except UnicodeDecodeError as error:
        text, broken = "", data.count(b"\n", 0, error.start) + 1
    if data.startswith(_WORKBOOK) or "\0" in text or (broken and (wide or b"\0" in data)):
        raise DistrictError(
            "This is no CSV file but perhaps a workbook. In the spreadsheet program choose “Save as” and “CSV UTF-8”.",
            "table_binary",
        )
    if broken:
        raise DistrictError(
            f"Line {broken} has letters that are not in UTF-8. Save the file as “CSV UTF-8”, and send that.",
            "table_letters",
            line=broken,
        )
    if not text.strip():
        raise DistrictError("The file is empty.", "table_empty")
    return text


def read_places(session: Session, text: str, *, who: str = "cli", most: int = _MOST) -> Taken:
    """Adds the places of a table and writes anew those that are there, known by school, building and name.

    A column that is not in the table stays as it is. Raises BadTable, with everything that is wrong (so is having more
    rows than `most`); the session must be given up then.
    """
    taken, mistakes = Taken(), list[Mistake]()
    rows, unreadable = _rows(text, most)
    seen: dict[tuple[str, str, str], int] = {}
    # Retired schools too: what write_places wrote comes in again.
    schools = {one.name.lower(): one.id for one in session.scalars(select(School))}
    for at, row in rows:
        columns, wrong = _columns(at, row)
        school = schools.get(row["school"].lower())
        if school is None:
            wrong.insert(0, Mistake(at, "school", _no_school(row["school"]), row["school"]))
        if school is not None and not wrong:
            place = (school, columns.get("building", ""), columns["name"])
            first = seen.setdefault(place, at)
            wrong = _take(session, at, place, columns, taken, who) if first == at else [_twice(at, row, first)]
        mistakes += wrong
    mistakes += unreadable
    if mistakes:
        raise BadTable(*mistakes)
    return taken


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _no_school(name: str) -> DistrictError:
    name = _cut(name)
    if not name:
        return DistrictError("The school is empty.", "empty", field="school")
    return DistrictError(
        f"There is no school {name!r}. Write it as it is called here, or add it first.", "table_school", name=name
    )


def _twice(at: int, row: dict[str, str], first: int) -> Mistake:
    said = f"This place is in row {first} already. Keep one of the two."
    return Mistake(at, "name", DistrictError(said, "table_twice", row=first), row["name"])


def _take(
    session: Session, at: int, place: tuple[str, str, str], columns: dict[str, Any], taken: Taken, who: str
) -> list[Mistake]:
    school, building, name = place
    query = select(Place).where(Place.school == school, Place.building == building, Place.name == name)
    there = session.scalar(query)
    active = columns.pop("active", True if there is None else there.active)
    try:
        kept = places.keep_spot(columns, there)
    except DistrictError as error:
        return [Mistake(at, _ANSWER, error)]
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
    return []


def _columns(at: int, row: dict[str, str]) -> tuple[dict[str, Any], list[Mistake]]:
    """The values of a row as the table of places keeps them, and what is wrong with it, column by column."""
    values: dict[str, Any] = {}
    wrong: list[Mistake] = []
    for name, text in row.items():
        try:
            if not name:
                text = _cut(text)
                said = f"There is {text!r} where no column has a name. Put quotation marks around a text with commas."
                raise DistrictError(said, "table_cells", text=text)
            if name in _LIMITS:
                value = number(text, *_LIMITS[name], name)
                values |= {"fence_m": round(value)} if name == "fence_m" and value is not None else {}
                values |= {name: value} if name != "fence_m" else {}
            elif name == "kind" and text.lower() not in ("", *KINDS):
                known = ", ".join(KINDS)
                raise DistrictError(f"A kind is one of {known}.", "table_kind", kinds=known)
            elif name == "kind":
                values |= {"kind": text.lower()} if text else {}
            elif name == "question_set":
                values["question_set"] = question_set(text)
            elif name == "active" and text.lower() not in _YES:
                raise DistrictError("Say yes or no.", "table_active")
            elif name == "active":
                values["active"] = _YES[text.lower()]
            elif name in places.SPOT_IN:
                values[name] = district.clean(Place, {"spot_question": text})["spot_question"]
            elif name != "school":
                values |= district.clean(Place, {name: text})
        except DistrictError as error:
            wrong.append(Mistake(at, name, error, "" if name == _ANSWER else text))
    try:
        if not wrong:  # a latitude that was wrong is named once
            places.check_position(values.get("lat"), values.get("lon"))
    except DistrictError as error:
        wrong.append(Mistake(at, "lat", error, row.get("lat", "")))
    return values, wrong


def _rows(text: str, most: int) -> tuple[list[tuple[int, dict[str, str]]], list[Mistake]]:
    """Each row that has something in it, with its number as a spreadsheet program shows it, and where they break off.

    Raises BadTable where the rows are not even worth a look.
    """
    first = io.StringIO(text, newline="").readline()
    # Strict, or a quotation mark that is never closed would swallow the rows after it without a word.
    table = csv.reader(io.StringIO(text, newline=""), delimiter=max(_BETWEEN, key=first.count), strict=True)
    at, rows, broken = 0, list[tuple[int, dict[str, str]]](), list[Mistake]()
    try:
        head = [name.strip().lower() for name in next(table, [])]
        at = 1
        if wrong := _head(head):
            raise BadTable(*wrong)
        for at, cells in enumerate(table, 2):
            if at > most:
                said = f"There are more than {most} rows. Make several files of it, for instance one for each school."
                raise BadTable(Mistake(at, "", DistrictError(said, "table_rows", most=most)))
            if any(cell.strip() for cell in cells):
                named = itertools.zip_longest(head, cells, fillvalue="")
                rows.append((at, {name: uncell(text.strip()) for name, text in named if name or text.strip()}))
    except csv.Error:
        said = "This row cannot be read. Is a quotation mark left open, or is there a single one inside a text?"
        broken.append(Mistake(at + 1, "", DistrictError(said, "table_quote")))
    if not rows and not broken:
        raise BadTable(Mistake(2, "", DistrictError("There is no place below the names of the columns.", "table_none")))
    return rows, broken


def _head(head: Sequence[str]) -> list[Mistake]:
    """What is wrong with the names of the columns. A column without a name may be there, with nothing in it."""
    known = ", ".join(COLUMNS)
    if not set(head) & set(COLUMNS):
        said = f"The first row must name the columns. Columns: {known}."
        return [Mistake(1, "", DistrictError(said, "table_head", columns=known), " ".join(head))]
    wrong = []
    for name in dict.fromkeys(head):
        if name and name not in COLUMNS:
            said = f"There is no column {_cut(name)!r}. Columns: {known}."
            wrong.append(Mistake(1, name, DistrictError(said, "table_column", name=_cut(name), columns=known)))
        elif name and head.count(name) > 1:
            said = f"The column {name!r} is there twice. Take one out."
            wrong.append(Mistake(1, name, DistrictError(said, "table_column_twice", name=name)))
    return wrong + [
        Mistake(1, name, DistrictError(f"The column {name!r} is missing.", "table_missing", name=name))
        for name in _NEEDED
        if name not in head
    ]
