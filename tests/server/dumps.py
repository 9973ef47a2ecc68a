"""`python -m tests.server.dumps`: keeps what today's version makes of a small district.

Each version of the tables (server/migrations) has one dump in `schemas/`, made once and never changed, and every later
version opens it.
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server import enrolment
from server.database import Database
from server.migrations import HEAD
from server.settings import Settings
from server.tables import Table
from tests.server.client import open_client
from tests.server.conftest import BASE_URL, make_home
from tests.server.phones import Phone, photo_answer, picture

SCHEMAS: Final = Path(__file__).parent / "schemas"


def dump() -> str:
    """A district with a phone, two records and a photo, as SQL."""
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Settings(data=Path(folder), base_url=BASE_URL))
        with home.database.writing() as session:
            code = enrolment.make_code(session, home.officer)
        with open_client(home.app, BASE_URL) as client:
            phone = Phone(client, home.officer, home.school)
            phone.enrol(code)
            data = picture()
            phone.push(phone.write({"channel": "phone", "photo": photo_answer(data)}), phone.write())
            phone.put_photo(data)
        home.database.close()
        with closing(sqlite3.connect(home.settings.database_path)) as kept:
            return "\n".join(kept.iterdump()) + "\n"


def load(sql: str, path: Path) -> None:
    """Makes the SQLite file that a dump was taken of."""
    with closing(sqlite3.connect(path)) as made:
        made.executescript(sql)


def differences(database: Database) -> list[object]:
    """What Alembic would change to make this database what the tables say."""
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))


if __name__ == "__main__":
    (SCHEMAS / f"{HEAD}.sql").write_text(dump(), "utf-8")
