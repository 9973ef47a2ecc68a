"""What has changed at a school since the last visit."""

from datetime import timedelta
from typing import Any

import pytest

from app.notebook import Notebook
from app.since import Since, since
from tests.app.formkit import published
from tests.app.notebooks import NORTH, SETUP, SOUTH, StandingClock, enrolled
from tests.app.simulated_disk import SimulatedDisk


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def notebook(clock: StandingClock) -> Notebook:
    return enrolled(SimulatedDisk(), clock, SETUP | {"forms": list(published().values())})


def visit(notebook: Notebook, clock: StandingClock, *areas: str, school: str = NORTH, **answers: str) -> str:
    """A walkthrough, a week after whatever was before."""
    clock.time += timedelta(days=7)
    draft = notebook.start("walkthrough", {"areas": list(areas), **answers}, school=school)
    return notebook.save(draft.id).id


def changed(notebook: Notebook, record: str) -> Since | None:
    detail = notebook.record(record)
    assert detail is not None
    return since(notebook, detail)


def test_a_first_visit_has_nothing_to_be_compared_with(notebook: Notebook, clock: StandingClock) -> None:
    assert changed(notebook, visit(notebook, clock, "BD", BD1="no")) is None


def test_what_was_put_right_what_is_new_and_what_still_stands_is_told(notebook: Notebook, clock: StandingClock) -> None:
    visit(notebook, clock, "BD", BD1="no", BD2="partly", BD3="yes", BD4="no")
    last = clock.time
    now = changed(notebook, visit(notebook, clock, "BD", BD1="yes", BD2="no", BD3="no", BD4="unseen", BD5="no"))
    assert now is not None
    assert (now.fixed, now.new, now.standing) == (("BD1",), ("BD3",), ("BD2",))
    assert now.scores == (("BD_score", 25, 25),)
    assert now.last.startswith(f"{last:%Y-%m-%d}")


def test_each_area_is_compared_with_the_last_visit_that_walked_it(notebook: Notebook, clock: StandingClock) -> None:
    visit(notebook, clock, "BD", BD1="no")
    visit(notebook, clock, "BD", BD1="yes")
    visit(notebook, clock, "EN", EN1="no")
    now = changed(notebook, visit(notebook, clock, "ALL", BD1="no", EN1="no", GR1="no"))
    assert now is not None
    assert (now.fixed, now.new, now.standing) == ((), ("BD1",), ("EN1",))
    assert now.scores == (("BD_score", 100, 0), ("EN_score", 0, 0))


def test_what_nobody_could_see_is_neither_right_nor_wrong(notebook: Notebook, clock: StandingClock) -> None:
    visit(notebook, clock, "BD", BD1="no", BD2="no")
    between = changed(notebook, visit(notebook, clock, "BD", BD1="unseen", BD2="absent"))
    assert between is not None
    assert (between.fixed, between.new, between.standing) == ((), (), ())
    now = changed(notebook, visit(notebook, clock, "BD", BD1="no", BD2="yes"))
    assert now is not None
    assert (now.fixed, now.new, now.standing) == (("BD2",), (), ("BD1",))


def test_another_school_and_later_visits_do_not_count(notebook: Notebook, clock: StandingClock) -> None:
    visit(notebook, clock, "BD", school=SOUTH, BD1="no")
    first = visit(notebook, clock, "BD", BD1="yes")
    visit(notebook, clock, "BD", BD1="no")
    assert changed(notebook, first) is None


@pytest.mark.parametrize(
    ("form", "answers"), [("parent_contact", {"topic": "praise"}), ("drill", {"srp_action": "hold"})]
)
def test_other_records_are_no_visits(notebook: Notebook, form: str, answers: dict[str, Any]) -> None:
    for _ in range(2):
        record = notebook.save(notebook.start(form, answers).id).id
    assert changed(notebook, record) is None
