"""Two officers answered one question without seeing each other: both answers are shown, and one tap chooses."""

from dataclasses import replace

import flet as ft
import pytest

from tests.views.headless import Screen
from tests.views.phone import OTHER, Phone

pytestmark = pytest.mark.anyio


async def torn(phone: Phone, number: int = 300) -> str:
    """A record at the district whose topic this officer and a colleague changed, each without seeing the other."""
    record = phone.save(topic="praise", name="Alex")
    (first,) = phone.notebook.outbox()
    phone.receive()
    draft = phone.notebook.correct(record, "Typing mistake")
    phone.notebook.answer(draft.id, "topic", "attendance")
    phone.notebook.save(draft.id)
    phone.receive()
    theirs = replace(
        first,
        author=OTHER,
        device="01937a00-3000-7000-8000-0000000000ff",
        seq=1,
        prev=None,
        parents=(first.hash,),
        set={"topic": "internet_safety"},
    )
    phone.notebook.take([(number, "2026-11-23T15:00:00+00:00", theirs)], 300)
    return record


async def test_both_answers_are_shown_with_their_writers_and_a_tap_chooses_one(phone: Phone) -> None:
    record = await torn(phone)
    assert phone.notebook.counts().conflict == 1
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("Two officers answered without seeing each other")
        assert screen.reads("Internet safety")
        assert screen.reads("Attendance")
        kept = next(v for v in phone.notebook.record(record).conflicts["topic"] if v.value == "internet_safety")  # type: ignore[union-attr]
        sides = phone.notebook.record(record).conflicts["topic"]  # type: ignore[union-attr]
        await screen.tap(f"choose-topic-{sides.index(kept)}")
        assert phone.engine.kicks == ["saved"]
        assert not screen.reads("without seeing each other")
    detail = phone.notebook.record(record)
    assert detail is not None
    assert (detail.answers["topic"], detail.conflicts, detail.row.state) == ("internet_safety", {}, "waiting")
    (choice,) = phone.notebook.outbox()
    assert (choice.set, choice.reason, len(choice.parents)) == (
        {"topic": "internet_safety"},
        "Chosen between two answers",
        2,
    )


@pytest.mark.parametrize(("theirs", "shown"), [(300, 300), (2, 101)])
async def test_the_number_is_the_districts_newest_whichever_came_here_last(
    phone: Phone, theirs: int, shown: int
) -> None:
    record = await torn(phone, theirs)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert next(text for text in screen.texts() if "number" in text) == f"The district has it, number {shown}."


async def test_a_correction_that_was_begun_is_finished_first(phone: Phone) -> None:
    record = await torn(phone)
    phone.notebook.correct(record)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("First finish the correction that was begun.")
        assert screen.inside("choose-topic-0", ft.OutlinedButton).disabled


async def test_records_with_two_answers_can_be_listed_and_stand_on_home(phone: Phone) -> None:
    record = await torn(phone)
    phone.save(topic="praise")
    async with Screen(phone.main, route="/records") as screen:
        await screen.tap("filter-state")
        await screen.tap("choice-filter-state-conflict")
        assert [name for name in screen.idents() if name.startswith("record-")] == [f"record-{record}"]
    assert record in [row.id for row in phone.notebook.today()]
