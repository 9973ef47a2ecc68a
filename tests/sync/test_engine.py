"""Rounds against a district in memory, over a line as bad as a seed says: nothing lost, nothing doubled, no tales."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.files import NoRoom
from app.ids import sha256
from app.setup import SetupError
from sync.engine import Engine, State
from sync.errors import Refused, RoadError, Unreachable
from sync.protocol import Code
from tests.sync.conftest import JumpingLoop
from tests.sync.fakes import (
    DEVICE,
    FAULTS,
    SETUP,
    FakeDistrict,
    FakeNotebook,
    FakePhone,
    Line,
    dice,
    engine,
    faults,
    photos_of,
    revision,
)

pytestmark = pytest.mark.anyio
JPEG = b"\xff\xd8 a picture"
PICTURE = sha256(JPEG)


def notebook_with(*numbers: int, photos: tuple[str, ...] = ()) -> FakeNotebook:
    notebook = FakeNotebook()
    notebook.save(*(revision(n, photos=photos) for n in numbers))
    notebook.pictures[PICTURE] = JPEG
    return notebook


@asynccontextmanager
async def running(work: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(work.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool], within: float = 3_600) -> None:
    """Waits in jumping time; a condition that never comes true is a failure."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - many kinds of change, one way to wait for them
            await asyncio.sleep(0.05)


def state(work: Engine) -> State:
    return work.status.state


# What a round does


async def test_a_round_brings_everything_over_and_says_so() -> None:
    notebook, district = notebook_with(1, 2, 3, photos=(PICTURE,)), FakeDistrict()
    work = engine(notebook, Line(district))
    assert state(work) == State.WAITING
    assert work.status.waiting == 3
    await work.round()
    assert {r.hash for r in district.revisions} == set(notebook.saved)
    assert district.blobs == {PICTURE: JPEG}
    assert notebook.setup == SETUP
    assert state(work) == State.ALL_AT_DISTRICT
    assert work.status.last_success is not None
    assert notebook.offset == 1_763_892_000_000


async def test_a_round_with_nothing_new_is_two_short_questions() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.round()
    district.asked.clear()
    await work.round()
    assert district.asked == ["GET setup", "GET revisions"]


async def test_text_goes_before_pictures() -> None:
    notebook, district = notebook_with(*range(1, 601), photos=(PICTURE,)), FakeDistrict()
    await engine(notebook, Line(district)).round()
    assert district.asked == ["GET setup", *["POST revisions"] * 2, "HEAD blobs", "PUT blobs", *["GET revisions"] * 2]
    assert notebook.frames == 2  # one frame a batch


async def test_what_others_wrote_comes_down_until_there_is_no_more() -> None:
    notebook, district = FakeNotebook(), FakeDistrict()
    others = [revision(n, device="01912d68-783e-7a03-8467-5661c1243aff") for n in range(1, 1_203)]
    district.revisions += others
    await engine(notebook, Line(district)).round()
    assert set(notebook.taken) == {r.hash for r in others}
    assert notebook.cursor == 1_202
    assert district.asked.count("GET revisions") == 3


async def test_a_phone_that_is_bound_to_nobody_asks_nobody() -> None:
    district = FakeDistrict()
    work = engine(FakeNotebook(bound=False), Line(district))
    await work.round()
    assert district.asked == []
    assert (state(work), work.status.code) == (State.TROUBLE, "not_enrolled")


# One bad record never holds up another


async def test_a_refused_record_keeps_its_reason_and_the_others_go_on() -> None:
    notebook, district = notebook_with(1, 2, 3), FakeDistrict()
    bad = revision(2)
    district.refuse[bad.record] = Code.ANSWERS_REFUSED
    work = engine(notebook, Line(district))
    await work.round()
    assert notebook.refusals == {bad.hash: "answers_refused"}
    assert len(notebook.receipts) == 2
    assert (state(work), work.status.code) == (State.TROUBLE, "needs_attention")
    assert work.status.attention == 1
    assert work.status.waiting == 0


async def test_a_record_that_no_batch_can_hold_is_set_aside() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    huge = revision(2, set={"text": "x" * 300_000})
    notebook.save(huge)
    await engine(notebook, Line(district)).round()
    assert notebook.refusals == {huge.hash: "too_big"}
    assert len(district.revisions) == 1


async def test_a_photo_that_is_none_is_named_and_the_rest_goes_on() -> None:
    fake, lost = sha256(b"no image"), sha256(b"gone")
    notebook, district = FakeNotebook(), FakeDistrict()
    notebook.save(revision(1, photos=(fake,)), revision(2, photos=(lost,)), revision(3, photos=(PICTURE,)))
    notebook.pictures.update({PICTURE: JPEG, fake: b"no image"})
    work = engine(notebook, Line(district))
    await work.round()
    assert notebook.pictures_refused == {fake: "not_an_image", lost: "photo_lost"}
    assert set(district.blobs) == {PICTURE}
    assert work.status.attention == 2
    assert state(work) == State.TROUBLE


async def test_a_record_that_makes_the_server_stumble_ends_up_alone() -> None:
    notebook, district = notebook_with(*range(1, 301)), FakeDistrict()
    district.poison.add(revision(150).record)
    work = engine(notebook, Line(district))
    async with running(work):
        work.kick("start")
        await until(lambda: len(notebook.receipts) == 299)
    assert set(notebook.saved) - set(notebook.receipts) == {revision(150).hash}
    assert state(work) == State.TROUBLE
    assert work.status.waiting == 1


async def test_trouble_with_the_setup_does_not_keep_records_here() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district, faults("500")))
    await work.round()
    assert len(notebook.receipts) == 1
    assert (state(work), work.status.code) == (State.TROUBLE, "district_trouble")


async def test_records_behind_a_batch_that_fails_are_sent_in_the_same_round() -> None:
    notebook, district = notebook_with(*range(1, 1_001)), FakeDistrict()
    district.poison.add(revision(1).record)
    await engine(notebook, Line(district)).round()
    assert len(notebook.receipts) == 500


async def test_a_district_in_trouble_is_left_alone_after_a_few_tries() -> None:
    notebook, district = notebook_with(*range(1, 2_501)), FakeDistrict()
    asked: list[str] = []
    line = Line(district, lambda request: asked.append(request.method) or "500")  # type: ignore[func-returns-value]
    await engine(notebook, line).round()
    assert len(asked) == 3


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
    assert district.asked.count("PUT blobs") == 1
    assert state(work) == State.ALL_AT_DISTRICT


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


async def test_two_rounds_asked_for_at_once_go_one_after_the_other() -> None:
    notebook, district = notebook_with(1), FakeDistrict()

    async def slowly(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(1)
        return await district(request)

    work = engine(notebook, Line(slowly))
    await asyncio.gather(work.round(), work.round())
    assert district.asked == ["GET setup", "POST revisions", "GET revisions", "GET setup", "GET revisions"]


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


# When rounds start


async def test_a_kick_during_a_round_asks_for_one_more_and_never_for_two_at_once() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    at_once, most = 0, 0

    async def slowly(request: httpx.Request) -> httpx.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(1)
        at_once -= 1
        return await district(request)

    work = engine(notebook, Line(slowly))
    async with running(work):
        work.kick("start")
        await until(lambda: state(work) == State.SYNCING)
        for reason in ("save", "resume", "online", "manual"):
            work.kick(reason)
        await asyncio.sleep(100)
    assert most == 1
    assert district.asked.count("GET setup") == 2


async def test_after_a_failure_it_tries_again_by_itself_and_ever_more_rarely() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    tries: list[float] = []

    def fail(_: httpx.Request) -> str:
        tries.append(asyncio.get_running_loop().time())
        return "drop request"

    work = engine(notebook, Line(district, fail))
    async with running(work):
        work.kick("start")
        await until(lambda: len(tries) == 20, within=100_000)
    waits = [late - early for early, late in pairwise(tries)]
    assert min(waits) >= 2
    assert max(waits) < 601
    assert sum(waits[-5:]) > 10 * sum(waits[:5])


async def test_a_save_waits_for_the_end_of_a_pause_but_news_of_the_line_ends_it() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    tries: list[float] = []
    broken = True

    def fail(_: httpx.Request) -> str | None:
        tries.append(asyncio.get_running_loop().time())
        return "drop request" if broken else None

    work = engine(notebook, Line(district, fail))
    async with running(work):
        work.kick("start")
        await until(lambda: len(tries) == 8)
        for number in range(2, 12):
            notebook.save(revision(number))
            work.kick("save")
            await asyncio.sleep(0.1)
        assert len(tries) == 8
        broken = False
        work.kick("online")
        await asyncio.sleep(0.1)
        assert len(tries) > 8
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)


@pytest.mark.parametrize("status", ["429", "503"])
async def test_a_district_that_asks_for_patience_gets_it_except_by_hand(status: str) -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    asked: list[float] = []

    def first(_: httpx.Request) -> str | None:
        asked.append(asyncio.get_running_loop().time())
        return status if len(asked) == 1 else None

    work = engine(notebook, Line(district, first))
    async with running(work):
        work.kick("start")
        await until(lambda: len(asked) == 1 and state(work) == State.TROUBLE)
        work.kick("online")
        await asyncio.sleep(5)
        assert len(asked) == 1
        await until(lambda: len(asked) > 1)
        assert asked[1] - asked[0] >= 7

    asked.clear()
    async with running(work):
        work.kick("manual")
        await until(lambda: len(asked) == 1)
        work.kick("manual")
        await asyncio.sleep(1)
        assert len(asked) > 1


async def test_a_phone_that_is_offline_waits_for_the_line_and_says_so() -> None:
    notebook, district, phone = notebook_with(1), FakeDistrict(), FakePhone()
    phone.connected = False
    work = engine(notebook, Line(district), phone)
    async with running(work):
        work.kick("start")
        await asyncio.sleep(1_000)
        assert district.asked == []
        assert (state(work), work.status.waiting) == (State.OFFLINE, 1)
        phone.connected = True
        work.kick("online")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)


async def test_a_phone_that_wrongly_thinks_it_is_offline_can_be_made_to_try() -> None:
    notebook, district, phone = notebook_with(1), FakeDistrict(), FakePhone()
    phone.connected = False
    work = engine(notebook, Line(district), phone)
    async with running(work):
        work.kick("manual")
        await until(lambda: len(notebook.receipts) == 1)


async def test_a_round_that_is_cancelled_keeps_what_it_was_told_and_the_next_one_goes_on() -> None:
    notebook, district = notebook_with(*range(1, 601)), FakeDistrict()

    async def slowly(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(1)
        return await district(request)

    work = engine(notebook, Line(slowly))
    async with running(work):
        work.kick("start")
        await until(lambda: len(notebook.receipts) == 500)
        work.cancel()
        await until(lambda: state(work) == State.WAITING)
        assert notebook.on_the_way == []
        assert work.status.waiting == 100
        await asyncio.sleep(10_000)
        assert len(notebook.receipts) == 500
        work.kick("manual")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)
    assert len(district.revisions) == 600


# What the badge says


async def test_the_badge_counts_up_while_a_round_goes_on() -> None:
    notebook, district = notebook_with(*range(1, 601), photos=(PICTURE,)), FakeDistrict()
    work = engine(notebook, Line(district))
    seen = []
    work.subscribe(lambda: seen.append(work.status))
    await work.round()
    rounds = [status for status in seen if status.state == State.SYNCING]
    assert [s.done for s in rounds] == sorted(s.done for s in rounds)
    assert {s.total for s in rounds} == {600}
    assert (rounds[-1].done, rounds[-1].photos_done, rounds[-1].photos) == (600, 1, 1)
    assert seen[-1].state == State.ALL_AT_DISTRICT
    assert all(early != late for early, late in pairwise(seen))


async def test_a_new_record_takes_the_badge_back_to_waiting() -> None:
    notebook = notebook_with(1)
    work = engine(notebook, Line(FakeDistrict()))
    await work.round()
    seen = []
    leave = work.subscribe(lambda: seen.append(state(work)))
    notebook.save(revision(2))
    assert seen == [State.WAITING]
    leave()
    notebook.save(revision(3))
    assert seen == [State.WAITING]


async def test_a_failed_round_leaves_the_badge_green_only_if_nothing_was_at_stake() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district, faults(*[None] * 3, "drop request", None, None, "drop request")))
    await work.round()
    await work.round()  # the setup cannot be fetched, but nothing waits
    assert (state(work), work.status.code) == (State.ALL_AT_DISTRICT, "unreachable")
    notebook.save(revision(2))
    await work.round()  # the record got through, but the round did not
    assert work.status.waiting == 0
    assert state(work) == State.TROUBLE


# Enrolment


async def test_a_code_binds_the_phone_and_brings_the_forms() -> None:
    notebook, district = FakeNotebook(bound=False), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.enrol("GOOD")
    assert notebook.binding is not None
    assert notebook.binding.device == DEVICE
    assert notebook.binding.base_url == "http://district.test"
    assert notebook.setup == SETUP
    assert work.status.last_success is not None
    assert state(work) == State.ALL_AT_DISTRICT


async def test_a_wrong_code_says_so_and_binds_nothing() -> None:
    notebook = FakeNotebook(bound=False)
    with pytest.raises(Refused) as caught:
        await engine(notebook, Line(FakeDistrict())).enrol("BAD")
    assert caught.value.code == "enrol_code_wrong"
    assert notebook.binding is None


async def test_an_enrolment_whose_answer_was_lost_can_be_repeated() -> None:
    notebook, district = FakeNotebook(bound=False), FakeDistrict()
    work = engine(notebook, Line(district, faults("lose answer")))
    with pytest.raises(Unreachable):
        await work.enrol("GOOD")
    await work.enrol("GOOD")
    assert notebook.binding is not None


async def test_a_phone_is_bound_even_if_the_forms_do_not_come_at_once() -> None:
    notebook, district = FakeNotebook(bound=False), FakeDistrict()
    work = engine(notebook, Line(district, faults(None, "drop request")))
    async with running(work):
        await work.enrol("GOOD")
        assert notebook.binding is not None
        await until(lambda: notebook.setup == SETUP)


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
                engines[number].kick(chance.choice(["resume", "online", "manual"]))
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


def test_the_family_of_errors_has_one_root() -> None:
    assert issubclass(Refused, RoadError)
    assert str(Refused("too_big", "a reason")) == "too_big: a reason"


def test_the_first_screen_does_not_wait_for_httpx() -> None:
    code = "import sys, sync.engine; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
