"""What a round does with a district in memory: everything goes over, once."""

import itertools
import subprocess
import sys
from typing import Any

import httpx
import pytest

from app.device import PlainDevice
from app.ids import sha256
from sync import plan
from sync.engine import State
from sync.errors import Refused, Unreachable
from sync.protocol import AT_HEADER
from tests.sync.fakes import (
    DEVICE,
    SETUP,
    FakeDistrict,
    FakeNotebook,
    Line,
    engine,
    faults,
    revision,
)
from tests.sync.rounds import JPEG, PICTURE, notebook_with, running, state, until

pytestmark = pytest.mark.anyio


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


async def test_a_round_with_nothing_new_is_one_short_question() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.round()
    district.asked.clear()
    await work.round()
    assert district.asked == ["GET revisions"]


async def test_another_setup_is_fetched_in_the_round_that_hears_of_it() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.round()
    district.setup_tag = '"2"'
    district.asked.clear()
    await work.round()
    assert district.asked == ["GET revisions", "GET setup"]
    assert notebook.setup_etag == '"2"'


async def test_a_restored_district_gets_everything_again_in_the_same_round() -> None:
    notebook, district = notebook_with(1, 2), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.round()
    assert (len(district.revisions), notebook.stamp) == (2, "a.signed")
    district.revisions.clear()  # the backup was from before
    district.epoch = "b"
    await work.round()
    assert {r.hash for r in district.revisions} == set(notebook.saved)
    assert (notebook.stamp, notebook.cursor, state(work)) == ("b.signed", 2, State.ALL_AT_DISTRICT)


async def test_a_district_that_is_too_old_to_compare_with_is_not_asked_again_at_once() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    notebook.is_comparing_due = True
    work = engine(notebook, Line(district))
    for _ in range(2):
        await work.round()
    assert (district.asked.count("GET tally"), state(work)) == (1, State.ALL_AT_DISTRICT)


async def test_a_restored_district_is_known_as_such_by_a_phone_that_first_has_something_to_send() -> None:
    notebook, district = notebook_with(1, 2), FakeDistrict()
    work = engine(notebook, Line(district))
    await work.round()
    district.revisions.clear()
    district.epoch = "b"
    late = revision(3)
    notebook.saved[late.hash] = late
    await work.round()
    assert len(district.revisions) == 3
    assert (notebook.stamp, state(work)) == ("b.signed", State.ALL_AT_DISTRICT)


async def test_a_large_photo_goes_on_where_a_breaking_line_left_it() -> None:
    large = bytes(range(256)) * 4_000  # a million bytes
    notebook, district = notebook_with(1, photos=(sha256(large),)), FakeDistrict()
    notebook.pictures[sha256(large)] = large
    broken = itertools.cycle([None, "drop request", None, "lose answer"])
    line = Line(district, lambda request: next(broken) if request.method == "PUT" else None)
    work = engine(notebook, line)
    for _ in range(60):
        await work.round()
        if not notebook.missing:
            break
    assert district.blobs == {sha256(large): large}
    assert district.bytes_taken == len(large), "nothing of it was taken twice"
    assert notebook.missing == set()


async def test_a_district_that_asks_for_patience_is_not_sent_more_and_smaller_pieces_for_it() -> None:
    large = bytes(range(256)) * 1_000
    notebook, district = notebook_with(1, photos=(sha256(large),)), FakeDistrict()
    notebook.pictures[sha256(large)] = large
    lines, pieces = faults("429"), faults(None, "429", "429")
    sizes: list[int] = []

    def fault(request: httpx.Request) -> str | None:
        if request.method == "PUT":
            sizes.append(len(request.content))
            return pieces(request)
        return lines(request) if request.method == "POST" else None

    work = engine(notebook, Line(district, fault))
    for _ in range(4):
        await work.round()
    assert district.blobs == {sha256(large): large}
    assert max(sizes) == min(sizes[:-1]) == plan.LARGEST_PIECE


async def test_photos_wait_for_wifi_where_the_officer_wants_it_unless_asked_for_by_hand() -> None:
    notebook, district, phone = notebook_with(1, photos=(PICTURE,)), FakeDistrict(), PlainDevice()
    notebook.preferences["wifi_only"] = phone.counts_bytes = True
    work = engine(notebook, Line(district), phone)
    async with running(work):
        work.kick("start")
        await until(lambda: len(district.revisions) == 1 and state(work) == State.WAITING)
        assert (district.blobs, work.holds_photos, work.status.waiting) == ({}, True, 1)
        work.kick("manual")
        await until(lambda: PICTURE in district.blobs)
        notebook.missing.add(PICTURE)
        district.blobs.clear()
        phone.counts_bytes = False
        work.kick("network")
        await until(lambda: PICTURE in district.blobs)


DOOR = sha256(b"door")


def seen(notebook: FakeNotebook) -> dict[str, bytes]:
    """The photos of places that the phone has."""
    return {name: data for name, data in notebook.pictures.items() if name in notebook.shown}


async def test_places_photos_come_at_the_end_of_a_round_and_one_that_is_not_there_is_asked_for_once() -> None:
    gone = sha256(b"gone")
    notebook, district = notebook_with(1), FakeDistrict(blobs={DOOR: b"door"})
    notebook.shown = [gone, DOOR]
    work = engine(notebook, Line(district))
    await work.round()
    assert seen(notebook) == {DOOR: b"door"}
    assert district.asked[-2:] == ["GET blobs", "GET blobs"]
    assert state(work) == State.ALL_AT_DISTRICT
    district.asked.clear()
    await work.round()
    assert district.asked == ["GET revisions"]


async def test_places_photos_wait_for_wifi_where_the_officer_wants_it() -> None:
    notebook, district, phone = notebook_with(1), FakeDistrict(blobs={DOOR: b"door"}), PlainDevice()
    notebook.shown = [DOOR]
    notebook.preferences["wifi_only"] = phone.counts_bytes = True
    work = engine(notebook, Line(district), phone)
    await work.round()
    assert seen(notebook) == {}
    phone.counts_bytes = False
    await work.round()
    assert seen(notebook) == {DOOR: b"door"}


async def test_a_line_that_breaks_before_the_places_photos_is_no_failed_round() -> None:
    notebook, district = notebook_with(1), FakeDistrict()
    notebook.shown = [DOOR]

    async def broken(request: httpx.Request) -> httpx.Response:
        if "/blobs/" in request.url.path:
            raise httpx.ConnectError("gone")
        return await district(request)

    work = engine(notebook, Line(broken))
    await work.round()
    assert (state(work), seen(notebook)) == (State.ALL_AT_DISTRICT, {})


async def test_an_older_district_gets_large_photos_whole() -> None:
    large = bytes(range(256)) * 2_000
    notebook, district = notebook_with(1, photos=(sha256(large),)), FakeDistrict()
    notebook.pictures[sha256(large)] = large

    async def older(request: httpx.Request) -> httpx.Response:
        given = await district(request)
        given.headers.pop(AT_HEADER, None)
        return given

    await engine(notebook, Line(older)).round()
    assert district.blobs == {sha256(large): large}
    assert district.parts == {}


async def test_text_goes_before_pictures() -> None:
    notebook, district = notebook_with(*range(1, 601), photos=(PICTURE,)), FakeDistrict()
    await engine(notebook, Line(district)).round()
    assert district.asked == ["GET setup", *["POST revisions"] * 2, *["GET revisions"] * 2, "PUT blobs"]
    assert notebook.frames == 2  # one frame a batch


async def test_what_others_wrote_comes_down_until_there_is_no_more() -> None:
    notebook, district = FakeNotebook(), FakeDistrict()
    others = [revision(n, device="01912d68-783e-7a03-8467-5661c1243aff") for n in range(1, 1_203)]
    district.revisions += others
    await engine(notebook, Line(district)).round()
    assert set(notebook.taken) == {r.hash for r in others}
    assert notebook.cursor == 1_202
    assert district.asked.count("GET revisions") == 3


async def test_the_next_page_is_under_way_while_the_last_is_kept() -> None:
    district, asked = FakeDistrict(), []

    class Slow(FakeNotebook):
        def take(self, *given: Any) -> None:
            asked.append(district.asked.count("GET revisions"))
            super().take(*given)

    district.revisions += [revision(n, device="01912d68-783e-7a03-8467-5661c1243aff") for n in range(1, 1_203)]
    notebook = Slow()
    await engine(notebook, Line(district)).round()
    assert asked == [2, 3, 3]
    assert len(notebook.taken) == 1_202


async def test_a_page_that_was_asked_for_ahead_is_not_taken_where_the_phone_begins_anew() -> None:
    district = FakeDistrict()

    class Anew(FakeNotebook):
        def take(self, sent: Any, cursor: int, later: Any = ()) -> None:
            first = not self.taken
            super().take(sent, cursor, later)
            if first:  # as after an order to unseal
                self.cursor, self.begins_anew = 0, True
                district.revisions.reverse()

    district.revisions += [revision(n, device="01912d68-783e-7a03-8467-5661c1243aff") for n in range(1, 601)]
    notebook = Anew()
    await engine(notebook, Line(district)).round()
    assert len(notebook.taken) == 600
    assert district.asked.count("GET revisions") == 4  # two of them in vain


async def test_a_district_that_is_restored_between_two_pages_is_known_as_such() -> None:
    class Late(FakeNotebook):
        def take(self, *given: Any) -> None:
            kept.append(self.stamp)
            super().take(*given)

        async def offer_again(self, restored: str | None = None) -> None:
            offered.append(district.epoch)
            await super().offer_again(restored)

    class Restored(FakeDistrict):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = await super().__call__(request)
            if request.url.path.endswith("/revisions"):
                self.epoch = "b"
            return answer

    kept: list[str | None] = []
    offered: list[str] = []
    district = Restored()
    district.revisions += [revision(n, device="01912d68-783e-7a03-8467-5661c1243aff") for n in range(1, 601)]
    await engine(Late(), Line(district)).round()
    assert offered == ["b"]
    assert kept[0] is None  # it had no stamp yet when it asked for the second page


async def test_a_phone_that_is_bound_to_nobody_asks_nobody() -> None:
    district = FakeDistrict()
    work = engine(FakeNotebook(bound=False), Line(district))
    await work.round()
    assert district.asked == []
    assert (state(work), work.status.code) == (State.TROUBLE, "not_enrolled")


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


def test_the_first_screen_does_not_wait_for_httpx() -> None:
    code = "import sys, sync.engine; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
