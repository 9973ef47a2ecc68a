"""Beginning a record: the most used forms on Home, every other one a tap further."""

from datetime import datetime, timedelta

import pytest

from app.habit import FACT
from tests.app.formkit import NOT_BEGUN
from tests.views.headless import Screen
from tests.views.phone import Phone, _forms, enrol
from views.begin import LARGE, SEARCH_FROM

pytestmark = pytest.mark.anyio

BUILT_IN = [name for name in _forms() if name not in NOT_BEGUN]


def opens(screen: Screen) -> list[str]:
    return [name.removeprefix("open-") for name in screen.idents() if name.startswith("open-")]


async def test_home_has_a_few_large_buttons_in_the_districts_order(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        assert opens(screen) == BUILT_IN[:LARGE]


async def test_every_form_is_two_taps_away(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        await screen.tap("all-forms")
        assert sorted(opens(screen)) == sorted(BUILT_IN)
        assert screen.reads("Law enforcement")
        await screen.tap("open-drill")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.form == "drill"


async def test_a_tap_on_a_form_begins_a_draft_and_opens_it(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        await screen.tap("open-parent_contact")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.form == "parent_contact"


async def test_what_is_begun_often_is_on_home_the_next_day(phone: Phone) -> None:
    async with Screen(phone.main, route="/forms") as screen:
        await screen.tap("open-referral")
    today = datetime.now().date()
    kept = phone.notebook.preference(FACT)
    assert kept["today"] == {"referral": 1}
    yesterday = {**kept, "day": (today - timedelta(days=1)).isoformat()}
    phone.notebook.prefer(FACT, yesterday)
    async with Screen(phone.main) as screen:
        assert opens(screen) == ["referral", *BUILT_IN[: LARGE - 1]]


async def test_no_button_moves_on_the_day_it_is_used(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        before = opens(screen)
        await screen.tap(f"open-{before[-1]}")
        await screen.back()
        assert opens(screen) == before


@pytest.mark.parametrize("count", [1, LARGE, LARGE + 1])
async def test_few_forms_are_all_on_home(new_phone: Phone, count: int) -> None:
    enrol(new_phone.notebook, forms=list(_forms().values())[:count])
    new_phone.services.entered = True
    async with Screen(new_phone.main) as screen:
        assert opens(screen) == BUILT_IN[:count]
        assert "all-forms" not in screen.idents()


async def test_many_forms_can_be_searched(new_phone: Phone) -> None:
    more = [
        {**_forms()["drill"], "id": f"extra_{at}", "title": {"en": f"Extra {at}", "es": f"Más {at}"}} for at in "abc"
    ]
    enrol(new_phone.notebook, forms=[*_forms().values(), *more])
    new_phone.services.entered = True
    assert len(BUILT_IN) < SEARCH_FROM <= len(BUILT_IN) + len(more)
    async with Screen(new_phone.main, route="/forms") as screen:
        await screen.type("search-forms", "extra B")
        assert opens(screen) == ["extra_b"]
        await screen.type("search-forms", "nothing of the kind")
        assert screen.reads("Nothing like that")
