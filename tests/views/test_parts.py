"""The parts that screens are put together from."""

import logging
from types import SimpleNamespace
from typing import Any

import flet as ft
import pytest

from app.words import Words
from tests.views.headless import Screen
from views import parts, states
from views.notices import prepare_notices
from views.services import Changes, Services, provide, use_changes

pytestmark = pytest.mark.anyio


def services() -> Services:
    silent = SimpleNamespace(subscribe=lambda _callback: None, binding=None)
    stand_in: Any = silent
    return Services(stand_in, stand_in, Words.load("en", strict=True))


def show(*controls: Any) -> Any:
    """A main that shows these controls; a function makes its control while the screen is drawn."""

    @ft.component
    def Root() -> ft.View:
        return ft.View(controls=[c() if callable(c) else c for c in controls])

    def main(page: ft.Page) -> None:
        provide(page, services())
        prepare_notices(page)
        page.render_views(Root)

    return main


async def test_a_handler_that_fails_says_so_and_the_screen_stays(caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> None:
        raise ValueError("Dana Pere, 5 years old")

    with caplog.at_level(logging.ERROR):
        async with Screen(show(lambda: parts.primary_button("save", "Save", fails))) as screen:
            await screen.tap("save")
            assert screen.reads("That did not work")
            assert "save" in screen.idents()
    assert "ValueError" in caplog.text
    assert "Dana" not in caplog.text


async def test_a_component_that_cannot_be_drawn_says_so_in_its_place() -> None:
    @parts.drawn
    def Broken() -> ft.Control:
        raise KeyError("anything")

    async with Screen(show(Broken, lambda: ft.Text("the rest"))) as screen:
        assert screen.reads("This part cannot be shown")
        assert screen.reads("the rest")


async def test_an_icon_button_is_named_and_answers_a_screen_reader() -> None:
    taps: list[str] = []
    button = parts.icon_button("delete-4", ft.Icons.DELETE, "Delete item 4", lambda: taps.append("tap"))
    async with Screen(show(lambda: button)) as screen:
        named = screen.at("delete-4")
        assert (named.label, named.button, named.exclude_semantics) == ("Delete item 4", True, True)
        await screen.fire(named, "click")
        await screen.fire(screen.inside("delete-4", ft.IconButton), "click")
    assert taps == ["tap", "tap"]


async def test_a_component_is_drawn_again_when_what_it_follows_changes() -> None:
    changes = Changes()

    @ft.component
    def Counter() -> ft.Control:
        use_changes(changes)
        return ft.Text(f"seen {changes.count}")

    async with Screen(show(Counter)) as screen:
        assert screen.reads("seen 0")
        changes.changed()
        await screen.until(lambda: screen.reads("seen 1"), "the change")


async def test_every_state_is_shown_with_a_word_and_an_icon() -> None:
    for state in ("draft", "waiting", "sending", "district", "attention", "refused"):
        async with Screen(show(lambda state=state: states.state_chip(state))) as screen:
            assert screen.reads(Words.load("en")(f"state.{state}"))
            assert screen.all(ft.Icon)
            (word,) = screen.all(ft.Text)
            assert (word.expand, word.expand_loose) == (True, True), "large letters wrap and are not cut off"
