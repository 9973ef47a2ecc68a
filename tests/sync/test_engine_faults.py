"""Rounds over a line as bad as a seed says: nothing lost, nothing doubled, and no badge that tells tales."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.files import NoRoom
from app.ids import sha256
from app.setup import SetupError
from sync.engine import Engine, State
from sync.protocol import Code
from tests.sync.conftest import JumpingLoop
from tests.sync.fakes import (
    FAULTS,
    FakeDistrict,
    FakeNotebook,
    Line,
    dice,
    engine,
    faults,
    photos_of,
    revision,
)
from tests.sync.rounds import JPEG, PICTURE, notebook_with, running, state, until

pytestmark = pytest.mark.anyio


# What goes wrong on the line


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", range(6))
async def test_any_one_fault_at_any_step_loses_nothing_and_doubles_nothing(fault: str, step: int) -> None:
    notebook, district = notebook_with(1, 2, photos=(PICTURE,)), FakeDistrict()
    district.revisions.append(revision(9, device="01912d68-783e-7a03-8467-5661c1243aff"))
    work = engine(notebook, Line(district, faults(*[None] * step, fault)))
    async with running(work):
        work.kick("start")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT and work.status.code is None)
    assert sorted(r.hash for r in district.revisions) == sorted(notebook.taken)
    assert len(district.revisions) == 3
    assert district.blobs == {PICTURE: JPEG}
    assert district.stored_twice <= (fault == "twice")


async def test_a_photo_whose_answer_was_lost_does_not_travel_twice() -> None:
    notebook, district = notebook_with(1, photos=(PICTURE,)), FakeDistrict()
    work = engine(notebook, Line(district, faults(None, None, None, "lose answer")))
    await work.round()
    assert work.status.waiting == 1
    assert state(work) == State.TROUBLE
    await work.round()
    assert district.asked.count("HEAD blobs") == 1
    assert district.asked.count("PUT blobs") == 1
    assert state(work) == State.ALL_AT_DISTRICT


async def test_a_photo_that_the_district_just_missed_is_sent_without_asking_and_after_a_new_start_asked_for() -> None:
    notebook, district = notebook_with(1, photos=(PICTURE,)), FakeDistrict()
    await engine(notebook, Line(district, faults(None, None, None, "drop request"))).round()
    assert "HEAD blobs" not in district.asked
    assert district.blobs == {}
    await engine(notebook, Line(district)).round()  # the app was started anew
    assert district.asked[-3:] == ["GET revisions", "HEAD blobs", "PUT blobs"]


async def test_a_line_that_breaks_at_every_photo_holds_up_nothing_else() -> None:
    notebook, district = notebook_with(1, photos=(PICTURE,)), FakeDistrict()
    line = Line(district, lambda request: "drop request" if request.method == "PUT" else None)
    work = engine(notebook, line)
    for number in range(2):
        other = revision(number + 7, device="01912d68-783e-7a03-8467-5661c1243aff")
        district.revisions.append(other)
        await work.round()
        assert state(work) == State.TROUBLE
        assert other.hash in notebook.taken


async def test_a_record_without_its_photo_is_not_at_the_district() -> None:
    notebook, district = notebook_with(1, photos=(PICTURE,)), FakeDistrict()
    work = engine(notebook, Line(district, faults(None, None, None, "drop request")))
    await work.round()
    assert len(notebook.receipts) == 1
    assert (state(work), work.status.code) == (State.TROUBLE, "unreachable")
    assert work.status.waiting == 1


async def test_a_phone_that_is_not_known_keeps_its_records_and_stops_asking_by_itself() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    district.shut_out = Code.DEVICE_UNKNOWN
    work = engine(notebook, Line(district))
    async with running(work):
        work.kick("start")
        await until(lambda: work.status.code is not None)
        work.kick("save")
        await asyncio.sleep(100_000)
        assert district.asked == ["GET setup"]
        assert (state(work), work.status.code) == (State.TROUBLE, "device_unknown")
        assert work.status.waiting == 1
        district.shut_out = None
        work.kick("manual")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)


@pytest.mark.parametrize("code", [Code.APP_TOO_OLD, Code.DISTRICT_TOO_OLD])
async def test_phone_and_district_that_do_not_understand_each_other_keep_everything_until_they_do(code: Code) -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district))
    async with running(work):
        work.kick("start")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)
        district.shut_out = code
        work.kick("manual")
        await until(lambda: state(work) == State.TROUBLE)  # though nothing waits
        notebook.save(revision(2))
        work.kick("save")
        asked = len(district.asked)
        await until(lambda: len(district.asked) > asked + 3)  # it is tried again, by itself
        assert (state(work), work.status.code) == (State.TROUBLE, code)
        assert (work.status.waiting, work.status.attention) == (1, 0)
        district.shut_out = None
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)
    assert len(district.revisions) == 2


async def test_a_record_is_not_set_aside_because_a_district_has_nothing_at_the_address() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.round()
    notebook.save(revision(2))
    district.shut_out = Code.NOT_FOUND
    await work.round()
    assert (state(work), work.status.code) == (State.TROUBLE, Code.NOT_FOUND)
    assert (work.status.waiting, work.status.attention) == (1, 0)


async def test_a_revoked_phone_is_unbound_and_its_records_go_out_once_it_is_enrolled_again() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    district.shut_out = Code.DEVICE_REVOKED
    work = engine(notebook, Line(district))
    async with running(work):
        work.kick("start")
        await until(lambda: work.status.code is not None)
        work.kick("manual")
        await asyncio.sleep(10)
        assert district.asked == ["GET setup"]
        assert (state(work), work.status.code) == (State.TROUBLE, "device_revoked")
        assert work.status.waiting == 1
        district.shut_out = None
        await work.enrol("GOOD")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)
    assert len(district.revisions) == 1


async def test_a_setup_that_cannot_be_used_is_left_and_records_go_out_all_the_same() -> None:
    notebook, district = notebook_with(1), FakeDistrict()

    def refuse(*_: object) -> None:
        raise SetupError("a form without a name")

    notebook.keep_setup = refuse  # type: ignore[assignment,method-assign]
    work = engine(notebook, Line(district))
    await work.round()
    assert len(notebook.receipts) == 1
    assert (state(work), work.status.code) == (State.TROUBLE, "district_trouble")


async def test_storage_that_fails_stops_the_round_and_says_so() -> None:
    notebook, district = notebook_with(1), FakeDistrict()

    def full(*_: object) -> None:
        raise NoRoom("full")

    notebook.take = full  # type: ignore[assignment,method-assign]
    work = engine(notebook, Line(district))
    await work.round()
    assert (state(work), work.status.code) == (State.TROUBLE, "phone_storage")
    assert notebook.cursor == 0


async def test_a_mistake_of_ours_does_not_end_syncing_for_good(caplog: pytest.LogCaptureFixture) -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    taken, notebook.take = notebook.take, None  # type: ignore[method-assign,assignment]
    work = engine(notebook, Line(district))
    async with running(work):
        work.kick("start")
        await until(lambda: work.status.code == "internal")
        notebook.take = taken  # type: ignore[method-assign]
        await until(lambda: work.status.code is None)
    assert "topic" not in caplog.text
    assert state(work) == State.ALL_AT_DISTRICT


# The machine invents the bad day

BAD_DAY = st.lists(st.sampled_from([*FAULTS, None, None, None]), max_size=25)
EVENTS = st.lists(
    st.sampled_from(["save 0", "save 1", "kick 0", "kick 1", "cancel 0", "restart 1", "wait"]), max_size=20
)


@settings(max_examples=120, deadline=None)
@given(BAD_DAY, EVENTS, st.integers(0, 999))
def test_after_any_schedule_of_faults_both_phones_and_the_district_agree(
    bad_day: list[str | None], events: list[str], seed: int
) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(_schedule(bad_day, events, seed))


async def _schedule(bad_day: list[str | None], events: list[str], seed: int) -> None:
    district = FakeDistrict()
    line = Line(district, faults(*bad_day))
    devices = [f"01912d68-783e-7a03-8467-5661c1243a0{n}" for n in range(2)]
    notebooks = [FakeNotebook(device) for device in devices]
    engines = [engine(notebook, line, seed=seed + n) for n, notebook in enumerate(notebooks)]
    tasks = [asyncio.create_task(work.run()) for work in engines]
    chance = dice(seed)
    count = 0
    try:
        for event in events:
            if event == "wait":
                await asyncio.sleep(chance.uniform(0, 20))
                continue
            verb, which = event.split()
            number = int(which)
            if verb == "save":
                count += 1
                picture = f"picture {count % 3}".encode()
                notebooks[number].pictures[sha256(picture)] = picture
                photos = (sha256(picture),) if count % 2 else ()
                notebooks[number].save(revision(count, devices[number], photos))
                engines[number].kick("save")
            elif verb == "kick":
                engines[number].kick(chance.choice(["resume", "network", "manual"]))
            elif verb == "cancel":
                engines[number].cancel()
            else:  # the app is closed in the middle and opened again
                tasks[number].cancel()
                await asyncio.wait({tasks[number]})
                engines[number] = engine(notebooks[number], line, seed=seed + 7)
                tasks[number] = asyncio.create_task(engines[number].run())
            _badges_are_honest(engines, notebooks, district)
            await asyncio.sleep(chance.choice([0, 0, 0.01, 1]))
            _badges_are_honest(engines, notebooks, district)
        await until(lambda: not bad_day or all(state(w) != State.SYNCING for w in engines))
        for _ in range(2):  # the second time brings what the other phone sent in the first
            for work in engines:
                work.kick("manual")
            await until(lambda: all(state(w) == State.ALL_AT_DISTRICT for w in engines), within=20_000)
            await asyncio.sleep(2_000)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    everything = sorted(name for notebook in notebooks for name in notebook.saved)
    assert sorted(r.hash for r in district.revisions) == everything
    for notebook in notebooks:
        assert sorted(notebook.taken) == everything
    assert set(district.blobs) == {name for r in district.revisions for name in photos_of(r)}


def _badges_are_honest(engines: list[Engine], notebooks: list[FakeNotebook], district: FakeDistrict) -> None:
    there = {r.hash for r in district.revisions}
    for work, notebook in zip(engines, notebooks, strict=True):
        assert set(notebook.receipts) <= there
        if state(work) == State.ALL_AT_DISTRICT:
            assert set(notebook.saved) <= there
            assert {p for r in notebook.saved.values() for p in photos_of(r)} <= set(district.blobs)
