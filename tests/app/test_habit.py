"""What Home shows first: the forms that the officer begins most, and no button that moves under the thumb."""

from typing import Any

import pytest
from hypothesis import given

from app.habit import Habit
from tests.app.formkit import JUNK, form

MON, TUE, WED = "2026-11-23", "2026-11-24", "2026-11-25"
FORMS = [form(name) for name in ("location_check", "parent_contact", "drill")]


def order(kept: Any, day: str) -> list[str]:
    return [form.id for form in Habit.read(kept, day).ordered(FORMS)]


def begun(kept: Any, day: str, *forms: str) -> Any:
    for one in forms:
        kept = Habit.read(kept, day).begun(one)
    return kept


def test_without_a_habit_the_districts_order_holds() -> None:
    assert order(None, MON) == ["location_check", "parent_contact", "drill"]


def test_what_is_begun_most_comes_first_from_the_next_day_on() -> None:
    kept = begun(None, MON, "drill", "drill", "parent_contact")
    assert order(kept, MON) == ["location_check", "parent_contact", "drill"]
    assert order(kept, TUE) == ["drill", "parent_contact", "location_check"]


def test_forms_that_are_used_alike_stay_in_the_districts_order() -> None:
    assert order(begun(None, MON, "drill", "parent_contact"), TUE) == ["parent_contact", "drill", "location_check"]


def test_an_old_habit_fades_behind_a_new_one() -> None:
    kept = begun(None, MON, *["drill"] * 10)
    for day in range(1, 12):
        kept = begun(kept, f"2026-12-{day:02}", "location_check")
    assert order(kept, "2026-12-20")[:2] == ["location_check", "drill"]


def test_what_has_faded_away_is_forgotten() -> None:
    kept = begun(None, MON, "drill")
    for day in range(1, 31):
        kept = begun(kept, f"2026-12-{day:02}", "location_check")
    assert "drill" not in kept["before"]


@given(JUNK)
def test_a_habit_that_cannot_be_read_is_an_empty_one(kept: Any) -> None:
    assert order(begun(kept, MON, "drill"), TUE)[0] == "drill"


@pytest.mark.parametrize(
    "kept", [{"day": MON, "before": {"drill": 3}}, {"today": {"drill": 1}}, {"before": {"drill": "x"}}]
)
def test_half_a_habit_is_read_as_far_as_it_goes(kept: Any) -> None:
    assert set(order(kept, WED)) == {"location_check", "parent_contact", "drill"}
