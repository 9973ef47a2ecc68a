"""The lists of a form: those of its sheet `choices`, and tables in files beside it (.csv, .xml, .geojson)."""

# mypy: disable-error-code="import-untyped"
# defusedxml comes without types.

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from defusedxml import DefusedXmlException, ElementTree

from app.form_json import MOST_CHOICES
from server.publish.workbook import ROW

Json = dict[str, Any]

OTHER: Final = {"en": "Other", "es": "Otro"}
SPECIFY: Final = {"en": "Which other?", "es": "¿Cuál otro?"}
_FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_LOOKED_UP: Final = re.compile(r"""(?:pulldata|instance)\(\s*(?:'([^']*)'|"([^"]*)")""")
_NO_COLUMNS: Final = frozenset(("name", "label", ROW, "__row", "media", "image", "audio", "video"))


class ListError(ValueError):
    """A list that cannot be read; the message says why, in words for the form's author."""


_UNREADABLE: Final = (
    *(OSError, LookupError, ValueError, TypeError, AttributeError, RecursionError),
    *(csv.Error, ElementTree.ParseError, DefusedXmlException),
)


@dataclass(slots=True)
class Lists:
    """Every list that a form may use: its rows as phones read them, and the columns an expression may name."""

    folder: Path
    rows: dict[str, list[Json]] = field(default_factory=dict)
    columns: dict[str, frozenset[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add_choices(self, name: str, choices: list[Json], labels: Iterable[Json]) -> None:
        """A list of the sheet `choices`; `labels` are the choices' texts by language code."""
        rows = []
        for choice, label in zip(choices, labels, strict=True):
            more = {key: str(value) for key, value in choice.items() if key not in _NO_COLUMNS and value is not None}
            rows.append({"name": str(choice.get("name", "")), "label": label, **({"more": more} if more else {})})
        self.rows[name] = rows
        self.columns[name] = frozenset(("name", "label", *(key for row in rows for key in row.get("more", ()))))

    def find(self, text: str) -> None:
        """Reads the files that an expression looks things up in, where they are there."""
        for match in _LOOKED_UP.finditer(text):
            name = re.sub(r"\.csv$", "", match[1] or match[2] or "")
            for ending in _READERS:
                if name not in self.rows and _FILE.fullmatch(name) and (self.folder / f"{name}{ending}").is_file():
                    self.read(f"{name}{ending}")

    def read(self, file: str) -> str:
        """Reads a .csv, .xml or .geojson file beside the form and returns its list's name. Raises ListError."""
        name, dot, ending = file.rpartition(".")
        if name in self.rows:
            return name
        read = _READERS.get(f"{dot}{ending}")
        if read is None or not _FILE.fullmatch(name):
            raise ListError(f"{file} is not the name of a {', '.join(_READERS)} file; other files are not supported")
        try:
            text = (self.folder / file).read_text(encoding="utf-8-sig")
            rows = [{"more": row} for row in read(text) if row]
        except _UNREADABLE:
            raise ListError(f"there is no {dot}{ending} file {file} beside the form, or it cannot be read") from None
        if len(rows) > MOST_CHOICES:
            raise ListError(f"{file} has more than {MOST_CHOICES} rows")
        self.rows[name] = rows
        self.columns[name] = frozenset(key for row in rows for key in row["more"])
        return name

    def choose(self, name: str, parameters: Mapping[str, str], languages: Iterable[str]) -> str:
        """The list of a file as choices, by the columns that `parameters` name. Raises ListError."""
        value, label = str(parameters.get("value", "name")), str(parameters.get("label", "label"))
        for column in (value, label):
            if column not in self.columns[name]:
                raise ListError(f"{name}.csv has no column {column}")
        made = name if (value, label) == ("name", "label") else f"{name} {value} {label}"
        self.rows[made] = [
            {**row, "name": row["more"].get(value, ""), "label": dict.fromkeys(languages, row["more"].get(label, ""))}
            for row in self.rows[name]
        ]
        self.columns[made] = self.columns[name]
        return made

    def json(self, looked_at: frozenset[str]) -> dict[str, list[Json]]:
        """The lists that are used, without the columns that nothing looks at."""
        lean: dict[str, list[Json]] = {}
        for name in sorted(self.used):
            lean[name] = []
            for row in self.rows[name]:
                more = {key: value for key, value in row.get("more", {}).items() if key in looked_at}
                rest = {key: value for key, value in row.items() if key != "more"}
                lean[name].append({**rest, **({"more": more} if more else {})})
        return lean


def _csv(text: str) -> Iterator[dict[str, str]]:
    rows = csv.reader(io.StringIO(text, newline=""))
    head = [cell.strip() for cell in next(rows, [])]
    for row in rows:
        yield {name: cell.strip() for name, cell in zip(head, row, strict=False) if name and cell.strip()}


def _xml(text: str) -> Iterator[dict[str, str]]:
    """<root><item><name>…</name><label>…</label></item>…</root>, as the specification has it."""
    for item in ElementTree.fromstring(text):
        yield {part.tag: part.text.strip() for part in item if part.text and part.text.strip()}


def _geojson(text: str) -> Iterator[dict[str, str]]:
    """A feature's properties and id are columns; `geometry` is where it is, as answers of geopoints are written."""
    for feature in json.loads(text)["features"]:
        row = {"id": feature.get("id"), **(feature.get("properties") or {})}
        kept = {str(name): str(value) for name, value in row.items() if value not in (None, "")}
        yield {**kept, "geometry": _geometry(feature.get("geometry") or {})}


def _geometry(shape: dict[str, Any]) -> str:
    places = shape.get("coordinates") or []
    if shape.get("type") == "Point":
        places = [places]
    elif shape.get("type") == "Polygon":
        places = places[0]
    return ";".join(f"{float(lat)} {float(lon)} 0 0" for lon, lat, *_ in places)


_READERS: Final[dict[str, Callable[[str], Iterator[dict[str, str]]]]] = {
    ".csv": _csv,
    ".xml": _xml,
    ".geojson": _geojson,
}
