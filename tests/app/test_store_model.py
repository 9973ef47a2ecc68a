"""The store against a plain dict: random verbs, crashes, full disks, on both kinds of files."""

import asyncio
import copy
import os
import random
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app import generation, journal
from app.cipher import Cipher
from app.files import FileTrouble, Folder, NoRoom, OrdinaryFolder
from app.store import Document, Store, where
from tests.app.simulated_disk import PowerCut, SimulatedDisk, run
from tests.app.storekit import CIPHER, INDEXES, Rows, content

T = TypeVar("T")

tables = st.sampled_from(["records", "drafts", "facts"])
states = st.sampled_from(["waiting", "district", "attention"])
documents = st.fixed_dictionaries(
    {"state": states, "n": st.integers(0, 5)},
    optional={
        "at": st.sampled_from(["2026-11-24T10:15", "2026-11-24T10:15:30.123+01:00", "2025", "", None]),
        "school": st.sampled_from(["north", "south", None]),
        "deep": st.lists(st.text(max_size=3), max_size=2),
    },
)
seeds = st.integers(0, 1 << 32)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of the directory, room ahead and pieces of a rewriting come often, so that what they do is tried."""
    monkeypatch.setattr(generation, "EVERY", 5)
    monkeypatch.setattr(generation, "_AHEAD", 700)
    monkeypatch.setattr(generation, "_CLOSE", 100)
    monkeypatch.setattr(journal, "_PIECE", 100)


class AgainstADict(RuleBasedStateMachine):
    """Random verbs on the store and on a dict, with crashes, full disks and reopenings between them."""

    def __init__(self) -> None:
        super().__init__()
        self.model: Rows = {}
        self.disk: Folder
        self.store: Store

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return run(work)

    @initialize()
    def begin(self) -> None:
        self.disk = SimulatedDisk()
        self.reopen()

    def cipher(self) -> Cipher:
        """The cipher of the next opening."""
        return CIPHER

    def reopen(self) -> None:
        self.store = self.run(Store.open(self.disk, self.cipher(), INDEXES))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    def rows(self, table: str) -> dict[int, dict[str, Any]]:
        return self.model.setdefault(table, {})

    def matching(self, table: str, state: str) -> list[int]:
        return [key for key, row in self.rows(table).items() if row["state"] == state]

    # The verbs, each on the store and on the dict

    @rule(table=tables, document=documents)
    def insert(self, table: str, document: dict[str, Any]) -> None:
        key = self.store.table(table).insert(document)
        assert key not in self.rows(table)
        self.rows(table)[key] = copy.deepcopy(document)

    @rule(table=tables, some=st.lists(documents, max_size=4))
    def insert_multiple(self, table: str, some: list[dict[str, Any]]) -> None:
        keys = self.store.table(table).insert_multiple(some)
        assert len(set(keys)) == len(some)
        self.rows(table).update(zip(keys, copy.deepcopy(some), strict=True))

    @rule(table=tables, key=st.integers(1, 12), document=documents)
    def insert_under_an_id(self, table: str, key: int, document: dict[str, Any]) -> None:
        if key in self.rows(table):
            with pytest.raises(ValueError, match="already exists"):
                self.store.table(table).insert(Document(document, key))
        else:
            self.store.table(table).insert(Document(document, key))
            self.rows(table)[key] = copy.deepcopy(document)

    @rule(table=tables, state=states, fields=documents)
    def update(self, table: str, state: str, fields: dict[str, Any]) -> None:
        expected = self.matching(table, state)
        assert self.store.table(table).update(fields, where("state") == state) == expected
        for key in expected:
            self.rows(table)[key].update(copy.deepcopy(fields))

    @rule(table=tables, keys=st.lists(st.integers(1, 12), unique=True, max_size=3))
    def update_with_a_function(self, table: str, keys: list[int]) -> None:
        def deepen(row: Any) -> None:
            row.setdefault("deep", []).append("x")

        expected = [key for key in keys if key in self.rows(table)]
        assert self.store.table(table).update(deepen, doc_ids=keys) == expected
        for key in expected:
            deepen(self.rows(table)[key])

    @rule(table=tables, state=states, document=documents)
    def upsert(self, table: str, state: str, document: dict[str, Any]) -> None:
        expected = self.matching(table, state)
        keys = self.store.table(table).upsert(document, where("state") == state)
        for key in expected:
            self.rows(table)[key].update(copy.deepcopy(document))
        if not expected:
            self.rows(table)[keys[0]] = copy.deepcopy(document)

    @rule(table=tables, state=states)
    def remove(self, table: str, state: str) -> None:
        expected = self.matching(table, state)
        assert self.store.table(table).remove(where("state") == state) == expected
        for key in expected:
            del self.rows(table)[key]

    @rule(table=tables)
    def truncate(self, table: str) -> None:
        self.store.table(table).truncate()
        self.rows(table).clear()

    @rule(table=tables)
    def drop_table(self, table: str) -> None:
        self.store.drop_table(table)
        self.model.pop(table, None)

    @rule(document=documents, state=states)
    def batch(self, document: dict[str, Any], state: str) -> None:
        with self.store.batch():
            self.insert("records", document)
            self.remove("drafts", state)
            assert self.store.table("records").count(where("state") == document["state"]) == len(
                self.matching("records", document["state"])
            ), "what a batch wrote can be read in it"

    @rule(document=documents, state=states, inner=st.booleans())
    def batch_that_fails(self, document: dict[str, Any], state: str, inner: bool) -> None:
        def fails() -> None:
            with self.store.batch():
                self.remove("records", state)
                if inner:
                    with self.store.batch():
                        self.insert("drafts", document)
                self.update("records", state, document)
                self.store.drop_table("facts")
                raise ZeroDivisionError

        before = copy.deepcopy(self.model)
        with pytest.raises(ZeroDivisionError):
            fails()
        self.model = before

    @rule(document=documents, state=states)
    def batch_that_forgives(self, document: dict[str, Any], state: str) -> None:
        """What failed inside and was caught is not kept; the rest of the batch is."""
        with self.store.batch():
            self.insert("records", document)
            self.batch_that_fails(document, state, inner=True)
            self.insert("drafts", document)
        self.close_and_reopen()

    @rule()
    def close_and_reopen(self) -> None:
        self.store.close()
        self.reopen()
        assert self.store.report.whole
        assert self.store.report.cut == 0

    # What must hold after every step

    @invariant()
    def holds_the_same(self) -> None:
        if not hasattr(self, "store"):
            return
        assert content(self.store).keys() >= {name for name, rows in self.model.items() if rows}
        for name in ("records", "drafts", "facts"):
            table, rows = self.store.table(name), self.rows(name)
            assert {row.doc_id: dict(row) for row in table.all()} == rows
            assert len(table) == len(rows)

    @invariant()
    def finds_the_same(self) -> None:
        if not hasattr(self, "store"):
            return
        for name, rows in self.model.items():
            table = self.store.table(name)
            for query in QUERIES:
                expected = {key for key, row in rows.items() if query(row)}
                assert {row.doc_id for row in table.search(query)} == expected
                assert table.count(query) == len(expected)
                assert table.contains(query) == bool(expected)
                found = table.first(query)
                assert (found is None) == (not expected)
                assert found is None or found.doc_id in expected


QUERIES = [
    where("state") == "waiting",
    where("state") != "waiting",
    where("school") == None,  # noqa: E711  # TinyDB's way to ask
    (where("state") == "district") & (where("school") == "north"),
    (where("n") > 2) & (where("state") == "attention"),
    (where("state") == "district") | (where("school") == "south"),
    ~(where("state") == "district"),
    where("deep") == ["x"],
    where("deep").any(["x"]),
]


class WithTrouble(AgainstADict):
    """The same on a disk that fills up, fails and loses its power."""

    disk: SimulatedDisk

    @rule(
        after=st.integers(0, 1),
        error=st.sampled_from([NoRoom("full"), FileTrouble("EIO")]),
        document=documents,
        state=states,
    )
    def the_disk_refuses(self, after: int, error: FileTrouble, document: dict[str, Any], state: str) -> None:
        before = copy.deepcopy(self.model)
        self.disk.fail(after, error)
        with pytest.raises(type(error)):
            self.batch(document, state)
        self.disk.heal()
        self.model = before

    @rule(after=st.integers(0, 1), document=documents, state=states, seed=seeds)
    def the_power_goes_in_a_save(self, after: int, document: dict[str, Any], state: str, seed: int) -> None:
        before = copy.deepcopy(self.model)
        self.disk.fail(after, PowerCut())
        with pytest.raises(PowerCut):
            self.batch(document, state)
        intended = self.model
        self.disk.power_cut(random.Random(seed))  # noqa: S311  # a die, not a key
        self.reopen()
        found = {name: rows for name, rows in content(self.store).items() if rows}
        possible = [{name: rows for name, rows in model.items() if rows} for model in (before, intended)]
        assert found in possible, "all of a save is there, or none"
        self.model = before if found == possible[0] else intended

    @rule(seed=seeds)
    def the_power_goes_between_saves(self, seed: int) -> None:
        self.disk.power_cut(random.Random(seed))  # noqa: S311
        self.reopen()
        assert self.store.report.whole

    @precondition(lambda self: any(self.model.values()))
    @rule(after=st.integers(0, 30), seed=seeds)
    def the_power_goes_in_a_compaction(self, after: int, seed: int) -> None:
        self.disk.fail(after, PowerCut())
        try:
            run(self.store._journal_storage.journal.rewrite())
        except PowerCut:
            self.disk.power_cut(random.Random(seed))  # noqa: S311
            self.reopen()
        self.disk.heal()

    @precondition(lambda self: any(self.model.values()))
    @rule(document=documents, state=states, table=tables)
    def saves_come_between_the_steps_of_a_compaction(self, document: dict[str, Any], state: str, table: str) -> None:
        steps = self.store._journal_storage.journal.rewrite()
        verbs: Iterator[Callable[[], None]] = cycle(
            [
                lambda: self.insert(table, document),
                lambda: self.remove("drafts", state),
                lambda: self.update("records", state, document),
                lambda: self.batch_that_fails(document, state, inner=True),
                lambda: self.drop_table("facts"),
                lambda: self.insert("facts", document),
            ]
        )
        try:
            while steps.send(None) is None:
                next(verbs)()
                self.holds_the_same()
        except StopIteration:
            pass
        self.holds_the_same()


class OnARealDisk(AgainstADict):
    """The same with ordinary files."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(work)

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.disk = OrdinaryFolder(Path(self.folder.name))
        self.reopen()

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule(kept=st.floats(0, 1, exclude_max=True), document=documents)
    def the_last_save_is_torn(self, kept: float, document: dict[str, Any]) -> None:
        path, pages = (next(Path(self.folder.name).glob(f"{kind}-*")) for kind in ("journal", "directory"))
        before, known = self.store.size, pages.stat().st_size
        self.store.table("records").insert(document)
        after = self.store.size
        self.store.close()
        os.truncate(path, before + int((after - before) * kept))
        os.truncate(pages, known)  # a page comes only once its frames are on the disk
        self.reopen()
        assert self.store.report.whole


TestAgainstADict = AgainstADict.TestCase
TestAgainstADict.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestWithTrouble = WithTrouble.TestCase
TestWithTrouble.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
TestOnARealDisk = OnARealDisk.TestCase
TestOnARealDisk.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
