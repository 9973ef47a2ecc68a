"""What is drawn of a form beside the answers: what is only read, repetitions, and the pictures of labels."""

from pathlib import Path

import flet as ft
import pytest

from tests.app.formkit import small
from tests.views.fieldkit import opened
from tests.views.headless import Screen
from tests.views.phone import Phone, make_phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_a_readonly_answer_is_shown_and_has_nothing_to_type_into(phone: Phone) -> None:
    async with opened(phone) as form:
        assert "as it is" in form.texts("field-fixed")
        assert "Nothing yet" in form.texts("field-place_name")
        with pytest.raises(AssertionError):
            form.inside("field-fixed", ft.TextField)


async def test_a_note_is_read_and_takes_nothing(phone: Phone) -> None:
    async with opened(phone) as form:
        assert form.texts("field-intro") == ["One of each.", "Nothing here is sent."]


async def test_a_repetition_is_added_filled_in_removed_and_brought_back(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("add-witnesses")
        await form.tap("add-witnesses")
        await form.type("field-witnesses/1/witness", "Ana")
        await form.type("field-witnesses/2/witness", "Ben")
        await form.until(lambda: form.reads("What did Ben see?"), "the label that quotes the answer")
        await form.until(lambda: form.reads("Ana, Ben"), "the calculation")
        assert form.answers["witnesses"] == [{"witness": "Ana"}, {"witness": "Ben"}]
        await form.tap("remove-witnesses/1")
        assert form.answers["witnesses"] == [{"witness": "Ben"}]
        assert form.inside("field-witnesses/1/witness", ft.TextField).value == "Ben"
        await form.tap("notice-action")
        assert form.answers["witnesses"] == [{"witness": "Ana"}, {"witness": "Ben"}]
        assert form.inside("field-witnesses/1/witness", ft.TextField).value == "Ana"


async def test_the_heading_of_a_repetition_quotes_answers(tmp_path: Path) -> None:
    pets = {
        "name": "pets",
        "type": "repeat",
        "label": {"en": "Pet of ${who}", "es": "Mascota de ${who}"},
        "fields": [{"name": "pet"}],
    }
    phone = await make_phone(tmp_path, forms=[small({"name": "who"}, pets).json])
    async with Screen(phone.main, route=f"/form/{phone.draft('small', who='Ana', pets=[{'pet': 'Rex'}])}") as screen:
        assert screen.reads("Pet of Ana 1")
        assert not screen.reads("${")
    phone.notebook.close()


async def test_the_picture_of_a_label_is_shown_under_it(phone: Phone) -> None:
    async with opened(phone) as form:
        said = [picture.semantics_label for picture in form.all(ft.Image)]
        assert said == ["One of each.", "One line"], "a language without a picture shows another's"
