"""Reads a phone's sealed notebook (docs/store-format.md) as far as it can be read, and says what cannot.

Of the journals handed in, the newest generation with a whole header is the notebook: it holds all of the earlier ones.
Where it is damaged or its end is missing, what the others say comes to the fore again. A revision never changes, so one
counts even where its save looks cut off.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from app import journal_plain
from app.cipher import Cipher, Tampered
from app.frames import (
    FORMAT,
    HEAD_SIZE,
    HEADER_SIZE,
    MARKER,
    NewerFormat,
    Op,
    WrongKey,
    check_key,
    open_frame,
    read_head,
    read_header,
    table_number,
)
from app.scan import Lost, Window, scan

Row = dict[str, Any]
Tables = dict[str, dict[int, bytes]]

_REVISIONS: Final = table_number("revisions")
_NAMES: Final = {table_number(name): name for name in ("revisions", "drafts", "answers", "facts", "photos", "forms")}


@dataclass
class SealedNotebook:
    """What was readable, as the rows that the phone kept. `lost` counts what was not, by the table it stood in."""

    revisions: dict[str, Row] = field(default_factory=dict)  # by hash
    drafts: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)

    def fact(self, name: str, part: str) -> Any:
        """A part of what the phone remembered under a name; None where there is no such thing."""
        found = self.facts.get(name)
        return found.get(part) if isinstance(found, dict) else None

    def add_revisions(self, rows: list[Row]) -> None:
        """Takes the ledger's rows; what they say of a revision replaces what was said of it before."""
        self.revisions |= {row["hash"]: row for row in rows if isinstance(row.get("hash"), str)}

    def rows(self, table: str, documents: Mapping[int, bytes]) -> list[Row]:
        """The documents of a table as JSON objects; what is none is lost."""
        found = []
        for document in documents.values():
            row = None
            with suppress(ValueError, RecursionError):
                row = json.loads(document)
            if isinstance(row, dict):
                found.append(row)
            else:
                self.lost[table] += 1
        return found


@dataclass
class _Generation:
    """One journal: `counts` when its header is whole, `whole` when nothing in it is damaged, and `cut_off` when its
    last save seems not to have been finished.
    """

    tables: Tables = field(default_factory=dict)
    torn: list[bytes] = field(default_factory=list)  # documents of a last save that was cut off
    lost: list[Lost] = field(default_factory=list)
    gone: set[tuple[str, int]] = field(default_factory=set)  # rows that it says were removed
    counts: bool = False
    whole: bool = False
    cut_off: bool = False

    def take(self, op: Op, _place: int = 0, _length: int = 0) -> None:
        """Does what a frame says."""
        table, row, document = op
        if row == 0 and document is None:
            self.tables.pop(table, None)
        elif row == 0:
            self.tables.setdefault(table, {})
        elif document is None:
            self.tables.get(table, {}).pop(row, None)
            self.gone.add((table, row))
        else:
            self.tables.setdefault(table, {})[row] = document
            self.gone.discard((table, row))


def read_notebook(journals: Mapping[str, Path], cipher: Cipher) -> SealedNotebook:
    """Reads the journals, given by their names.

    Raises NewerFormat, and WrongKey when none of them was sealed with this key.
    """
    notebook, foreign, found = SealedNotebook(), 0, []
    for name, path in sorted(journals.items(), key=lambda item: _number(item[0])):
        try:
            found.append(_read(_number(name), path, cipher))
        except WrongKey:
            foreign += 1
    if foreign and not any(one.tables for one in found):
        raise WrongKey
    notebook.lost["journals"] += foreign
    chosen = next((one for one in reversed(found) if one.counts), None)
    said = [chosen] if chosen is not None else found
    tables = _tables(found, chosen)
    for lost in (lost for one in said for lost in one.lost):
        notebook.lost[_NAMES.get(lost.table or 0, "unknown")] += 1
    for torn in (one.torn for one in found):
        notebook.add_revisions(SealedNotebook().rows("revisions", dict(enumerate(torn))))
    notebook.add_revisions(notebook.rows("revisions", tables.get("revisions", {})))
    notebook.drafts = notebook.rows("drafts", tables.get("drafts", {}))
    notebook.answers = notebook.rows("answers", tables.get("answers", {}))
    notebook.facts = {
        row["name"]: row.get("value")
        for row in notebook.rows("facts", tables.get("facts", {}))
        if isinstance(row.get("name"), str)
    }
    return notebook


def _tables(found: list[_Generation], chosen: _Generation | None) -> Tables:
    if chosen is None:
        return _laid_over(found)
    if chosen.whole and not chosen.cut_off:
        return chosen.tables
    # What seems cut off may have been whole once. The others have some of what is missing, and nothing that is newer:
    # what has a higher number is a copy that was not finished.
    others = _laid_over(one for one in found if one is not chosen)
    for table, row in chosen.gone:
        others.get(table, {}).pop(row, None)
    return _laid_over([_Generation(others), chosen])


def _read(number: int, path: Path, cipher: Cipher) -> _Generation:
    found = _Generation()
    with _Journal(path) as file:
        start = file.read(0, HEADER_SIZE)
        header = read_header(start)
        if header and header.format > FORMAT:
            raise NewerFormat
        if header and header.format < FORMAT:
            plain = journal_plain.read(path.read_bytes(), number)
            return _Generation(plain.tables, lost=[Lost(0)] * plain.lost, counts=True, whole=not plain.damaged)
        if header and header.generation == number:
            check_key(cipher, start)
            found.counts = True
        read = scan(file, cipher, number, HEADER_SIZE, 0, found.take)
        found.torn = list(_torn(Window(file, file.size()), cipher, number, read.end))
    missing = range(read.frames + 1, header.snapshot + 1) if header and found.counts else ()
    found.lost = [*read.lost, *map(Lost, missing)]
    found.whole = found.counts and not read.damaged and not missing
    found.cut_off = bool(read.cut)
    return found


def _torn(window: Window, cipher: Cipher, generation: int, at: int) -> Iterator[bytes]:
    """The revisions that can be read behind the end: a file that looks cut off in a save may have been whole once."""
    while (at := window.find(MARKER, at)) >= 0:
        head = read_head(window.read(at, HEAD_SIZE), generation)
        if head and at + head.size <= window.size and head.table == _REVISIONS:
            with suppress(Tampered, UnicodeDecodeError):
                _, _, document = open_frame(cipher, generation, window.read(at, head.size))
                if document is not None:
                    yield document
        at += 1


def _laid_over(generations: Iterable[_Generation]) -> Tables:
    """What the generations say together; of what several say the newest counts."""
    tables: Tables = {}
    for one in generations:
        for table, rows in one.tables.items():
            tables.setdefault(table, {}).update(rows)
    return tables


def _number(name: str) -> int:
    return int(name.removeprefix("journal-"))


class _Journal:
    """A file that is only read, behind the protocol that the phone's own files have."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None = None,
        _error: BaseException | None = None,
        _trace: TracebackType | None = None,
    ) -> None:
        self.close()

    def size(self) -> int:
        return self._file.seek(0, io.SEEK_END)

    def read(self, at: int, n: int) -> bytes:
        self._file.seek(at)
        return self._file.read(n)

    def write(self, at: int, data: bytes) -> None:  # noqa: ARG002  # the protocol's
        raise io.UnsupportedOperation

    def flush(self) -> None:
        raise io.UnsupportedOperation

    def truncate(self, n: int) -> None:  # noqa: ARG002  # the protocol's
        raise io.UnsupportedOperation

    def close(self) -> None:
        self._file.close()
