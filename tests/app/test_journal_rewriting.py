"""Rewriting the journal: at every moment there is a complete copy, and saves go on meanwhile."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from app import generation
from app import journal as module
from app.files import FileTrouble, NoRoom
from app.frames import Op
from app.journal import Journal, Report
from tests.app.journals import (
    FIRST,
    Documents,
    content,
    documents,
    flipped,
    frames,
    op,
    open_journal,
    opened,
    save,
    without_pages,
    written,
)
from tests.app.simulated_disk import PowerCut, SimulatedDisk, run


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of the directory, room ahead and pieces of a rewriting come often, so that what they do is tried."""
    monkeypatch.setattr(generation, "EVERY", 3)
    monkeypatch.setattr(generation, "_AHEAD", 300)
    monkeypatch.setattr(generation, "_CLOSE", 40)
    monkeypatch.setattr(module, "_PIECE", 20)


def grown(rows: int = 8) -> tuple[SimulatedDisk, Journal, Documents]:
    """A journal with something replaced and something removed in it, and what is there now."""
    disk, journal = written(rows)
    save(journal, op(1, "older"))
    save(journal, op(1), ("records", 2, None), ("drafts", 1, b'{"a":1}'))
    left = documents(*(row for row in range(1, rows + 1) if row != 2))
    return disk, journal, left | {("drafts", 1): {"a": 1}}


SAVES: list[tuple[list[Op], Callable[[Documents], object]]] = [
    ([op(20)], lambda model: model.update(documents(20))),
    ([("records", 3, None)], lambda model: model.pop(("records", 3))),
    (
        [op(3), op(20, "newer")],
        lambda model: model.update(documents(3) | {("records", 20): {"text": "newer", "row": 20}}),
    ),
    ([("drafts", 0, None), op(21)], lambda model: (model.pop(("drafts", 1)), model.update(documents(21)))),
    ([("drafts", 2, b'{"a":2}')], lambda model: model.update({("drafts", 2): {"a": 2}})),
    (
        [("records", 20, None), ("records", 1, None)],
        lambda model: (model.pop(("records", 20)), model.pop(("records", 1))),
    ),
]


def rewrite_and_save(journal: Journal, model: Documents) -> None:
    """Rewrites, with a save after each of its steps; the model says what is confirmed."""
    saves = iter(SAVES)
    steps = journal.rewrite()
    try:
        while steps.send(None) is None:
            if (coming := next(saves, None)) is not None:
                ops, change = coming
                save(journal, *ops)
                change(model)
    except StopIteration:
        assert next(saves, None) is None, "every save came in between"


def at_each_step(disk: SimulatedDisk, check: Callable[[SimulatedDisk, str], None]) -> list[str]:
    """Checks a copy of the disk before each of its steps, from now on."""
    taken: list[str] = []

    def before(what: str, name: str) -> None:
        taken.append(f"{what} {name}")
        check(disk.fork(), f"before {len(taken)}, {taken[-1]}")

    disk.on_step = before
    return taken


def test_a_rewriting_keeps_what_is_there_and_what_is_saved_meanwhile() -> None:
    disk, journal, model = grown()
    rewrite_and_save(journal, model)
    assert content(journal) == model
    journal.close()
    assert opened(disk) == (model, Report())
    assert [name for name in disk.stable if name.startswith("journal")] == ["journal-000002"]


def test_a_rewriting_asked_for_twice_at_once_is_done_once() -> None:
    disk, journal, model = grown()

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(journal.rewrite())

    asyncio.run(both())
    assert journal.now.number == 2
    save(journal, op(30))
    journal.close()
    assert opened(disk) == (model | documents(30), Report())
    assert [name for name in disk.stable if name.startswith("journal")] == ["journal-000002"]


def test_who_waited_for_a_rewriting_that_failed_tries_it_again() -> None:
    disk, journal, model = grown()

    async def both() -> tuple[BaseException | None, BaseException | None]:
        disk.fail(3, NoRoom("full"))
        return await asyncio.gather(journal.rewrite(), journal.rewrite(), return_exceptions=True)

    failed, done = asyncio.run(both())
    assert isinstance(failed, NoRoom)
    assert done is None
    assert journal.now.number == 2
    journal.close()
    assert opened(disk) == (model, Report())


def test_a_file_that_is_mostly_dead_asks_to_be_rewritten_and_shrinks() -> None:
    disk, journal = written(0)
    for version in range(1500):
        save(journal, op(1, f"version {version}"))
    assert journal.crowded
    size = journal.now.end
    run(journal.rewrite())
    assert not journal.crowded
    assert journal.now.end < size / 100
    save(journal, op(2))
    journal.close()
    assert opened(disk) == (documents(2) | {("records", 1): {"text": "version 1499", "row": 1}}, Report())


def test_a_file_that_is_mostly_alive_or_small_is_left_as_it_is() -> None:
    assert not written(1500)[1].crowded
    _, journal = written(1)
    for _ in range(100):
        save(journal, op(1))
    assert not journal.crowded


def test_the_power_may_go_at_any_step_of_a_rewriting_with_saves_in_it() -> None:
    disk, journal, model = grown()
    states = 0

    def check(copy: SimulatedDisk, where: str) -> None:
        nonlocal states
        for seed in range(25):
            states += 1
            broken = copy.fork()
            broken.power_cut(random.Random(f"{where} {seed}"))  # noqa: S311  # a die, not a key
            possible = [model, *after_the_next_save(model)]
            found, report = opened(broken)
            assert found in possible, (where, seed)
            assert report.whole, (where, seed)
            assert opened(broken) == (found, Report()), "twice the same"

    steps = at_each_step(disk, check)
    rewrite_and_save(journal, model)
    assert states > 1000
    assert {step.split()[0] for step in steps} == {"open", "settle", "truncate", "flush", "write", "remove"}


def after_the_next_save(model: Documents) -> list[Documents]:
    """What the notebook may hold while a save is under way."""
    made = []
    for _, change in SAVES:
        other = dict(model)
        try:
            change(other)
        except KeyError:
            continue
        made.append(other)
    return made


@pytest.mark.parametrize("error", [NoRoom("full"), FileTrouble("EIO")])
@pytest.mark.parametrize("times", [1, 2, 3, 100])
@pytest.mark.parametrize("then", ["closed", "power", "again"])
def test_a_rewriting_that_fails_loses_nothing_before_or_after(error: FileTrouble, times: int, then: str) -> None:
    for after in range(200):
        disk, journal, model = grown()
        before = disk.operations
        disk.fail(after, error, times)
        try:
            run(journal.rewrite())
        except FileTrouble:
            assert content(journal) == model, after
        done = disk.operations - before < after
        disk.heal()
        save(journal, op(30))
        model |= documents(30)
        if then == "again":
            run(journal.rewrite())
            save(journal, op(31))
            model |= documents(31)
        if then == "power":
            disk.power_cut(random.Random(after))  # noqa: S311
        else:
            journal.close()
        assert opened(disk) == (model, Report()), after
        if done:
            return
    raise AssertionError("it never ended")


def test_a_disk_that_stays_bad_after_a_rewriting_that_failed_confirms_nothing_it_may_lose() -> None:
    """The new generation may be complete on the disk, although it was given up: then no save may go to the old one."""
    for after in range(60):
        for saves in (0, 1, 2):
            disk, journal, model = grown()
            disk.fail(after, FileTrouble("EIO"), 100)
            with suppress(FileTrouble):
                run(journal.rewrite())
            disk.heal()
            disk.fail(saves, FileTrouble("EIO"), 2)
            for row in (30, 31, 32):
                try:
                    save(journal, op(row))
                except FileTrouble:
                    journal.now.tables["records"].remove(row)
                else:
                    model |= documents(row)
            disk.power_cut(random.Random(after))  # noqa: S311
            found, report = opened(disk)
            assert found == model, (after, saves)
            assert report.whole


def test_the_power_may_go_while_damage_is_mended() -> None:
    disk, journal, _ = grown()
    journal.close()
    damaged = flipped(frames(without_pages(disk)), 3, 3)  # in the header: every record is still there
    expected = opened_damaged(damaged)
    steps = 0

    def check(copy: SimulatedDisk, where: str) -> None:
        for seed in range(10):
            broken = copy.fork()
            broken.power_cut(random.Random(seed))  # noqa: S311
            found, _ = opened(broken)
            assert found == expected, (where, seed)
            assert any(data == damaged for data in broken.stable.values()), "the damaged file is kept"

    disk = SimulatedDisk()
    disk.stable[FIRST] = damaged
    steps = len(at_each_step(disk, check)) + 1
    assert opened(disk)[0] == expected
    assert steps


def opened_damaged(data: bytes) -> Documents:
    disk = SimulatedDisk()
    disk.stable[FIRST] = data
    return opened(disk)[0]


def test_a_new_journal_may_lose_its_power_at_any_step() -> None:
    disk = SimulatedDisk()

    def check(copy: SimulatedDisk, where: str) -> None:
        for seed in range(20):
            broken = copy.fork()
            broken.power_cut(random.Random(seed))  # noqa: S311
            assert opened(broken) == ({}, Report()), where
            again, _ = open_journal(broken)
            save(again, op(1))
            again.close()
            assert opened(broken) == (documents(1), Report()), where

    at_each_step(disk, check)
    journal, _ = open_journal(disk)
    journal.close()


def test_a_power_cut_never_asks_for_the_next_generation_twice() -> None:
    """Cut after cut in a rewriting: the generations on the disk stay one or two."""
    disk, journal, model = grown()
    for after in range(40):
        disk.fail(after, PowerCut())
        try:
            run(journal.rewrite())
        except PowerCut:
            disk.power_cut(random.Random(after))  # noqa: S311
            journal, report = open_journal(disk)
            assert report.whole
        disk.heal()
        assert content(journal) == model
        assert len([name for name in disk.stable if name.startswith("journal")]) == 1
    journal.close()


def test_pages_of_a_copy_that_was_given_up_are_never_taken_for_those_of_the_next() -> None:
    for seed in range(200):
        disk, journal, model = grown()
        disk.fail(seed % 40, FileTrouble("EIO"), 100)
        with suppress(FileTrouble):
            run(journal.rewrite())
        disk.heal()
        save(journal, op(4, "longer" * 20), ("records", 5, None))
        save(journal, op(4), op(5))
        run(journal.rewrite())
        disk.power_cut(random.Random(seed))  # noqa: S311
        assert opened(disk) == (model, Report()), seed


def test_an_old_generation_that_could_not_be_removed_is_not_gone_back_to() -> None:
    """It is empty by then, so that it counts for nothing even when the new one's header is damaged."""
    disk, journal, model = grown()

    def fail_to_remove(what: str, _name: str) -> None:
        if what == "remove":
            raise FileTrouble("EIO")

    disk.on_step = fail_to_remove
    run(journal.rewrite())
    disk.on_step = None
    save(journal, op(30))
    journal.close()
    disk.stable["journal-000002"] = flipped(disk.stable["journal-000002"], 3, 3)
    found, report = opened(disk)
    assert found == model | documents(30)
    assert report.set_aside
