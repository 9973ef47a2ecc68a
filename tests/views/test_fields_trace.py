"""Paths and areas: points where the officer stands."""

from typing import Any

import pytest

from tests.views.fieldkit import opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_a_path_grows_where_the_officer_stands_and_its_length_is_told(phone: Phone) -> None:
    places = iter([(36.09, -95.88), (36.10, -95.88), (36.10, -95.87)])

    def here(_args: Any) -> dict[str, Any]:
        lat, lon = next(places)
        return {"latitude": lat, "longitude": lon, "accuracy": 5.0}

    async with opened(phone, {"get_current_position": here}) as form:
        for count in (1, 2, 3):
            await form.tap("here-path")
            await form.until(lambda: len(form.answers.get("path", [])) == count, "the point")  # noqa: B023
            await form.until(lambda: "here-path" in form.idents(), "the button")
        assert form.reads("2013 m long (6603 ft)")
        await form.tap("remove-path")
        assert len(form.answers["path"]) == 2
        await form.tap("clear-path")
        assert "path" not in form.answers
        await form.tap("notice-action")
        assert len(form.answers["path"]) == 2


async def test_too_short_a_path_is_a_mistake_in_words(phone: Phone) -> None:
    point = {"lat": 36.09, "lon": -95.88}
    async with opened(phone, line="x", answer="yes", field=[point, point]) as form:
        await form.tap("save")
        assert "An area needs three points or more." in form.texts("problem-field")
