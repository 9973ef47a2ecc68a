"""A database that an older version made is opened, gets what is new, and keeps what it has."""

import sqlite3
from contextlib import closing
from pathlib import Path

from server import district
from server.database import open_sqlite

# The table as version 0.1.0 made it.
OLD = """
CREATE TABLE schools (
    id VARCHAR(36) NOT NULL, name VARCHAR(200) NOT NULL, address VARCHAR(300) NOT NULL, phone VARCHAR(40) NOT NULL,
    active BOOLEAN NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id), UNIQUE (name)
)
"""
ROW = ("018f0000-0000-7000-8000-000000000051", "North High", "1 Elm St", "", 1, "2026-11-23 08:00:00.000000")


def older(path: Path) -> None:
    """A district's database of version 0.1.0 with one school in it."""
    with closing(sqlite3.connect(path)) as made, made:
        made.execute(OLD)
        made.execute("INSERT INTO schools VALUES (?, ?, ?, ?, ?, ?)", ROW)


def test_a_database_of_an_older_version_gets_the_new_column_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "beatbook.db"
    older(path)
    for _ in range(2):  # the second opening finds it done
        database = open_sqlite(path)
        with database.writing() as session:
            (school,) = [one for one in district.schools(session) if one.id == ROW[0]]
            assert (school.name, school.address) == ("North High", "1 Elm St")
            assert school.reunification in ("", "Community Center")
            school.reunification = "Community Center"
            if len(district.schools(session)) == 1:
                district.add_school(session, "South Middle")
        database.close()
    with closing(sqlite3.connect(path)) as kept:
        found = dict(kept.execute("SELECT name, reunification FROM schools"))
    assert found == {"North High": "Community Center", "South Middle": ""}


def test_an_old_and_a_new_database_have_the_same_columns(tmp_path: Path) -> None:
    older(tmp_path / "old.db")
    columns = []
    for name in ("old.db", "new.db"):
        open_sqlite(tmp_path / name).close()
        with closing(sqlite3.connect(tmp_path / name)) as kept:
            rows = kept.execute("PRAGMA table_info(schools)")
            columns.append({(row[1], row[2], row[3]) for row in rows})
    assert columns[0] == columns[1]
