"""What a push and a pull cost once the district is large, beside the same at a small one, on both kinds of database."""

import contextlib
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import event

from app.ids import uuid7
from app.revisions import Revision
from server import district
from server.database import Database, open_database
from server.formbook import FormBook, publish
from server.intake import Intake, Sender
from server.log import head
from server.pull import pull
from server.settings import Settings
from server.tables import Device
from sync.protocol import push_lines
from tests.bench.figures import ROUNDS, Figure, tell
from tests.postgres import Postgres
from tests.server.phones import FORM, Writer

SMALL: Final = 1_000
LARGE: Final = 1_000_000
_TIMES: Final = 40  # pushes, and pulls, of one round
_PULLED: Final = 20  # revisions of one pull
_SCHOOLS: Final = 20
_BATCH: Final = 25  # revisions that fill a district at once


def measure() -> Iterator[Figure]:
    """growth-server: of a push and of a pull, the time with a million revisions over that with a thousand."""
    tell(f"growth-server: {LARGE} revisions beside {SMALL}; a large district is made first, which takes minutes")
    with tempfile.TemporaryDirectory() as folder:
        yield from _beside(Path(folder), "sqlite", "", "")
    with contextlib.ExitStack() as stack:
        folder, postgres = stack.enter_context(tempfile.TemporaryDirectory()), stack.enter_context(Postgres())
        urls = [stack.enter_context(postgres.database()) for _ in range(2)]
        yield from _beside(Path(folder), "postgresql", *urls)


def _beside(folder: Path, kind: str, small_url: str, large_url: str) -> Iterator[Figure]:
    with (
        _town(folder / "small", small_url, SMALL) as small,
        _town(folder / "large", large_url, LARGE) as large,
    ):
        pushes, pulls = [], []
        for _ in range(ROUNDS):
            before, after = small.times(), large.times()
            pushes.append(after[0] / before[0])
            pulls.append(after[1] / before[1])
            said = (f"{1e3 * was:.2f} to {1e3 * now:.2f} ms" for was, now in zip(before, after, strict=True))
            tell(f"  {kind}: push and pull, " + ", ".join(said))
    yield Figure(f"growth-server-push-{kind}", statistics.median(pushes), "of its cost at 1,000", "<=", 1.5)
    yield Figure(f"growth-server-pull-{kind}", statistics.median(pulls), "of its cost at 1,000", "<=", 1.1)


@contextlib.contextmanager
def _town(folder: Path, url: str, size: int) -> Iterator["_Town"]:
    database = open_database(Settings(data=folder, database_url=url))
    try:
        town = _Town(database)
        town.fill(size)
        yield town
    finally:
        database.close()


class _Town:
    """A district with twenty schools, each with an officer who writes; another one reads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._intake = Intake(database, FormBook())
        self._chance = random.Random(5)  # noqa: S311  # a die, not a key
        with database.writing() as session:
            district.create(session, "Bench", "(918) 245-8777")
            publish(session, [FORM])
            schools = [district.add_school(session, f"School {number}").id for number in range(_SCHOOLS)]
            self._writers = []
            for number, school in enumerate(schools):
                officer = district.add_officer(session, f"Officer {number}", f"{number}", [school]).id
                self._writers.append(Writer(officer, school))
                session.add(Device(id=self._writers[-1].device, officer=officer, token_hash=""))
            self._turns = itertools.cycle(self._writers)
            reader = district.add_officer(session, "Reader", "reader", schools[:3]).id
            self._reader = uuid7()
            session.add(Device(id=self._reader, officer=reader, token_hash=""))

    def fill(self, size: int) -> None:
        """Takes so many revisions in, as phones send them."""
        began = time.perf_counter()
        with _hasty(self._database):
            for _ in range(0, size, _BATCH):
                self._push(_BATCH)
        if size >= LARGE:
            tell(f"  {size} revisions taken in, in {time.perf_counter() - began:.0f} s")

    def times(self) -> tuple[float, float]:
        """Seconds of a push of one revision, and of a pull: the medians of a round."""
        pushes = [self._timed_push() for _ in range(_TIMES)]
        pulls = [self._timed_pull() for _ in range(_TIMES)]
        return statistics.median(pushes), statistics.median(pulls)

    def _push(self, count: int) -> None:
        writer = next(self._turns)
        body = push_lines([self._written(writer) for _ in range(count)])
        verdicts = self._intake.take(Sender(writer.device, writer.officer), body).verdicts
        assert all(verdict.safe for verdict in verdicts)

    def _written(self, writer: Writer) -> Revision:
        return writer.write({"channel": "phone", "minutes": 7, "summary": f"{self._chance.random()} " * 10})

    def _timed_push(self) -> float:
        writer = next(self._turns)
        body = push_lines([self._written(writer)])
        began = time.perf_counter()
        taken = self._intake.take(Sender(writer.device, writer.officer), body)
        took = time.perf_counter() - began
        assert taken.verdicts[0].safe
        return took

    def _timed_pull(self) -> float:
        with self._database.reading() as session:
            device, newest = session.get_one(Device, self._reader), head(session).seq
            after = self._chance.randrange(newest - SMALL * 9 // 10)  # anywhere, as phones that were away for long
            began = time.perf_counter()
            page = pull(session, device, after, _PULLED)
            took = time.perf_counter() - began
        assert page.lines == _PULLED
        return took


@contextlib.contextmanager
def _hasty(database: Database) -> Iterator[None]:
    """SQLite does not flush meanwhile: how a district came to be large is not what is measured."""
    if database.kind != "sqlite":
        yield
        return

    def hurry(connection: object, *_: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

    database.engine.dispose()
    event.listen(database.engine, "connect", hurry)
    yield
    event.remove(database.engine, "connect", hurry)
    database.engine.dispose()
