"""Eight servers take revisions in at once, on one PostgreSQL; a phone that follows its cursor gets every one of them.

PostgreSQL gives numbers out before it commits: without care a phone that has seen 42 would never ask for a 41 that came
later.
"""

import multiprocessing
import random
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from typing import Final

from sqlalchemy import func, select

from app.ids import uuid7
from server import district
from server.database import Database, open_postgresql
from server.formbook import FormBook, publish
from server.intake import Intake, Sender
from server.pull import pull
from server.tables import Device, StoredRevision
from sync.protocol import MAX_BATCH_LINES, push_lines
from tests.bench.figures import Figure, tell
from tests.faults.runs import Outcome, figures
from tests.postgres import Postgres
from tests.server.phones import FORM, Writer

NAME: Final = "cursor"
REVISIONS: Final = 1_000_000
WRITERS: Final = 8


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The revisions that the reader was never shown."""
    tell(f"cursor: {WRITERS} servers write to one PostgreSQL, a phone follows its cursor")
    with ProcessPoolExecutor(WRITERS, multiprocessing.get_context("spawn")) as servers:
        yield from figures(NAME, "skipped", follow(round(REVISIONS * share), servers), REVISIONS)


def follow(enough: int, servers: Executor) -> Outcome:
    """Writes so many revisions on all servers at once, and follows them."""
    with Postgres() as postgres, postgres.database() as url:
        database = open_postgresql(url)
        try:
            return _follow(database, url, enough, servers)
        finally:
            database.close()


def _follow(database: Database, url: str, enough: int, servers: Executor) -> Outcome:
    reader, phones = _people(database)
    outcome, cursor, seen = Outcome(), 0, set[int]()
    writing = [servers.submit(_write, url, *phone, -(-enough // WRITERS)) for phone in phones]
    left: set[Future[int]] = set(writing)
    while left:
        # They are asked first, so that the last look is after the last of them.
        left = wait(left, timeout=0.02).not_done
        while True:
            with database.reading() as session:
                page = pull(session, session.get_one(Device, reader), cursor, MAX_BATCH_LINES)
            if page.cursor < cursor:
                outcome.wrong.append(f"the cursor went back from {cursor} to {page.cursor}")
            cursor = page.cursor
            seen |= {int(line.rpartition(b":")[2].rstrip(b"}")) for line in page.body.splitlines()}
            if not page.more:
                break
    outcome.runs = sum(writer.result() for writer in writing)
    with database.reading() as session:
        school = session.scalar(select(func.min(StoredRevision.school)))
        here = set(session.scalars(select(StoredRevision.seq).where(StoredRevision.school == school)))
        elsewhere = session.scalar(select(func.count()).where(StoredRevision.school != school)) or 0
    if len(here) + elsewhere != outcome.runs:
        outcome.wrong.append(f"{outcome.runs} were accepted, {len(here) + elsewhere} are there")
    outcome.wrong += [f"number {number} was stepped over" for number in sorted(here - seen)]
    tell(f"  {outcome.runs} written, {len(seen)} of {len(here)} shown, {len(outcome.wrong)} wrong")
    return outcome


def _people(database: Database) -> tuple[str, list[tuple[str, str, str]]]:
    """The reader's device, and of each writer device, officer and school. One school is not the reader's."""
    with database.writing() as session:
        district.create(session, "Faults", "(918) 245-8777")
        publish(session, [FORM])
        schools = sorted(district.add_school(session, name).id for name in ("North", "South"))
        reads = district.add_officer(session, "Reader", "1", schools[:1]).id
        phones = []
        for number in range(WRITERS):
            school = schools[number == 0]
            officer = district.add_officer(session, f"Writer {number}", f"1{number}", [school]).id
            phones.append((uuid7(), officer, school))
        reader = uuid7()
        for device, officer in ((reader, reads), *((device, officer) for device, officer, _ in phones)):
            session.add(Device(id=device, officer=officer, token_hash=""))
    return reader, phones


def _write(url: str, device: str, officer: str, school: str, enough: int) -> int:
    """One server process with one phone: batches of any size, one after the other."""
    database = open_postgresql(url)
    intake, phone, written = Intake(database, FormBook()), Writer(officer, school, device), 0
    chance = random.Random(device)  # noqa: S311  # a die, not a key
    while written < enough:
        size = min(enough - written, chance.choice((1, 1, 5, 20, 100, MAX_BATCH_LINES)))
        verdicts = intake.take(Sender(device, officer), push_lines([phone.write() for _ in range(size)])).verdicts
        assert all(verdict.verdict == "accepted" for verdict in verdicts)
        written += size
    database.close()
    return written
