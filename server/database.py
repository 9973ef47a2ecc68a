"""The road to the tables: one engine, a session to read in and a session to write in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateColumn

from server.tables import Table

_BUSY_SECONDS = 15
# Columns that came after version 0.1.0: a database that was made before gets them. Each has a server default.
_ADDED: Final = (("schools", "reunification"),)


class Database:
    """Sessions over one engine. Rows stay readable after their session has ended."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite lets one writer in at a time. Taking its place in the queue at the start of the transaction waits
        # patiently; asking for it in the middle of one fails at once.
        self._writer = engine.execution_options(beatbook_writes=True)

    @property
    def kind(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    def make(self) -> None:
        """Makes the tables, and the columns of an older version's tables, that are not there yet."""
        with self._writer.begin() as connection:
            Table.metadata.create_all(connection)
            for table, name in _ADDED:
                _add(connection, Table.metadata.tables[table].columns[name])

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database and leaves nothing behind."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is all there, durably, once the block has ended well; else none of it."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def answers(self) -> bool:
        """Whether the database can be asked anything."""
        with self.reading() as session:
            return bool(session.scalar(text("SELECT 1")))

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()


def open_sqlite(path: Path) -> Database:
    """The database in a file (made with its tables where it is not there): write-ahead log, every commit flushed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)  # first, because SQLite gives its log the mode that the database has
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error's message must not quote what somebody wrote
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    database = Database(engine)
    try:
        database.make()
    except BaseException:
        database.close()
        raise
    return database


def _add(connection: Connection, column: Column[Any]) -> None:
    """Gives a table this column, empty in every row, where it does not have it yet."""
    there = {found["name"] for found in inspect(connection).get_columns(column.table.name)}
    if column.name not in there:
        definition = CreateColumn(column).compile(connection)
        connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {definition}"))


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, see _begin; the driver would begin them late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("beatbook_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
