"""Reads an XLSForm file with pyxform, keeping for every row where it stands, so that a mistake can be pointed at.

pyxform comes in through this module alone.
"""

# mypy: disable-error-code="import-untyped"
# pyxform is written with few types and says so.

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyxform import aliases
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import MD_CELL, MD_COMMENT, MD_SEPARATOR, DefinitionData, get_xlsform

from app.form_json import MOST_CHOICES, MOST_FIELDS

# An extra column that travels through pyxform with each row: where the row stands in the file.
ROW: Final = "__beatbook_row"
# How XLSForm writes yes and no, and every type of question it has.
YES_NO: Final[dict[str, bool]] = aliases.yes_no
QUESTION_TYPES: Final = frozenset(QUESTION_TYPE_DICT) | {"repeat", "loop", "osm"}

# After so many mistakes an author has enough to do; each costs another reading of the form.
_STUMBLES: Final = 50
_SHEETS: Final = ("survey", "choices", "settings")
_MOST_ROWS: Final = {"survey": 2 * MOST_FIELDS, "choices": 4 * MOST_CHOICES}
_TEXTS: Final = (".md", ".csv")
# What XML and spreadsheets cannot hold: control characters, halves of characters, and what is none.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_IN_MESSAGE = re.compile(r"\[row : (\d+)\]\s*")
_SPACED = re.compile(r"See \[(.+?)\] in \[(.+?)\]")
_MORE = re.compile(r"\s*Learn more:\s*\S+|^On the '\w+' sheet, the '[^']+' value ('[^']*' )?is invalid\. ")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a form's file: the row (a line of a Markdown file; 0 where no single row is at fault), and why."""

    file: str
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        column = f" column {self.column}:" if self.column else ""
        return f"{self.file}:{self.row}:{column} {self.reason}"


class FormMistake(Exception):
    """A form that cannot be published. `mistakes` has all that were found; the first one's parts are at hand."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))
        first = self.mistakes[0]
        self.file, self.row, self.column, self.reason = first.file, first.row, first.column, first.reason


@dataclass(frozen=True, slots=True)
class Workbook:
    """What pyxform made of a file: its JSON tree, its warnings, and the names in rows that had to be left out."""

    tree: dict[str, Any]
    settings: dict[str, str]
    settings_row: int
    warnings: list[tuple[int, str]]
    left_out: frozenset[str]


def read(path: Path, foreign: bool = False) -> tuple[Workbook | None, list[Mistake]]:
    """Reads the file as far as it can be read, and the mistakes found on the way.

    A form made for other tools may have other sheets; they are left alone.

    pyxform stops at the first mistake; here what it stumbled over is left out and the rest read again, so that an
    author sees all mistakes at once.
    """
    mistakes: list[Mistake] = []

    def mistake(row: int, column: str, reason: str) -> None:
        mistakes.append(Mistake(path.name, row, column, reason))

    try:
        # Spreadsheet programs write a mark before the first letter, which pyxform would take for one.
        text = path.read_text(encoding="utf-8-sig") if path.suffix in _TEXTS else ""
        rows = _rows_of_markdown(text) if path.suffix == ".md" else {}
        for row, reason in _bad_rows({name: rows[name] for name in rows if name in _SHEETS or not foreign}):
            mistake(row, "", reason)
        if path.suffix == ".md" and "survey" not in rows and not mistakes:
            mistake(0, "", "there is no sheet named survey (a row that begins with | survey |)")
        if path.suffix == ".csv" and re.match(r'"?survey"?;|;', text.lstrip()):
            mistake(1, "", "the columns are parted by semicolons; save the file with commas (.csv, comma-separated)")
        if mistakes:
            return None, mistakes
        book = get_xlsform(text.encode(), path.suffix) if path.suffix in _TEXTS else get_xlsform(path)
        places = {sheet: [row for row, _ in cells] for sheet, cells in rows.items()}
        if path.suffix == ".csv":
            places = _rows_of_csv(text)
        placed = {sheet: _place(book, sheet, places.get(sheet, [])) for sheet in _SHEETS}
        for row, column in _unwritable(book):
            mistake(row, column, "this cell has a character that no keyboard makes")
        for sheet, most in _MOST_ROWS.items():
            if len(placed[sheet]) > most:  # pyxform would take minutes, and no phone shows so many
                mistake(placed[sheet][most], "", f"the sheet {sheet} has more than {most} rows")
    except UnicodeDecodeError:
        mistake(0, "", "the file is not written in UTF-8")
    except OSError as error:
        mistake(0, "", f"the file cannot be read: {error.strerror}")
    except Exception as error:  # whatever a strange file makes pyxform's readers raise is a mistake in the file
        said = _said(error).replace(
            "Argument 'definition' was not recognized as a supported type. Must be one of: ", ""
        )
        mistake(0, "", "this is no XLSForm" + (f": {said}" if ".xlsx" not in said else f", in none of {said}"))
    return (None, mistakes) if mistakes else (_understood(path, book, placed, mistake), mistakes)


def _understood(
    path: Path, book: DefinitionData, placed: dict[str, list[int]], mistake: Callable[[int, str, str], None]
) -> Workbook | None:
    """What pyxform makes of the workbook, reporting what it stumbles over; None where nothing can be made of it."""
    settings = dict(book.settings[0]) if book.settings else {}
    settings_row = int(settings.pop(ROW, 0))
    left_out: set[str] = set()
    for _ in range(_STUMBLES):
        warnings: list[str] = []
        try:
            tree = workbook_to_json(book, form_name="data", fallback_form_name=path.stem, warnings=warnings)
        except PyXFormError as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            row, column = _row_of(said, placed), _column_of(said)
            if not any(f"find the name '{name}'" in said for name in left_out):
                mistake(row or _found_row(book, said), column, _said(said))
            if not row or not _leave_out(book, placed, said, left_out):
                return None
        except Exception as error:  # pyxform assumes a sane workbook; what is not one must not end in a traceback
            mistake(0, "", f"pyxform cannot read this form: {_said(error)}")
            return None
        else:
            noted = [(_row_of(warning, placed), _said(warning)) for warning in warnings]
            return Workbook(tree, settings, settings_row, noted, frozenset(left_out))
    return None


def xform(tree: dict[str, Any]) -> str:
    """The ODK XForm of pyxform's tree, for other tools. Raises ValueError where pyxform cannot make one."""
    try:
        survey = create_survey_element_from_dict(_without_rows(tree))
        return str(survey.to_xml(validate=False, warnings=[]))
    except Exception as error:  # the builder raises many kinds; each means the same
        raise ValueError(_said(error)) from None


def xform_of(sheets: dict[str, list[dict[str, str]]]) -> str:
    """The ODK XForm of a form given as the rows of its sheets. Raises ValueError where pyxform cannot make one."""
    try:
        columns = {
            f"{name}_header": [dict.fromkeys(key for row in rows for key in row)] for name, rows in sheets.items()
        }
        tree = workbook_to_json(DefinitionData(fallback_form_name="data", **sheets, **columns), form_name="data")
    except Exception as error:  # as in `xform`
        raise ValueError(_said(error)) from None
    return xform(tree)


def _without_rows(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_rows(value) for key, value in node.items() if key != ROW}
    return type(node)(map(_without_rows, node)) if isinstance(node, list | tuple) else node


def _leave_out(book: DefinitionData, placed: dict[str, list[int]], said: str, left_out: set[str]) -> bool:
    """Takes the cell or the row that pyxform stumbled over out of the workbook; False where nothing would be left.

    Of a row, only a note with its name stays at first, so that other rows may still refer to it; a second stumble
    takes that too.
    """
    (sheet, index), column = _place_of(said), _column_of(said)
    rows: list[dict[str, str]] = list(getattr(book, sheet))
    row = rows[index]
    if column in row and column not in ("type", "name", "list_name"):
        rows[index] = {key: value for key, value in row.items() if key != column}
    elif row.get("type", "").startswith(("begin", "end")):
        return False
    elif sheet == "survey" and ROW in row and "name" in row and column != "name":
        left_out.add(row["name"])
        rows[index] = {"type": "note", "name": row["name"]}
    else:
        left_out.add(row.get("name", ""))
        del rows[index]
        del placed[sheet][index]
    setattr(book, sheet, rows)
    return True


def _rows_of_markdown(text: str) -> dict[str, list[tuple[int, int]]]:
    """For each sheet of a Markdown file, line number and number of cells of each row, the header's first.

    Follows pyxform's own reader line by line, with its own expressions.
    """
    sheets: dict[str, list[tuple[int, int]]] = {}
    sheet = ""
    for line, content in enumerate(text.split("\n"), start=1):
        match = None if MD_COMMENT.match(content) else MD_CELL.match(content)
        if match is None or MD_SEPARATOR.match(match[1]):
            continue
        first, *cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", match[1])]
        if first:
            sheet = first.lower()
            sheets[sheet] = []
        if sheet and any(cells):
            sheets[sheet].append((line, len(cells)))
    return sheets


def _rows_of_csv(text: str) -> dict[str, list[int]]:
    """For each sheet of a .csv file the rows that have something in them, as a spreadsheet program counts them.

    The header's row is the first. Follows pyxform's own reader.
    """
    sheets: dict[str, list[int]] = {}
    sheet, headed = "", False
    for at, row in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
        if row and row[0].strip():
            sheet, headed = row[0].strip().lower(), False
            sheets.setdefault(sheet, [])
        if any(cell.strip() for cell in row[1:]):
            if headed or not sheets.get(sheet):
                sheets.setdefault(sheet, []).append(at)
            headed = True
    return sheets


def _unwritable(book: DefinitionData) -> Iterator[tuple[int, str]]:
    """Row and column of each cell with characters that no other file could hold."""
    for sheet in _SHEETS:
        for row in getattr(book, sheet) or []:
            for column, text in row.items():
                if _UNWRITABLE.search(str(text)):
                    yield int(row[ROW]), column


def _bad_rows(sheets: dict[str, list[tuple[int, int]]]) -> Iterator[tuple[int, str]]:
    for sheet, rows in sheets.items():
        if sheet not in _SHEETS:
            yield (rows[0][0] if rows else 0), f"there is no sheet named {sheet}, only {', '.join(_SHEETS)}"
        header = rows[0][1] if rows else 0
        for row, cells in rows[1:]:
            if cells > header:
                yield row, f"the row has {cells} cells and its header {header} (a | inside a cell is written \\|)"


def _place(book: DefinitionData, sheet: str, rows: list[int]) -> list[int]:
    """Writes into each row of the sheet where it stands; without line numbers, as a spreadsheet counts."""
    content = getattr(book, sheet) or []
    places = rows[1:] if rows else list(range(2, len(content) + 2))
    if len(places) != len(content):
        raise ValueError(f"the rows of the sheet {sheet} cannot be told apart")
    for row, place in zip(content, places, strict=True):
        if row:  # an empty row of a spreadsheet stays empty, so that pyxform skips it
            row[ROW] = str(place)
    headers = getattr(book, f"{sheet}_header")
    if headers:
        headers[0][ROW] = None
    return places


def _place_of(message: str) -> tuple[str, int]:
    """The sheet that a message of pyxform is about, and the index of the row in it (-1 where it names none)."""
    sheet = next((sheet for sheet in _SHEETS if f"'{sheet}' sheet" in message), "survey")
    match = _IN_MESSAGE.search(message)
    return sheet, int(match[1]) - 2 if match and int(match[1]) >= 2 else -1


def _row_of(message: str, placed: dict[str, list[int]]) -> int:
    """The row of the file that a message of pyxform is about; 0 where it names none."""
    sheet, index = _place_of(message)
    return placed[sheet][index] if 0 <= index < len(placed[sheet]) else 0


def _found_row(book: DefinitionData, message: str) -> int:
    """The row that a message is about which names none, but a choice or that there are none; else 0."""
    if named := _SPACED.search(message):
        wanted = {"name": named[1], "list_name": named[2]}
        found = (row for row in book.choices or [] if wanted.items() <= row.items())
    elif message.startswith("There should be a choices sheet"):
        found = (row for row in book.survey or [] if row.get("type", "").startswith(("select", "rank")))
    else:
        return 0
    row = next(found, None)
    return int(row[ROW]) if row else 0


def _column_of(message: str) -> str:
    match = re.search(r"the '([^']+)' value", message)
    return match[1] if match else ""


def _said(message: object) -> str:
    """pyxform's words without its row numbers, which count rows of a sheet and not lines of the file."""
    return _MORE.sub("", _IN_MESSAGE.sub("", str(message))).strip()
