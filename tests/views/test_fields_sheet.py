"""Many choices, in a sheet with search."""

from pathlib import Path

import flet as ft
import pytest

from tests.app.formkit import small
from tests.views.fieldkit import opened
from tests.views.headless import Screen
from tests.views.phone import Phone, make_phone
from views.fields_sheet import LINES, bare

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_several_of_many_are_ticked_in_a_sheet_that_says_when_one_is_done(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("field-ways")
        await form.tap("choice-ways-por_el_túnel")
        await form.tap("choice-ways-gate")
        assert form.answers["ways"] == ["gate", "por_el_túnel"]
        await form.tap("choices-done")
        assert "choices-done" not in form.idents()
        assert form.at("field-ways").value == "Gate, Por el túnel"


async def test_searching_needs_neither_accents_nor_capitals() -> None:
    assert bare(" TUNEL") in bare("Por el túnel")
    assert bare("Ñ") in bare("anadir, añadir")


async def test_one_of_many_is_found_in_a_sheet(phone: Phone) -> None:
    async with opened(phone) as form:
        opener = form.at("field-street")
        assert (opener.label, opener.button) == ("Which street", True)
        await form.tap("field-street")
        assert "choice-street-zoo" in form.idents()
        await form.type("choice-search", "hol")
        assert [name for name in form.idents() if name.startswith("choice-street-")] == ["choice-street-holly_street"]
        await form.type("choice-search", "nowhere")
        assert form.reads("Nothing like that")
        await form.type("choice-search", "")
        await form.tap("choice-street-elm_street")
        assert form.answers["street"] == "elm_street"
        assert "choice-search" not in form.idents()
        assert form.at("field-street").value == "Elm Street"
        await form.tap("field-street")
        await form.tap("choice-street-elm_street")  # nobody needs it, so a second tap takes it back
        assert "street" not in form.answers


async def test_of_thousands_of_choices_only_those_near_the_officer_become_controls(tmp_path: Path) -> None:
    many = small({"name": "street", "type": "select_one", "choices": [f"street_{at}" for at in range(3_000)]})
    phone = await make_phone(tmp_path, forms=[many.json])

    def shown(screen: Screen) -> int:
        return sum(name.startswith("choice-street-") for name in screen.idents())

    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        await screen.tap("field-street")
        assert shown(screen) == LINES
        (lines,) = screen.all(ft.ListView)
        sizes = {"min_scroll_extent": 0.0, "max_scroll_extent": 2_000.0, "viewport_dimension": 400.0}
        await screen.fire(lines, "scroll", {"event_type": "update", "pixels": 1_900.0, **sizes})
        assert shown(screen) == 2 * LINES
        await screen.type("choice-search", "street_2999")
        assert shown(screen) == 1
    phone.notebook.close()
