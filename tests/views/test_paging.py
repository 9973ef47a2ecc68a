"""A form that asks page by page: what is on a page, what lets one on, and where a mistake leads."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.formkit import small_json
from tests.views.headless import Screen
from tests.views.phone import Phone, make_phone

pytestmark = pytest.mark.anyio

PAGED = small_json(
    {"name": "who", "required": True},
    {
        "name": "car",
        "relevant": ["=", ["ref", "who"], "driver"],
        "appearance": "field-list",
        "fields": [{"name": "plate"}, {"name": "colour"}],
    },
    {"name": "more", "label": {"en": "More", "es": "Más"}, "fields": [{"name": "when"}, {"name": "where"}]},
    {"name": "stops", "type": "repeat", "fields": [{"name": "stop", "required": True}]},
    {"name": "nothing", "type": "calculate", "calculation": "x"},
    style="pages",
)


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_phone(tmp_path, forms=[PAGED])
    yield phone
    phone.notebook.close()


def asked(screen: Screen) -> list[str]:
    return [name.removeprefix("field-") for name in screen.idents() if name.startswith("field-")]


def opened(phone: Phone, **answers: Any) -> Screen:
    return Screen(phone.main, route=f"/form/{phone.draft('small', **answers)}")


async def test_each_page_has_a_question_or_a_field_list_and_only_the_last_one_saves(phone: Phone) -> None:
    async with opened(phone, who="driver") as screen:
        assert asked(screen) == ["who"]
        assert screen.reads("Page 1 of 5")
        assert "save" not in screen.idents()
        assert "previous-page" not in screen.idents()
        await screen.tap("next-page")
        assert asked(screen) == ["plate", "colour"]
        await screen.tap("next-page")
        assert asked(screen) == ["when"]
        assert screen.reads("More")
        await screen.tap("next-page")
        await screen.tap("next-page")
        assert "add-stops" in screen.idents()
        assert "next-page" not in screen.idents()
        await screen.tap("save")
    (saved,) = phone.notebook.today()
    assert saved.state == "waiting"


async def test_the_last_page_does_not_save_where_the_other_ones_go_on(phone: Phone) -> None:
    def below(screen: Screen) -> str:
        return [name for name in screen.idents() if name in ("next-page", "previous-page", "save")][-1]

    async with opened(phone, who="walker") as screen:
        for _ in range(3):
            assert below(screen) == "next-page"
            await screen.tap("next-page")
        assert below(screen) == "previous-page"


async def test_a_page_that_is_not_asked_is_passed_over_in_both_directions(phone: Phone) -> None:
    async with opened(phone, who="walker") as screen:
        assert screen.reads("Page 1 of 4")
        await screen.tap("next-page")
        assert asked(screen) == ["when"]
        await screen.tap("previous-page")
        assert asked(screen) == ["who"]


async def test_a_mistake_is_told_on_its_page_before_the_next_one(phone: Phone) -> None:
    async with opened(phone) as screen:
        await screen.tap("next-page")
        assert asked(screen) == ["who"]
        assert screen.reads("Please answer this.")


async def test_saving_opens_the_page_with_the_first_mistake(phone: Phone) -> None:
    async with opened(phone, who="driver") as screen:
        for _ in range(4):
            await screen.tap("next-page")
        await screen.tap("add-stops")
        await screen.tap("save")
        assert asked(screen) == ["stops/1/stop"]
        assert screen.reads("Please answer this.")
        await screen.type("field-stops/1/stop", "gate")
        for _ in range(4):
            await screen.tap("previous-page")
        await screen.type("field-who", "")
        await screen.tap("next-page")
        assert asked(screen) == ["who"]
        assert screen.reads("Please answer this.")
