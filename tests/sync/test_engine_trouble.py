"""What goes wrong in a round with a district in memory: one bad record holds up no other, and each has its reason."""

import httpx
import pytest

from app.ids import sha256
from sync.engine import State
from sync.packing import inflate
from sync.protocol import MAX_BATCH_BYTES, Code
from tests.sync.fakes import (
    FakeDistrict,
    FakeNotebook,
    Line,
    answer,
    engine,
    faults,
    revision,
)
from tests.sync.rounds import JPEG, PICTURE, notebook_with, running, state, until

pytestmark = pytest.mark.anyio


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


async def test_a_doubt_that_comes_with_the_receipt_is_kept_with_it() -> None:
    notebook, district = notebook_with(1, 2), FakeDistrict()
    odd = revision(2)
    district.doubt[odd.record] = Code.CLOCK_AHEAD
    work = engine(notebook, Line(district))
    await work.round()
    assert notebook.doubts == {revision(1).hash: None, odd.hash: "clock_ahead"}
    assert state(work) == State.ALL_AT_DISTRICT


async def test_a_record_that_no_batch_can_hold_is_set_aside() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    huge = revision(2, set={"text": "x" * 300_000})
    notebook.save(huge)
    await engine(notebook, Line(district)).round()
    assert notebook.refusals == {huge.hash: "too_big"}
    assert len(district.revisions) == 1


async def test_a_record_that_the_district_takes_in_no_request_is_set_aside_with_the_reason_and_the_others_go_on() -> (
    None
):
    notebook, district = notebook_with(*range(1, 11)), FakeDistrict()
    large = revision(5).hash

    async def small(request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and large.encode() in inflate(request.content, MAX_BATCH_BYTES):
            return answer(413, {"error": {"code": "too_big", "message": "Half of that, please."}})
        return await district(request)

    work = engine(notebook, Line(small))
    async with running(work):
        work.kick("start")
        await until(lambda: large in notebook.refusals)
        await until(lambda: len(notebook.receipts) == 9)
    assert (notebook.refusals[large], work.status.attention, work.status.waiting) == (Code.TOO_BIG, 1, 0)


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


async def test_a_no_that_only_a_newer_app_knows_is_kept_with_its_words() -> None:
    notebook, district = notebook_with(1), FakeDistrict()

    async def newer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/setup"):
            return answer(409, {"error": {"code": "moon_is_full", "message": "Not on a full moon."}})
        return await district(request)

    work = engine(notebook, Line(newer))
    await work.round()
    assert (work.status.code, work.status.said) == ("moon_is_full", "Not on a full moon.")


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
