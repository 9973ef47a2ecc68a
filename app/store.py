"""The notebook's database: TinyDB's own API (tables, queries, documents) over the journal.

TinyDB reads and rewrites everything for every change. Here a table opens the documents that it needs and a change
becomes one commit of the journal; `with store.batch():` makes many changes in many tables one commit, all of them or
none.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Final, Self, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike, where
from tinydb.storages import Storage
from tinydb.table import Document, Table

from app.cipher import Cipher
from app.directory import Key, Order, Rows, order_key, value_key
from app.files import File, Folder
from app.frames import NewerFormat, WrongKey
from app.generation import Fields
from app.journal import Journal, Report
from app.scan import Lost
from app.storage import Change, JournalStorage, check_row

__all__ = ["Document", "Key", "Lost", "NewerFormat", "Order", "Report", "Store", "WrongKey", "where"]

Updates = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]

_LOCK: Final = "lock"
_SORTED: Final = 2_000  # places put in order at once
_HANDFUL: Final = 20  # documents opened at once


class JournalTable(Table):
    """A TinyDB table whose changes cost what they change. What it hands out is the caller's to do with as they like.

    Two things differ from TinyDB's own: there is no query cache to go stale, and a query that an index answers
    gives its documents in the order of the table.
    """

    _next_id: int | None  # type: ignore[assignment]  # TinyDB's own annotation says None only

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        super().__init__(storage, name, cache_size, persist_empty)

    def search(self, cond: QueryLike) -> list[Document]:
        """All documents that match."""
        return list(self._matches(cond))

    def page(self, cond: QueryLike | None, newest: str, offset: int = 0, limit: int = 50) -> list[Document]:
        """One page of what matches, those with the highest text in the field `newest` first.

        Texts are told apart by their first 23 characters (a time to the millisecond), then the higher id comes first.
        An `Order` on that field spares opening what is not on the page.
        """
        rows = self._rows()
        plan = self._journal.plan(self.name, cond) if cond else None
        column = rows.columns.get(newest)
        if column is None or not column.ordered:
            found = self._matches(cond) if cond else iter(self)
            newest_first = sorted(found, key=lambda row: (order_key(row.get(newest)), row.doc_id), reverse=True)
            return newest_first[offset : offset + limit]
        places = plan.places() if plan else range(len(rows.ids))
        live = (place for place in places if rows.lengths[place])
        exact = cond is None or (plan is not None and plan.exact)
        page = heapq.nlargest(
            offset + limit if exact else len(rows), live, key=lambda place: (column[place], rows.ids[place])
        )
        if exact:
            return list(self._opened(page[offset:]))
        matching = (row for row in self._opened(page) if cond is None or cond(row))
        return [row for _, row in zip(range(offset + limit), matching, strict=False)][offset:]

    def newest_first(self, cond: QueryLike | None, newest: str) -> Iterator[tuple[int, int, list[Document]]]:
        """All that matches, as `page` orders it, in handfuls: how many were looked at, of how many, and what matched.

        A handful may be empty. Between two of them anything may be changed; whoever asks lets others run there, so
        that nothing stands still however much there is to be opened. `newest` must be an `Order`.
        """
        plan = self._journal.plan(self.name, cond) if cond else None
        rows = self._rows()
        places = plan.places() if plan else range(len(rows.ids))
        ids = iter([rows.ids[place] for place in places if rows.lengths[place]])
        runs: list[list[tuple[bytes, int]]] = []
        while some := list(islice(ids, _SORTED)):
            rows = self._rows()  # another one since the journal was rewritten
            found = ((rows.columns[newest][place], row) for row in some if (place := rows.place(row)) is not None)
            runs.append(sorted(found, reverse=True))
            yield 0, 0, []
        looked, total = 0, sum(map(len, runs))
        ordered = heapq.merge(*runs, reverse=True)
        while handful := list(islice(ordered, _HANDFUL)):
            looked += len(handful)
            opened = (self.document(row) for _, row in handful)
            yield looked, total, [row for row in opened if row is not None and (cond is None or cond(row))]

    def get(  # type: ignore[override]  # TinyDB's overloads, in one signature
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None
    ) -> Document | list[Document] | None:
        """One document by query or id, or those of a list of ids."""
        if doc_id is not None:
            return self.document(doc_id)
        if doc_ids is not None:
            wanted = set(doc_ids)
            return [row for key in self._rows() if key in wanted and (row := self.document(key)) is not None]
        if cond is None:
            raise RuntimeError("You have to pass either cond or doc_id or doc_ids")
        return next(self._matches(cond), None)

    def first(self, cond: QueryLike) -> Document | None:
        """The first document that matches: `get` with a plain type."""
        return cast(Document | None, self.get(cond))

    def named(self, field: str, value: str) -> list[Document]:
        """All documents with this text in a `Key` field: `search` without the making of a query, which takes longer."""
        rows = self._rows()
        places = rows.find(field, value_key(value)) if field in rows.columns else ()
        return [row for row in self._opened(places) if row.get(field) == value]

    def has(self, field: str, value: str) -> bool:
        """Whether any are `named` so: nearly always said without opening one."""
        rows = self._rows()
        return field in rows.columns and rows.tally(field, value_key(value)) > 0 and self.one(field, value) is not None

    def one(self, field: str, value: str) -> Document | None:
        """The first of those that are `named` so."""
        return next(iter(self.named(field, value)), None)

    def document(self, key: int) -> Document | None:
        """The document of that id: `get` with a plain type."""
        found = self._journal.document(self.name, key)
        return None if found is None else self.document_class(found, key)

    def contains(self, cond: QueryLike | None = None, doc_id: int | None = None) -> bool:
        """Whether there is such a document."""
        if doc_id is not None:
            return self._rows().place(doc_id) is not None
        if cond is None:
            raise RuntimeError("You have to pass either cond or doc_id")
        return next(self._matches(cond), None) is not None

    def count(self, cond: QueryLike) -> int:
        """How many documents match."""
        plan = self._journal.plan(self.name, cond)
        if plan is not None and plan.exact:
            return plan.count()
        return sum(1 for _ in self._matches(cond))

    def insert(self, document: Mapping[str, Any]) -> int:
        """Inserts one document; see TinyDB. Gives its id."""
        if not isinstance(document, Mapping):
            raise ValueError("Document is not a Mapping")
        if isinstance(document, Document):
            row, self._next_id = document.doc_id, None
        else:
            row = self._get_next_id()
        check_row(row)
        if self._rows().place(row) is not None:
            raise ValueError(f"Document with ID {row} already exists")
        self._journal.change([*self._made(), (self.name, row, dict(document))])
        return row

    def update(self, fields: Updates, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Updates what matches; see TinyDB."""
        if doc_ids is None and cond is not None:
            doc_ids = [row.doc_id for row in self._matches(cond)]
        return super().update(fields, doc_ids=doc_ids)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Removes what matches; see TinyDB."""
        if doc_ids is None and cond is not None:
            doc_ids = [row.doc_id for row in self._matches(cond)]
        return super().remove(doc_ids=doc_ids)

    def truncate(self) -> None:
        """Removes every document; see TinyDB. As quick for many as for one."""
        self._journal.change([(self.name, 0, None), (self.name, 0, {})] if len(self) else self._made())
        self._next_id = None

    def __len__(self) -> int:
        return len(self._rows())

    def __iter__(self) -> Iterator[Document]:
        return (row for key in list(self._rows()) if (row := self.document(key)) is not None)

    @property
    def _journal(self) -> JournalStorage:
        return cast(JournalStorage, self._storage)

    def _rows(self) -> Rows:
        return self._journal.rows(self.name)

    def _opened(self, places: Iterable[int]) -> Iterator[Document]:
        for key, row in self._journal.documents(self.name, places):
            yield self.document_class(row, key)

    def _matches(self, cond: QueryLike) -> Iterator[Document]:
        plan = self._journal.plan(self.name, cond)
        if plan is None:
            return (row for row in self if cond(row))
        found = self._opened(plan.places())
        return found if plan.exact else (row for row in found if cond(row))

    def _get_next_id(self) -> int:
        key = self._next_id if self._next_id is not None else self._rows().highest + 1
        self._next_id = key + 1
        return key

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return {str(row.doc_id): row for row in self}

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        changes = _Changes(self._journal, self.name)
        updater(cast(dict[int, Mapping[str, Any]], changes))
        self._journal.change([*self._made(), *((self.name, key, row) for key, row in changes.made.items())])

    def _made(self) -> list[Change]:
        """What makes the table, where it is not there yet."""
        return [] if self.name in self._journal.tables else [(self.name, 0, {})]


class Store(TinyDB):
    """The database of one folder. `report` says what opening found, `lost` what was found damaged since."""

    table_class = JournalTable

    def __init__(self, storage: JournalStorage, lock: File, report: Report) -> None:
        super().__init__(storage=lambda: storage)
        self.report = report
        self._lock = lock
        self._tidying = asyncio.Lock()
        self._journal_storage = storage

    @classmethod
    async def open(cls, folder: Folder, cipher: Cipher, indexes: Fields | None = None) -> Self:
        """Opens the database of a folder, made empty if there is none.

        `indexes` names fields to find rows by: plain ones, `Key` where a value names a row or a few, `Order` for times.
        Raises Locked while another tab or process has it open, WrongKey when it was sealed with another key,
        NewerFormat when a later version wrote it. What an earlier version wrote is carried over.
        """
        lock = await folder.open(_LOCK)
        try:
            journal, report = await Journal.open(folder, cipher, indexes or {})
        except BaseException:
            lock.close()
            raise
        return cls(JournalStorage(journal), lock, report)

    def table(self, name: str, **options: Any) -> JournalTable:
        """The table of that name; see TinyDB."""
        return cast(JournalTable, super().table(name, **options))

    def batch(self) -> AbstractContextManager[None]:
        """Everything changed inside is kept as one: all of it is there after any crash, or none.

        An error inside, or a failure to keep it, takes everything back, in memory too.
        """
        return self._journal_storage.batch()

    def tables(self) -> set[str]:
        """The names of all tables."""
        return set(self._journal_storage.tables)

    def drop_table(self, name: str) -> None:
        """Drops one table."""
        self._tables.pop(name, None)
        if name in self._journal_storage.tables:
            self._journal_storage.change([(name, 0, None)])

    def drop_tables(self) -> None:
        """Drops all tables."""
        self._journal_storage.change([(name, 0, None) for name in self._journal_storage.tables])
        self._tables.clear()

    @property
    def lost(self) -> list[Lost]:
        """What was found damaged since opening."""
        return self._journal_storage.journal.lost

    @property
    def size(self) -> int:
        """Bytes that the journal takes."""
        return self._journal_storage.journal.now.end

    async def untidy(self) -> None:
        """Returns once it is time for `tidy`: much of the file is about what is gone, or a part of it is damaged."""
        await self._journal_storage.untidy.wait()

    def disturb(self) -> None:
        """Makes it time for `tidy`."""
        self._journal_storage.untidy.set()

    async def tidy(self, *, anew: bool = False) -> None:
        """Rewrites the journal if it is crowded or damaged (`anew`: in any case); a damaged file is set aside first.

        Saves may come in between. Raises NoRoom or FileTrouble: everything is as it was then.
        """
        storage = self._journal_storage
        async with self._tidying:
            storage.untidy.clear()
            if storage.journal.damaged:
                await storage.journal.set_aside()
                await storage.journal.rewrite()
            elif anew or storage.journal.crowded:
                await storage.journal.rewrite()

    async def remove_set_aside(self) -> None:
        """Removes the copies of damaged journals: what was erased is in them still. Raises FileTrouble."""
        await self._journal_storage.journal.remove_set_aside()

    def close(self) -> None:
        """Closes the journal and lets the next tab or process have it."""
        super().close()
        self._lock.close()


class _Changes(MutableMapping[int, dict[str, Any]]):
    """What TinyDB's updaters are given in place of a copy of the whole table: opens what is touched, remembers it."""

    def __init__(self, journal: JournalStorage, table: str) -> None:
        self._journal = journal
        self._table = table
        self._rows = journal.rows(table)
        self.made: dict[int, dict[str, Any] | None] = {}  # every document that was touched; None for one that is gone

    def __getitem__(self, key: int) -> dict[str, Any]:
        if key not in self.made and (row := self._journal.document(self._table, key)) is not None:
            self.made[key] = row
        found = self.made.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: int, row: dict[str, Any]) -> None:
        check_row(key)
        self.made[key] = row

    def __delitem__(self, key: int) -> None:
        if key not in self:
            raise KeyError(key)
        self.made[key] = None

    def __contains__(self, key: object) -> bool:
        if key in self.made:
            return self.made[key] is not None
        return isinstance(key, int) and self._rows.place(key) is not None

    def __iter__(self) -> Iterator[int]:
        yield from (key for key in self._rows if self.made.get(key, True) is not None)
        yield from (key for key, row in self.made.items() if self._rows.place(key) is None and row is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
