"""Journals of format 1, which were not sealed, are carried over: whole, torn, damaged, and whenever the power goes."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cipher import make_cipher
from app.files import FileTrouble, NoRoom
from app.journal import Report
from tests.app.journals import CIPHER, FIRST, flipped, op, open_journal, opened, plain_frame, plain_header, save
from tests.app.simulated_disk import SimulatedDisk, run
from tests.app.test_stores import EXPECTED, stored

HEADER = 24
Documents = dict[tuple[str, int], dict[str, Any]]
ALL: Documents = {(table, int(row)): document for table, rows in EXPECTED.items() for row, document in rows.items()}


def of(data: bytes, name: str = FIRST) -> SimulatedDisk:
    """A disk with that file alone."""
    disk = SimulatedDisk()
    disk.stable[name] = data
    return disk


def records(*rows: int) -> Documents:
    return {("records", row): {"row": row} for row in rows}


def small(rows: int = 4) -> tuple[bytes, list[int]]:
    """A file of so many records, and where each of its frames starts."""
    data, places = plain_header(), []
    for row in range(1, rows + 1):
        places.append(len(data))
        data += plain_frame(row, ("records", row, {"row": row}))
    return data, [*places, len(data)]


def test_a_last_save_torn_at_any_byte_is_cut_off_and_said() -> None:
    data, places = small()
    for kept in range(places[-2] + 1, places[-1]):
        disk = of(data[:kept])
        assert opened(disk) == (records(1, 2, 3), Report(cut=kept - places[-2])), kept
        assert opened(disk) == (records(1, 2, 3), Report()), "it is said once"


def test_the_stored_notebook_torn_anywhere_holds_a_beginning_of_it() -> None:
    data = stored(1).stable[FIRST]
    for kept in range(HEADER, len(data), 7):
        found, report = opened(of(data[:kept]))
        assert report.whole
        assert found.keys() <= {*ALL, ("records", 2), ("old", 1)}


@pytest.mark.parametrize("zeros", [1, 30, 700])
def test_zeros_behind_the_last_save_are_a_save_that_never_was(zeros: int) -> None:
    disk = of(small()[0] + bytes(zeros))
    assert opened(disk) == (records(1, 2, 3, 4), Report(cut=zeros))


def test_any_flipped_bit_costs_one_save_at_most_and_the_damaged_file_is_kept_sealed() -> None:
    data, places = small()
    for at in range(len(data)):
        damaged = flipped(data, at, at % 8)
        disk = of(damaged)
        found, report = opened(disk)
        hit = [row for row in range(1, 5) if places[row - 1] <= at < places[row]]
        assert found == records(*(row for row in range(1, 5) if row not in hit)), at
        assert not report.whole
        assert (at < HEADER or report.lost) or report.set_aside
        assert report.set_aside
        sealed = disk.stable[report.set_aside]
        assert b"records" not in sealed
        assert run(CIPHER.open_large(sealed, report.set_aside.encode())) == damaged
        assert opened(disk) == (found, Report()), at


def test_a_missing_save_in_the_middle_is_counted() -> None:
    data, places = small()
    found, report = opened(of(data[: places[1]] + data[places[2] :]))
    assert found == records(1, 3, 4)
    assert len(report.lost) == 1


def test_a_snapshot_that_is_not_all_there_is_damage() -> None:
    data, _ = small()
    found, report = opened(of(plain_header(snapshot=6) + data[HEADER:]))
    assert found == records(1, 2, 3, 4)
    assert len(report.lost) == 2
    assert report.set_aside


def test_every_kind_of_operation_is_carried_over() -> None:
    data = plain_header() + plain_frame(1, ("a", 1, {"x": 1}), ("b", None, {}), ("c", 5, {"y": [None, "ñ"]}))
    data += (
        plain_frame(2, ("a", None, None))
        + plain_frame(3, ("c", 5, {"y": 2}), ("c", 6, {}))
        + plain_frame(4, ("c", 6, None))
    )
    journal, report = open_journal(disk := of(data))
    assert sorted(journal.now.tables) == ["b", "c"]
    assert report == Report()
    journal.close()
    assert opened(disk) == ({("c", 5): {"y": 2}}, Report())


def test_what_is_carried_over_goes_on_as_a_sealed_journal() -> None:
    disk = stored(1)
    journal, _ = open_journal(disk)
    save(journal, op(50))
    journal.close()
    found, report = opened(disk)
    assert found == ALL | {("records", 50): {"text": "words", "row": 50}}
    assert report == Report()
    assert [name for name in disk.stable if name.startswith("journal")] == ["journal-000002"]


@pytest.mark.parametrize("damaged", [False, True])
def test_the_power_may_go_at_any_step_of_the_carry_over(damaged: bool) -> None:
    data, _ = small()
    data = flipped(data, 5, 5) if damaged else data
    disk = of(data)
    steps = []

    def check(what: str, name: str) -> None:
        steps.append(what)
        for seed in range(25):
            broken = disk.fork()
            broken.power_cut(random.Random(seed))  # noqa: S311  # a die, not a key
            found, report = opened(broken)
            assert found == records(1, 2, 3, 4), (what, name, seed)
            assert report.whole or damaged
            assert opened(broken) == (found, Report()), "twice the same"

    disk.on_step = check
    open_journal(disk)[0].close()
    assert {"open", "truncate", "write", "flush", "remove"} <= set(steps)


@pytest.mark.parametrize("error", [NoRoom("full"), FileTrouble("EIO")])
@pytest.mark.parametrize("times", [1, 100])
def test_a_carry_over_that_fails_can_be_done_again(error: FileTrouble, times: int) -> None:
    for after in range(60):
        disk = stored(1)
        disk.fail(after, error, times)
        try:
            open_journal(disk)[0].close()
        except FileTrouble:
            assert not disk.open_files
        reached = disk.operations > after
        disk.heal()
        assert opened(disk) == (ALL, Report()), after
        if not reached:
            return
    raise AssertionError("it never ended")


def test_no_room_for_the_sealed_copy_leaves_the_old_notebook_as_it_was() -> None:
    disk = stored(1)
    before = disk.stable[FIRST]
    disk.room = len(before) + 3000
    with pytest.raises(NoRoom):
        open_journal(disk)
    assert disk.stable[FIRST] == before
    assert sum(map(len, disk.stable.values())) == len(before), "what was begun is given back"
    disk.room = None
    assert opened(disk) == (ALL, Report())


def test_another_key_carries_a_plain_journal_over_to_itself() -> None:
    """It was nobody's secret; whoever carries it over first seals it."""
    disk = stored(1)
    found, _ = opened(disk)
    assert found == ALL
    with pytest.raises(FileTrouble, match="another key"):
        run(type(open_journal(SimulatedDisk())[0]).open(disk, make_cipher(bytes(32)), {}))


@given(tail=st.binary(max_size=200), head=st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_bytes_at_all_behind_a_plain_header_open(tail: bytes, head: bool) -> None:
    disk = of(plain_header() + (plain_frame(1, ("records", 1, {"row": 1})) if head else b"") + tail)
    found, _ = opened(disk)
    assert found == (records(1) if head else {})
    assert opened(disk) == (found, Report())
