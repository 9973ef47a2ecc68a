"""What is mended in Flet: answers that come after the screen was left, and time that is spent on nothing."""

from typing import Any

import flet as ft
import pytest
from flet.controls.object_patch import DiffBuilder
from flet.messaging.session import Session

from tests.views.headless import Screen
from views.flet_mends import forgive_late_answers, pass_over_plain_values

pytestmark = pytest.mark.anyio


@ft.component
def Empty() -> ft.View:
    return ft.View(controls=[ft.Text("here")])


@ft.component
def Full() -> ft.View:
    style = ft.ButtonStyle(side={ft.ControlState.DEFAULT: ft.BorderSide(2)}, text_style=ft.TextStyle(size=20))
    button = ft.TextButton(ft.Row([ft.Icon(ft.Icons.ADD), ft.Text("more")]), style=style)
    bar = ft.AppBar(title=ft.Text("title"), actions=[ft.IconButton(ft.Icons.MENU, badge=ft.Badge(label="2"))])
    field = ft.TextField(prefix=ft.Text("$"), border=ft.OutlineInputBorder(border_radius=4))
    return ft.View(appbar=bar, controls=[button, field, ft.Stack([ft.Container(ft.Text("under"), ink=True)])])


async def test_an_answer_for_a_control_that_is_gone_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    strict: Any = getattr(Session.handle_invoke_method_results, "strict", Session.handle_invoke_method_results)
    monkeypatch.setattr(Session, "handle_invoke_method_results", strict)
    async with Screen(lambda page: page.render_views(Empty)) as screen:
        with pytest.raises(RuntimeError):  # what Flet does, and why there is a guard
            screen.page.session.handle_invoke_method_results(999_999, "call", None, None)
        forgive_late_answers()
        forgive_late_answers()
        screen.page.session.handle_invoke_method_results(999_999, "call", None, None)
        assert screen.reads("here")


async def test_plain_values_are_passed_over_and_every_control_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole: Any = getattr(DiffBuilder._configure_dataclass, "whole", DiffBuilder._configure_dataclass)
    looked: list[Any] = []

    def watched(self: DiffBuilder, item: Any, *more: Any) -> Any:
        looked.append(item)
        return whole(self, item, *more)

    async def found() -> list[tuple[type, str]]:
        looked.clear()
        async with Screen(lambda page: page.render_views(Full)) as screen:
            return [(type(one), getattr(one, "value", "")) for one in screen.walk()]

    monkeypatch.setattr(DiffBuilder, "_configure_dataclass", watched)
    before = await found()
    assert None in looked
    pass_over_plain_values()
    pass_over_plain_values()
    assert await found() == before
    assert {type(one) for one in looked} & {type(None), str, int, bool} == set()
