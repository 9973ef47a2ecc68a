"""The district looks at every check itself: its tag, its place, its clock and its pace, whatever the phone says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import spot
from app.grade import Evidence
from app.revisions import Revision
from server import orders, places
from server.changes import change_place, set_active
from server.formbook import publish
from server.records import Filter, export
from server.tables import Place, Record, Tag, now
from server.times import iso
from sync.protocol import read_verdicts, verdict_lines
from tests.app.formkit import published
from tests.server.conftest import Home
from tests.server.phones import Phone

LAT, LON = 36.1400, -96.1100
HERE = {"lat": LAT, "lon": LON, "acc": 8.0}


class Checker:
    """An officer's phone that says what it likes about its checks."""

    def __init__(self, home: Home, phone: Phone) -> None:
        self.home, self.phone = home, phone
        self.form = published()["location_check"]

    def write(self, tag: str | None = None, place: str | None = "", **parts: Any) -> Revision:
        """A check that claims an A, of the door where no place is given."""
        answers = {
            "tag_code": tag or self.home.tag,
            "tag_state": "good",
            "place_name": "Door 7",
            "result": "ok",
            "scanned_at": iso(now()),
            "grade": "A",
            "fence": "in",
            "clock": "steady",
            **parts.pop("answers", {}),
        }
        body = {"form": self.form["id"], "form_version": self.form["version"], "record_class": self.form["class"]}
        where = {"place": self.home.place if place == "" else place, "tag": tag or self.home.tag}
        return self.phone.write(
            {name: value for name, value in answers.items() if value is not None}, **body | where | parts
        )

    def found(self, revision: Revision) -> dict[str, Any]:
        """What the district keeps of it."""
        with self.home.database.reading() as session:
            row = session.get_one(Record, revision.record)
            assert row.evidence is not None
            return row.evidence

    def check(self, **parts: Any) -> dict[str, Any]:
        """Sends one check; what the district makes of it."""
        revision = self.write(**parts)
        assert [one.verdict for one in self.phone.push(revision)] == ["accepted"]
        return self.found(revision)


@pytest.fixture
def home(home: Home) -> Home:
    """The district with the built-in check, and a door that somebody measured."""
    with home.database.writing() as session:
        publish(session, [published()["location_check"]])
        door = session.get_one(Place, home.place)
        change_place(session, door, who="test", lat=LAT, lon=LON, spot_question="Number?", spot_answer="14 B")
    return home


@pytest.fixture
def checker(home: Home, new_phone: Callable[..., Phone]) -> Checker:
    return Checker(home, new_phone())


def _code(session: Session, place: Place) -> str:
    tag = places.active_tag(session, place.id)
    assert tag
    return tag.code


def later(minutes: float) -> str:
    return iso(now() + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("answers", "grade", "reason"),
    [
        ({"gps": HERE}, "A", "fence_in"),
        ({}, "B", "fence_none"),
        ({"gps": {**HERE, "lat": 36.2}}, "B", "fence_out"),
        ({"gps": {**HERE, "acc": 900.0}}, "B", "fence_coarse"),
        ({"spot_question": "Number?", "spot_answer": "14b"}, "A", "spot_right"),
        ({"spot_question": "Number?", "spot_answer": "15"}, "B", "spot_wrong"),
        ({"tag_state": "typed", "gps": HERE}, "D", "tag_typed"),
    ],
)
def test_the_grade_is_the_districts_own(checker: Checker, answers: dict[str, Any], grade: str, reason: str) -> None:
    found = checker.check(answers=answers)
    assert (found["grade"], reason in found["reasons"]) == (grade, True)
    assert found["reasons"][-1] == "copy"


def test_a_proof_of_the_spot_answer_is_as_good_as_the_answer(home: Home, checker: Checker) -> None:
    with home.database.reading() as session:
        kept = session.get_one(Place, home.place).spot_answer
    for proof, found in ((kept, "right"), (spot.proof("15", kept), "wrong"), ("é", "wrong"), ("", "")):
        assert checker.check(answers={"spot_question": "Number?", "spot_proof": proof or None})["spot"] == found


def test_a_tag_is_what_the_district_knows_of_it(home: Home, checker: Checker) -> None:
    with home.database.writing() as session:
        gate = places.add_place(session, home.school, "Gate").id
    assert checker.check(tag=home.short)["tag"] == "typed"
    assert checker.check(tag="ABCDEFGHJKLMNPQR")["tag"] == "unknown"
    assert checker.check(place=gate)["tag"] == "elsewhere"
    assert checker.check(answers={"tag_state": "unknown"})["tag"] == "good", "the phone had an old setup"


def test_the_tag_of_a_retired_place_is_an_old_one_as_its_phone_says(home: Home, checker: Checker) -> None:
    with home.database.writing() as session:
        hut = places.add_place(session, home.school, "Hut")
        code = _code(session, hut)
        set_active(session, hut, False, who="test")
    revision = checker.write(tag=code, place=None, answers={"tag_state": "retired", "grade": "D", "place_name": None})
    phones = Evidence.from_answers(revision.set)
    checker.phone.push(revision)
    assert phones
    assert (phones.tag, checker.found(revision)["tag"]) == ("retired", "retired")


def test_a_tag_that_was_replaced_is_good_for_what_was_read_before(home: Home, checker: Checker) -> None:
    before = checker.write()
    with home.database.writing() as session:
        places.new_tag(session, home.place)
        session.get_one(Tag, home.tag).created_at = now() - timedelta(days=1)
    late = checker.write(at=later(1))
    checker.phone.push(before, late)
    assert (checker.found(before)["tag"], checker.found(late)["tag"]) == ("good", "retired")


def test_what_was_found_stays_when_the_tag_and_the_question_change(home: Home, checker: Checker) -> None:
    revision = checker.write(answers={"spot_question": "Number?", "spot_answer": "14 b"})
    checker.phone.push(revision)
    with home.database.writing() as session:
        places.new_tag(session, home.place)
        change_place(session, session.get_one(Place, home.place), who="test", lat=0.0, lon=0.0, spot_answer="99")
    body: dict[str, Any] = {"record": revision.record, "parents": (revision.hash,), "reason": "The notes"}
    same = {name: getattr(revision, name) for name in ("form", "form_version", "record_class", "place", "tag")}
    checker.phone.push(checker.phone.write({"notes": "A dog"}, **body, **same))
    found = checker.found(revision)
    assert (found["grade"], found["spot"], found["tag"]) == ("A", "right", "good")


@pytest.mark.parametrize(
    ("parts", "clock"),
    [
        ({}, "steady"),
        ({"offset": 11 * 60_000}, "off"),
        ({"at": iso(now() - timedelta(minutes=30)), "mono": 10**9}, "moved"),
        ({"at": iso(now() + timedelta(hours=3))}, "doubted"),
    ],
)
def test_an_odd_clock_makes_a_c(checker: Checker, parts: dict[str, Any], clock: str) -> None:
    checker.phone.push(checker.write())
    found = checker.check(**parts)
    assert (found["clock"], found["grade"]) == (clock, "B" if clock == "steady" else "C")


def test_two_checks_that_nobody_can_make_in_that_time_make_a_c(home: Home, checker: Checker) -> None:
    with home.database.writing() as session:
        gate = places.add_place(session, home.school, "Gate", lat=LAT + 0.01, lon=LON)  # 1.1 km away
        tag = _code(session, gate)
    first, typed = checker.write(), checker.write(answers={"tag_state": "typed"})
    soon, walked = checker.write(tag, gate.id, at=later(0.5)), checker.write(at=later(9))
    checker.phone.push(first, typed)
    checker.phone.push(soon, walked)
    assert [checker.found(one)["pace"] for one in (first, typed, soon, walked)] == ["", "", "impossible", ""]
    assert checker.found(soon)["grade"] == "C"


def test_an_unmeasured_place_in_between_does_not_hide_a_way_that_nobody_can_make(home: Home, checker: Checker) -> None:
    with home.database.writing() as session:
        gate = places.add_place(session, home.school, "Gate", lat=LAT + 0.01, lon=LON)  # 1.1 km away
        hall = places.add_place(session, home.school, "Hall")
        to_gate, to_hall = ((_code(session, one), one.id) for one in (gate, hall))
    for apart in (False, True):
        checks = [checker.write(), checker.write(*to_hall), checker.write(*to_gate, at=later(0.5)), checker.write()]
        for batch in ([one] for one in checks) if apart else [checks]:
            checker.phone.push(*batch)
        found = [checker.found(one)["pace"] for one in checks]
        assert found[1:3] == ["", "impossible"]
    checker.phone.push(checker.write(*to_hall, at=later(5)))
    walked = checker.check(at=later(9), answers={"gps": HERE})
    assert (walked["pace"], walked["grade"]) == ("unmeasured", "A")


def test_the_phone_is_told_only_where_the_district_finds_something_else(home: Home, checker: Checker) -> None:
    right = checker.write(answers={"gps": HERE, "distance_m": "0"})
    wrong = checker.write()
    same, other = checker.phone.push(right, wrong)
    assert same.evidence is None
    assert other.evidence == {"tag": "good", "fence": "none", "clock": "steady"}
    again = checker.phone.push(right, wrong)
    assert [one.evidence for one in again] == [None, other.evidence], "sent again, the same answer"
    assert read_verdicts(verdict_lines(again, runs=True), [right.hash, wrong.hash]) == again
    with home.database.reading() as session:
        assert all(row["evidence"] for row in export(session, Filter()))


def test_other_records_have_none_and_an_expunged_check_has_none_left(home: Home, checker: Checker) -> None:
    plain, check = checker.phone.write(), checker.write()
    checker.phone.push(plain, check)
    with home.database.writing() as session:
        orders.order(session, check.record, "expunge", "Court order 1")
    with home.database.reading() as session:
        assert [session.get_one(Record, one.record).evidence for one in (plain, check)] == [None, None]


def test_a_time_that_no_calendar_has_is_only_an_odd_clock(checker: Checker) -> None:
    found = checker.check(answers={"read_at": "soon"}, offset=2**52)
    assert found["grade"] == "C"
