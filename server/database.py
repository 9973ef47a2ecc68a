"""The road to the tables: one engine, a session to read in and a session to write in, on SQLite or PostgreSQL.

Both keep the same promise: whoever reads sees one moment; whoever writes is alone. On PostgreSQL a lock that every
writing transaction takes first does what SQLite does by itself. So numbers are given in the order of the commits, and a
cursor never steps over one that comes late (docs/decisions/district-storage.md).
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from server.migrations import HEAD, DatabaseTrouble, migrate, version
from server.settings import Settings

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode  # made once: json.dumps makes one for each value
_BUSY_SECONDS: Final = 15
_CONNECTIONS: Final = 20  # of one server process to PostgreSQL, at most
_WRITERS: Final = int.from_bytes(b"beatbook")  # the name of the lock; one database holds one district


def _json(value: Any) -> str:
    """JSON as it is kept; most lists and objects of a row are empty."""
    return "[]" if value == [] else "{}" if value == {} else _encode(value)


class Database:
    """Sessions over one engine. Rows stay readable after their session has ended."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite lets one writer in at a time. Taking its place in the queue at the start of the transaction waits
        # patiently; asking for it in the middle of one fails at once.
        self._writer = engine.execution_options(beatbook_writes=True)
        self._reader = engine
        if self.kind == "postgresql":
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # The writers of this process queue here: in the database's own queue each would hold a connection.
        self._turn = threading.Lock()
        self._watcher = _Watcher(engine) if self.kind == "sqlite" else None

    @property
    def kind(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    def make(self) -> None:
        """Makes the tables, or brings those of an older version to this one. Raises DatabaseTrouble."""
        with self.engine.connect() as connection:
            if version(connection) == HEAD:
                return
        with self.remaking() as connection:
            migrate(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database and leaves nothing behind."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is all there, durably, once the block has ended well; else none of it."""
        with self._turn, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def remaking(self) -> Iterator[Connection]:
        """A connection for changing tables and filling them anew: all of its work is there at the end, or none."""
        with self._turn, self._writer.connect() as connection, _unchecked(connection), connection.begin():
            yield connection

    def purge(self) -> None:
        """Takes what was erased out of the database's files too: SQLite's log is written back and emptied, and what was
        freed has been overwritten; PostgreSQL frees it for overwriting.
        """
        if self.kind == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM revisions, records, record_photos")
            return
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def answers(self) -> bool:
        """Whether the database can be asked anything."""
        with self.reading() as session:
            return bool(session.scalar(text("SELECT 1")))

    def moment(self) -> str | None:
        """A name for what the database holds now; None where it cannot be told.

        It is the same again only while nobody, in whatever process, has committed anything. Whoever keeps what they
        read asks first and reads then: what was committed in between is at worst read once more.
        """
        try:
            if self._watcher:
                return self._watcher.moment()
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                # Which transactions are done, by number; each that writes has one, and none is given twice.
                return str(connection.exec_driver_sql("SELECT pg_current_snapshot()").scalar_one())
        except (SQLAlchemyError, sqlite3.Error):
            return None

    @property
    def tells_at_once(self) -> bool:
        """Whether `moment` takes microseconds: SQLite looks into memory that it shares, PostgreSQL is far away."""
        return self._watcher is not None

    def close(self) -> None:
        """Closes every connection."""
        if self._watcher:
            self._watcher.close()
        self.engine.dispose()


class _Watcher:
    """A connection to SQLite that never writes, because its count of changes leaves out what it changed itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver: Any = None
        self._turn = threading.Lock()

    def moment(self) -> str:
        """The count of changes. Raises sqlite3.Error where it would have to be waited for."""
        with self._turn:
            if self._driver is None:
                own = self._engine.raw_connection()
                self._driver = own.driver_connection
                own.detach()  # it is none of those that are handed out
                self._driver.execute("PRAGMA busy_timeout=0")
            return str(self._driver.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Closes the connection; the next question opens another."""
        with self._turn:
            if self._driver is not None:
                self._driver.close()
                self._driver = None


def open_database(settings: Settings) -> Database:
    """The district's database, made or brought up to date where need be. Raises DatabaseTrouble."""
    if settings.database_url:
        return open_postgresql(settings.database_url)
    return open_sqlite(settings.database_path)


def open_sqlite(path: Path) -> Database:
    """The database in a file (made with its tables where it is not there): write-ahead log, every commit flushed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)  # first, because SQLite gives its log the mode that the database has
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error's message must not quote what somebody wrote
        json_serializer=_json,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return _made(engine)


def open_postgresql(url: str) -> Database:
    """The database at a PostgreSQL URL, with its tables. Raises DatabaseTrouble in words without the password."""
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except ArgumentError:
        raise DatabaseTrouble(
            "BEATBOOK_DATABASE_URL cannot be read: postgresql://user:password@host/database"
        ) from None
    engine = create_engine(
        address,
        pool_size=_CONNECTIONS // 2,
        max_overflow=_CONNECTIONS // 2,
        pool_pre_ping=True,  # the database may have been restarted
        hide_parameters=True,
        json_serializer=_json,
    )
    event.listen(engine, "begin", _take_turn)
    try:
        return _made(engine)
    except OperationalError:
        where = f"{address.host or 'this machine'}, database {address.database}"
        raise DatabaseTrouble(
            f"The database of BEATBOOK_DATABASE_URL ({where}) does not answer or does not let this user in."
        ) from None


def _made(engine: Engine) -> Database:
    database = Database(engine)
    try:
        database.make()
    except BaseException:
        database.close()
        raise
    return database


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, see _begin; the driver would begin them late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("beatbook_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _take_turn(connection: Connection) -> None:
    if connection.get_execution_options().get("beatbook_writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew; meanwhile what points to its rows would take them for deleted."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
