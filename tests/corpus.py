"""XLSForms that others wrote, and what becomes of each here: `python -m tests.corpus` prints the table.

None is committed: two packages carry them (requirements/corpus.txt), pyxform's tests as spreadsheets and as Markdown in
Python files, osm-fieldwork the survey forms of humanitarian mappers. They are read as data and never imported.
"""

# mypy: disable-error-code="import-untyped"
# pyxform comes with few types.

import ast
import contextlib
import csv
import io
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from app.forms import Form
from server.publish.files import fingerprint, made
from server.publish.forms import FormMistake, Mistake, publish
from server.publish.node import run

ROOT = Path(__file__).parents[1]
_TABLE = re.compile(r"""(?:pulldata|instance)\(\s*['"]([\w.-]+)['"](?:\s*,\s*['"](\w+)['"]\s*,\s*['"](\w+)['"])?""")
_FROM_FILE = re.compile(r"select_(?:one|multiple)_from_file\s+(\S+)")
_COLUMN = re.compile(r"(?<![\w${'\"#])([A-Za-z_][\w.-]*)(?=\s*(?:!?=|<|>|,|\)|$))|\]/([\w.-]+)")


@dataclass
class Tried:
    """One form: whether the field's own reader takes it, and what it became here."""

    name: str
    sound: bool
    form: dict[str, Any] | None = None
    mistakes: tuple[Mistake, ...] = ()
    left_alone: list[Mistake] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether it has anything to ask; some try out one setting and nothing else."""
        return not any("has no questions" in mistake.reason for mistake in self.mistakes)


def tried(folder: Path) -> list[Tried]:
    """Every form of the packages, published here as one made for other tools. Writes the forms into the folder."""
    return [_try(path) for path in _written(_packages(), folder)]


def reasons(of: Iterable[Tried]) -> Counter[str]:
    """In how many forms each thing stood that is not supported, by name."""
    return Counter(name for one in of for name in {_named(mistake) for mistake in one.mistakes})


def table(found: list[Tried]) -> str:
    """The report, as docs/forms.md shows it."""
    sound = [one for one in found if one.sound and one.asks]
    loaded = [one for one in sound if one.form]
    refused = [one for one in sound if not one.form]
    lines = [
        *("| Forms | |", "|---|---|", f"| in the packages | {len(found)} |"),
        f"| of these, read by pyxform and asking something | {len(sound)} |",
        f"| of these, load and can be filled in | {len(loaded)} |",
        f"| of these, without anything left alone | {sum(not one.left_alone for one in loaded)} |",
        f"| refused | {len(refused)} |",
        *("", "| Refused because of | Forms |", "|---|---|"),
        *(f"| {name} | {count} |" for name, count in sorted(reasons(refused).items(), key=lambda one: (-one[1], one))),
    ]
    return "\n".join(lines)


def _packages() -> Path:
    requirements = ROOT / "requirements" / "corpus.txt"

    def install(folder: Path) -> None:
        words = ["install", "--quiet", "--no-compile", "--no-deps", "--require-hashes", "--target", str(folder)]
        run([sys.executable, "-m", "pip", *words, "-r", str(requirements)], "pip install of the corpus")

    return made(ROOT / ".build", "corpus", fingerprint(requirements), install)


def _written(packages: Path, folder: Path) -> Iterator[Path]:
    """Each form in a folder of its own, with the tables beside it that it asks for."""
    texts: set[str] = set()
    for file in sorted(packages.rglob("*")):
        home = folder / re.sub(r"\W+", "_", str(file.relative_to(packages).with_suffix("")))
        if file.suffix in (".xls", ".xlsx") and "data_models" not in file.parts:
            yield _with_tables(home / file.name, file.read_bytes())
        elif file.suffix == ".py" and "test" in str(file.relative_to(packages)):
            found = (node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant))
            forms = (text for text in found if isinstance(text, str) and re.search(r"\|\s*survey\s*\|", text))
            for number, text in enumerate(forms):
                if text not in texts:
                    texts.add(text)
                    yield _with_tables(home / f"{file.stem}_{number}.md", text.encode())


def _with_tables(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    try:
        book = get_xlsform(path)
    except Exception:  # what is none says so when it is tried
        return path
    cells = [str(cell) for row in book.survey for cell in row.values()]
    columns = {
        "name",
        "label",
        "id",
        *(name for cell in cells for pair in _COLUMN.findall(cell) for name in pair if name),
    }
    row = dict.fromkeys(sorted(columns), "x")
    for cell in cells:
        for name, *more in _TABLE.findall(cell):
            _write_table(
                path.parent / f"{name.removesuffix('.csv')}.csv", {**row, **dict.fromkeys(filter(None, more), "x")}
            )
        for name in _FROM_FILE.findall(cell):
            _write_table(path.parent / name, row)
    for one in book.survey:
        if str(one.get("type")) in ("csv-external", "xml-external"):
            _write_table(path.parent / f"{one.get('name')}.{one['type'][:3]}", row)
    return path


def _write_table(path: Path, row: dict[str, str]) -> None:
    if path.suffix == ".geojson":
        text = json.dumps({"features": [{"properties": row, "geometry": {"type": "Point", "coordinates": [1, 2]}}]})
    elif path.suffix == ".xml":
        text = f"<root><item>{''.join(f'<{name}>{value}</{name}>' for name, value in row.items())}</item></root>"
    else:
        lines = io.StringIO()
        csv.writer(lines).writerows([list(row), list(row.values())])
        text = lines.getvalue()
    path.write_text(text)


def _try(path: Path) -> Tried:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            convert(path, validate=False)
        one = Tried(path.name, sound=True)
    except Exception:  # its tests have many forms that are wrong on purpose
        one = Tried(path.name, sound=False)
    try:
        one.form = Form.parse(publish(path, {}, one.left_alone)).json
    except FormMistake as mistake:
        one.mistakes = mistake.mistakes
    return one


def _named(mistake: Mistake) -> str:
    """What a mistake is about, without the particulars of its form."""
    reason = re.sub(r", in: .*", "", mistake.reason, flags=re.DOTALL)
    if match := re.search(r"questions of the type (.+?) are not supported", reason):
        return f"type `{match[1]}`"
    for words, name in (
        ("beside the form", "a table that is not there"),
        ("there is no list named", "a table that is not there"),
        ("label with another answer in it", "choices whose labels quote answers"),
        ("has no column", "a column that its list has not"),
        ("is a name: another answer", "names without `${}` in expressions"),
        ("cannot be read", "what is no expression"),
        (" twice", "a choice that is in its list twice"),
    ):
        if words in reason:
            return name
    return reason


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(table(tried(Path(place))))
