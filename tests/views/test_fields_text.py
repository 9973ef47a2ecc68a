"""Answers that are typed: what the field shows, takes and keeps."""

import flet as ft
import pytest

from tests.views.fieldkit import opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_a_text_field_has_the_questions_name_and_says_that_it_is_needed(phone: Phone) -> None:
    async with opened(phone) as form:
        field = form.at("field-line")
        assert field.label == "One line"
        assert "needed" in (field.hint_text or "")
        assert "A few words." in (field.hint_text or "")
        assert isinstance(field.content, ft.TextField)


async def test_typed_text_is_kept_when_the_field_is_left(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.type("field-line", "Door 7")
        await form.fire(form.inside("field-line", ft.TextField), "blur")
        assert form.answers["line"] == "Door 7"


async def test_letters_survive_a_redraw_of_their_own_field(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("save")  # the field is drawn again with its mistake
        await form.type("field-line", "Door")
        field = form.inside("field-line", ft.TextField)
        form.receive(field, "Door 7")  # the phone is faster than its event
        await form.tap("choice-answer-no")
        assert form.inside("field-line", ft.TextField).value == "Door 7"


async def test_numbers_get_the_number_pad_and_many_lines_get_room(phone: Phone) -> None:
    async with opened(phone) as form:
        assert form.inside("field-count", ft.TextField).keyboard_type == ft.KeyboardType.NUMBER
        assert form.inside("field-miles", ft.TextField).keyboard_type == ft.KeyboardType.NUMBER
        lines = form.inside("field-lines", ft.TextField)
        assert (lines.multiline, lines.min_lines) == (True, 3)


async def test_a_range_is_typed_and_kept_as_a_number(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.type("field-score", "7")
        await form.until(lambda: form.answers.get("score") == 7, "the number")


async def test_a_range_says_what_it_takes_before_and_after_a_mistake(phone: Phone) -> None:
    async with opened(phone) as form:
        assert form.reads("From 0 to 10.")
        await form.type("field-score", "a lot")
        await form.tap("save")
        assert form.reads("Please enter a number from 0 to 10, on one of the steps.")
