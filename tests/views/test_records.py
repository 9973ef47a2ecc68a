"""The list of all records: pages and filters."""

import pytest

from tests.views.headless import Screen
from tests.views.phone import Phone
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


def _records(screen: Screen) -> list[str]:
    return [name.removeprefix("record-") for name in screen.idents() if name.startswith("record-")]
