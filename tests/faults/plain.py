"""TinyDB's API over a plain dict, as short as it can be: what the store is compared with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from tinydb.table import Document


class PlainTable:
    """One table."""

    def __init__(self, tables: dict[str, dict[int, dict[str, Any]]], name: str) -> None:
        self._tables = tables
        self._name = name
        self._next: int | None = None

    @property
    def rows(self) -> dict[int, dict[str, Any]]:
        """The rows, for looking at."""
        return self._tables.get(self._name, {})

    def insert(self, row: Mapping[str, Any]) -> int:
        return self.insert_multiple([row])[0]

    def insert_multiple(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        keys = []
        for row in rows:
            if isinstance(row, Document):
                key, self._next = row.doc_id, None
                if key in self.rows:
                    raise ValueError
            else:
                key = self._next or max(self.rows, default=0) + 1
                self._next = key + 1
            self._own()[key] = deepcopy(dict(row))
            keys.append(key)
        self._own()
        return keys

    def update(
        self, fields: Mapping[str, Any], cond: Callable[[Any], bool] | None = None, doc_ids: list[int] | None = None
    ) -> list[int]:
        keys = self._matching(cond) if doc_ids is None else [key for key in doc_ids if key in self.rows]
        for key in keys:
            self.rows[key].update(deepcopy(dict(fields)))
        self._own()
        return keys

    def upsert(self, row: Mapping[str, Any], cond: Callable[[Any], bool] | None = None) -> list[int]:
        keys = [row.doc_id] if isinstance(row, Document) else None
        return self.update(row, cond, keys) or [self.insert(row)]

    def remove(self, cond: Callable[[Any], bool] | None = None, doc_ids: list[int] | None = None) -> list[int]:
        keys = self._matching(cond) if doc_ids is None else doc_ids
        gone = []
        for key in keys:
            if key in self.rows:
                del self.rows[key]
                gone.append(key)
        self._own()
        return gone

    def truncate(self) -> None:
        self._tables[self._name] = {}
        self._next = None

    def get(
        self,
        cond: Callable[[Any], bool] | None = None,
        doc_id: int | None = None,
        doc_ids: list[int] | None = None,
    ) -> Any:
        if doc_id is not None:
            return Document(self.rows[doc_id], doc_id) if doc_id in self.rows else None
        if doc_ids is not None:
            return [row for row in self if row.doc_id in doc_ids]
        return next((row for row in self if cond and cond(row)), None)

    def search(self, cond: Callable[[Any], bool]) -> list[Document]:
        return [row for row in self if cond(row)]

    def count(self, cond: Callable[[Any], bool]) -> int:
        return len(self.search(cond))

    def contains(self, cond: Callable[[Any], bool] | None = None, doc_id: int | None = None) -> bool:
        return self.get(cond, doc_id) is not None

    def all(self) -> list[Document]:
        return list(self)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Document]:
        return (Document(row, key) for key, row in self.rows.items())

    def _matching(self, cond: Callable[[Any], bool] | None) -> list[int]:
        return [row.doc_id for row in self if cond is None or cond(row)]

    def _own(self) -> dict[int, dict[str, Any]]:
        return self._tables.setdefault(self._name, {})


class PlainDatabase:
    """All tables."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, dict[str, Any]]] = {}
        self._known: dict[str, PlainTable] = {}

    def again(self) -> "PlainDatabase":
        """As it is after closing and opening."""
        database = PlainDatabase()
        database._rows = self._rows
        return database

    def table(self, name: str) -> PlainTable:
        return self._known.setdefault(name, PlainTable(self._rows, name))

    def tables(self) -> set[str]:
        return set(self._rows)

    def drop_table(self, name: str) -> None:
        self._known.pop(name, None)
        self._rows.pop(name, None)
