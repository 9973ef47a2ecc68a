"""Going on a tour with the real notebook: begun, resumed after a kill, ended early or late, with a reason."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.notebook import NotEnrolled, NotReady
from app.rows import TourRow
from app.tours import CHECK_FIELDS, Mark
from tests.app.formkit import published
from tests.app.notebooks import (
    COLLEAGUE,
    DOOR,
    GYM,
    NORTH,
    SETUP,
    SOUTH,
    StandingClock,
    enrolled,
    open_notebook,
    revision,
)
from tests.app.simulated_disk import SimulatedDisk

MONDAY = date(2026, 11, 23)
GATE, HALL = "018f0000-0000-7000-8000-0000000000b3", "018f0000-0000-7000-8000-0000000000b4"
TOUR = {
    **{"id": "t1", "school": NORTH, "name": "Morning doors", "order": "fixed", "begins": "07:30", "ends": "08:30"},
    **{"days": ["mon"], "grace_min": 10, "since": "2026-11-20T00:00:00+00:00"},
    "points": [{"place": DOOR}, {"place": GATE}, {"place": HALL, "required": False}],
}
PLACES = [*SETUP["places"], *({"id": one, "school": NORTH, "name": one[-2:]} for one in (GATE, HALL))]


def setup(**changes: Any) -> dict[str, Any]:
    return SETUP | {"places": PLACES, "tours": [TOUR], "forms": list(published().values())} | changes


class Walk:
    """A Monday morning with a phone."""

    def __init__(self, begun: str = "07:35") -> None:
        self.clock, self.disk = StandingClock(), SimulatedDisk()
        self.at(begun)
        self.notebook = enrolled(self.disk, self.clock, setup())

    def at(self, clock: str, day: date = MONDAY) -> None:
        # In the zone of the machine, which is the phone's here.
        self.clock.time = datetime.fromisoformat(f"{day}T{clock}:00").astimezone()

    def check(self, place: str) -> str:
        answers = {"place_name": place, **self.notebook.tour_answers(self.notebook._shelf.place(place))}
        return self.notebook.save(self.notebook.start("location_check", answers, place=place).id).id

    def tour(self) -> TourRow:
        [row] = self.notebook.tours()
        return row

    def marks(self) -> list[Mark]:
        return [stop.mark for stop in self.tour().progress.stops]

    def end(self, **answers: str) -> dict[str, Any]:
        """Ends the tour and gives what its record says."""
        draft = self.notebook.end_tour("t1", MONDAY)
        for name, value in answers.items():
            self.notebook.answer(draft.id, name, value)
        detail = self.notebook.record(self.notebook.save(draft.id).id)
        assert detail
        assert detail.form
        assert detail.form.check(detail.answers, strict=True) == {}, "what the district's door says"
        return detail.answers


@pytest.fixture
def walk() -> Iterator[Walk]:
    walk = Walk()
    yield walk
    walk.notebook.close()


def begin(walk: Walk) -> None:
    walk.notebook.begin_tour("t1", MONDAY)


def test_a_tour_is_due_on_its_days_and_no_other(walk: Walk) -> None:
    assert (walk.tour().begun, walk.tour().draft, walk.tour().progress.state) == (False, None, "due")
    walk.at("07:35", MONDAY - timedelta(1))
    assert walk.notebook.tours() == []


def test_a_tour_is_gone_through_and_ends_without_a_question(walk: Walk) -> None:
    begin(walk)
    walk.check(DOOR)
    walk.at("08:30")
    walk.check(GATE)
    assert walk.marks() == [Mark.DONE, Mark.DONE, Mark.OPEN]
    said = walk.end()
    assert (said["checked"], said["places"], said["done_places"]) == (2, 3, f"{DOOR} {GATE}")
    assert said["started"].startswith("2026-11-23T07:35")
    assert said["occurred_at"].startswith("2026-11-23T08:30")
    assert not {"missed", "missed_places", "late", "end_reason"} & set(said)
    row = walk.tour()
    assert (row.ended and row.ended.title, row.draft) == ("Morning doors · 2/3", None)
    assert walk.marks() == [Mark.DONE, Mark.DONE, Mark.LEFT_OUT]


def test_a_tour_under_way_is_there_after_the_app_was_ended_and_goes_on(walk: Walk) -> None:
    begin(walk)
    walk.check(DOOR)
    walk.notebook.close()
    walk.notebook = open_notebook(walk.disk, walk.clock)
    assert walk.tour().begun
    assert walk.marks()[0] == Mark.DONE
    before = walk.tour().draft
    assert walk.notebook.begin_tour("t1", MONDAY).id == before, "it is not begun twice"


def test_ended_early_it_asks_why_and_the_reason_stays(walk: Walk) -> None:
    begin(walk)
    walk.check(DOOR)
    with pytest.raises(NotReady) as why:
        walk.end()
    assert list(why.value.problems) == ["end_reason"]
    assert walk.tour().draft, "it goes on until the reason is given"
    assert walk.end(end_reason="incident")["missed_places"] == GATE
    walk.clock.forward(minutes=1)
    walk.check(GATE)
    assert walk.marks() == [Mark.DONE, Mark.MISSED, Mark.LEFT_OUT], "what comes after the end changes nothing"


def test_what_is_checked_after_it_was_nearly_ended_is_not_called_missing(walk: Walk) -> None:
    begin(walk)
    walk.check(DOOR)
    walk.notebook.end_tour("t1", MONDAY)
    walk.check(GATE)
    assert "missed" not in walk.end()


def test_late_is_told_by_the_phone_alone_and_asks_why(walk: Walk) -> None:
    begin(walk)
    walk.check(DOOR)
    walk.at("08:35")
    assert walk.marks()[:2] == [Mark.DONE, Mark.LATE]
    walk.check(GATE)
    with pytest.raises(NotReady):
        walk.end()
    said = walk.end(end_reason="other", notes="A fight in the hall")
    assert (said["late_places"], said["late"]) == (GATE, GATE[-2:])


def test_a_tour_that_nobody_began_is_missed_and_can_still_be_accounted_for(walk: Walk) -> None:
    walk.check(DOOR)  # not on a tour
    walk.at("08:41")
    assert walk.marks() == [Mark.MISSED, Mark.MISSED, Mark.LEFT_OUT]
    with pytest.raises(NotReady):
        walk.end()
    said = walk.end(end_reason="away")
    assert (said["checked"], said["missed_places"], "started" in said) == (0, f"{DOOR} {GATE}", False)


def test_a_missed_tour_stays_until_somebody_says_why(walk: Walk) -> None:
    walk.at("07:35", MONDAY + timedelta(3))
    assert (walk.tour().day, walk.tour().progress.state, walk.tour().over) == (MONDAY, "missed", True)
    walk.end(end_reason="away")
    assert walk.notebook.tours() == []
    walk.at("07:35", MONDAY + timedelta(7))
    assert walk.tour().day == MONDAY + timedelta(7)


def test_a_tour_of_before_the_phone_was_enrolled_or_had_the_school_was_missed_by_nobody() -> None:
    walk = Walk(begun="08:30")
    assert walk.notebook.tours() == []
    other = {**TOUR, "id": "t2", "school": SOUTH, "points": [{"place": GYM}]}
    mine = {"officer": {**SETUP["officer"], "schools": [NORTH]}, "tours": [other]}
    two = [school for school in SETUP["schools"] if school["id"] != SOUTH]
    walk.at("07:35", MONDAY + timedelta(7))
    walk.notebook.keep_setup(setup(schools=two, **mine), "e2")
    walk.at("09:00", MONDAY + timedelta(8))
    walk.notebook.keep_setup(setup(tours=[TOUR, other]), "e3")
    assert [row.tour.id for row in walk.notebook.tours()] == ["t1"], "the school of the other came on Tuesday"
    walk.at("07:35", MONDAY + timedelta(15))
    walk.notebook.keep_setup(setup(tours=[TOUR, other]), "e4")
    assert [row.tour.id for row in walk.notebook.tours()] == ["t1", "t2"]
    walk.notebook.close()


def test_a_tour_that_was_gone_through_is_of_no_later_day(walk: Walk) -> None:
    begin(walk)
    for place in (DOOR, GATE):
        walk.check(place)
    walk.end()
    walk.at("07:35", MONDAY + timedelta(1))
    assert walk.notebook.tours() == []


def test_a_tour_that_was_nearly_accounted_for_can_still_be_begun(walk: Walk) -> None:
    walk.at("09:00")
    walk.notebook.end_tour("t1", MONDAY)
    begin(walk)
    walk.check(DOOR)
    assert walk.marks()[0] == Mark.DONE_LATE


def test_a_run_left_open_stays_on_the_list_on_later_days(walk: Walk) -> None:
    begin(walk)
    walk.at("07:35", MONDAY + timedelta(3))
    walk.check(DOOR)
    assert walk.tour().day == MONDAY
    assert walk.marks()[0] == Mark.MISSED, "a check of another day is none of this tour"


def test_a_check_on_a_tour_says_on_which_in_which_turn_and_when_it_was_due(walk: Walk) -> None:
    before = walk.notebook.record(walk.check(GATE))
    begin(walk)
    during = walk.notebook.record(walk.check(GATE))
    assert before
    assert during
    assert "tour_id" not in before.answers
    walk.at("07:40", MONDAY + timedelta(1))
    after = walk.notebook.record(walk.check(GATE))
    assert after
    assert "tour_id" not in after.answers, "its day is over: the check does not count for it"
    told = {name: during.answers[name] for name in ("tour_id", "expected_order", "due_window")}
    assert told == {"tour_id": "t1", "expected_order": "2", "due_window": "07:30-08:30"}


def test_a_check_of_a_place_on_two_tours_under_way_names_and_counts_for_both(walk: Walk) -> None:
    gates = {**TOUR, "id": "t2", "name": "Gates", "begins": "07:00", "points": [{"place": GATE}]}
    walk.notebook.keep_setup(setup(tours=[TOUR, gates]), "e2")
    begin(walk)
    walk.notebook.begin_tour("t2", MONDAY)
    both, one = (walk.notebook.record(walk.check(place)) for place in (GATE, DOOR))
    assert both
    assert one
    assert {name: both.answers[name] for name in CHECK_FIELDS} == {
        "tour_id": "t2 t1",
        "expected_order": "1 2",
        "due_window": "07:00-08:30 07:30-08:30",
    }
    assert one.answers["tour_id"] == "t1"
    assert [len(row.progress.done) for row in walk.notebook.tours()] == [1, 2]


def test_a_check_after_the_tour_was_ended_says_nothing_of_it(walk: Walk) -> None:
    begin(walk)
    for place in (DOOR, GATE):
        walk.check(place)
    walk.end()
    walk.clock.forward(minutes=1)
    again = walk.notebook.record(walk.check(GATE))
    assert again
    assert "tour_id" not in again.answers


def test_a_colleagues_check_is_none_of_this_tour_and_a_deleted_one_no_longer(walk: Walk) -> None:
    begin(walk)
    mine = walk.check(DOOR)
    form = published()["location_check"]
    theirs = revision(
        "018f0000-0000-7000-8000-0000000000e1",
        form="location_check",
        form_version=form["version"],
        record_class="police_unit",
        author=COLLEAGUE,
        place=GATE,
        at=walk.clock.time.isoformat(timespec="milliseconds"),
        set={"result": "ok", "place_name": "Gate"},
    )
    walk.notebook.take([(7, walk.clock.time.isoformat(), theirs)], 7)
    assert walk.marks()[:2] == [Mark.DONE, Mark.OPEN]
    walk.notebook.delete(mine, "Wrong door")
    assert walk.marks()[0] == Mark.OPEN


def test_a_corrected_run_is_no_run_under_way(walk: Walk) -> None:
    begin(walk)
    for place in (DOOR, GATE):
        walk.check(place)
    walk.end()
    ended = walk.tour().ended
    assert ended
    draft = walk.notebook.correct(ended.id, "A note was missing")
    walk.notebook.answer(draft.id, "notes", "Rain")
    assert walk.tour().draft is None


def test_a_tour_of_which_the_phone_knows_no_place_and_one_without_its_form_are_not_shown(walk: Walk) -> None:
    walk.notebook.keep_setup(setup(places=[]), "e2")
    assert walk.notebook.tours() == []
    walk.notebook.keep_setup(setup(forms=[published()["location_check"]]), "e3")
    assert walk.notebook.tours() == []


def test_a_tour_that_was_retired_is_gone(walk: Walk) -> None:
    walk.notebook.keep_setup(setup(tours=[]), "e2")
    assert walk.notebook.tours() == []
    assert walk.notebook.tour("t1", MONDAY) is None
    with pytest.raises(NotEnrolled):
        begin(walk)


def test_a_tour_that_is_retired_while_somebody_is_on_it_is_ended_with_that_as_the_reason(walk: Walk) -> None:
    begin(walk)
    walk.check(DOOR)
    walk.notebook.keep_setup(setup(tours=[]), "e2")
    walk.notebook.close()
    walk.notebook = open_notebook(walk.disk, walk.clock)
    row = walk.tour()
    assert (row.retired, row.begun, walk.marks()[0]) == (True, True, Mark.DONE)
    assert row.draft
    assert walk.notebook.tour_of(row.draft)
    said = walk.end()
    assert (said["end_reason"], said["missed_places"], said["checked"]) == ("retired", GATE, 1)
    assert walk.notebook.tours() == []
    assert walk.notebook.tour("t1", MONDAY) is None


def test_a_reason_that_was_given_stays_when_the_tour_is_retired_then(walk: Walk) -> None:
    begin(walk)
    walk.notebook.answer(walk.notebook.end_tour("t1", MONDAY).id, "end_reason", "incident")
    walk.notebook.keep_setup(setup(tours=[]), "e2")
    assert walk.end()["end_reason"] == "incident"


def test_only_what_somebody_is_on_is_remembered(walk: Walk) -> None:
    begin(walk)
    walk.end(end_reason="away")
    walk.at("07:35", MONDAY + timedelta(7))
    walk.notebook.begin_tour("t1", MONDAY + timedelta(7))
    assert list(walk.notebook._facts.get("tours_begun")) == [f"t1 {MONDAY + timedelta(7)}"]


def test_an_ended_run_waits_for_the_district_like_any_record(walk: Walk) -> None:
    begin(walk)
    for place in (DOOR, GATE):
        walk.check(place)
    walk.end()
    assert [one.form for one in walk.notebook.outbox()][-1] == "tour_run"
