"""The notebook's database: TinyDB's own API (tables, queries, documents) over the journal.

TinyDB reads and rewrites everything for every change. Here a table looks at what it needs and a change becomes one
frame of the journal; `with store.batch():` makes many changes in many tables one frame, all of them or none.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, Final, Self, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike, where
from tinydb.storages import Storage
from tinydb.table import Document, Table
from tinydb.utils import freeze as _freeze

from app.files import File, FileTrouble, Folder
from app.journal import Journal, Op, Report

__all__ = ["Document", "Report", "Store", "where"]

Rows = dict[int, dict[str, Any]]
Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]

_LOCK: Final = "lock"
# TinyDB's own way to make a value fit for a key; its queries describe themselves with it.
freeze: Callable[[Any], Any] = _freeze


class JournalStorage(Storage):
    """All tables in memory, every change of them in the journal."""

    def __init__(self, journal: Journal, indexes: Mapping[str, Iterable[str]]) -> None:
        self.tables: dict[str, Rows] = {}
        self._journal = journal
        self._indexes = {table: {field: _index() for field in fields} for table, fields in indexes.items()}
        self._highest: dict[str, int] = {}
        self._depth = 0
        self._pending: list[Op] = []
        self._undo: list[Op] = []

    def replay(self, ops: Iterable[Op]) -> None:
        """Takes over what the journal holds."""
        for op in ops:
            self._apply(op)

    def snapshot(self) -> Iterator[Op]:
        """Everything there is, as operations that make it again."""
        for table, rows in self.tables.items():
            yield table, None, {}
            for key, row in rows.items():
                yield table, key, row

    def change(self, ops: Iterable[Op]) -> None:
        """Applies operations and keeps them: now, or with everything else of the batch that is open.

        Raises FileTrouble when they could not be kept, ValueError for what JSON cannot hold; nothing has changed then.
        """
        with self.batch():
            for table, key, document in ops:
                # Through JSON, so that what is read now is what will be read after reopening, shared with nobody.
                copy = None if document is None else _through_json(document)
                self._undo += self._inverse(table, key)
                self._apply((table, key, copy))
                self._pending.append((table, key, copy))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside becomes one frame. An error takes all of it back."""
        done, written = len(self._undo), len(self._pending)
        self._depth += 1
        try:
            yield
            if self._depth == 1 and self._pending:
                self._journal.append(self._pending)
        except BaseException:
            for op in reversed(self._undo[done:]):
                self._apply(op)
            del self._undo[done:], self._pending[written:]
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo, self._pending = [], []

    def rows(self, table: str) -> Rows:
        """The rows of a table, not to be changed by the caller."""
        return self.tables.get(table, {})

    def highest(self, table: str) -> int:
        """The highest document id of a table, 0 when it is empty."""
        if table not in self._highest:
            self._highest[table] = max(self.rows(table), default=0)
        return self._highest[table]

    def candidates(self, table: str, query: QueryLike) -> Iterable[int]:
        """The ids among which every match of a query is, in the order of the table: few where an index helps."""
        plan = self._plan(table, getattr(query, "_hash", None))
        return self.rows(table) if plan is None else sorted(plan)

    def tally(self, table: str, query: QueryLike) -> int | None:
        """How many rows match, where an index alone can tell."""
        match getattr(query, "_hash", None):
            case ("==", (str(field),), str(value)) if (index := self._indexes.get(table, {}).get(field)) is not None:
                return len(index.get(value, ()))
        return None

    def read(self) -> dict[str, dict[str, Any]] | None:
        """TinyDB's way to see everything; the tables do not need it."""
        return {name: {str(key): _copy(row) for key, row in rows.items()} for name, rows in self.tables.items()} or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """TinyDB's way to replace everything: becomes the operations that make the difference."""
        ops: list[Op] = [(name, None, None) for name in self.tables if name not in data]
        for name, rows in data.items():
            old = self.rows(name)
            ops += [(name, None, {})] if name not in self.tables else []
            ops += [(name, key, None) for key in old if str(key) not in rows]
            ops += [(name, int(key), dict(row)) for key, row in rows.items() if old.get(int(key)) != row]
        self.change(ops)

    def close(self) -> None:
        """Lets go of the journal's file."""
        self._journal.close()

    def _apply(self, op: Op) -> None:
        table, key, document = op
        if key is None:
            if document is None:
                for gone in list(self.rows(table)):
                    self._put(table, gone, None)
                self.tables.pop(table, None)
                self._highest.pop(table, None)
            else:
                self.tables.setdefault(table, {})
        else:
            self._put(table, key, document)

    def _put(self, table: str, key: int, document: dict[str, Any] | None) -> None:
        rows = self.tables.setdefault(table, {})
        old = rows.pop(key, None) if document is None else rows.get(key)
        if document is not None:
            rows[key] = document
        for field, index in self._indexes.get(table, {}).items():
            if old is not None and field in old:
                index[freeze(old[field])].discard(key)
            if document is not None and field in document:
                index[freeze(document[field])].add(key)
        highest = self._highest.get(table)
        if highest is not None:
            if document is not None and key > highest:
                self._highest[table] = key
            elif document is None and key == highest:
                del self._highest[table]

    def _inverse(self, table: str, key: int | None) -> list[Op]:
        """The operations that, applied backwards, take one back."""
        if key is not None:
            back: list[Op] = [(table, key, self.rows(table).get(key))]
            return back if table in self.tables else [(table, None, None), *back]
        if table in self.tables:
            return [(table, k, row) for k, row in reversed(self.rows(table).items())] + [(table, None, {})]
        return [(table, None, None)]

    def _plan(self, table: str, query: Any) -> set[int] | None:
        """Reads TinyDB's own description of a query: `field == value`, also as one side of an `and`."""
        match query:
            case ("==", (str(field),), value):
                index = self._indexes.get(table, {}).get(field)
                return None if index is None else index.get(value, set())
            case ("and", frozenset() as sides):
                plans = [plan for plan in (self._plan(table, side) for side in sides) if plan is not None]
                return min(plans, key=len, default=None)
        return None


class JournalTable(Table):
    """A TinyDB table whose changes cost what they change. What it hands out is the caller's to do with as they like.

    Two things differ from TinyDB's own: there is no query cache to go stale, and a query that an index answers
    gives its documents in order of their ids.
    """

    _next_id: int | None  # type: ignore[assignment]  # TinyDB's own annotation says None only

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        super().__init__(storage, name, cache_size, persist_empty)

    def search(self, cond: QueryLike) -> list[Document]:
        """All documents that match."""
        return [self._document(key) for key in self._matches(cond)]

    def page(self, cond: QueryLike | None, newest: str, offset: int = 0, limit: int = 50) -> list[Document]:
        """One page of what matches, those with the highest value of the field `newest` first."""
        rows = self._rows()
        keys = sorted(
            self._matches(cond) if cond else rows, key=lambda key: (rows[key].get(newest, ""), key), reverse=True
        )
        return [self._document(key) for key in keys[offset : offset + limit]]

    def get(  # type: ignore[override]  # TinyDB's overloads, in one signature
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None
    ) -> Document | list[Document] | None:
        """One document by query or id, or those of a list of ids."""
        if doc_id is not None:
            return self._document(doc_id) if doc_id in self._rows() else None
        if doc_ids is not None:
            wanted = set(doc_ids)
            return [self._document(key) for key in self._rows() if key in wanted]
        if cond is None:
            raise RuntimeError("You have to pass either cond or doc_id or doc_ids")
        return next((self._document(key) for key in self._matches(cond)), None)

    def first(self, cond: QueryLike) -> Document | None:
        """The first document that matches: `get` with a plain type."""
        return cast(Document | None, self.get(cond))

    def contains(self, cond: QueryLike | None = None, doc_id: int | None = None) -> bool:
        """Whether there is such a document."""
        if doc_id is not None:
            return doc_id in self._rows()
        if cond is None:
            raise RuntimeError("You have to pass either cond or doc_id")
        return next(self._matches(cond), None) is not None

    def count(self, cond: QueryLike) -> int:
        """How many documents match."""
        tally = self._storage_of().tally(self.name, cond)
        return sum(1 for _ in self._matches(cond)) if tally is None else tally

    def update(self, fields: Fields, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Updates what matches; see TinyDB."""
        if doc_ids is None and cond is not None:
            doc_ids = list(self._matches(cond))
        return super().update(fields, doc_ids=doc_ids)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Removes what matches; see TinyDB."""
        if doc_ids is None and cond is not None:
            doc_ids = list(self._matches(cond))
        return super().remove(doc_ids=doc_ids)

    def __len__(self) -> int:
        return len(self._rows())

    def __iter__(self) -> Iterator[Document]:
        return (self._document(key) for key in list(self._rows()))

    def _storage_of(self) -> JournalStorage:
        return cast(JournalStorage, self._storage)

    def _rows(self) -> Rows:
        return self._storage_of().rows(self.name)

    def _document(self, key: int) -> Document:
        return self.document_class(_copy(self._rows()[key]), key)

    def _matches(self, cond: QueryLike) -> Iterator[int]:
        rows = self._rows()
        return (key for key in list(self._storage_of().candidates(self.name, cond)) if cond(rows[key]))

    def _get_next_id(self) -> int:
        key = self._next_id if self._next_id is not None else self._storage_of().highest(self.name) + 1
        self._next_id = key + 1
        return key

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return {str(key): row for key, row in self._rows().items()}

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        changes = _Changes(self._rows())
        updater(cast(dict[int, Mapping[str, Any]], changes))
        ops: list[Op] = [] if self.name in self._storage_of().tables else [(self.name, None, {})]
        self._storage_of().change(ops + [(self.name, key, row) for key, row in changes.made()])


class Store(TinyDB):
    """The database of one folder. `report` says what opening found."""

    table_class = JournalTable

    def __init__(self, storage: JournalStorage, lock: File, report: Report) -> None:
        super().__init__(storage=lambda: storage)
        self.report = report
        self._lock = lock
        self._journal_storage = storage

    @classmethod
    async def open(cls, folder: Folder, indexes: Mapping[str, Iterable[str]] | None = None) -> Self:
        """Opens the database of a folder, made empty if there is none; `indexes` names fields to find rows by.

        Raises Locked while another tab or process has it open, NewerFormat when a later version wrote it.
        """
        lock = await folder.open(_LOCK)
        try:
            journal, ops, report, untidy = await Journal.open(folder)
            storage = JournalStorage(journal, indexes or {})
            storage.replay(ops)
            if untidy:
                # A phone without room goes on with what it has; a damaged journal cannot be gone on with.
                with suppress(*([] if report.set_aside else [FileTrouble])):
                    await journal.rewrite(storage.snapshot())
        except BaseException:
            lock.close()
            raise
        return cls(storage, lock, report)

    def table(self, name: str, **options: Any) -> JournalTable:
        """The table of that name; see TinyDB."""
        return cast(JournalTable, super().table(name, **options))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one: all of it is there after any crash, or none.

        An error inside, or a failure to keep it, takes everything back, in memory too.
        """
        with self._journal_storage.batch():
            yield

    def tables(self) -> set[str]:
        """The names of all tables."""
        return set(self._journal_storage.tables)

    def drop_table(self, name: str) -> None:
        """Drops one table."""
        self._tables.pop(name, None)
        if name in self._journal_storage.tables:
            self._journal_storage.change([(name, None, None)])

    def drop_tables(self) -> None:
        """Drops all tables."""
        self._journal_storage.change([(name, None, None) for name in self._journal_storage.tables])
        self._tables.clear()

    def close(self) -> None:
        """Closes the journal and lets the next tab or process have it."""
        super().close()
        self._lock.close()


class _Changes(MutableMapping[int, dict[str, Any]]):
    """What TinyDB's updaters are given in place of a copy of the whole table: copies what is touched, remembers it."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._new: dict[int, dict[str, Any] | None] = {}

    def made(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """Every row that is different now; None for one that is gone."""
        return ((key, row) for key, row in self._new.items() if self._rows.get(key) != row)

    def __getitem__(self, key: int) -> dict[str, Any]:
        if key not in self._new and key in self._rows:
            self._new[key] = _copy(self._rows[key])
        row = self._new.get(key)
        if row is None:
            raise KeyError(key)
        return row

    def __setitem__(self, key: int, row: dict[str, Any]) -> None:
        self._new[key] = row

    def __delitem__(self, key: int) -> None:
        if key not in self:
            raise KeyError(key)
        self._new[key] = None

    def __contains__(self, key: object) -> bool:
        return self._new[key] is not None if key in self._new else key in self._rows

    def __iter__(self) -> Iterator[int]:
        yield from (key for key in self._rows if self._new.get(key, True) is not None)
        yield from (key for key, row in self._new.items() if key not in self._rows and row is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _index() -> "defaultdict[Any, set[int]]":
    return defaultdict(set)


def _through_json(document: dict[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(f"JSON cannot hold this: {error}") from None


def _copy(value: Any) -> Any:
    """A copy of a JSON value that shares nothing that can change."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value
