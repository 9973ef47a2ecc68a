"""A district on PostgreSQL: what is its own there. Everything else is tested on both kinds (conftest.ON_BOTH)."""

import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from server import district, enrolment
from server.app import create_app
from server.database import open_postgresql
from server.migrations import DatabaseTrouble
from server.settings import Settings
from server.tables import School, StoredRevision
from sync.protocol import Code, push_lines, read_verdicts
from tests.postgres import Postgres
from tests.server.client import open_client
from tests.server.conftest import BASE_URL, make_home
from tests.server.dumps import differences
from tests.server.phones import Phone


def test_the_tables_are_what_they_say_however_many_servers_start_at_once(postgres: Postgres) -> None:
    with postgres.database() as url:
        together = threading.Barrier(4)

        def start(_: int) -> list[object]:
            together.wait()
            database = open_postgresql(url)
            found = differences(database)
            database.close()
            return found

        with ThreadPoolExecutor(4) as servers:
            assert list(servers.map(start, range(4))) == [[]] * 4


def test_a_database_of_a_newer_version_is_refused_in_words(postgres: Postgres) -> None:
    with postgres.database() as url:
        database = open_postgresql(url)
        with database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        database.close()
        with pytest.raises(DatabaseTrouble, match="newer version of Beatbook"):
            open_postgresql(url)


@pytest.mark.parametrize("url", ["postgresql://me:s3cret@127.0.0.1:1/district", "postgresql://me:s3cret@[/district"])
def test_a_database_that_is_not_there_is_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseTrouble, match="BEATBOOK_DATABASE_URL") as caught:
        open_postgresql(url)
    assert "s3cret" not in str(caught.value)


def test_a_reader_sees_one_moment_and_writes_nothing(shared_url: str) -> None:
    database = open_postgresql(shared_url)
    with database.reading() as session:
        before = len(district.schools(session))
        with database.writing() as other:
            district.add_school(other, "Built Meanwhile")
        assert len(district.schools(session)) == before
        session.add(School(name="Nowhere"))
        with pytest.raises(InternalError):
            session.flush()
    database.close()


def test_two_servers_are_one_district(settings: Settings) -> None:
    home = make_home(settings)
    with home.database.writing() as session:
        codes = [enrolment.make_code(session, officer) for officer in (home.officer, home.both)]
    other = create_app(settings)
    with open_client(home.app, BASE_URL) as first, open_client(other, BASE_URL) as second:
        rivera, ng = Phone(first, home.officer, home.school), Phone(second, home.both, home.school)
        rivera.enrol(codes[0])
        ng.enrol(codes[1])
        revision = rivera.write()
        (verdict,) = rivera.push(revision)
        assert verdict.hash.encode() in ng.get("/revisions?after=0").content
        rivera.client = second
        (again,) = rivera.push(revision)
        assert (again.verdict, again.seq, again.at) == ("accepted", verdict.seq, verdict.at)
    other.state.database.close()
    home.database.close()


def test_a_database_that_crashes_under_load_keeps_all_that_was_accepted_once(settings: Settings) -> None:
    with Postgres() as postgres, postgres.database() as url:
        home = make_home(replace(settings, database_url=url))
        with home.database.writing() as session:
            code = enrolment.make_code(session, home.officer)
        accepted: set[str] = set()
        refused = 0
        with open_client(home.app, BASE_URL) as client, ThreadPoolExecutor(1) as crash:
            phone = Phone(client, home.officer, home.school)
            phone.enrol(code)
            crashed: Future[None] | None = None
            while crashed is None or not crashed.done() or len(accepted) < 40:
                revision = phone.write()
                while (answer := phone.send(push_lines([revision]))).status_code != 200:  # as a phone does, later
                    refused += 1
                    assert answer.json()["error"]["code"] == Code.INTERNAL
                accepted |= {verdict.hash for verdict in read_verdicts(answer.content) if verdict.safe}
                if len(accepted) == 20:
                    crashed = crash.submit(_crash, postgres)
            crashed.result()
        with home.database.reading() as session:
            assert sorted(session.scalars(select(StoredRevision.hash))) == sorted(accepted)
            assert sorted(session.scalars(select(StoredRevision.device_seq))) == list(range(1, phone.seq + 1))
        home.database.close()
    assert refused, "the crash was noticed"


def _crash(postgres: Postgres) -> None:
    postgres.stop(signal.SIGQUIT)
    postgres.start()
