"""An officer who is moved: a new school's records are asked for, those of a school that is no longer theirs leave."""

from typing import Any

from app.ids import uuid7
from app.notebook import Notebook
from tests.app.notebooks import NORTH, SETUP, SOUTH, enrolled, picture, revision, saved
from tests.app.simulated_disk import SimulatedDisk, run

THERE = "2026-11-24T15:00:00.000Z"


def setup_of(*schools: str) -> dict[str, Any]:
    """The setup of an officer at these schools."""
    own = [school for school in SETUP["schools"] if school["id"] in schools]
    return {**SETUP, "officer": {**SETUP["officer"], "schools": list(schools)}, "schools": own}


def moved(notebook: Notebook, *schools: str) -> None:
    notebook.keep_setup(setup_of(*schools), '"2"')


def listed(notebook: Notebook) -> set[str]:
    return {row.id for row in notebook.records()}


def test_a_new_school_has_the_district_asked_for_everything_its_own_phone_included() -> None:
    notebook = enrolled(setup=setup_of(NORTH))
    notebook.take([(7, THERE, revision(uuid7()))], 7)
    moved(notebook, NORTH)
    assert (notebook.cursor, notebook.wants_own) == (7, False)
    moved(notebook, NORTH, SOUTH)
    assert (notebook.cursor, notebook.wants_own) == (0, True)
    notebook.take([], 9)
    notebook.caught_up()
    assert (notebook.cursor, notebook.wants_own) == (9, False)
    notebook.close()


def test_records_of_a_school_that_is_no_longer_the_officers_leave_and_may_come_again() -> None:
    disk = SimulatedDisk()
    notebook = enrolled(disk, setup=setup_of(NORTH, SOUTH))
    here, there = uuid7(), uuid7()
    both = [(1, THERE, revision(here, school=NORTH)), (2, THERE, revision(there, school=SOUTH))]
    notebook.take(both, 2)
    moved(notebook, NORTH)
    run(notebook.tidy())
    assert listed(notebook) == {here}
    moved(notebook, NORTH, SOUTH)
    notebook.take(both, 2)
    assert listed(notebook) == {here, there}
    notebook.close()


def test_what_the_district_does_not_have_yet_stays_until_it_does() -> None:
    notebook = enrolled(setup=setup_of(NORTH))
    photo = run(notebook.add_photo(picture()))
    record = saved(notebook, topic="mine", photo=photo).id
    moved(notebook, SOUTH)
    run(notebook.tidy())
    assert listed(notebook) == {record}
    (mine,) = notebook.outbox()
    notebook.receipt(mine.hash, 1, THERE, [photo["sha256"]])
    run(notebook.tidy())
    assert listed(notebook) == {record}, "its photo is still to be sent"
    notebook.photo_sent(photo["sha256"])
    run(notebook.tidy())
    assert listed(notebook) == set()
    notebook.close()
