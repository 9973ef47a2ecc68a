"""Choices that are put in order."""

import pytest

from tests.views.fieldkit import opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_choices_are_put_in_order_with_arrows(phone: Phone) -> None:
    async with opened(phone) as form:
        assert "worries" not in form.answers
        assert "up-worries-cars" not in form.idents(), "the first one goes no further up"
        await form.tap("up-worries-strangers")
        assert form.answers["worries"] == ["cars", "strangers", "doors"]
        await form.tap("down-worries-cars")
        assert form.answers["worries"] == ["strangers", "cars", "doors"]
        assert form.at("up-worries-doors").label == "Move up: Doors, 3 of 3"
        await form.tap("clear-worries")
        assert "worries" not in form.answers
        await form.tap("keep-worries")
        assert form.answers["worries"] == ["cars", "doors", "strangers"]


async def test_an_order_takes_in_what_a_filter_lets_in_later(phone: Phone) -> None:
    async with opened(phone, worries=["strangers", "cars"]) as form:
        await form.tap("up-worries-doors")
        assert form.answers["worries"] == ["strangers", "doors", "cars"]
