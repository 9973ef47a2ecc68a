"""The store: TinyDB's API over the journal, what it promises beyond, and what it says of damage and of no room."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from app import generation, journal
from app.cipher import make_cipher
from app.files import Locked, NoRoom
from app.frames import HEADER_SIZE, table_number
from app.store import Document, JournalTable, Order, Store, WrongKey, where
from tests.app.simulated_disk import SimulatedDisk, run
from tests.app.storekit import CIPHER, INDEXES, content, open_store

states = st.sampled_from(["waiting", "district", "attention"])


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of the directory and pieces of a rewriting come often, so that what they do is tried."""
    monkeypatch.setattr(generation, "EVERY", 5)
    monkeypatch.setattr(journal, "_PIECE", 100)


STEPS: list[Callable[[Any], Any]] = [
    lambda db: db.insert({"a": 1, "deep": {"x": [1, 2]}}),
    lambda db: db.insert_multiple([{"a": 1}, {"a": 2}, {"b": None}]),
    lambda db: db.insert(Document({"a": 9}, 40)),
    lambda db: db.insert({"a": 3}),
    lambda db: db.update({"c": 1}, where("a") == 1),
    lambda db: db.update({"d": 1}),
    lambda db: db.update_multiple([({"e": 1}, where("a") == 2), ({"f": 1}, where("a") == 9)]),
    lambda db: db.upsert({"a": 77}, where("a") == 77),
    lambda db: db.upsert(Document({"z": 1}, 2)),
    lambda db: db.remove(doc_ids=[1, 99]),
    lambda db: db.remove(where("a") == 77),
    lambda db: db.insert({"a": 4}),
    lambda db: db.get(doc_id=2),
    lambda db: db.get(doc_id=1000),
    lambda db: db.get(doc_ids=[40, 2]),
    lambda db: db.get(where("a") == 4),
    lambda db: db.search(where("a") > 1),
    lambda db: db.count(where("d") == 1),
    lambda db: db.contains(doc_id=3),
    lambda db: db.contains(where("nothing").exists()),
    lambda db: [(row.doc_id, dict(row)) for row in db],
    lambda db: len(db),
    lambda db: sorted(db.tables()),
    lambda db: db.table("other").insert({"x": 1}),
    lambda db: sorted(db.tables()),
    lambda db: db.drop_table("other"),
    lambda db: sorted(db.tables()),
    lambda db: db.truncate(),
    lambda db: db.insert({"a": 5}),
    lambda db: db.drop_tables(),
    lambda db: sorted(db.tables()),
    lambda db: db.all(),
]


def test_it_answers_as_tinydb_does() -> None:
    theirs, ours = TinyDB(storage=MemoryStorage), open_store(SimulatedDisk())
    for number, step in enumerate(STEPS):
        assert step(ours) == step(theirs), number
    ours.close()


@pytest.mark.parametrize("bad", [lambda t: t.get(), lambda t: t.contains(), lambda t: t.remove()])
def test_it_refuses_what_tinydb_refuses(bad: Callable[[JournalTable], Any]) -> None:
    store = open_store(SimulatedDisk())
    with pytest.raises(RuntimeError):
        bad(store.table("records"))


def test_what_it_hands_out_is_not_what_it_keeps() -> None:
    store = open_store(SimulatedDisk())
    table = store.table("records")
    given = {"state": "waiting", "deep": ["a"]}
    table.insert(given)
    given["deep"].append("b")  # type: ignore[attr-defined]
    for found in (table.all()[0], table.search(where("state") == "waiting")[0], table.first(where("state").exists())):
        assert found is not None
        found["deep"].append("c")
        found["state"] = "gone"
    read = store.storage.read()
    assert read is not None
    read["records"]["1"]["deep"].append("d")
    assert dict(table.all()[0]) == {"state": "waiting", "deep": ["a"]}


@pytest.mark.parametrize("bad", [{"x": {1, 2}}, {"x": float("nan")}, {"x": object()}])
def test_what_json_cannot_hold_is_refused_before_anything_changes(bad: Mapping[str, Any]) -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("records").insert({"state": "waiting"})
    before = dict(disk.stable)
    with pytest.raises(ValueError, match="JSON"):
        store.table("records").insert_multiple([{"state": "district"}, bad])
    assert store.table("records").all() == [{"state": "waiting"}]
    assert disk.stable == before


def test_a_table_whose_name_a_frame_cannot_hold_is_refused_before_anything_changes() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    before = dict(disk.stable)
    with pytest.raises(ValueError, match="name"):
        store.table("rec\0ords").insert({"state": "waiting"})
    assert store.tables() == set()
    assert disk.stable == before


@pytest.mark.parametrize(("kept", "asked"), [(1, "\x001"), (None, "\0null"), (2.5, f"\0{hash(2.5)}")])
def test_an_index_never_takes_a_text_for_the_number_that_it_looks_like(kept: Any, asked: str) -> None:
    store = open_store(SimulatedDisk())
    table = store.table("records")
    table.insert_multiple([{"state": kept, "school": kept}, {"state": asked, "school": asked}])
    for field in ("state", "school"):
        assert [row.doc_id for row in table.search(where(field) == asked)] == [2]
        assert [row.doc_id for row in table.search(where(field) == kept)] == [1]
        assert table.count(where(field) == asked) == 1


def test_emptying_a_table_writes_the_same_whatever_is_in_it() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    table = store.table("records")
    written = []
    for many in (1, 2000):
        table.insert_multiple({"state": "waiting", "n": n} for n in range(many))
        size = store.size
        table.truncate()
        written.append(store.size - size)
    assert written[0] == written[1]
    assert (len(table), store.tables(), table.insert({"state": "new"})) == (0, {"records"}, 1)
    store.close()
    assert content(open_store(disk)) == {"records": {1: {"state": "new"}}}


def test_a_second_opening_is_refused_until_the_first_closes() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    with pytest.raises(Locked):
        open_store(disk)
    store.close()
    open_store(disk).close()


def test_many_tables_in_one_batch_are_one_write_and_one_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "EVERY", 1000)
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("table0").insert({"n": -1})  # makes room ahead
    before = disk.operations
    with store.batch():
        for number in range(20):
            store.table(f"table{number % 4}").insert({"n": number})
    assert disk.operations - before == 2


def test_what_changes_nothing_writes_nothing() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    table = store.table("records")
    table.insert({"state": "waiting", "n": 1})
    before = disk.operations
    assert table.update({"n": 1}, where("state") == "waiting") == [1]
    assert table.upsert({"state": "waiting"}, where("n") == 1) == [1]
    assert table.remove(doc_ids=[7]) == []
    assert disk.operations == before
    table.update({"n": True}, doc_ids=[1])
    store.close()
    assert open_store(disk).table("records").all()[0]["n"] is True


def test_a_save_costs_the_same_bytes_whatever_is_there() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("records").truncate()  # the table itself is there
    grown = []
    for _ in range(2):
        size = store.size
        store.table("records").update({"state": "district"}, doc_ids=[store.table("records").insert({"state": "w"})])
        grown.append(store.size - size)
        store.table("records").insert_multiple({"state": "waiting", "n": n} for n in range(2000))
    assert abs(grown[1] - grown[0]) < 40


def test_a_page_is_the_newest_of_what_matches() -> None:
    store = open_store(SimulatedDisk())
    table = store.table("records")
    table.insert_multiple({"state": "waiting" if n % 2 else "district", "at": f"{n:03}"} for n in range(30))
    page = table.page(where("state") == "waiting", newest="at", offset=2, limit=3)
    assert [row["at"] for row in page] == ["025", "023", "021"]
    assert [row["at"] for row in table.page(None, newest="at", limit=2)] == ["029", "028"]


def test_a_grown_journal_says_so_and_is_rewritten() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("facts").insert({"name": "cursor"})
    for number in range(2000):
        store.table("facts").update({"value": number}, doc_ids=[1])
    store.table("empty").truncate()
    before = content(store)
    store.close()
    size = store.size
    store = open_store(disk)
    run(store.untidy())
    run(store.tidy())
    assert content(store) == before
    assert store.size < size / 100
    store.table("facts").insert({"name": "after"})
    store.close()
    assert len(open_store(disk).table("facts")) == 2


def test_a_full_phone_opens_its_grown_journal_as_it_is() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("facts").insert({"name": "cursor"})
    for number in range(2000):
        store.table("facts").update({"value": number}, doc_ids=[1])
    store.close()
    disk.room = 0
    store = open_store(disk)
    with pytest.raises(NoRoom):
        run(store.tidy())
    assert store.table("facts").all() == [{"name": "cursor", "value": 1999}]
    with pytest.raises(NoRoom):
        store.table("facts").insert({"name": "more"})
    disk.room = None
    store.table("facts").insert({"name": "more"})
    store.close()
    assert len(open_store(disk).table("facts")) == 2


def damaged_store(monkeypatch: pytest.MonkeyPatch, every: int) -> tuple[SimulatedDisk, bytes]:
    """Ten records, and one bit of the sixth flipped."""
    monkeypatch.setattr(generation, "EVERY", every)
    disk = SimulatedDisk()
    store = open_store(disk)
    for number in range(10):
        store.table("records").insert({"n": number})
    store.close()
    data = bytearray(disk.content("journal-000001").rstrip(b"\0"))
    frame = (len(data) - HEADER_SIZE) // 11
    data[HEADER_SIZE + frame * 6 + 60] ^= 1
    disk.stable["journal-000001"] = bytes(data)
    return disk, bytes(data)


def test_a_damaged_journal_opens_with_what_can_be_read_and_is_whole_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk, damaged = damaged_store(monkeypatch, every=1000)
    store = open_store(disk)
    assert len(store.table("records")) == 9
    assert [(lost.table, lost.row) for lost in store.report.lost] == [(table_number("records"), 6)]
    assert store.report.set_aside
    assert disk.stable[store.report.set_aside] == damaged
    store.close()
    store = open_store(disk)
    assert len(store.table("records")) == 9
    assert store.report.whole


def test_damage_that_is_found_only_when_it_is_read_is_said_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    disk, damaged = damaged_store(monkeypatch, every=5)
    for _ in range(2):
        store = open_store(disk)
        assert store.report.whole, "opening does not read what the directory knows"
        assert [row["n"] for row in store.table("records")] == [0, 1, 2, 3, 4, 6, 7, 8, 9]
        assert [(lost.table, lost.row) for lost in store.lost] == [(table_number("records"), 6)]
        if _:
            break
        store.close()
    run(store.untidy())
    asyncio.run(tidied_twice_at_once(store))
    (aside,) = (name for name in disk.stable if name.startswith("damaged-"))
    assert disk.stable[aside].rstrip(b"\0") == damaged
    store.close()
    store = open_store(disk)
    assert len(store.table("records")) == 9
    assert store.lost == []


async def tidied_twice_at_once(store: Store) -> None:
    """As two parts of the app may ask for it."""
    async with asyncio.TaskGroup() as group:
        group.create_task(store.tidy())
        group.create_task(store.tidy())


def test_another_key_opens_nothing_and_changes_nothing() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("records").insert({"n": 1})
    store.close()
    before = dict(disk.stable)
    with pytest.raises(WrongKey):
        run(Store.open(disk, make_cipher(bytes(32)), INDEXES))
    assert disk.stable == before
    assert not disk.open_files


def test_nothing_that_was_kept_can_be_read_on_the_disk() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    for number in range(20):
        store.table("people").insert({"name": f"Marguerite {number}", "state": "waiting"})
    run(store._journal_storage.journal.rewrite())
    store.close()
    everything = b"".join(disk.stable.values())
    for word in (b"Marguerite", b"people", b"waiting", b"state"):
        assert word not in everything


AT = ["2026-11-24", "2026-11-24T10:15:30.123-06:00", "2026-11-24T10:15:30.123+00:00", "2026", "", "2027-01-01"]


@given(
    rows=st.lists(st.fixed_dictionaries({"state": states}, optional={"at": st.sampled_from(AT)}), max_size=12),
    gone=st.sets(st.integers(1, 12)),
    bound=st.sampled_from(AT),
)
@settings(max_examples=200, deadline=None)
def test_what_is_kept_in_order_is_found_as_a_plain_scan_finds_it(
    rows: list[dict[str, Any]], gone: set[int], bound: str
) -> None:
    store = open_store(SimulatedDisk())
    table = store.table("records")
    table.insert_multiple(rows)
    table.remove(doc_ids=[key for key in gone if key <= len(rows)])
    left = {key: row for key, row in enumerate(rows, 1) if key not in gone}
    for query in (
        where("at") <= bound,
        where("at") > bound,
        (where("at") >= bound) & (where("state") == "waiting"),
        (where("at") < bound) | (where("state") == "district"),
        where("state").one_of(["waiting", "attention"]),
    ):
        expected = [key for key, row in left.items() if query(row)]
        assert [row.doc_id for row in table.search(query)] == expected
        assert table.count(query) == len(expected)
        newest = sorted(expected, key=lambda key: ("at" in left[key], left[key].get("at", "")[:23], key), reverse=True)
        assert [row.doc_id for row in table.page(query, newest="at", offset=1, limit=3)] == newest[1:4]
    store.close()


def test_an_ordered_field_that_holds_no_text_is_compared_as_tinydb_does() -> None:
    store = open_store(SimulatedDisk())
    store.table("records").insert({"state": "waiting", "at": 5})
    with pytest.raises(TypeError):
        store.table("records").search(where("at") <= "2026")


def test_indexes_that_are_new_or_other_than_before_are_made_from_the_frames() -> None:
    disk = SimulatedDisk()
    store = open_store(disk)
    store.table("records").insert_multiple({"state": "waiting", "due": f"2026-11-{n:02}"} for n in range(1, 20))
    store.close()
    store = run(Store.open(disk, CIPHER, {"records": (Order("due"),)}))
    assert [row["due"] for row in store.table("records").page(None, "due", limit=2)] == ["2026-11-19", "2026-11-18"]
    assert store.table("records").count(where("state") == "waiting") == 19
    store.close()
