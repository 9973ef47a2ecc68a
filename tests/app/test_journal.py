"""The journal: what is confirmed is there whatever happens, and what is damaged is said."""

import json
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import journal as module
from app.files import FileTrouble, NoRoom
from app.journal import Journal, NewerFormat, Op, Report
from tests.app.simulated_disk import PowerCut, SimulatedDisk, run

FIRST = "journal-000001"
FRAME_HEAD = 20


def op(number: int, text: str = "words") -> Op:
    return ("records", number, {"text": text, "number": number})


def opened(disk: SimulatedDisk) -> tuple[list[Op], Report]:
    journal, ops, report, _ = run(Journal.open(disk))
    journal.close()
    return ops, report


def written(count: int) -> tuple[SimulatedDisk, Journal]:
    disk = SimulatedDisk()
    journal, *_ = run(Journal.open(disk))
    for number in range(1, count + 1):
        journal.append([op(number)])
    return disk, journal


def test_what_was_appended_is_there_when_it_is_opened_again() -> None:
    disk, journal = written(3)
    journal.close()
    assert opened(disk) == ([op(1), op(2), op(3)], Report())


def test_a_save_is_one_write_and_one_flush() -> None:
    disk, journal = written(3)
    before, size = disk.operations, journal.size
    journal.append([op(4)])
    assert disk.operations - before == 2
    assert journal.size - size == FRAME_HEAD + len(json.dumps([op(4)], separators=(",", ":")))
    assert not disk.pending, "everything is on the disk"


def test_a_last_save_cut_at_any_byte_is_cut_off_and_said() -> None:
    disk, journal = written(2)
    end = journal.size
    journal.append([op(3)])
    journal.close()
    whole = disk.stable[FIRST]
    for kept in range(1, len(whole) - end):
        disk.stable[FIRST] = whole[: end + kept]
        ops, report = opened(disk)
        assert (ops, report) == ([op(1), op(2)], Report(cut=kept))
        assert report.whole
        assert opened(disk) == ([op(1), op(2)], Report()), "it is said once"


def test_zeros_behind_the_last_save_are_a_save_that_never_was() -> None:
    disk, journal = written(2)
    journal.close()
    disk.stable[FIRST] += bytes(700)
    assert opened(disk) == ([op(1), op(2)], Report(cut=700))


def test_one_flipped_bit_costs_one_save_at_most_and_is_never_silent() -> None:
    disk, journal = written(6)
    journal.close()
    good = disk.stable[FIRST]
    everything = [op(number) for number in range(1, 7)]
    for at in range(len(good)):
        for bit in (0, 6):
            disk = SimulatedDisk()
            disk.stable[FIRST] = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            damaged = disk.stable[FIRST]
            journal, ops, report, untidy = run(Journal.open(disk))
            assert [o for o in ops if o not in everything] == [], at
            assert len(ops) >= 5, at
            assert untidy, at
            assert report.set_aside, at
            assert not report.whole, at
            assert disk.stable[report.set_aside] == damaged, "the damaged file is kept as it was"
            run(journal.rewrite(ops))
            journal.close()
            assert opened(disk) == (ops, Report()), at


def test_a_missing_save_in_the_middle_is_counted() -> None:
    disk, journal = written(2)
    start = journal.size
    journal.append([op(3)])
    stop = journal.size
    journal.append([op(4)])
    journal.close()
    good = disk.stable[FIRST]
    disk.stable[FIRST] = good[:start] + good[stop:]
    ops, report = opened(disk)
    assert [o[1] for o in ops] == [1, 2, 4]
    assert (report.lost, report.whole) == (1, False)


def test_a_file_of_zeros_is_set_aside_and_a_new_one_begun() -> None:
    disk = SimulatedDisk()
    disk.stable[FIRST] = bytes(5000)
    ops, report = opened(disk)
    assert ops == []
    assert report.set_aside
    assert disk.stable[report.set_aside] == bytes(5000)


@pytest.mark.parametrize("left", [b"", b"BEATB", bytes(24)])
def test_a_first_opening_that_was_interrupted_is_no_damage(left: bytes) -> None:
    disk = SimulatedDisk()
    disk.stable[FIRST] = left
    assert opened(disk) == ([], Report())


def test_a_newer_format_is_refused_and_left_alone() -> None:
    disk, journal = written(1)
    journal.close()
    fields = struct.pack("<8sIII", b"BEATBOOK", module.FORMAT + 1, 1, 0)
    newer = fields + struct.pack("<I", zlib.crc32(fields)) + disk.stable[FIRST][24:]
    disk.stable[FIRST] = newer
    with pytest.raises(NewerFormat, match="newer version"):
        run(Journal.open(disk))
    assert disk.stable == {FIRST: newer}
    assert not disk.open_files, "nothing stays locked"


def test_a_file_that_is_mostly_dead_asks_to_be_rewritten_and_shrinks() -> None:
    disk, journal = written(0)
    for round_ in range(1500):
        journal.append([op(1, f"version {round_}")])
    journal.close()
    journal, ops, _, untidy = run(Journal.open(disk))
    assert untidy
    size = journal.size
    run(journal.rewrite([ops[-1]]))
    assert journal.size < size / 100
    journal.append([op(2)])
    journal.close()
    assert opened(disk) == ([op(1, "version 1499"), op(2)], Report())
    assert [name for name in disk.stable if name.startswith("journal")] == ["journal-000002"]


def test_a_file_that_is_mostly_alive_is_left_as_it_is() -> None:
    disk, journal = written(1500)
    journal.close()
    assert run(Journal.open(disk))[3] is False


@given(after=st.integers(0, 12), seed=st.integers())
@settings(max_examples=300, deadline=None)
def test_a_complete_copy_exists_at_every_moment_of_a_rewriting(after: int, seed: int) -> None:
    disk, journal = written(4)
    everything = [op(number) for number in range(1, 5)]
    disk.fail(after, PowerCut())
    try:
        run(journal.rewrite(everything))
        journal.append([op(5)])
        confirmed = [*everything, op(5)]
    except PowerCut:
        confirmed = everything
    disk.power_cut(random.Random(seed))  # noqa: S311  # a die, not a key
    ops, report = opened(disk)
    assert ops in (confirmed, [*everything, op(5)])
    assert report.whole or ops == confirmed
    assert opened(disk)[0] == ops


@given(after=st.integers(0, 6), error=st.sampled_from([NoRoom("full"), FileTrouble("EIO")]))
@settings(max_examples=100, deadline=None)
def test_a_rewriting_that_fails_leaves_the_notebook_as_it_was(after: int, error: FileTrouble) -> None:
    disk, journal = written(4)
    disk.fail(after, error)
    try:
        run(journal.rewrite([op(number) for number in range(1, 5)]))
    except FileTrouble:
        assert after < 10
    disk.heal()
    journal.append([op(5)])
    journal.close()
    assert opened(disk) == ([op(number) for number in range(1, 6)], Report())


@pytest.mark.parametrize("after", [0, 1])  # the write, the flush
@pytest.mark.parametrize("error", [NoRoom("full"), FileTrouble("EIO")])
def test_a_save_that_was_not_confirmed_does_not_come_back(after: int, error: FileTrouble) -> None:
    disk, journal = written(2)
    disk.fail(after, error)
    with pytest.raises(type(error)):
        journal.append([op(3)])
    journal.close()
    assert opened(disk) == ([op(1), op(2)], Report())


def test_saving_goes_on_when_even_the_tidying_failed() -> None:
    disk, journal = written(2)
    disk.fail(0, FileTrouble("EIO"))
    original = disk.step
    failures = iter([True, True, True])  # the write, the cut, and whatever comes next

    def failing() -> None:
        if next(failures, False):
            raise FileTrouble("EIO")
        original()

    disk.step = failing  # type: ignore[method-assign]
    with pytest.raises(FileTrouble):
        journal.append([op(3, "a long one that leaves bytes behind" * 20)])
    with pytest.raises(FileTrouble):
        journal.append([op(3)])
    disk.heal()
    journal.append([op(4)])
    journal.close()
    assert opened(disk) == ([op(1), op(2), op(4)], Report())


def test_damage_and_no_room_to_set_it_aside_is_said_and_nothing_is_touched() -> None:
    disk, journal = written(4)
    journal.close()
    good = disk.stable[FIRST]
    disk.stable[FIRST] = good[:60] + b"?" + good[61:]
    before = dict(disk.stable)
    disk.room = len(good)
    with pytest.raises(NoRoom):
        run(Journal.open(disk))
    assert disk.stable == before
    assert not disk.open_files


@given(data=st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all_open(data: bytes) -> None:
    disk = SimulatedDisk()
    disk.stable[FIRST] = data
    ops, report = opened(disk)
    assert ops == []
    assert len(data) <= 24 or report.set_aside
