"""Enrolment: a one-time code binds the phone, and says what is wrong when it does not."""

from typing import Any

import pytest

from app.binding import AnotherOwner
from app.tags import new_enrol_code, show
from sync.errors import DistrictTrouble, Refused, RoadError, TooMany, Unreachable
from tests.views import phone as phones
from tests.views.headless import Screen
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio

CODE = new_enrol_code()


@pytest.mark.parametrize("route", ["/", "/records", "/more/sync", "/form/anything", "/t/ABCD2345ABCD2345", "/no/where"])
async def test_before_enrolment_every_route_asks_for_the_code(new_phone: Phone, route: str) -> None:
    async with Screen(new_phone.main, route=route) as screen:
        assert "enrol-code" in screen.idents()
        assert not any(name.startswith("nav-") for name in screen.idents())


@pytest.mark.parametrize(
    "written",
    [show(CODE), CODE.lower(), f" {show(CODE).lower().replace('-', ' ')} "],
    ids=["dashes", "small", "spaces"],  # the code is another one in each process that shares the tests
)
async def test_the_code_may_be_typed_in_any_case_with_spaces_and_dashes(new_phone: Phone, written: str) -> None:
    async with Screen(new_phone.main) as screen:
        await screen.type("enrol-code", written)
        await screen.tap("enrol")
        assert new_phone.engine.enrolled == [(CODE, phones.BASE_URL)]


async def test_a_link_brings_its_code_along(new_phone: Phone) -> None:
    async with Screen(new_phone.main, route=f"/enrol/{CODE}") as screen:
        assert show(CODE) in screen.texts("enrol-code")
        await screen.tap("enrol")
        assert new_phone.engine.enrolled == [(CODE, phones.BASE_URL)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "Type the code first"),
        ("ABCD", "Something is mistyped"),
        (CODE[:-1] + ("A" if CODE[-1] != "A" else "B"), "Something is mistyped"),
        ("HTTPS://DISTRICT.EXAMPLE/T/ABCD2345ABCD2345", "the code of a place or a card"),
    ],
    ids=["empty", "short", "sum", "tag"],
)
async def test_a_code_that_cannot_be_right_is_told_without_asking_the_district(
    new_phone: Phone, written: str, said: str
) -> None:
    async with Screen(new_phone.main) as screen:
        await screen.type("enrol-code", written)
        await screen.tap("enrol")
        assert screen.reads(said)
        assert new_phone.engine.enrolled == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused("enrol_code_wrong"), "does not know this code"),
        (Refused("enrol_code_used"), "already used on another phone"),
        (Refused("enrol_code_expired"), "too old"),
        (Unreachable(), "No connection to the district"),
        (TooMany(), "Too many tries"),
        (DistrictTrouble(), "computer has trouble"),
        (AnotherOwner(), "another officer's notebook"),
    ],
)
async def test_a_refusal_says_which_and_what_to_do_and_keeps_the_code(
    new_phone: Phone, error: RoadError, said: str
) -> None:
    def refuse() -> None:
        raise error

    new_phone.engine.answer = refuse
    async with Screen(new_phone.main) as screen:
        await screen.type("enrol-code", CODE)
        await screen.tap("enrol")
        assert screen.reads(said)
        assert CODE in screen.texts("enrol-code")
        new_phone.engine.answer = lambda: None
        await screen.tap("enrol")
        assert not screen.reads(said)


@pytest.mark.parametrize(("keeps", "said"), [(True, "promises to keep"), (False, "may clear the notebook")])
async def test_afterwards_the_phone_says_whose_it_is_and_whether_it_keeps_the_notebook(
    new_phone: Phone, keeps: bool, said: str
) -> None:
    new_phone.device.keeps = keeps
    new_phone.engine.answer = lambda: phones.enrol(new_phone.notebook)
    async with Screen(new_phone.main) as screen:
        await _enrol(screen)
        await screen.until(lambda: screen.reads(said), "the phone's answer")
        for words in ("Dana Reyes", "Green Country Schools", "North High School, South Middle School"):
            assert screen.reads(words)
        await screen.tap("begin")
        await screen.until(lambda: "open-parent_contact" in screen.idents(), "Home")
        assert screen.page.route == "/"


async def test_the_link_that_was_wanted_first_is_opened_after_enrolment(new_phone: Phone) -> None:
    new_phone.engine.answer = lambda: phones.enrol(new_phone.notebook)
    async with Screen(new_phone.main, route="/more/sync") as screen:
        await _enrol(screen)
        await screen.tap("begin")
        await screen.until(lambda: screen.page.route == "/more/sync" and "sync-now" in screen.idents(), "the link")


async def test_a_phone_that_is_set_up_says_so_instead_of_asking_again(phone: Phone) -> None:
    async with Screen(phone.main, route=f"/enrol/{CODE}") as screen:
        assert screen.reads("It belongs to Dana Reyes")
        await screen.tap("home")
        assert screen.page.route == "/"


async def test_a_phone_that_was_shut_out_may_be_enrolled_again(phone: Phone) -> None:
    phone.engine.set(phone.engine.status.state, code="device_revoked")
    async with Screen(phone.main, route="/enrol") as screen:
        assert "enrol-code" in screen.idents()


async def test_a_phone_that_was_shut_out_tells_why_it_asks_for_a_code_and_that_nothing_is_lost(phone: Phone) -> None:
    phone.notebook.unbind("device_unknown")
    phone.services.entered = False  # as after a new start
    async with Screen(phone.main) as screen:
        assert screen.reads("does not know this phone any more")
        assert screen.reads("what you saved stays here")
        assert "enrol-code" in screen.idents()


async def test_a_new_phone_is_not_told_that_it_was_shut_out(new_phone: Phone) -> None:
    async with Screen(new_phone.main) as screen:
        assert "shut-out" not in screen.idents()


async def _enrol(screen: Screen) -> Any:
    await screen.type("enrol-code", CODE)
    await screen.tap("enrol")
    await screen.until(lambda: "begin" in screen.idents(), "the welcome")


async def test_from_the_camera_there_is_a_way_back_to_the_code(new_phone: Phone) -> None:
    async with Screen(new_phone.main) as screen:
        await screen.tap("scan-code")
        assert screen.page.route == "/scan"
        assert "enrol-code" not in screen.idents()
        await screen.back()
        assert "enrol-code" in screen.idents()
