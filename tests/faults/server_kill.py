"""The district's server killed at random moments while phones send, and PostgreSQL crashed and started again."""

import contextlib
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import select

from app.tags import tidy
from server import district, enrolment
from server.database import open_database
from server.formbook import publish
from server.log import link
from server.settings import Settings
from server.tables import Record, StoredRevision
from server.times import iso
from sync.protocol import push_lines, read_verdicts
from tests.bench.figures import Figure, tell
from tests.browser.district import District
from tests.faults.runs import Outcome, figures
from tests.postgres import Postgres
from tests.server.phones import FORM, Phone

NAME: Final = "server-kill"
PUSHES: Final = 1_000
_PHONES: Final = 3
_EVERY: Final = 25  # batches, on the average, between two kills


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The revisions that were confirmed and are lost, or are there twice."""
    outcome, pushes = Outcome(), round(PUSHES * share)
    tell("server-kill: SQLite, the server killed")
    with tempfile.TemporaryDirectory() as folder:
        outcome += _run(Path(folder), pushes // 2)
    tell("server-kill: PostgreSQL, the server killed and the database crashed by turns")
    with tempfile.TemporaryDirectory() as folder, Postgres(durable=True) as postgres, postgres.database() as url:
        outcome += _run(Path(folder), pushes - pushes // 2, url, postgres)
    yield from figures(NAME, "lost or doubled", outcome, PUSHES)


def _run(folder: Path, pushes: int, url: str = "", postgres: Postgres | None = None) -> Outcome:
    chance, outcome = random.Random(pushes), Outcome()  # noqa: S311  # a die, not a key
    settings = Settings(data=folder, database_url=url)
    served = District(folder, database_url=url)
    codes, officers, school = _people(settings)
    served.start()
    try:
        with contextlib.ExitStack() as stack, ThreadPoolExecutor(_PHONES) as pool:
            phones = []
            for code, officer in zip(codes, officers, strict=True):
                client = stack.enter_context(httpx.Client(base_url=served.url, timeout=5))
                phones.append(_Sender(client, officer, school, chance.randrange(1 << 30)))
                assert phones[-1].phone.enrol(tidy(code)).status_code == 200
            left = _Left(pushes)
            sending = [pool.submit(phone.send_until, left) for phone in phones]
            kills = _kill_meanwhile(served, postgres, left, chance)
            for one in sending:
                one.result()
    finally:
        served.stop()
    outcome.runs = sum(phone.tried for phone in phones)
    outcome.wrong += _found_wrong(settings, {name for phone in phones for name in phone.confirmed})
    broken = sum(phone.broken for phone in phones)
    tell(f"  {outcome.runs} pushes, {kills} kills, {broken} broken off, {len(outcome.wrong)} wrong")
    return outcome


def _people(settings: Settings) -> tuple[list[str], list[str], str]:
    database = open_database(settings)
    with database.writing() as session:
        district.create(session, "Faults", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North").id
        officers = [district.add_officer(session, f"Officer {n}", f"{n}", [school]).id for n in range(_PHONES)]
        codes = [enrolment.make_code(session, officer) for officer in officers]
    database.close()
    return codes, officers, school


def _kill_meanwhile(served: District, postgres: Postgres | None, left: "_Left", chance: random.Random) -> int:
    kills = 0
    while left.count > 0:
        until = left.count - chance.randrange(1, 2 * _EVERY)
        while left.count > max(until, 0):
            time.sleep(0.001)  # looked at often: the moment of the kill is what is tried
        if left.count <= 0:
            return kills
        time.sleep(chance.random() * 0.02)
        kills += 1
        if postgres is not None and kills % 2:
            postgres.stop(signal.SIGQUIT)
            postgres.start()
        else:
            served.kill()
            served.start()
    return kills


class _Left:
    """How many batches are still to be sent, by all phones together."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether there is one more, which is then taken."""
        with self._lock:
            self.count -= 1
            return self.count >= 0


class _Sender:
    """A phone that sends batch after batch, each again until it has an answer."""

    def __init__(self, client: httpx.Client, officer: str, school: str, seed: int) -> None:
        self.phone = Phone(client, officer, school)
        self.confirmed: set[str] = set()
        self.tried = self.broken = 0
        self._chance = random.Random(seed)  # noqa: S311  # a die, not a key

    def send_until(self, left: _Left) -> None:
        """Sends batches as long as there are any left, each until it is confirmed."""
        while left.take():
            batch = push_lines([self.phone.write() for _ in range(self._chance.randrange(1, 6))])
            while not self._sent(batch):
                self.broken += 1
                time.sleep(0.05)  # a phone waits for seconds

    def _sent(self, batch: bytes) -> bool:
        self.tried += 1
        try:
            answer = self.phone.send(batch)
        except httpx.HTTPError:
            return False
        if answer.status_code != 200:
            return False
        self.confirmed |= {verdict.hash for verdict in read_verdicts(answer.content) if verdict.safe}
        return True


def _found_wrong(settings: Settings, confirmed: set[str]) -> list[str]:
    database = open_database(settings)
    with database.reading() as session:
        log = list(session.scalars(select(StoredRevision).order_by(StoredRevision.seq)))
        records = list(session.scalars(select(Record.id)))
    database.close()
    before, broken = "", 0
    for number, entry in enumerate(log, 1):
        before = link(before, entry.seq, iso(entry.received_at), entry.hash)
        broken += entry.link != before or entry.seq != number
    hashes = [entry.hash for entry in log]
    checks: dict[str, Callable[[], int]] = {
        "confirmed revisions are lost": lambda: len(confirmed - set(hashes)),
        "revisions are there twice": lambda: len(hashes) - len(set(hashes)),
        "entries are not chained to the one before": lambda: broken,
        "records are not what their revisions are": lambda: len({e.record for e in log} ^ set(records)),
    }
    return [f"{count} {words}" for words, find in checks.items() if (count := find())]
