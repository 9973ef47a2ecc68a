"""Days and times: now, picked, and said in words."""

import datetime as dt

import flet as ft
import pytest

from app.words import Words
from tests.views.fieldkit import opened
from tests.views.phone import Phone
from views.fields_time import current, joined, picked_day, say

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_today_and_now_are_one_tap(phone: Phone) -> None:
    async with opened(phone) as form:
        for name in ("day", "clock", "moment"):
            await form.tap(f"now-{name}")
        answers = form.answers
        assert answers["day"] == dt.datetime.now().astimezone().date().isoformat()
        assert dt.time.fromisoformat(answers["clock"])
        assert dt.datetime.fromisoformat(answers["moment"]).tzinfo is not None
        assert form.reads("Today")
        assert "now-day" not in form.idents()  # beside an answer that says it, a button "Today" would be a riddle
        await form.tap("clear-day")
        assert "day" not in form.answers
        assert "now-day" in form.idents()


async def test_a_day_and_a_time_are_picked_one_after_the_other(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("pick-moment")
        (day,) = form.all(ft.DatePicker)
        assert day.locale == ft.Locale("en")
        await form.pick(day, dt.datetime(2026, 3, 9, 6, tzinfo=dt.UTC))  # midnight in Chicago
        (clock,) = form.all(ft.TimePicker)
        await form.pick(clock, dt.time(14, 5))
        at = dt.datetime.fromisoformat(form.answers["moment"])
        assert (at.date(), at.time()) == (dt.date(2026, 3, 9), dt.time(14, 5))
        assert at.tzinfo is not None


async def test_a_picked_day_is_the_same_day_in_every_zone() -> None:
    for hours in (-10, -6, 0, 1, 9, 11):
        here = dt.timezone(dt.timedelta(hours=hours))
        midnight = dt.datetime(2026, 3, 9, tzinfo=here).astimezone(dt.UTC)
        assert picked_day(midnight) == dt.date(2026, 3, 9)


async def test_times_are_said_in_words_and_never_fail() -> None:
    words = Words.load("es", strict=True)
    now = dt.datetime(2026, 11, 23, 14, 5, tzinfo=dt.UTC)
    assert say("date", "2026-11-23", words, now) == "Hoy"
    assert say("time", "09:30", words, now) == "09:30"
    assert "09:30" in say("dateTime", "2026-11-22T09:30:00+00:00", words, now)
    assert say("date", "no day", words, now) == "no day"
    assert say("time", 7, words, now) == "7"
    assert say("dateTime", None, words, now) == ""
    assert current("date", now) == "2026-11-23"
    assert current("time", now) == "14:05"
    assert current("dateTime", now) == "2026-11-23T14:05:00+00:00"
    assert dt.datetime.fromisoformat(joined(dt.date(2026, 7, 1), dt.time(8))).utcoffset() is not None
