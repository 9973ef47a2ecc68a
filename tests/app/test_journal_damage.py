"""A damaged journal: everything readable is there, what is not is named, and the damaged file is kept as it was."""

import random

import pytest

from app import generation
from app.frames import HEAD_SIZE, HEADER_SIZE
from app.journal import Report
from app.scan import Lost
from tests.app.journals import (
    FIRST,
    PAGES,
    RECORDS,
    documents,
    flipped,
    frames,
    lost,
    op,
    open_journal,
    opened,
    save,
    starts,
    without_pages,
    written,
)
from tests.app.simulated_disk import SECTOR, SimulatedDisk


def set_aside(disk: SimulatedDisk) -> list[bytes]:
    """The damaged files that were kept."""
    return [data for name, data in disk.stable.items() if name.startswith("damaged-")]


def matters(at: int, start: int, stop: int) -> bool:
    """Whether a flipped bit there costs the frame.

    One in the sum of its head does not, as the head itself is good; nor does one in its last byte, which says only
    that it is not zero.
    """
    return start <= at < stop - 1 and not start + HEAD_SIZE - 4 <= at < start + HEAD_SIZE


def last_byte(at: int, places: list[int]) -> bool:
    """Whether the last byte of a frame is there."""
    return at + 1 in places[1:]


def test_any_flipped_bit_costs_one_record_at_most_and_is_never_silent() -> None:
    disk, journal = written(4)
    places = starts(journal)
    journal.close()
    good = frames(without_pages(disk))
    for at in range(len(good)):
        for bit in range(8):
            disk = SimulatedDisk()
            damaged = disk.stable[FIRST] = flipped(good, at, bit)
            found, report = opened(disk)
            hit = [row for row in range(1, 5) if matters(at, places[row - 1], places[row])]
            left = documents(*(row for row in range(1, 5) if row not in hit))
            assert found == left, (at, bit)
            assert report.lost == tuple(map(lost, hit)), (at, bit)
            assert report.cut == 0
            assert set_aside(disk) == [] if last_byte(at, places) else [damaged], "the damaged file is kept as it was"
            assert opened(disk) == (left, Report()), (at, bit)


def test_any_flipped_bit_is_found_although_the_directory_spares_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "EVERY", 2)
    disk, journal = written(4)
    places = starts(journal)
    journal.close()
    good, pages = frames(disk), disk.content(PAGES)
    for at in range(HEADER_SIZE, len(good)):
        disk = SimulatedDisk()
        disk.stable[FIRST], disk.stable[PAGES] = flipped(good, at, at % 8), pages
        found, report = opened(disk)
        hit = [row for row in range(1, 5) if matters(at, places[row - 1], places[row])]
        assert found == documents(*(row for row in range(1, 5) if row not in hit)), at
        assert {(gone.table, gone.row) for gone in report.lost} == {(RECORDS, row) for row in hit}


def test_any_flipped_bit_in_the_directory_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "EVERY", 2)
    disk, journal = written(7)
    journal.close()
    good, pages = frames(disk), disk.content(PAGES)
    for at in range(len(pages)):
        disk = SimulatedDisk()
        disk.stable[FIRST], disk.stable[PAGES] = good, flipped(pages, at, at % 8)
        assert opened(disk) == (documents(*range(1, 8)), Report()), at


def test_a_bit_flipped_in_a_removal_brings_nothing_back_silently() -> None:
    disk, journal = written(3)
    start = journal.now.end
    save(journal, ("records", 2, None))
    stop = journal.now.end
    save(journal, op(4))
    journal.close()
    good = frames(without_pages(disk))
    for at in range(start, stop):
        disk = SimulatedDisk()
        disk.stable[FIRST] = flipped(good, at, at % 8)
        found, report = opened(disk)
        hit = matters(at, start, stop)
        assert found.keys() == documents(*([1, 2, 3, 4] if hit else [1, 3, 4])).keys()
        assert report.lost == ((Lost(4, RECORDS, 2),) if hit else ()), at
        assert report.set_aside or at == stop - 1


@pytest.mark.parametrize("at", range(4))
def test_a_bit_flipped_in_a_commit_of_many_costs_one_of_them(at: int) -> None:
    disk, journal = written(1)
    save(journal, *(op(row) for row in range(2, 6)))
    places = starts(journal)
    save(journal, op(6))
    journal.close()
    good = frames(without_pages(disk))
    for place in range(places[1 + at], places[2 + at]):
        disk = SimulatedDisk()
        disk.stable[FIRST] = flipped(good, place, place % 8)
        found, report = opened(disk)
        hit = matters(place, places[1 + at], places[2 + at])
        assert found == documents(*(row for row in range(1, 7) if row != 2 + at or not hit)), place
        assert report.lost == ((lost(2 + at),) if hit else ()), place
        assert report.set_aside or last_byte(place, places)


def test_a_bit_flipped_in_the_room_behind_the_frames_costs_nothing() -> None:
    disk, journal = written(3)
    journal.close()
    good = frames(without_pages(disk))
    for at in range(1100):
        disk = SimulatedDisk()
        disk.stable[FIRST] = flipped(good + bytes(1200), len(good) + at, at % 8)
        assert opened(disk) == (documents(1, 2, 3), Report(cut=at + 1)), at
        assert opened(disk) == (documents(1, 2, 3), Report()), at


@pytest.mark.parametrize("count", [1, 2])
def test_missing_frames_in_the_middle_are_counted(count: int) -> None:
    disk, journal = written(6)
    places = starts(journal)
    journal.close()
    good = frames(without_pages(disk))
    disk.stable[FIRST] = good[: places[2]] + good[places[2 + count] :]
    found, report = opened(disk)
    assert found == documents(*(row for row in range(1, 7) if not 3 <= row < 3 + count))
    assert report.lost == tuple(Lost(row) for row in range(3, 3 + count))
    assert report.set_aside


def test_a_sector_that_went_empty_costs_the_saves_in_it_alone() -> None:
    disk, journal = written(40)
    places = starts(journal)
    journal.close()
    good = frames(without_pages(disk))
    for sector in range(0, len(good) - 2 * SECTOR, SECTOR):
        disk = SimulatedDisk()
        disk.stable[FIRST] = good[:sector] + bytes(SECTOR) + good[sector + SECTOR :]
        found, report = opened(disk)
        hit = [row for row in range(1, 41) if places[row - 1] < sector + SECTOR and sector < places[row]]
        assert found == documents(*(row for row in range(1, 41) if row not in hit)), sector
        assert [gone.frame for gone in report.lost] == hit
        assert report.set_aside


def test_only_the_newest_damaged_file_is_kept() -> None:
    disk, journal = written(6)
    journal.close()
    good = frames(without_pages(disk))
    for at in (HEADER_SIZE + HEAD_SIZE, len(good) - HEAD_SIZE):
        name = max(name for name in disk.stable if name.startswith("journal"))
        damaged = disk.stable[name] = flipped(disk.stable[name], min(at, len(disk.stable[name]) - 9), 3)
        _, report = opened(disk)
        assert report.set_aside
        assert set_aside(disk) == [damaged]


def test_frames_that_changed_their_places_are_never_taken_for_each_other() -> None:
    disk, journal = written(4)
    places = starts(journal)
    journal.close()
    good = frames(without_pages(disk))
    pieces = [good[start:stop] for start, stop in zip([0, *places[:-1]], places, strict=True)]
    for seed in range(50):
        chance = random.Random(seed)  # noqa: S311  # a die, not a key
        shuffled = pieces[1:]
        chance.shuffle(shuffled)
        disk = SimulatedDisk()
        disk.stable[FIRST] = b"".join([pieces[0], *shuffled])
        found, report = opened(disk)
        assert found.items() <= documents(1, 2, 3, 4).items()
        assert report.whole == (found == documents(1, 2, 3, 4))


def test_a_journal_that_is_shorter_than_its_directory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "EVERY", 2)
    disk, journal = written(6)
    places = starts(journal)
    journal.close()
    disk.stable[FIRST] = frames(disk)[: places[3]]
    found, report = opened(disk)
    assert found == documents(1, 2, 3)
    assert not report.whole
    assert {gone.frame for gone in report.lost} == {4, 5, 6}
    assert opened(disk) == (documents(1, 2, 3), Report())


def test_the_same_damage_found_again_is_kept_once() -> None:
    disk, journal = written(3)
    places = starts(journal)
    journal.close()
    damaged = flipped(frames(without_pages(disk)), places[1] + 50, 3)
    for _ in range(2):
        disk.stable[FIRST] = damaged
        journal, _report = open_journal(disk)
        journal.close()
        without_pages(disk).stable.pop("journal-000002")
    assert set_aside(disk) == [damaged]
