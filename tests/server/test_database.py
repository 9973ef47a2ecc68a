"""A database that an older version made is opened, brought up to date and keeps what it has; a newer one is refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, select

import server.migrations
from server import records
from server.database import open_sqlite
from server.migrations import HEAD, DatabaseTrouble
from server.tables import Table
from tests.server.dumps import SCHEMAS, differences, dump, load

DUMPS = sorted(SCHEMAS.glob("*.sql"))


def counted(path: Path) -> dict[str, int]:
    """The rows of each table."""
    with closing(sqlite3.connect(path)) as kept:
        names = kept.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'")
        return {name: kept.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in names.fetchall()}  # noqa: S608


@pytest.mark.parametrize("old", DUMPS, ids=lambda path: path.stem)
def test_a_database_of_an_older_version_becomes_todays_and_keeps_every_row(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "district.sqlite"
    load(old.read_text("utf-8"), path)
    before = counted(path)
    assert before["revisions"] == 2
    for _ in range(2):  # the second opening finds it done
        database = open_sqlite(path)
        assert differences(database) == []
        with database.reading() as session:
            (whole, plain) = sorted(records.export(session, records.Filter()), key=lambda one: -len(one["photos"]))
            assert (whole["school"]["name"], whole["officer"]["name"]) == ("North Middle School", "Ana Rivera")
            assert (whole["photos"][0]["here"], plain["answers"]) == (True, {"channel": "phone"})
        database.close()
    assert before.items() <= counted(path).items()
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_database_with_some_of_the_first_tables_gets_the_others(tmp_path: Path) -> None:
    path = tmp_path / "district.sqlite"
    with closing(sqlite3.connect(path)) as made, made:
        made.execute(
            "CREATE TABLE schools (id VARCHAR(36) NOT NULL, name VARCHAR(200) NOT NULL, address VARCHAR(300) NOT NULL, "
            "phone VARCHAR(40) NOT NULL, active BOOLEAN NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id), "
            "UNIQUE (name))"
        )
        made.execute("INSERT INTO schools VALUES ('1', 'North High', '1 Elm St', '', 1, '2026-11-23 08:00:00')")
    database = open_sqlite(path)
    assert differences(database) == []
    database.close()
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("SELECT name, reunification FROM schools").fetchall() == [("North High", "")]


def test_every_version_of_the_tables_has_its_dump() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(server.migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == HEAD, "server.migrations.HEAD names the newest version"
    missing = {script.revision for script in scripts.walk_revisions()} - {path.stem for path in DUMPS}
    assert not missing, "python -m tests.server.dumps makes it"


def test_todays_dump_is_of_todays_tables(tmp_path: Path) -> None:
    shapes = []
    for name, sql in (("kept", (SCHEMAS / f"{HEAD}.sql").read_text("utf-8")), ("new", dump())):
        load(sql, tmp_path / name)
        with closing(sqlite3.connect(tmp_path / name)) as made:
            shapes.append(made.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
    assert shapes[0] == shapes[1]


def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "district.sqlite"
    open_sqlite(path).close()
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTrouble, match="newer version of Beatbook"):
        open_sqlite(path)
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "district.sqlite"
    load((SCHEMAS / "0.1.0.sql").read_text("utf-8"), path)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        open_sqlite(path)
    after = create_engine(f"sqlite:///{path}")
    with after.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Table.metadata.tables["revisions"])) == 2
        assert not connection.dialect.has_table(connection, "alembic_version")
    after.dispose()
