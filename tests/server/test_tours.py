"""Tours at the district: what is kept of them, and what phones are told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.setup import Setup
from server import places, tours
from server.changes import set_active
from server.district import DistrictError
from server.tables import Place, Tour
from tests.server.conftest import Home
from tests.server.noted import by_hand
from tests.server.phones import Phone

WHEN: dict[str, Any] = {"begins": "07:30", "ends": "08:30", "grace_min": 10, "days": ["mon", "wed"]}


def make(home: Home, name: str = "Morning doors", *, at: str = "", count: int = 2, **more: Any) -> list[str]:
    """A tour with places of its own; gives its id and theirs."""
    school = at or home.school
    with home.database.writing() as session:
        made = tours.add_tour(session, school, name, **(WHEN | more))
        spots = [places.add_place(session, school, f"{name} {n}") for n in range(count)]
        for spot in spots:
            tours.put_point(session, made, spot)
        return [made.id, *(spot.id for spot in spots)]


def order(home: Home, tour: str) -> list[tuple[str, bool]]:
    with home.database.reading() as session:
        return [(point.place, point.required) for point, _ in tours.points(session, tour)]


def told(phone: Phone) -> list[dict[str, Any]]:
    body = phone.get("/setup").json()
    assert len(Setup.parse(body).tours) == len(body["tours"]), "what the phone reads"
    return list(body["tours"])


def test_phones_are_told_the_tours_of_their_officers_schools(home: Home, phone: Phone) -> None:
    first, door, gate = make(home, order="shuffle")
    make(home, "Elsewhere", at=home.other_school)
    [tour] = told(phone)
    with home.database.reading() as session:
        assert datetime.fromisoformat(tour.pop("since")) == session.get_one(Tour, first).planned_at
    assert tour == {
        **{"id": first, "school": home.school, "name": "Morning doors", "order": "shuffle", **WHEN},
        "points": [{"place": door, "required": True}, {"place": gate, "required": True}],
    }


def test_a_tour_without_places_in_use_and_a_retired_one_are_told_to_nobody(home: Home, phone: Phone) -> None:
    make(home, "Empty", count=0)
    first, door, gate = make(home)
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Place, door).active = False
    assert [point["place"] for point in told(phone)[0]["points"]] == [gate]
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Tour, first).active = False
    assert told(phone) == []


def test_a_tour_that_changes_changes_the_name_of_the_setup(home: Home, phone: Phone) -> None:
    first, *_ = make(home)
    before = phone.get("/setup").headers["ETag"]
    with home.database.writing() as session:
        tours.change_tour(session, session.get_one(Tour, first), who="cli", grace_min=0)
    assert phone.get("/setup").headers["ETag"] != before


LONG_AGO = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        ({"days": ["tue"]}, True),
        ({"begins": "07:00"}, True),
        ({"ends": "09:00"}, True),
        ({"grace_min": 0}, False),
        ({"name": "Early doors", "order": "fixed"}, False),
        ({"days": ["wed", "mon"]}, False),
    ],
)
def test_nobody_missed_a_tour_before_it_had_these_days_and_hours(
    home: Home, phone: Phone, change: dict[str, Any], anew: bool
) -> None:
    tour, door, _ = make(home)
    with home.database.writing() as session:
        found = session.get_one(Tour, tour)
        found.created_at = found.planned_at = LONG_AGO
        tours.put_point(session, found, session.get_one(Place, door), at=2)
        tours.change_tour(session, found, who="cli", **change)
    assert (datetime.fromisoformat(told(phone)[0]["since"]) > LONG_AGO) == anew


def test_nobody_missed_a_tour_while_it_was_retired_or_a_place_before_it_had_to_be_checked(
    home: Home, phone: Phone
) -> None:
    tour, door, _ = make(home)

    def since(what: Callable[[Session, Tour], None]) -> datetime:
        with home.database.writing() as session:
            found = session.get_one(Tour, tour)
            found.created_at, found.planned_at = LONG_AGO, None
            what(session, found)
        return datetime.fromisoformat(told(phone)[0]["since"])

    def optional(session: Session, found: Tour) -> None:
        tours.put_point(session, found, session.get_one(Place, door), required=False)

    def required(session: Session, found: Tour) -> None:
        tours.put_point(session, found, session.get_one(Place, door))

    def back(session: Session, found: Tour) -> None:
        for active in (False, True):
            set_active(session, found, active, who="cli")

    assert since(optional) == LONG_AGO
    assert since(required) > LONG_AGO
    assert since(required) == LONG_AGO, "it had to be before"
    assert since(back) > LONG_AGO


def test_places_of_a_tour_are_moved_and_taken_out(home: Home) -> None:
    tour, one, two, three = make(home, count=3)
    with home.database.writing() as session:
        found = session.get_one(Tour, tour)
        tours.put_point(session, found, session.get_one(Place, three), required=False, at=1)
    assert order(home, tour) == [(three, False), (one, True), (two, True)]
    with home.database.writing() as session:
        tours.drop_point(session, session.get_one(Tour, tour), one)
        tours.put_point(session, session.get_one(Tour, tour), session.get_one(Place, three), at=99)
    assert order(home, tour) == [(two, True), (three, True)]


def test_a_place_of_another_school_and_a_retired_one_are_refused(home: Home) -> None:
    tour, one = make(home, count=1)
    with home.database.writing() as session:
        session.get_one(Place, one).active = False
        elsewhere = places.add_place(session, home.other_school, "Gate")
        for place, says in ((elsewhere, "another school"), (session.get_one(Place, one), "retired")):
            with pytest.raises(DistrictError, match=says):
                tours.put_point(session, session.get_one(Tour, tour), place)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "name is empty"),
        ({"name": "morning DOORS"}, "already"),
        ({"begins": "25:00"}, "beginning '25:00' is not a time"),
        ({"ends": ""}, "end '' is not a time"),
        ({"ends": "07:30"}, "ends at the time"),
        ({"days": []}, "at least one day"),
        ({"days": ["someday"]}, "at least one day"),
        ({"order": "random"}, "order is one of any, fixed, shuffle"),
        ({"grace_min": -1}, "from 0 to 240"),
        ({"grace_min": 241}, "from 0 to 240"),
        ({"ends": "07:29", "grace_min": 5}, "longer than a day"),
    ],
)
def test_a_wrong_tour_is_refused_with_its_reason_and_nothing_changes(
    home: Home, wrong: dict[str, Any], says: str
) -> None:
    make(home)
    other, *_ = make(home, "Evening gates")
    with pytest.raises(DistrictError, match=says), home.database.writing() as session:
        tours.add_tour(session, home.school, **({"name": "Another"} | WHEN | wrong))
    with pytest.raises(DistrictError, match=says), home.database.writing() as session:
        tours.change_tour(session, session.get_one(Tour, other), who="cli", **wrong)
    with home.database.reading() as session:
        kept = session.get_one(Tour, other)
        assert {"name": kept.name, "days": kept.days, "ends": kept.ends} == {
            **{"name": "Evening gates", "days": ["mon", "wed"], "ends": "08:30"}
        }
