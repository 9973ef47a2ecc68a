"""Coverage at the console: tours that were not made as planned, places that nobody checked, and no officer anywhere."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.tours import DAYS
from server import coverage, places, tours
from server.formbook import publish
from server.tables import Tour, now
from server.times import iso
from tests.app.formkit import published
from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.phones import Phone
from tests.server.visitor import Visitor

YESTERDAY = date.today() - timedelta(days=1)
AGO = timedelta(days=10)


@pytest.fixture
def gate(staffed: Home) -> str:
    """A second place; with Door 7 it is a tour of every night, which was there ten days ago."""
    with staffed.database.writing() as session:
        publish(session, [published()[name] for name in ("location_check", "tour_run")])
        gate = places.add_place(session, staffed.school, "=Gate", building="Yard")
        when: dict[str, Any] = {"begins": "00:00", "ends": "00:01", "grace_min": 0, "days": list(DAYS)}
        tour = tours.add_tour(session, staffed.school, "Night doors", **when)
        for place in (staffed.place, gate.id):
            tours.put_point(session, tour, session.get_one(type(gate), place))
        tour.planned_at = tour.created_at = now() - AGO
        return gate.id


def run(home: Home, phone: Phone, day: date, **said: Any) -> None:
    """The record of the tour on a day."""
    with home.database.reading() as session:
        [tour] = tours.tours(session)
        answers = {"tour": tour.id, "tour_day": f"{day}", "tour_name": tour.name, "occurred_at": iso(now())}
    form = published()["tour_run"]
    kind = {"form": form["id"], "form_version": form["version"], "record_class": form["class"]}
    written = phone.write({**answers, "checked": 2, "places": 2, **said}, **kind)
    assert [one.verdict for one in phone.push(written)] == ["accepted"]


def check(phone: Phone, place: str) -> None:
    form = published()["location_check"]
    kind = {"form": form["id"], "form_version": form["version"], "record_class": form["class"], "place": place}
    phone.push(phone.write({"place_name": "Door 7", "result": "ok", "scanned_at": iso(now())}, **kind))


def rows(visitor: Visitor, table: str, query: str = "") -> list[dict[str, str]]:
    answer = visitor.get(f"/console/coverage/{table}.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_tours_that_were_missed_late_or_not_told_are_there_and_the_others_are_counted(
    staffed: Home, gate: str, phone: Phone, admin: Visitor
) -> None:
    days = [YESTERDAY - timedelta(days=ago) for ago in range(4)]
    run(staffed, phone, days[0], missed="Gate", missed_places=gate, checked=1, end_reason="incident")
    run(staffed, phone, days[1], late="Door 7", late_places=staffed.place, end_reason="student")
    run(staffed, phone, days[2])
    page = admin.get("/console/coverage").text
    for words in (
        *("Night doors", "Missed", "Not checked: Gate", "1 of 2 checked", "Called to an incident", "Late: Door 7"),
        *("No record", "1 tour was made as planned.", 'href="/console/coverage" aria-current="page"'),
    ):
        assert words in page, words
    assert "Rivera" not in page, "nobody is named"
    found = {row["day"]: row for row in rows(admin, "tours")}
    assert [found[f"{day}"]["state"] for day in days] == ["missed", "late", "done", "untold"]
    assert (found[f"{days[0]}"]["reason"], found[f"{days[3]}"]["record"]) == ("Called to an incident", "")
    assert audited(staffed, "coverage-exported") == [(admin_id(staffed), "tours")]


def test_of_two_records_of_one_tour_and_day_the_better_one_counts(
    staffed: Home, gate: str, phone: Phone, admin: Visitor
) -> None:
    run(staffed, phone, YESTERDAY)
    run(staffed, phone, YESTERDAY, missed="Gate", missed_places=gate, end_reason="incident")
    assert {row["day"]: row["state"] for row in rows(admin, "tours")}[f"{YESTERDAY}"] == "done"


def test_places_that_nobody_checked_come_first(staffed: Home, gate: str, phone: Phone, admin: Visitor) -> None:
    assert gate
    check(phone, staffed.place)
    check(phone, staffed.place)
    page = admin.get("/console/coverage").text
    assert page.index("=Gate") < page.index("Door 7")
    assert "1 place was not checked." in page
    found = [(row["place"], row["checks"], bool(row["last_checked"])) for row in rows(admin, "places")]
    assert found == [("'=Gate", "0", False), ("Door 7", "2", True)], "and nothing is a formula"
    other = rows(admin, "places", f"?school={staffed.other_school}")
    assert {row["school"] for row in other} <= {"South High School"}
    before = rows(admin, "places", f"?from={YESTERDAY - AGO}&to={YESTERDAY}")
    assert [row["checks"] for row in before] == ["0", "0"]


def test_a_day_is_not_missed_before_its_grace_is_over_or_the_tour_was_planned(staffed: Home, gate: str) -> None:
    assert gate
    today = date.today()
    with staffed.database.reading() as session:

        def untold(at: datetime) -> int:
            return len(coverage.tour_days(session, [staffed.school], today - 3 * AGO, today, at))

        midnight = datetime.combine(today, datetime.min.time()).astimezone()
        assert untold(midnight + timedelta(hours=1)) - untold(midnight + timedelta(seconds=30)) == 1
        assert untold(midnight + timedelta(hours=1)) <= AGO.days + 1
        session.get_one(Tour, tours.tours(session)[0].id).active = False
        assert untold(midnight + timedelta(hours=1)) == 0


def test_days_that_are_none_or_too_many_are_put_right(staffed: Home, gate: str, admin: Visitor) -> None:
    assert staffed
    assert gate
    for query in ("?from=soon&to=never", "?from=1999-01-01&to=2999-01-01", "?from=2999-01-01&to=1999-01-01"):
        assert admin.get(f"/console/coverage{query}").status_code == 200
    assert admin.get("/console/coverage/officers.csv").status_code == 400


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("auditor", 200), ("supervisor", 200)])
def test_who_reads_the_district_sees_it(visit: Callable[[str], Visitor], role: str, status: int) -> None:
    visitor = visit(role)
    assert visitor.get("/console/coverage").status_code == status
    assert ("/console/coverage" in visitor.get("/console/records").text) == (status == 200)


def test_in_spanish_it_is_cobertura(staffed: Home, gate: str, phone: Phone, admin: Visitor) -> None:
    run(staffed, phone, YESTERDAY, missed="Gate", missed_places=gate, checked=1, end_reason="incident")
    page = admin.get("/console/coverage?lang=es").text
    assert "Cobertura" in page
    assert "Llamado a un incidente" in page
