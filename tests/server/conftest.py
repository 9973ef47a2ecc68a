"""A district in a temporary folder, its server without a socket, and phones that belong to it."""

import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from app.ids import uuid7
from server import district, enrolment, places
from server.app import create_app
from server.cli import main
from server.database import Database, open_postgresql, open_sqlite
from server.formbook import publish
from server.settings import Settings
from server.tables import Table
from tests.postgres import Postgres
from tests.server.client import open_client
from tests.server.noted import watched
from tests.server.phones import FORM, Phone
from tests.server.terminal import Done, Run
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
        "test_intake_refused",
    ),
    *("test_leftovers", "test_demo", "test_malformed", "test_postgresql", "test_ready", "test_records", "test_scope"),
    "test_tours",
}
# With few rows a fifth of the time that TRUNCATE takes, which gives every table a new file.
_EMPTY = "; ".join(
    [
        *(str(delete(table)) for table in reversed(Table.metadata.sorted_tables)),
        *(
            f"SELECT setval(pg_get_serial_sequence('{column.table.name}', '{column.name}'), 1, false)"
            for table in Table.metadata.sorted_tables
            for column in table.primary_key
            if column.autoincrement is True
        ),
    ]
)


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


@pytest.fixture(autouse=True)
def every_change_is_noted() -> Iterator[None]:
    """Phones would not hear of one that is not."""
    with watched() as unnoted:
        yield
    assert not unnoted


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
        connection.execute(_EMPTY.encode())
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
    if settings.database_url:
        app = create_app(settings)
        return Home(app, settings, app.state.database, **_furnish(app.state.database))
    file, ids = _furnished()
    settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    settings.database_path.write_bytes(file)
    app = create_app(settings)
    return Home(app, settings, app.state.database, **ids)


def _furnish(database: Database) -> dict[str, str]:
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
        return {
            "school": school.id,
            "other_school": other.id,
            "officer": officer.id,
            "both": both.id,
            "place": place.id,
            "tag": tag.code,
            "short": tag.short,
        }


@cache
def _furnished() -> tuple[bytes, dict[str, str]]:
    """The file of a district's database, and what is in it: made once, as it takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        database = open_sqlite(path)
        ids = _furnish(database)
        database.close()
        assert list(path.parent.iterdir()) == [path], "some of it is in another file"
        return path.read_bytes(), ids


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


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `beatbook` as a terminal would, on the data folder of `home`."""
    monkeypatch.setenv("BEATBOOK_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("BEATBOOK_BASE_URL", "https://beatbook.example")
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.delenv("PORT", raising=False)

    def command(*words: str, typed: str = "") -> Done:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(int(ended.value.code or 0), out, err)

    return command
