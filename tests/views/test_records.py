"""The list of all records: pages and filters."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import flet as ft
import pytest

from app.rows import Found
from app.search import Wanted
from tests.views.headless import Screen
from tests.views.phone import SOUTH, Phone
from views import records_search
from views.records import PAGE

pytestmark = pytest.mark.anyio


async def test_an_empty_notebook_says_what_the_list_is_for(phone: Phone) -> None:
    async with Screen(phone.main, route="/records") as screen:
        assert screen.reads("No records yet")


async def test_the_newest_record_is_on_top_and_opens_with_a_tap(phone: Phone) -> None:
    first, second = phone.save(topic="praise"), phone.save(topic="traffic")
    async with Screen(phone.main, route="/records") as screen:
        assert _records(screen) == [second, first]
        await screen.tap(f"record-{first}")
        assert screen.page.route == f"/records/{first}"
        await screen.back()
        assert screen.page.route == "/records"


async def test_the_list_can_be_cut_to_one_kind_and_one_state(phone: Phone) -> None:
    contact = phone.save(topic="praise")
    phone.receive()
    waiting = phone.save(topic="traffic")
    async with Screen(phone.main, route="/records") as screen:
        await screen.tap("filter-state")
        await screen.tap("choice-filter-state-district")
        await screen.until(lambda: _records(screen) == [contact], "only what the district has")
        await screen.tap("filter-state")
        await screen.tap("choice-filter-state-")
        await screen.until(lambda: _records(screen) == [waiting, contact], "all again")
        await screen.tap("filter-form")
        await screen.tap("choice-filter-form-walkthrough")
        await screen.until(lambda: screen.reads("None like this"), "none")
        await screen.tap("clear-filters")
        await screen.until(lambda: _records(screen) == [waiting, contact], "all again")


async def test_a_long_list_comes_in_pages(phone: Phone) -> None:
    with phone.notebook.batch():
        for _ in range(PAGE + 3):
            phone.save(topic="praise")
    async with Screen(phone.main, route="/records") as screen:
        assert len(_records(screen)) == PAGE
        await screen.tap("more-records")
        await screen.until(lambda: len(_records(screen)) == PAGE + 3, "the rest")
        assert "more-records" not in screen.idents()


async def test_the_list_follows_the_notebook(phone: Phone) -> None:
    async with Screen(phone.main, route="/records") as screen:
        record = phone.save(topic="praise")
        await screen.until(lambda: _records(screen) == [record], "the new record")


async def test_the_list_is_not_drawn_while_another_screen_lies_over_it(phone: Phone) -> None:
    record = phone.save(topic="praise")
    async with Screen(phone.main, route="/records") as screen:
        await screen.tap(f"record-{record}")
        other = phone.save(topic="traffic")
        await screen.settle()
        assert f"record-{other}" not in [getattr(c, "identifier", "") for c in screen.walk(top_only=False)]
        await screen.back()
        await screen.until(lambda: _records(screen) == [other, record], "the list as it is now")


async def test_words_are_searched_once_typing_rests_and_the_number_found_is_said(phone: Phone) -> None:
    record, _ = phone.save(topic="praise", name="María López"), phone.save(topic="traffic", name="Sam")
    async with Screen(phone.main, route="/records") as screen:
        await screen.type("search", "maria")
        await screen.until(lambda: _records(screen) == [record], "the one found")
        assert screen.reads("1 found")
        await screen.tap("search-clear")
        await screen.until(lambda: len(_records(screen)) == 2, "all again")
        assert screen.field("search").value == ""


async def test_a_search_that_finds_nothing_says_so_and_leads_back(phone: Phone) -> None:
    phone.save(topic="praise")
    async with Screen(phone.main, route="/records") as screen:
        await screen.type("search", "zebra")
        await screen.until(lambda: screen.reads("No record on this phone has all these words"), "nothing")
        await screen.tap("clear-filters")
        await screen.until(lambda: len(_records(screen)) == 1, "all again")


async def test_what_is_saved_while_a_search_is_shown_joins_it(phone: Phone) -> None:
    async with Screen(phone.main, route="/records") as screen:
        phone.save(topic="praise", name="Sam One")
        await screen.until(lambda: "search" in screen.idents(), "the field")
        await screen.type("search", "sam")
        await screen.until(lambda: len(_records(screen)) == 1, "the first")
        phone.save(topic="praise", name="Sam Two")
        await screen.until(lambda: len(_records(screen)) == 2, "both")


async def test_a_search_with_many_hits_comes_in_pages_and_goes_on(phone: Phone) -> None:
    with phone.notebook.batch():
        for _ in range(PAGE + 3):
            phone.save(topic="praise", name="Sam")
    async with Screen(phone.main, route="/records") as screen:
        await screen.type("search", "sam")
        await screen.until(lambda: screen.reads(f"More than {PAGE} found"), "a page")
        await screen.tap("more-records")
        await screen.until(lambda: len(_records(screen)) == PAGE + 3, "the rest")
        assert screen.reads(f"{PAGE + 3} found")


async def test_a_long_search_gives_way_to_the_screen_and_says_how_far_it_is(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_search, "SLICE", 0.0)
    monkeypatch.setattr(records_search, "TOLD", 0.0)
    with phone.notebook.batch():
        for _ in range(60):
            phone.save(topic="praise", name="Sam")
    turns = 0
    search = records_search.Search(phone.notebook, Wanted("nobody"))

    async def others() -> None:
        nonlocal turns
        while not search.done:
            turns += 1
            await asyncio.sleep(0)

    told: list[tuple[int, int]] = []
    search.changes.listen(lambda: told.append((search.looked, search.total)))
    await asyncio.gather(search.run(50), others())
    assert turns >= 4
    assert {(20, 60), (40, 60), (60, 60)} <= set(told)


async def test_a_search_that_fails_says_so_and_can_be_tried_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.save(topic="praise", name="Sam")
    fails = True
    search = phone.notebook.search

    def searched(wanted: Wanted) -> Iterator[Found]:
        if fails:
            raise OSError
        return search(wanted)

    monkeypatch.setattr(phone.notebook, "search", searched)
    async with Screen(phone.main, route="/records") as screen:
        await screen.type("search", "sam")
        await screen.until(lambda: screen.reads("could not be searched"), "the trouble")
        fails = False
        await screen.tap("try-again")
        await screen.until(lambda: len(_records(screen)) == 1, "the record")


async def test_the_list_can_be_cut_to_a_school_and_to_days(phone: Phone) -> None:
    north = phone.save(topic="praise")
    phone.notebook.set_school(SOUTH)
    south = phone.save(topic="praise")
    async with Screen(phone.main, route="/records") as screen:
        await screen.tap("filter-school")
        await screen.tap(f"choice-filter-school-{SOUTH}")
        await screen.until(lambda: _records(screen) == [south], "one school")
        await screen.tap("filter-school")
        await screen.tap("choice-filter-school-")
        await screen.tap("filter-days")
        await screen.tap("choice-filter-days-week")
        await screen.until(lambda: _records(screen) == [south, north], "this week's")
        await screen.tap("filter-days")
        await screen.tap("choice-filter-days-own")
        (calendar,) = screen.all(ft.DateRangePicker)
        await screen.put(calendar, start_value=datetime(2031, 5, 5), end_value=datetime(2031, 5, 6))
        await screen.until(lambda: screen.reads("None like this"), "none on those days")
        assert screen.reads("May 5, 2031 to May 6, 2031")


def _records(screen: Screen) -> list[str]:
    return [name.removeprefix("record-") for name in screen.idents() if name.startswith("record-")]
