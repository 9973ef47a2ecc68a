"""Answers that are a day, a time of day or both: the phone's own pickers, and "today" or "now" in one tap."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import flet as ft

from views.fields_frame import Asking, buttons, question, shown_value, small_button, widget
from views.handlers import guarded
from views.services import use_services

if TYPE_CHECKING:
    from app.words import Words
    from views.filling import Filling


def say(kind: str, value: Any, words: "Words", now: datetime) -> str:
    """A date, time or moment in words; what cannot be read is shown as it stands."""
    try:
        if kind == "date":
            said = words.day(date.fromisoformat(value), now.date())
        elif kind == "time":
            said = f"{time.fromisoformat(value):%H:%M}"
        else:
            at = datetime.fromisoformat(value)
            said = words("time.moment", day=words.day(at.date(), now.date()), clock=f"{at:%H:%M}")
        return said[:1].upper() + said[1:]
    except (TypeError, ValueError):
        return "" if value is None else str(value)


def current(kind: str, now: datetime) -> str:
    """Now, as an answer of this type."""
    if kind == "date":
        return now.date().isoformat()
    return f"{now:%H:%M}" if kind == "time" else now.replace(microsecond=0).isoformat()


def picked_day(value: datetime) -> date:
    """The day that was picked: the picker answers with the moment at which that day begins here, told in UTC.

    Half a day later is the same day wherever the clock is less than twelve hours from UTC.
    """
    return (value.replace(tzinfo=None) + timedelta(hours=12)).date() if value.tzinfo else value.date()


def joined(day: date, at: time) -> str:
    """A day and a time of day here, as an answer: with the offset that holds here on that day."""
    return datetime.combine(day, at).astimezone().replace(microsecond=0).isoformat()


def _time(filling: "Filling", asking: Asking) -> ft.Control:
    words = use_services().words
    _, redraw = ft.use_state(0)
    name, kind = asking.address, asking.field.type
    now = datetime.now().astimezone()
    value = filling.value(name)
    said = say(kind, value, words, now)

    def answer(new: str | None) -> None:
        filling.answer(name, new)
        redraw(lambda n: n + 1)

    def pick() -> None:
        start = _moment(kind, filling.value(name), now)
        locale = ft.Locale(asking.language)
        if kind == "time":
            _pick_time(start.time(), locale, lambda at: answer(f"{at:%H:%M}"))
        elif kind == "date":
            _pick_day(start.date(), locale, lambda day: answer(day.isoformat()))
        else:
            # First the day, then the time of it.
            _pick_day(
                start.date(),
                locale,
                lambda day: _pick_time(start.time(), locale, lambda at: answer(joined(day, at))),
            )

    if asking.readonly:
        return question(asking, shown_value(said or words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    icon = ft.Icons.SCHEDULE if kind == "time" else ft.Icons.CALENDAR_MONTH
    row = [small_button(f"pick-{name}", said or words(f"form.pick_{kind}"), guarded(pick), icon)]
    if not (kind == "date" and value == current(kind, now)):  # the answer says "today" already
        row.append(
            small_button(
                f"now-{name}",
                words("form.today" if kind == "date" else "form.now"),
                guarded(lambda: answer(current(kind, datetime.now().astimezone()))),
                ft.Icons.TODAY if kind == "date" else ft.Icons.UPDATE,
            )
        )
    if value is not None and not asking.required:
        row.append(small_button(f"clear-{name}", words("form.clear"), guarded(lambda: answer(None)), ft.Icons.CLOSE))
    return question(asking, buttons(row))


def _moment(kind: str, value: Any, now: datetime) -> datetime:
    try:
        if kind == "date":
            return datetime.combine(date.fromisoformat(value), now.time())
        if kind == "time":
            return datetime.combine(now.date(), time.fromisoformat(value))
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return now


def _pick_day(start: date, locale: ft.Locale, chosen: Callable[[date], None]) -> None:
    def change(event: ft.Event[ft.DatePicker]) -> None:
        if isinstance(event.control.value, datetime):
            chosen(picked_day(event.control.value))

    noon = datetime.combine(start, time(12))
    ft.context.page.show_dialog(ft.DatePicker(value=noon, locale=locale, on_change=guarded(change)))


def _pick_time(start: time, locale: ft.Locale, chosen: Callable[[time], None]) -> None:
    def change(event: ft.Event[ft.TimePicker]) -> None:
        if isinstance(event.control.value, time):
            chosen(event.control.value)

    ft.context.page.show_dialog(
        ft.TimePicker(
            value=start.replace(second=0, microsecond=0, tzinfo=None),
            locale=locale,
            hour_format=ft.TimePickerHourFormat.H24,
            on_change=guarded(change),
        )
    )


Time = widget(_time)
