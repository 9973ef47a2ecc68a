"""A form of hundreds of questions: only what the officer is near to becomes controls."""

from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app.forms import Field
from tests.app.formkit import small
from tests.views.headless import Screen
from tests.views.phone import Phone, make_phone
from views import fields, form
from views.fields import Room
from views.filling import Filling
from views.form import FIRST, PAGE

pytestmark = pytest.mark.anyio

QUESTIONS = 200


async def long_phone(folder: Path, **last: Any) -> Phone:
    questions: list[dict[str, Any]] = [{"name": f"q{at}"} for at in range(QUESTIONS)]
    questions[-1] |= last
    return await make_phone(folder, forms=[small(*questions).json])


def drawn(screen: Screen) -> list[str]:
    return [name for name in screen.idents() if name.startswith("field-")]


async def scroll(screen: Screen, pixels: float) -> None:
    column = next(one for one in screen.all(ft.Column) if one.on_scroll)
    sizes = {"min_scroll_extent": 0.0, "max_scroll_extent": 2_000.0, "viewport_dimension": 600.0}
    await screen.fire(column, "scroll", {"event_type": "update", "pixels": pixels, **sizes})


async def test_what_the_screen_shows_is_drawn_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await long_phone(tmp_path)
    rooms: list[float] = []

    def draw(filling: Filling, asked: tuple[Field, ...], language: str, room: Room) -> list[ft.Control]:
        rooms.append(room.left)
        return fields.draw(filling, asked, language, room=room)

    monkeypatch.setattr(form, "draw", draw)
    async with Screen(phone.main, route=f"/form/{phone.draft('small')}"):
        assert rooms == [FIRST, PAGE]
    phone.notebook.close()


async def test_a_long_form_draws_its_first_page_and_another_when_the_officer_comes_near_its_end(tmp_path: Path) -> None:
    phone = await long_phone(tmp_path)
    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        assert len(drawn(screen)) == PAGE
        await scroll(screen, 100)
        assert len(drawn(screen)) == PAGE
        await scroll(screen, 1_500)
        assert drawn(screen) == [f"field-q{at}" for at in range(2 * PAGE)]
        assert "discard-draft" not in screen.idents()
        for _ in range(QUESTIONS // PAGE):
            if len(drawn(screen)) < QUESTIONS:
                await scroll(screen, 2_000)
        assert len(drawn(screen)) == QUESTIONS
        assert "discard-draft" in screen.idents()
    phone.notebook.close()


async def test_the_first_mistake_of_a_long_form_is_drawn_wherever_it_is(tmp_path: Path) -> None:
    phone = await long_phone(tmp_path, required=True)
    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        await screen.tap("save")
        assert f"problem-q{QUESTIONS - 1}" in screen.idents()
    phone.notebook.close()


async def test_what_lies_far_behind_the_first_mistake_is_not_drawn_for_it(tmp_path: Path) -> None:
    questions: list[dict[str, Any]] = [{"name": f"q{at}"} for at in range(QUESTIONS)]
    questions[PAGE + 3] |= {"required": True}
    phone = await make_phone(tmp_path, forms=[small(*questions).json])
    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        await screen.tap("save")
        assert f"problem-q{PAGE + 3}" in screen.idents()
        assert len(drawn(screen)) == PAGE + 4
        await screen.type(f"field-q{PAGE + 3}", "yes")
        await screen.until(lambda: f"problem-q{PAGE + 3}" not in screen.idents(), "the mistake to be mended")
        assert len(drawn(screen)) == PAGE + 4  # nothing goes away under the finger
        await scroll(screen, 1_500)
        assert len(drawn(screen)) == 2 * PAGE + 4
    phone.notebook.close()


async def test_of_a_repeat_with_hundreds_of_repetitions_only_the_near_ones_become_controls(tmp_path: Path) -> None:
    rows = {"name": "rows", "type": "repeat", "count": QUESTIONS, "fields": [{"name": "one"}, {"name": "two"}]}
    phone = await make_phone(tmp_path, forms=[small(rows).json])
    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        assert 0 < len(drawn(screen)) < PAGE
        before = len(drawn(screen))
        await scroll(screen, 1_500)
        assert before < len(drawn(screen)) < 2 * PAGE
    phone.notebook.close()


async def test_a_form_that_is_not_long_is_drawn_whole(tmp_path: Path) -> None:
    phone = await make_phone(tmp_path, forms=[small(*({"name": f"q{at}"} for at in range(60))).json])
    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        assert len(drawn(screen)) == 60
    phone.notebook.close()
