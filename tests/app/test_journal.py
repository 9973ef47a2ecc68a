"""The journal: what is confirmed is there whatever happens, and what was never confirmed is not."""

import random
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import frames as codec
from app.cipher import make_cipher
from app.files import FileTrouble, NoRoom
from app.frames import HEAD_SIZE, HEADER_SIZE, MARKER, NewerFormat, WrongKey, pack_header
from app.generation import _AHEAD
from app.journal import Journal, Report
from tests.app.journals import (
    CIPHER,
    FIRST,
    content,
    documents,
    frames,
    op,
    open_journal,
    opened,
    save,
    starts,
    without_pages,
    written,
)
from tests.app.simulated_disk import SECTOR, PowerCut, SimulatedDisk, run


def test_what_was_appended_is_there_when_it_is_opened_again() -> None:
    disk, journal = written(3)
    journal.close()
    assert opened(disk) == (documents(1, 2, 3), Report())


def test_what_was_removed_and_dropped_is_gone_when_it_is_opened_again() -> None:
    disk, journal = written(3)
    save(journal, ("records", 2, None))
    save(journal, ("drafts", 1, b'{"a":1}'), ("facts", 0, b"{}"))
    save(journal, ("drafts", 0, None))
    journal.close()
    assert opened(disk) == (documents(1, 3), Report())
    journal, _ = open_journal(disk)
    assert sorted(journal.now.tables) == ["facts", "records"]


def test_a_save_is_one_write_and_one_flush() -> None:
    disk, journal = written(3)
    before, size = disk.operations, journal.now.end
    document = op(4)
    save(journal, document)
    assert disk.operations - before == 2
    assert document[2] is not None
    overhead = 12 + 16 + 1  # nonce, tag, and the frame's last byte
    assert journal.now.end - size == HEAD_SIZE + overhead + len("records\0") + len(document[2])
    assert not disk.pending, "everything is on the disk"


def test_room_is_made_ahead_and_is_nothing_when_it_is_opened() -> None:
    disk, journal = written(3)
    size = len(disk.content(FIRST))
    assert size > _AHEAD
    while journal.now.end < size:
        save(journal, op(4))
    journal.close()
    assert len(disk.content(FIRST)) > size
    assert opened(disk) == (documents(1, 2, 3, 4), Report())


def test_no_room_ahead_is_no_trouble() -> None:
    disk, journal = written(3)
    disk.room = len(disk.content(FIRST)) + 20
    with suppress(NoRoom):
        while True:
            save(journal, op(4))
    assert journal.now.end > disk.room - 200
    journal.close()
    assert opened(disk) == (documents(1, 2, 3, 4), Report())


def test_a_last_save_cut_at_any_byte_is_cut_off_and_said() -> None:
    disk, journal = written(2)
    end = journal.now.end
    save(journal, op(3))
    journal.close()
    whole = frames(disk)
    for kept in range(1, len(whole) - end):
        for room in (0, 100):
            disk.stable[FIRST] = whole[: end + kept] + bytes(room)
            cut = len(frames(disk)) - end
            assert opened(disk) == (documents(1, 2), Report(cut=cut)), kept
            assert opened(disk) == (documents(1, 2), Report()), "it is said once"


def test_a_commit_of_many_frames_cut_at_any_byte_is_gone_as_a_whole() -> None:
    disk, journal = written(2)
    end = journal.now.end
    save(journal, op(3), ("records", 1, None), ("drafts", 0, b"{}"), op(4))
    journal.close()
    whole = frames(disk)
    assert opened(without_pages(disk)) == (documents(2, 3, 4), Report())
    for kept in range(1, len(whole) - end):
        for room in (0, 100):
            disk.stable[FIRST] = whole[: end + kept] + bytes(room)
            cut = len(frames(disk)) - end
            assert opened(disk) == (documents(1, 2), Report(cut=cut)), kept


@given(size=st.integers(10, 1500), seed=st.integers(0, 1 << 32), before=st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_a_save_of_which_any_sectors_are_missing_is_cut_off(size: int, seed: int, before: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # a die, not a key
    disk, journal = written(before)
    end = journal.now.end
    save(journal, *(op(10 + n, "x" * size) for n in range(1 + seed % 4)))
    journal.close()
    data = bytearray(frames(disk))
    sectors = range(end - end % SECTOR, len(data), SECTOR)
    holes = chance.sample(sectors, chance.randint(1, len(sectors)))
    for hole in holes:
        first, stop = max(hole, end), min(hole + SECTOR, len(data))
        data[first:stop] = bytes(stop - first)
    disk.stable[FIRST] = bytes(data) + bytes(seed % 700)
    cut = max(0, len(frames(disk)) - end)
    assert opened(disk) == (documents(*range(1, before + 1)), Report(cut=cut))


@pytest.mark.parametrize("zeros", [1, 3, 28, 29, 700, 300_000])
def test_zeros_behind_the_last_save_are_room_for_the_next(zeros: int) -> None:
    disk, journal = written(2)
    journal.close()
    disk.stable[FIRST] = frames(disk) + bytes(zeros)
    assert opened(disk) == (documents(1, 2), Report())


def test_a_file_of_zeros_is_set_aside_and_a_new_one_begun() -> None:
    disk = SimulatedDisk()
    disk.stable[FIRST] = bytes(5000)
    found, report = opened(disk)
    assert found == {}
    assert report.set_aside
    assert disk.stable[report.set_aside] == bytes(5000)
    assert opened(disk) == ({}, Report())


@pytest.mark.parametrize(
    "left", [b"", b"BEATB", bytes(24), bytes(HEADER_SIZE), pack_header(CIPHER, 1, 0)[:30]], ids=len
)
def test_a_first_opening_that_was_interrupted_is_no_damage(left: bytes) -> None:
    disk = SimulatedDisk()
    disk.stable[FIRST] = left
    assert opened(disk) == ({}, Report())
    journal, _ = open_journal(disk)
    save(journal, op(1))
    journal.close()
    assert opened(disk) == (documents(1), Report())


def test_a_newer_format_is_refused_and_left_alone() -> None:
    disk, journal = written(1)
    journal.close()
    fields = struct.pack("<8sIII", b"BEATBOOK", codec.FORMAT + 1, 1, 0)
    disk.stable[FIRST] = fields + struct.pack("<I", zlib.crc32(fields)) + disk.stable[FIRST][24:]
    before = dict(disk.stable)
    with pytest.raises(NewerFormat, match="newer version"):
        open_journal(disk)
    assert disk.stable == before
    assert not disk.open_files, "nothing stays locked"


@pytest.mark.parametrize("count", [0, 3, 300])
@pytest.mark.parametrize("pages", [True, False])
def test_another_key_opens_nothing_and_changes_nothing(count: int, pages: bool) -> None:
    disk, journal = written(count)
    journal.close()
    if not pages:
        without_pages(disk)
    before = {name: data for name, data in disk.stable.items() if data}
    with pytest.raises(WrongKey, match="another key"):
        run(Journal.open(disk, make_cipher(bytes(32)), {}))
    assert {name: data for name, data in disk.stable.items() if data} == before
    assert not disk.open_files
    assert opened(disk) == (documents(*range(1, count + 1)), Report())


@pytest.mark.parametrize("after", [0, 1])  # the write, the flush
@pytest.mark.parametrize("error", [NoRoom("full"), FileTrouble("EIO")])
@pytest.mark.parametrize("then", ["closed", "saved again", "power"])
def test_a_save_that_was_not_confirmed_does_not_come_back(after: int, error: FileTrouble, then: str) -> None:
    disk, journal = written(2)
    disk.fail(after, error)
    with pytest.raises(type(error)):
        journal.append([op(3, "never" * 200)])
    expected = documents(1, 2)
    if then == "saved again":
        save(journal, op(4))
        expected |= documents(4)
    if then == "power":
        disk.power_cut(random.Random(after))  # noqa: S311  # a die, not a key
    else:
        journal.close()
    assert opened(disk) == (expected, Report())


@pytest.mark.parametrize("failures", [2, 3, 4, 7])
def test_saving_goes_on_when_even_the_tidying_failed(failures: int) -> None:
    disk, journal = written(2)
    disk.fail(0, FileTrouble("EIO"), failures)
    stop = disk.operations + failures
    while disk.operations < stop:
        with pytest.raises(FileTrouble):
            journal.append([op(3, "a long one that leaves bytes behind" * 20)])
    save(journal, op(4))
    journal.close()
    assert opened(disk) == (documents(1, 2, 4), Report())


def test_damage_and_no_room_to_set_it_aside_is_said_and_nothing_is_touched() -> None:
    disk, journal = written(4)
    frame = starts(journal)[1]
    journal.close()
    without_pages(disk)
    good = frames(disk)
    disk.stable[FIRST] = good[: frame + 60] + b"?" + good[frame + 61 :]
    before = dict(disk.stable)
    disk.room = len(good)
    with pytest.raises(NoRoom):
        open_journal(disk)
    assert {name: data for name, data in disk.stable.items() if data} == before
    assert not disk.open_files
    disk.room = None
    assert opened(disk)[0] == documents(1, 3, 4)


@given(data=st.binary(max_size=400))
@example(MARKER * 100)
@example(pack_header(CIPHER, 1, 0) + MARKER)
@example(pack_header(CIPHER, 7, 0))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all_open(data: bytes) -> None:
    disk = SimulatedDisk()
    disk.stable[FIRST] = data
    found, report = opened(disk)
    assert found == {}
    assert len(data) <= HEADER_SIZE or report.set_aside or report.cut
    assert opened(disk) == ({}, Report())


@given(tail=st.binary(min_size=1, max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_behind_what_was_saved_cost_nothing_of_it(tail: bytes) -> None:
    disk, journal = written(3)
    journal.close()
    disk.stable[FIRST] = frames(disk) + tail
    found, report = opened(disk)
    assert found == documents(1, 2, 3)
    assert report.set_aside or report.cut == len(tail.rstrip(b"\0"))
    assert opened(disk) == (documents(1, 2, 3), Report())


@given(pages=st.binary(max_size=300), count=st.sampled_from([0, 3, 260]))
@settings(max_examples=100, deadline=None)
def test_any_bytes_at_all_in_the_directory_cost_nothing(pages: bytes, count: int) -> None:
    disk, journal = written(count)
    journal.close()
    disk.stable["directory-000001"] = pages
    assert opened(disk) == (documents(*range(1, count + 1)), Report())


def test_a_power_cut_in_a_save_leaves_all_of_it_or_nothing() -> None:
    for seed in range(400):
        disk, journal = written(2)
        disk.fail(seed % 2, PowerCut())
        with pytest.raises(PowerCut):
            journal.append([op(3, "x" * 700), op(4)])
        disk.power_cut(random.Random(seed))  # noqa: S311  # a die, not a key
        found, report = opened(disk)
        assert report.whole
        assert sorted(row for _, row in found) in ([1, 2], [1, 2, 3, 4])
        assert opened(disk) == (found, Report())


def test_what_is_damaged_while_the_notebook_is_open_is_said_when_it_is_read() -> None:
    disk, journal = written(3)
    place = starts(journal)[1] + 60
    disk.names_now[FIRST].now[place] ^= 1
    assert content(journal) == documents(1, 3)
    assert journal.damaged
    assert [(gone.table, gone.row) for gone in journal.lost] == [(zlib.crc32(b"records"), 2)]
