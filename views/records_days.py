"""Narrowing a list to days: today, the last week or month, or two days of one's own."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from views.fields_time import picked_day
from views.handlers import guarded
from views.parts import drawn
from views.picker import Option, Picker
from views.services import use_services

if TYPE_CHECKING:
    from app.words import Words

Days = Callable[[str | None, str | None], None]
_BACK: Final = {"today": 0, "week": 6, "month": 29}
_OWN: Final = "own"


@drawn
def DayPicker(since: str | None, until: str | None, on_pick: Days) -> ft.Control:
    """A button that says which days are shown."""
    words = use_services().words
    today = datetime.now().astimezone().date()

    def pick(value: str) -> None:
        if value == _OWN:
            _ask(since, until, today, words, on_pick)
        else:
            on_pick(*days(value, today))

    chosen = _chosen(since, until, today)
    options = [Option(name, words(f"records.days.{name}")) for name in ("any", *_BACK)]
    own = words("records.days.own")
    if chosen == _OWN:
        own = words("records.days.between", since=_say(since, words, today), until=_say(until, words, today))
    options.append(Option(_OWN, own, icon=None))
    return Picker("filter-days", words("records.days"), options, chosen, pick)


def days(name: str, today: date) -> tuple[str | None, str | None]:
    """The first and the last day of a choice; None where there is no limit."""
    if name not in _BACK:
        return None, None
    return (today - timedelta(days=_BACK[name])).isoformat(), None


def _chosen(since: str | None, until: str | None, today: date) -> str:
    if not since and not until:
        return "any"
    return next((name for name in _BACK if days(name, today) == (since, until)), _OWN)


def _say(day: str | None, words: "Words", today: date) -> str:
    return words.day(date.fromisoformat(day), today) if day else ""


def _ask(since: str | None, until: str | None, today: date, words: "Words", on_pick: Days) -> None:
    def picked(event: Any) -> None:
        first, last = event.control.start_value, event.control.end_value
        if first is not None:
            begin = picked_day(first)
            on_pick(begin.isoformat(), (picked_day(last) if last is not None else begin).isoformat())

    ft.context.page.show_dialog(
        ft.DateRangePicker(
            start_value=date.fromisoformat(since) if since else None,
            end_value=date.fromisoformat(until) if until else today if since else None,
            first_date=date(2020, 1, 1),
            last_date=today,
            current_date=today,
            locale=ft.Locale(words.language),
            help_text=words("records.days.help"),
            cancel_text=words("records.days.cancel"),
            confirm_text=words("records.days.confirm"),
            save_text=words("records.days.confirm"),
            on_change=guarded(picked),
        )
    )
