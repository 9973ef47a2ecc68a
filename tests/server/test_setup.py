"""The name of a setup: by it a phone learns that there is news, and nothing is looked up for it twice."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from server import district, places, tours
from server import setup as server_setup
from server.changes import change_officer, change_school, set_active
from server.formbook import withdraw
from server.tables import Officer, Place, School
from sync.protocol import SETUP_HEADER
from tests.server.conftest import Home
from tests.server.noted import TABLES
from tests.server.phones import FORM, Phone


@contextmanager
def asked(home: Home) -> Iterator[set[str]]:
    """The tables that are read meanwhile."""
    found: set[str] = set()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        found.update(re.findall(r"(?:FROM|JOIN) (\w+)", statement))

    event.listen(home.database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(home.database.engine, "before_cursor_execute", note)


def name(phone: Phone) -> str:
    """As a round with nothing new hears it."""
    return str(phone.get("/revisions").headers[SETUP_HEADER])


def test_what_a_setup_is_made_of_is_watched(home: Home) -> None:
    with home.database.writing() as session:
        tours.add_tour(session, home.school, "Morning", begins="07:00", ends="08:00")
        district.add_card(session, officer=home.officer)
    with asked(home) as tables, home.database.reading() as session:
        server_setup.setup(session, session.get_one(Officer, home.officer), "https://beatbook.example")
    assert tables == TABLES


CHANGES: list[Callable[[Home, Any], object]] = [
    lambda home, s: change_school(s, s.get_one(School, home.school), name="Northern Middle School", who="cli"),
    lambda home, s: places.add_place(s, home.school, "Door 8"),
    lambda home, s: places.new_tag(s, home.place),
    lambda home, s: set_active(s, s.get_one(Place, home.place), False, who="cli"),
    lambda home, s: change_officer(s, s.get_one(Officer, home.both), [home.school], who="cli", name="Lee Nguyen"),
    lambda home, s: district.set_schools(s, home.officer, [home.other_school]),
    lambda home, s: district.add_card(s, officer=home.officer),
    lambda home, s: withdraw(s, FORM["id"]),  # noqa: ARG005
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_it_gives_it_another_name_at_once(home: Home, phone: Phone, change: Any) -> None:
    before = name(phone)
    with home.database.writing() as session:
        change(home, session)
    after = name(phone)
    assert after != before
    assert after == phone.get("/setup").headers["ETag"]


def test_while_nothing_is_noted_no_table_of_it_is_read_for_its_name(home: Home, phone: Phone) -> None:
    name(phone)
    with asked(home) as tables:
        name(phone)
    assert tables & TABLES <= {"district", "officers", "postings"}, "what the news themselves need"
