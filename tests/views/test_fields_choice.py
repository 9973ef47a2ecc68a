"""Answers that are chosen: tiles, chips and ticks."""

import pytest

from tests.views.fieldkit import opened
from tests.views.phone import Phone
from views.fields_choice import rows_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_one_of_few_is_one_tap_and_a_second_tap_takes_nothing_back_that_is_needed(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("choice-answer-partly")
        assert form.answers["answer"] == "partly"
        assert form.at("choice-answer-partly").checked is True
        assert form.at("choice-answer-yes").checked is False
        await form.tap("choice-answer-yes")
        assert form.answers["answer"] == "yes"
        await form.tap("choice-answer-yes")
        assert form.answers["answer"] == "yes"


async def test_choices_belong_to_their_question(phone: Phone) -> None:
    async with opened(phone) as form:
        group = form.at("field-answer")
        assert group.label == "Is the door latched?"
        assert form.texts("field-answer") == [
            "Is the door latched?",
            "needed",
            "Yes",
            "No",
            "Partly",
            "Does not exist here",
            "Could not observe",
        ]


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["Yes", "No"], (2,)),
        (["Yes", "No", "Partly"], (3,)),
        (["Sí", "No", "En parte", "Aquí no existe", "No se pudo observar"], (3, 2)),
        (["Parent", "Guardian", "Other family", "Foster or agency"], (2, 2)),
        (["English", "Spanish", "Other"], (1, 1, 1)),  # a third of a narrow screen breaks "English" at 200 % text
        (["Unverständlichkeiten", "No"], (1, 1)),
        (["One"], (1,)),
        ([], ()),
    ],
)
async def test_tiles_stand_abreast_only_where_every_word_fits(labels: list[str], rows: tuple[int, ...]) -> None:
    assert rows_of(labels) == rows


async def test_several_answers_are_kept_in_the_order_of_the_form(phone: Phone) -> None:
    async with opened(phone) as form:
        for choice in ("at_night", "before_school", "after_school", "after_school"):
            await form.tap(f"choice-when-{choice}")
        assert form.answers["when"] == ["before_school", "at_night"]
        assert form.at("choice-when-at_night").checked is True
        assert form.at("choice-when-after_school").checked is False


async def test_a_tick_is_given_and_taken_back(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("field-sure")
        assert form.answers["sure"] == "OK"
        assert form.at("field-sure").checked is True
        await form.tap("field-sure")
        assert "sure" not in form.answers
