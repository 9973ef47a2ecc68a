"""Answers of the phone that come after the screen was left."""

from typing import Any

import flet as ft
import pytest
from flet.messaging.session import Session

from tests.views.headless import Screen
from views.late import forgive_late_answers

pytestmark = pytest.mark.anyio


@ft.component
def Empty() -> ft.View:
    return ft.View(controls=[ft.Text("here")])


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
