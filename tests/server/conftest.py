"""A district in a temporary folder, its server without a socket, and phones that belong to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app.ids import uuid7
from server import district, enrolment, places
from server.app import create_app
from server.database import Database, open_postgresql
from server.formbook import publish
from server.settings import Settings
from server.tables import Table
from tests.postgres import Postgres
from tests.server.client import open_client
from tests.server.phones import FORM, Phone
from tests.store import SECRETS, FakeStore

BASE_URL = "https://beatbook.example"
# What must be the same on every kind of database.
ON_BOTH = {
    *(
        "test_accounts",
        "test_api",
        "test_backup",
        "test_district",
        "test_enrolment",
        "test_evidence",
        "test_formbook",
        "test_intake",
    ),
    *("test_leftovers", "test_demo", "test_malformed", "test_postgresql", "test_ready", "test_records", "test_scope"),
    "test_tours",
}


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs the contract of the district's database on each kind of it."""
    if "database_url" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        kinds = ["postgresql"] if metafunc.module.__name__.endswith("test_postgresql") else ["sqlite", "postgresql"]
        metafunc.parametrize("database_url", kinds, indirect=True)
    if "blobs_url" in metafunc.fixturenames and metafunc.module.__name__.endswith("test_blobs"):
        metafunc.parametrize("blobs_url", ["folder", "bucket"], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this run's own."""
    with Postgres(untended=True) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def shared_url(postgres: Postgres) -> Iterator[str]:
    """A database with its tables; making one for each test would take longer than the tests."""
    with postgres.database() as url:
        open_postgresql(url).close()
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the district's database is: nothing for a file in its folder, else a PostgreSQL database without rows."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    url: str = request.getfixturevalue("shared_url")
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {', '.join(Table.metadata.tables)} RESTART IDENTITY".encode())
    return url


@pytest.fixture(scope="session")
def store() -> Iterator[FakeStore]:
    """An object store of this run's own."""
    with pytest.MonkeyPatch.context() as patch, FakeStore() as store:
        for name, secret in SECRETS.items():
            patch.setenv(name, secret)
        yield store


@pytest.fixture
def bucket(store: FakeStore) -> str:
    """The URL of an empty bucket."""
    return store.bucket(f"bucket-{uuid7()}")


@pytest.fixture
def blobs_url(request: pytest.FixtureRequest) -> str:
    """Where the district's photos are: nothing for the folder of its data, else a bucket."""
    if getattr(request, "param", "folder") == "folder":
        return ""
    url: str = request.getfixturevalue("bucket")
    return url


@pytest.fixture
def settings(tmp_path: Path, database_url: str, blobs_url: str) -> Settings:
    """Of a district in a temporary folder."""
    return Settings(
        data=tmp_path / "var",
        base_url=BASE_URL,
        webapp=tmp_path / "webapp",
        database_url=database_url,
        blobs_url=blobs_url,
    )


@pytest.fixture
def home(settings: Settings) -> Iterator[Home]:
    """The district; its database is closed at the end."""
    home = make_home(settings)
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
        place = places.add_place(session, school.id, "Door 7", building="Gym", kind="door")
        tag = places.active_tag(session, place.id)
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
def other_phone(new_phone: Callable[..., Phone], home: Home) -> Phone:
    """Officer Ng's phone."""
    return new_phone(home.both)


@pytest.fixture
def phone(new_phone: Callable[..., Phone]) -> Phone:
    """Officer Rivera's phone."""
    return new_phone()
