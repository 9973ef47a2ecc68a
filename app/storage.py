"""TinyDB's storage over the journal: what is read comes from the file, what is changed goes there, and stays undone
when it did not get there.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from tinydb.storages import Storage

from app.directory import Rows
from app.frames import LAST_ROW, Op
from app.journal import Journal
from app.plans import Plan, plan

# (table, id, document): document None removes; id 0 makes ({}) or drops (None) the whole table.
Change = tuple[str, int, Mapping[str, Any] | None]

_KEPT: Final = 256  # documents kept in memory, as the JSON that they are on the disk
_NONE: Final = Rows(())
_read_json: Final = json.JSONDecoder().raw_decode  # without `loads`' search for white space around
_JSON: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class JournalStorage(Storage):
    """Tables whose documents lie in the journal; in memory is only where, and what they can be found by."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.untidy = asyncio.Event()  # the journal is crowded or damaged: time for `Store.tidy`
        self._pending: list[Op] = []
        self._unwritten: dict[tuple[str, int], bytes] = {}
        self._recent: dict[tuple[str, int], bytes] = {}
        self._undo: list[Callable[[], object]] = []
        self._depth = 0
        if journal.crowded:
            self.untidy.set()

    @property
    def tables(self) -> dict[str, Rows]:
        """Where the documents of each table lie."""
        return self.journal.now.tables

    def rows(self, table: str) -> Rows:
        """Where the documents of a table lie; nowhere, when there is no such table."""
        return self.tables.get(table, _NONE)

    def document(self, table: str, row: int) -> dict[str, Any] | None:
        """A document, the caller's own copy; None when there is none, or when it turns out to be damaged."""
        text = self.text(table, row)
        return None if text is None else _read_json(text.decode())[0]

    def text(self, table: str, row: int) -> bytes | None:
        """A document as JSON."""
        key = (table, row)
        text = self._unwritten.get(key) or self._recent.pop(key, None)
        if text is None:
            place = self.rows(table).place(row)
            if place is None:
                return None
            text = self.journal.read(table, place)
            if text is None:
                self.rows(table).remove(row)
                self.untidy.set()
                return None
        self._remember(key, text)
        return text

    def documents(self, table: str, places: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
        """The documents of those places, each with its id."""
        rows = self.rows(table)
        for row in [rows.ids[place] for place in places if rows.lengths[place]]:
            if (document := self.document(table, row)) is not None:
                yield row, document

    def plan(self, table: str, query: object) -> Plan | None:
        """What the columns know of a query."""
        return plan(self.rows(table), getattr(query, "_hash", None))

    def change(self, changes: Iterable[Change]) -> None:
        """Applies changes and keeps them: now, or with everything else of the batch that is open. What changes nothing
        is left out.

        Raises FileTrouble when they could not be kept, ValueError for what JSON cannot hold; nothing has changed then.
        """
        begun = self._begin()  # not `with self.batch()`: every save comes through here
        try:
            for table, row, document in changes:
                text = None if document is None else to_json(document)
                if row and text == self.text(table, row):
                    continue
                self._apply(table, row, text, document or {})
                self._pending.append((table, row, text))
            self._keep()
        except BaseException:
            self._take_back(begun)
            raise
        finally:
            self._end()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside becomes one commit. An error takes all of it back."""
        begun = self._begin()
        try:
            yield
            self._keep()
        except BaseException:
            self._take_back(begun)
            raise
        finally:
            self._end()

    def read(self) -> dict[str, dict[str, Any]] | None:
        """TinyDB's way to see everything; the tables do not need it."""
        everything = {
            name: {str(row): document for row in list(rows) if (document := self.document(name, row)) is not None}
            for name, rows in list(self.tables.items())
        }
        return everything or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """TinyDB's way to replace everything: becomes the changes that make the difference."""
        changes: list[Change] = [(name, 0, None) for name in self.tables if name not in data]
        for name, rows in data.items():
            changes += [] if name in self.tables else [(name, 0, {})]
            changes += [(name, row, None) for row in self.rows(name) if str(row) not in rows]
            changes += [
                (name, int(row), dict(new)) for row, new in rows.items() if self.document(name, int(row)) != new
            ]
        self.change(changes)

    def forget_recent(self) -> None:
        """Drops what is kept in memory in the clear."""
        self._recent.clear()

    def close(self) -> None:
        """Lets go of the journal's files, and of every document in memory."""
        self.forget_recent()
        self.journal.close()

    def _begin(self) -> tuple[int, int]:
        self._depth += 1
        return len(self._undo), len(self._pending)

    def _keep(self) -> None:
        if self._depth == 1 and self._pending:
            self.journal.append(self._pending)
            self._written()

    def _take_back(self, begun: tuple[int, int]) -> None:
        undone, written = begun
        for undo in reversed(self._undo[undone:]):
            undo()
        del self._undo[undone:], self._pending[written:]

    def _end(self) -> None:
        self._depth -= 1
        if not self._depth:
            self._undo, self._pending, self._unwritten = [], [], {}

    def _apply(self, table: str, row: int, text: bytes | None, document: Mapping[str, Any]) -> None:
        generation = self.journal.now
        key = (table, row)
        before = self._unwritten.pop(key, None)
        recent = self._recent.pop(key, None)
        self._undo.append(lambda: self._put_back(key, before, recent))
        if row == 0:
            self._apply_table(table, text is not None)
        elif text is None:
            rows = self.rows(table)
            if (gone := rows.remove(row)) is not None:
                self._undo.append(lambda: rows.restore(*gone))
        else:
            if table not in self.tables:
                self._apply_table(table, True)
            rows = generation.rows(table)
            put = generation.unwritten(table, row, rows.cells_of(document))
            self._undo.append(lambda: rows.restore(*put))
            self._unwritten[key] = text

    def _apply_table(self, table: str, there: bool) -> None:
        tables = self.tables
        old = tables.get(table)
        if there:
            if old is None:
                check_table(table)
            self.journal.now.rows(table)
            if old is None:
                self._undo.append(lambda: tables.pop(table, None))
            return
        for key in [key for key in (*self._recent, *self._unwritten) if key[0] == table]:
            recent, before = self._recent.pop(key, None), self._unwritten.pop(key, None)
            self._undo.append(lambda key=key, before=before, recent=recent: self._put_back(key, before, recent))  # type: ignore[misc]
        if old is not None:
            del tables[table]
            self._undo.append(lambda: tables.__setitem__(table, old))

    def _put_back(self, key: tuple[str, int], before: bytes | None, recent: bytes | None) -> None:
        self._unwritten.pop(key, None)
        self._recent.pop(key, None)
        if before is not None:
            self._unwritten[key] = before
        if recent is not None:
            self._recent[key] = recent

    def _written(self) -> None:
        unwritten, self._unwritten = self._unwritten, {}
        for key, text in unwritten.items():
            self._remember(key, text)
        for table in {table for table, _, _ in self._pending}:
            rows = self.tables.get(table)
            if rows is not None and rows.sparse():
                rows.pack()
        if self.journal.crowded:
            self.untidy.set()

    def _remember(self, key: tuple[str, int], text: bytes) -> None:
        if key not in self._unwritten:
            self._recent[key] = text
            if len(self._recent) > _KEPT:
                del self._recent[next(iter(self._recent))]


def to_json(document: Mapping[str, Any]) -> bytes:
    """A document as it is kept. Raises ValueError for what JSON cannot hold."""
    try:
        return _JSON.encode(document).encode()
    except (TypeError, ValueError) as error:
        raise ValueError(f"JSON cannot hold this: {error}") from None


def check_row(row: int) -> None:
    """Raises ValueError for an id that the journal cannot hold."""
    if not 1 <= row <= LAST_ROW:
        raise ValueError(f"a document's id is from 1 to {LAST_ROW}, not {row}")


def check_table(name: str) -> None:
    """Raises ValueError for a table's name that a frame cannot hold: the document behind it could not be read again."""
    if "\0" in name:
        raise ValueError("a table's name has no zero in it")
