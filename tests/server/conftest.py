"""A district in a temporary folder, its server without a socket, and phones that belong to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from server import district, enrolment
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from tests.server.client import open_client
from tests.server.phones import FORM, Phone

BASE_URL = "https://beatbook.example"


@dataclass(frozen=True)
class Home:
    """A district with two schools; officer Rivera is at the first, officer Ng at both."""

    app: FastAPI
    settings: Settings
    database: Database
    school: str
    other_school: str
    officer: str
    both: str
    place: str
    tag: str
    short: str


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """The district; its database is closed at the end."""
    home = make_home(Settings(data=tmp_path / "var", base_url=BASE_URL, webapp=tmp_path / "webapp"))
    yield home
    home.database.close()


def make_home(settings: Settings) -> Home:
    """A new district behind these settings."""
    app = create_app(settings)
    database: Database = app.state.database
    with database.writing() as session:
        district.create(session, "Test district", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North Middle School")
        other = district.add_school(session, "South High School")
        officer = district.add_officer(session, "Ana Rivera", "101", [school.id], email="rivera@example.org")
        both = district.add_officer(session, "Lee Ng", "102", [school.id, other.id])
        place = district.add_place(session, school.id, "Door 7", building="Gym", kind="door")
        tag = district.active_tag(session, place.id)
        assert tag
    return Home(app, settings, database, school.id, other.id, officer.id, both.id, place.id, tag.code, tag.short)


@pytest.fixture
def client(home: Home) -> Iterator[httpx.Client]:
    """Speaks to the district as phones and browsers do."""
    with open_client(home.app, BASE_URL) as client:
        yield client


@pytest.fixture
def new_phone(home: Home, client: httpx.Client) -> Callable[..., Phone]:
    """Makes phones that are enrolled already, for officer Rivera unless said otherwise."""

    def make(officer: str = home.officer, school: str = home.school) -> Phone:
        with home.database.writing() as session:
            code = enrolment.make_code(session, officer)
        phone = Phone(client, officer, school)
        assert phone.enrol(code).status_code == 200
        return phone

    return make


@pytest.fixture
def phone(new_phone: Callable[..., Phone]) -> Phone:
    """Officer Rivera's phone."""
    return new_phone()
