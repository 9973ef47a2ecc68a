"""Tours on the phone: a line of Home for each that is due, the list of places, and ending one with a reason."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.tags import hash_code, with_check
from tests.app.notebooks import StandingClock
from tests.views.headless import Screen
from tests.views.phone import DOOR, NORTH, Phone, make_phone, setup_json

pytestmark = pytest.mark.anyio

MONDAY = date(2026, 11, 23)
GATE, HALL, AWAY = (f"018f0000-0000-7000-8000-0000000000b{n}" for n in (3, 4, 5))
TOUR: dict[str, Any] = {
    **{"id": "t1", "school": NORTH, "name": "Morning doors", "order": "any", "begins": "07:30", "ends": "08:30"},
    **{"days": ["mon"], "grace_min": 10, "since": "2026-11-20T00:00:00+00:00"},
    "points": [{"place": DOOR}, {"place": GATE}, {"place": HALL, "required": False}],
}
PLACES = [
    {"id": DOOR, "school": NORTH, "name": "Door 10", "building": "Main", "floor": "1"},
    {"id": GATE, "school": NORTH, "name": "Door 2", "building": "Main", "floor": "1"},
    {"id": HALL, "school": NORTH, "name": "Hall", "building": "Annex"},
]
ROUTE = f"/tour/t1/{MONDAY}"


@pytest.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Phone]:
    """A phone on a Monday morning at 07:35, with a tour that is due."""
    phone = await make_phone(tmp_path, places=PLACES, tours=[TOUR], clock=standing("07:35"))
    yield phone
    phone.notebook.close()


def at(phone: Phone, clock: str, day: date = MONDAY) -> None:
    phone.notebook._clock = standing(clock, day)


def standing(clock: str, day: date = MONDAY) -> StandingClock:
    made = StandingClock()
    made.time = datetime.fromisoformat(f"{day}T{clock}:00").astimezone()
    return made


def check(phone: Phone, *places: str) -> None:
    for place in places:
        phone.notebook.save(phone.notebook.start("location_check", {"place_name": place}, place=place).id)


def begin(phone: Phone) -> None:
    phone.notebook.begin_tour("t1", MONDAY)


async def home(phone: Phone) -> list[str]:
    """What Home says of the tour."""
    async with Screen(phone.main) as screen:
        return screen.texts("tour-t1-2026-11-23") if "tour-t1-2026-11-23" in screen.idents() else []


async def test_home_says_how_far_a_tour_is_and_what_is_late_or_missed(walk: Phone) -> None:
    assert {"Morning doors", "Due now", "0 of 3 · 07:30 to 08:30 · North High School"} <= set(await home(walk))
    begin(walk)
    check(walk, GATE)
    assert {"Under way", "1 of 3 · 07:30 to 08:30 · North High School"} <= set(await home(walk))
    at(walk, "08:31")
    assert "Late: 1 place" in await home(walk)
    at(walk, "08:41")
    assert "Missed: 1 place" in await home(walk)
    check(walk, DOOR)
    assert "All checked: end the tour" in await home(walk)


async def test_a_tour_of_later_says_so_and_one_of_another_day_nothing(walk: Phone) -> None:
    at(walk, "06:00")
    assert "Later today" in await home(walk)
    walk.notebook.keep_setup(setup_json(places=PLACES, tours=[TOUR | {"days": ["tue"]}]), "2")
    assert await home(walk) == []


async def test_a_tour_under_way_is_no_draft_beside_its_line(walk: Phone) -> None:
    begin(walk)
    async with Screen(walk.main) as screen:
        assert not any(name.startswith("draft-") for name in screen.idents())
        await screen.tap("tour-t1-2026-11-23")
        assert screen.page.route == ROUTE
    async with Screen(walk.main, route="/records") as screen:
        await screen.tap("filter-state")
        await screen.tap("choice-filter-state-draft")
        [draft] = await screen.until(
            lambda: [name for name in screen.idents() if name.startswith("draft-")], "the draft"
        )
        await screen.tap(draft)
        assert screen.page.route == ROUTE, "its form asks only at the end"


async def test_the_places_stand_in_walking_order_and_one_tap_begins_and_scans(walk: Phone) -> None:
    async with Screen(walk.main, route=ROUTE) as screen:
        assert [name for name in screen.idents() if name.startswith("stop-")] == [
            f"stop-{place}" for place in (HALL, GATE, DOOR)
        ]
        assert {"1. Hall", "Annex · May be left out", "To do"} <= set(screen.texts(f"stop-{HALL}"))
        await screen.tap(f"stop-{GATE}")
        assert screen.page.route == "/scan"
    row = walk.notebook.tour("t1", MONDAY)
    assert row
    assert row.begun


async def test_a_given_order_names_the_next_place_and_what_is_checked_leads_to_its_record(walk: Phone) -> None:
    walk.notebook.keep_setup(setup_json(places=PLACES, tours=[TOUR | {"order": "fixed"}]), "2")
    begin(walk)
    check(walk, DOOR)
    async with Screen(walk.main, route=ROUTE) as screen:
        assert screen.reads("Places, in this order")
        assert "Checked · 07:35" in screen.texts(f"stop-{DOOR}")
        assert "Next" in screen.texts(f"stop-{GATE}")
        await screen.tap(f"stop-{DOOR}")
        assert screen.page.route.startswith("/records/")


async def test_a_whole_tour_ends_with_one_tap(walk: Phone) -> None:
    async with Screen(walk.main, route=ROUTE) as screen:
        await screen.tap("begin-tour")
        assert "scan" in screen.idents()
        check(walk, GATE, DOOR)
        await screen.until(lambda: screen.reads("2 of 3"), "how far")
        assert "scan" not in screen.idents()
        await screen.tap("end-tour")
        assert screen.page.route == "/"
        assert screen.reads("Saved on this phone")
        assert "tour-t1-2026-11-23" not in screen.idents()
        assert screen.reads("Morning doors · 2/3")
    assert walk.engine.kicks == ["saved"]


async def test_a_tour_that_ends_early_asks_why_on_its_form(walk: Phone) -> None:
    begin(walk)
    check(walk, GATE)
    async with Screen(walk.main, route=ROUTE) as screen:
        await screen.tap("end-tour")
        assert screen.page.route.startswith("/form/")
        assert "Door 10" in screen.texts("field-missed")
        await screen.tap("save")
        assert screen.reads("Say why places are late or were not checked.")
        await screen.tap("field-end_reason")
        await screen.tap("choice-end_reason-incident")
        await screen.tap("save")
        assert screen.page.route == "/"
    row = walk.notebook.tour("t1", MONDAY)
    assert row
    assert row.ended
    async with Screen(walk.main, route=ROUTE) as screen:
        assert f"record-{row.ended.id}" in screen.idents()
        assert "Missed" in screen.texts(f"stop-{DOOR}")
        assert not {"scan", "end-tour", "begin-tour"} & set(screen.idents())
    async with Screen(walk.main, route=f"/records/{row.ended.id}") as screen:
        assert screen.reads("Called to an incident")
        assert screen.reads("Its day")
        assert screen.reads("Nov 23")
        assert "follow-up" not in screen.idents()


async def test_a_tour_that_nobody_began_can_say_why_it_was_missed(walk: Phone) -> None:
    at(walk, "09:00")
    async with Screen(walk.main, route=ROUTE) as screen:
        assert screen.reads("Missed: 2 places. A check still counts as late until midnight")
        await screen.tap("say-why")
        assert screen.page.route.startswith("/form/")


async def test_a_run_left_open_says_that_its_day_is_over(walk: Phone) -> None:
    begin(walk)
    at(walk, "07:35", MONDAY + timedelta(2))
    async with Screen(walk.main, route=ROUTE) as screen:
        assert screen.reads("Missed: 2 places. Its day is over. End it and say why.")
        assert not screen.reads("End the tour early")
        assert "scan" not in screen.idents(), "a check does not count any more"
        with pytest.raises(AssertionError, match="takes a tap"):
            await screen.tap(f"stop-{DOOR}")
        assert screen.reads("Nov 23")
        await screen.tap("end-tour")
        assert screen.page.route.startswith("/form/")


async def test_a_tour_that_was_missed_yesterday_stands_on_home_until_somebody_says_why(walk: Phone) -> None:
    at(walk, "06:00", MONDAY + timedelta(1))
    assert {"0 of 3 · yesterday, 07:30 to 08:30 · North High School", "Missed: 2 places"} <= set(await home(walk))
    async with Screen(walk.main, route=ROUTE) as screen:
        assert screen.reads("Missed: 2 places. Its day is over. End it and say why.")
        await screen.tap("say-why")
        assert "Nov 23" in " ".join(screen.texts("field-tour_day"))
        await screen.tap("field-end_reason")
        await screen.tap("choice-end_reason-away")
        await screen.tap("save")
        assert screen.page.route == "/"
        assert "tour-t1-2026-11-23" not in screen.idents()


async def test_a_tour_that_was_retired_while_somebody_is_on_it_says_so_and_ends_with_one_tap(walk: Phone) -> None:
    begin(walk)
    check(walk, GATE)
    walk.notebook.keep_setup(setup_json(places=PLACES, tours=[]), "2")
    assert "Retired by the district: end it" in await home(walk)
    async with Screen(walk.main, route=ROUTE) as screen:
        assert screen.reads("The district has retired this tour. End it: what you checked is kept.")
        assert "scan" not in screen.idents()
        await screen.tap("end-tour")
        assert screen.page.route == "/"
        assert "tour-t1-2026-11-23" not in screen.idents()
    (record,) = [row.id for row in walk.notebook.records() if row.title.startswith("Morning doors")]
    async with Screen(walk.main, route=f"/records/{record}") as screen:
        assert screen.reads("The district retired the tour")


async def test_late_is_said_with_the_time_that_is_left(walk: Phone) -> None:
    begin(walk)
    at(walk, "08:35")
    async with Screen(walk.main, route=ROUTE) as screen:
        assert screen.reads("Late: 2 places. They still count until 08:40, as late.")
        assert "Late" in screen.texts(f"stop-{DOOR}")
        assert "To do" in screen.texts(f"stop-{HALL}")


async def test_a_scan_on_a_tour_keeps_the_tour_with_the_check(walk: Phone) -> None:
    code = with_check("A2B3C4D5E6F7G8H")
    tags = [{"place": DOOR, "code": hash_code(code), "short": "", "version": 1, "state": "active"}]
    walk.notebook.keep_setup(setup_json(places=PLACES, tours=[TOUR], tags=tags), "2")
    async with Screen(walk.main, route=f"/t/{code}") as screen:
        await screen.until(lambda: screen.page.route.startswith("/form/"), "the check")
        before = screen.page.route
    begin(walk)
    async with Screen(walk.main, route=f"/t/{code}") as screen:
        await screen.until(lambda: screen.page.route.startswith("/form/"), "the check")
        assert screen.page.route != before, "a draft from before the tour says nothing of it"
        draft = walk.notebook.draft(screen.page.route.removeprefix("/form/"))
    assert draft
    assert (draft.answers["tour_id"], draft.answers["expected_order"]) == ("t1", "3")


async def test_a_code_typed_into_an_open_check_keeps_the_tour_too(walk: Phone) -> None:
    here, there = (with_check(f"A2B3C4{end}") for end in "DE")
    tags = [
        {"place": place, "code": hash_code(short), "short": "", "version": 1, "state": "active"}
        for place, short in ((DOOR, here), (AWAY, there))
    ]
    places = [*PLACES, {"id": AWAY, "school": NORTH, "name": "Roof"}]
    walk.notebook.keep_setup(setup_json(places=places, tours=[TOUR], tags=tags), "2")
    begin(walk)
    said = []
    async with Screen(walk.main, route=f"/form/{walk.notebook.start('location_check').id}") as screen:
        for code in (here, there):
            await screen.tap("type-tag_code")
            await screen.type("type-code", code)
            await screen.tap("use-code")
            draft = walk.notebook.draft(screen.page.route.removeprefix("/form/"))
            assert draft
            said.append((draft.place, draft.answers.get("tour_id"), draft.answers.get("expected_order")))
    assert said == [(DOOR, "t1", "3"), (AWAY, None, None)]


@pytest.mark.parametrize("route", ["/tour/t2/2026-11-23", "/tour/t1/someday"])
async def test_a_tour_that_is_none_says_so(walk: Phone, route: str) -> None:
    async with Screen(walk.main, route=route) as screen:
        assert screen.reads("No such tour")


async def test_in_spanish_it_is_a_ronda(tmp_path: Path) -> None:
    phone = await make_phone(tmp_path, language="es", places=PLACES, tours=[TOUR], clock=standing("07:35"))
    at(phone, "08:41")
    assert "Faltaron: 2 lugares" in await home(phone)
    phone.notebook.close()
