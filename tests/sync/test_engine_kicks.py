"""When rounds start, how long they wait after a failure, and what the badge says meanwhile."""

import asyncio
from itertools import pairwise

import httpx
import pytest

from app.device import PlainDevice
from sync.engine import State
from tests.sync.fakes import (
    FakeDistrict,
    Line,
    engine,
    faults,
    revision,
)
from tests.sync.rounds import PICTURE, notebook_with, running, state, until

pytestmark = pytest.mark.anyio


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
        for reason in ("save", "resume", "network", "manual"):
            work.kick(reason)
        await asyncio.sleep(100)
    assert most == 1
    assert district.asked == ["GET setup", "POST revisions", "GET revisions", "GET revisions"]


async def test_after_a_failure_it_tries_again_by_itself_and_ever_more_rarely() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    tries: list[float] = []

    def fail(_: httpx.Request) -> str:
        tries.append(asyncio.get_running_loop().time())
        return "drop request"

    work = engine(notebook, Line(district, fail))
    async with running(work):
        work.kick("start")
        await until(lambda: len(tries) == 20, within=100_000, step=10)
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
        work.kick("network")
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
        work.kick("network")
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
    notebook, district, phone = notebook_with(1), FakeDistrict(), PlainDevice()
    phone.connected = False
    work = engine(notebook, Line(district), phone)
    async with running(work):
        work.kick("start")
        await asyncio.sleep(1_000)
        assert district.asked == []
        assert (state(work), work.status.waiting) == (State.OFFLINE, 1)
        phone.connected = True
        work.kick("network")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)


async def test_the_badge_says_at_once_that_the_network_went() -> None:
    phone = PlainDevice()
    work = engine(notebook_with(1), Line(FakeDistrict()), phone)
    async with running(work):
        work.kick("start")
        await until(lambda: state(work) == State.ALL_AT_DISTRICT)
        seen: list[State] = []
        work.subscribe(lambda: seen.append(state(work)))
        phone.connected = False
        work.kick("network")  # news of the network, in either direction
        await asyncio.sleep(1_000)
        assert seen == [State.OFFLINE]


async def test_a_phone_that_wrongly_thinks_it_is_offline_can_be_made_to_try() -> None:
    notebook, district, phone = notebook_with(1), FakeDistrict(), PlainDevice()
    phone.connected = False
    work = engine(notebook, Line(district), phone)
    async with running(work):
        work.kick("manual")
        await until(lambda: len(notebook.receipts) == 1)


async def test_a_round_that_was_stopped_is_not_told_as_one_that_failed() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    line = Line(district, faults("drop request"))
    work = engine(notebook, line)
    async with running(work):
        work.kick("start")
        await until(lambda: state(work) == State.TROUBLE)
        line.fault = lambda _: "slow"
        work.kick("manual")
        await until(lambda: state(work) == State.SYNCING)
        work.cancel()
        await until(lambda: state(work) != State.SYNCING)
        assert (state(work), work.status.code, work.status.waiting) == (State.WAITING, None, 1)


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


async def test_two_rounds_asked_for_at_once_go_one_after_the_other() -> None:
    notebook, district = notebook_with(1), FakeDistrict()

    async def slowly(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(1)
        return await district(request)

    work = engine(notebook, Line(slowly))
    await asyncio.gather(work.round(), work.round())
    assert district.asked == ["GET setup", "POST revisions", "GET revisions", "GET revisions"]


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
    work = engine(notebook, Line(district, faults(*[None] * 3, "drop request", None, "drop request")))
    await work.round()
    await work.round()  # what is new cannot be fetched, but nothing waits
    assert (state(work), work.status.code) == (State.ALL_AT_DISTRICT, "unreachable")
    notebook.save(revision(2))
    await work.round()  # the record got through, but the round did not
    assert work.status.waiting == 0
    assert state(work) == State.TROUBLE
