"""The demo district: what is in it, what is printed, and that it never touches a real one."""

import re
import stat
from pathlib import Path

import pytest

from server import demo, district, places, tours
from server.accounts import Accounts
from server.app import create_app
from server.database import Database
from server.district import DistrictError
from server.formbook import active_forms
from server.settings import Settings
from tests.server.client import open_client
from tests.server.conftest import Home
from tests.server.phones import Phone


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a demo in a folder of its own."""
    return Settings(data=tmp_path / "demo")


def test_the_demo_is_marked_and_whole(settings: Settings) -> None:
    database: Database = create_app(settings).state.database
    with database.writing() as session:
        demo.fill(session, settings)
    with database.reading() as session:
        home = district.the_district(session)
        assert home.demo
        assert "Demo" in home.name
        assert home.phone == "(918) 245-8777"
        assert [bool(school.reunification) for school in district.schools(session)] == [True, True]
        assert len(district.officers(session)) == 3
        assert len(places.places(session)) == len(places.tags(session, active=True)) == 10
        assert len(district.cards(session)) == 3
        told = tours.for_phones(session, [school.id for school in district.schools(session)])
        assert sorted(len(tour["points"]) for tour in told) == [4, 4, 5]
        assert [form["id"] for form in active_forms(session)][:4] == [
            "location_check",
            "walkthrough",
            "parent_contact",
            "community_complaint",
        ]
    database.close()


def test_what_is_printed_works(settings: Settings) -> None:
    app = create_app(settings)
    database: Database = app.state.database
    with database.writing() as session:
        demo.fill(session, settings)
        text = "\n".join(demo.welcome(session, settings))
        officer = district.find_officer(session, demo.OFFICER)
        school = district.schools_of(session, officer.id)[0]
    with open_client(app, settings.base_url) as client:
        code = re.findall(r"/app/enrol/([0-9A-Z]{11})\n", text)[0]
        phone = Phone(client, officer.id, school)
        assert phone.enrol(code).status_code == 200
        assert phone.get("/setup").json()["district"]["demo"] is True
        card = re.findall(r"http://127\.0\.0\.1:8080(/c/\S+)", text)[0]
        assert "Ana Rivera" in client.get(card).text
        tag, place = re.findall(r"http://127\.0\.0\.1:8080(/t/\S+)   ([^,]+),", text)[0]
        assert place in client.get(tag).text
    name, password = re.findall(r"sign in: (\S+)   password: (\S+)", text)[0]
    assert Accounts(database).sign_in(name, password, "127.0.0.1")
    assert "▄" in text
    database.close()


def test_the_console_password_is_kept_for_this_user_only_and_hashed_in_the_database(settings: Settings) -> None:
    database: Database = create_app(settings).state.database
    with database.writing() as session:
        demo.fill(session, settings)
        first = "\n".join(demo.welcome(session, settings))
    password = re.findall(r"password: (\S+)", first)[0]
    path = settings.data / "demo-console-password"
    assert path.read_text().strip() == password
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    for kept in settings.data.glob("district.sqlite*"):
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert password.encode() not in settings.database_path.read_bytes()
    with database.writing() as session:
        demo.fill(session, settings)
        again = "\n".join(demo.welcome(session, settings))
    assert re.findall(r"password: (\S+)", again)[0] == password
    assert re.findall(r"/app/enrol/(\S+)", again) != re.findall(r"/app/enrol/(\S+)", first)
    with database.reading() as session:
        assert len(district.officers(session)) == 3
    database.close()


def test_a_real_district_is_left_alone(home: Home) -> None:
    with home.database.writing() as session, pytest.raises(DistrictError, match="real district"):
        demo.fill(session, home.settings)
