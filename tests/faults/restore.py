"""A backup is taken while phones send; then the district is lost and restored, on the other kind of database.

Phones that are ahead of it send again what they have. Nothing that was ever confirmed is missing or there twice.
"""

import contextlib
import random
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from app.ids import sha256, uuid7
from app.revisions import Answers, Revision
from server import district
from server.backup import back_up
from server.blobs import Blobs, open_blobs
from server.database import Database, open_database
from server.formbook import FormBook, publish
from server.intake import Intake, Sender
from server.photos import note
from server.pull import pull
from server.restore import restore
from server.settings import Settings
from server.tables import Blob, Device, Record, StoredRevision
from sync.protocol import MAX_BATCH_LINES, push_lines
from tests.bench.figures import Figure, tell
from tests.faults.runs import Outcome, figures
from tests.postgres import Postgres
from tests.server.phones import FORM, Writer, photo_answer, picture

NAME: Final = "restore"
RUNS: Final = 100
_PHONES: Final = 3


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The runs after which something that was confirmed was lost, or there twice."""
    tell("restore: a backup under load, restored, and phones that are ahead of it")
    outcome = Outcome()
    with Postgres() as postgres:
        for seed in range(round(RUNS * share)):
            outcome += work(seed, postgres)
    tell(f"  {outcome.runs} runs, {len(outcome.wrong)} wrong")
    yield from figures(NAME, "runs-that-lost", outcome, RUNS)


def work(seed: int, postgres: Postgres) -> Outcome:
    """One district's life and its second one."""
    chance, outcome = random.Random(seed), Outcome(1)  # noqa: S311  # a die, not a key
    with tempfile.TemporaryDirectory() as folder, postgres.database() as url, contextlib.ExitStack() as stack:
        urls = ("", url) if seed % 2 else (url, "")
        file = Path(folder) / "backup"
        first, second = (_District(Path(folder) / str(n), url, stack) for n, url in enumerate(urls))
        phones, reader = first.begin()
        first.live(phones, chance, file)
        restore(second.database, second.blobs, second.settings, file)
        for phone in chance.sample(phones, _PHONES):
            phone.send_again(second)
        wrong = second.look({name for phone in phones for name in phone.confirmed}, second.follow(reader))
        outcome.wrong += [f"restore {seed}: {words}" for words in wrong]
    return outcome


class _District:
    def __init__(self, folder: Path, url: str, stack: contextlib.ExitStack) -> None:
        self.settings = Settings(data=folder, database_url=url)
        self.database: Database = open_database(self.settings)
        stack.callback(self.database.close)
        self.blobs: Blobs = open_blobs(self.settings)
        self.intake = Intake(self.database, FormBook())

    def begin(self) -> tuple[list["_Phone"], str]:
        """Its phones, and the device of somebody who only reads."""
        with self.database.writing() as session:
            district.create(session, "Faults", "(918) 245-8777")
            publish(session, [FORM])
            school = district.add_school(session, "North").id
            people = [district.add_officer(session, f"Officer {n}", f"{n}", [school]).id for n in range(_PHONES + 1)]
            phones, reader = [_Phone(officer, school) for officer in people[1:]], uuid7()
            for device, officer in ((reader, people[0]), *((phone.device, phone.officer) for phone in phones)):
                session.add(Device(id=device, officer=officer, token_hash=""))
        return phones, reader

    def live(self, phones: list["_Phone"], chance: random.Random, file: Path) -> None:
        """Phones write and send; in the middle of it the backup is taken."""
        before, after = chance.randrange(40), chance.randrange(40)
        with ThreadPoolExecutor(_PHONES) as pool:
            begun, done = [pool.submit(phone.write_some, self, before // _PHONES + 1) for phone in phones], False
            for one in begun:
                one.result()
            going = [pool.submit(phone.write_until, self, lambda: done) for phone in phones]
            try:
                back_up(self.database, self.blobs, self.settings, file)
            finally:
                done = True
            for one in [*going, *(pool.submit(phone.write_some, self, after // _PHONES) for phone in phones)]:
                one.result()

    def follow(self, device: str) -> set[str]:
        """Everything that a phone is sent which asks for all, by hash."""
        seen, cursor = set[str](), 0
        while True:
            with self.database.reading() as session:
                page = pull(session, session.get_one(Device, device), cursor, MAX_BATCH_LINES)
            cursor = page.cursor
            seen |= {line.partition(b'"hash":"')[2][:64].decode() for line in page.body.splitlines()}
            if not page.more:
                return seen

    def look(self, confirmed: set[str], seen: set[str]) -> list[str]:
        """What is wrong with it."""
        with self.database.reading() as session:
            here = list(session.scalars(select(StoredRevision.hash)))
            numbers = list(session.scalars(select(StoredRevision.seq).order_by(StoredRevision.seq)))
            incomplete = session.scalar(select(func.count()).where(Record.missing > 0))
            photos = [name for name in session.scalars(select(Blob.sha256)) if not self.blobs.has(name)]
        checks = {
            f"{len(confirmed - set(here))} confirmed revisions are lost": confirmed <= set(here),
            "a revision is there twice": len(here) == len(set(here)),
            "the numbers have gaps": numbers == list(range(1, len(here) + 1)),
            f"{incomplete} records lack photos": not incomplete,
            f"{len(photos)} photos are not where they should be": not photos,
            f"the reader was not shown {len(set(here) - seen)}": set(here) <= seen,
        }
        return [words for words, good in checks.items() if not good]


class _Phone(Writer):
    def __init__(self, officer: str, school: str) -> None:
        super().__init__(officer, school)
        self._chance = random.Random(officer)  # noqa: S311  # a die, not a key
        self._kept: list[Revision] = []
        self._photos: dict[str, bytes] = {}
        self.confirmed: set[str] = set()

    def write_some(self, home: _District, count: int) -> None:
        """Writes so many records and sends each."""
        for _ in range(count):
            answers: Answers = {"channel": "phone"}
            if self._chance.random() < 0.3:
                data = picture(size=(self._chance.randrange(1, 99), self._chance.randrange(1, 99)))
                self._photos[sha256(data)] = data
                answers |= {"photo": photo_answer(data)}
            self._kept.append(self.write(answers))
            self._send(home, self._kept[-1:])

    def write_until(self, home: _District, done: Callable[[], bool]) -> None:
        """The same for as long as it takes."""
        while not done():
            self.write_some(home, 1)

    def send_again(self, home: _District) -> None:
        """What a phone does that hears of a restore: no receipt counts, all that it has is offered again."""
        for at in range(0, len(self._kept), MAX_BATCH_LINES):
            self._send(home, self._kept[at : at + MAX_BATCH_LINES])

    def _send(self, home: _District, revisions: list[Revision]) -> None:
        verdicts = home.intake.take(Sender(self.device, self.officer), push_lines(revisions)).verdicts
        assert all(verdict.safe for verdict in verdicts)
        for name in {name for verdict in verdicts for name in verdict.missing}:
            with home.blobs.receive() as incoming:
                incoming.write(self._photos[name])
                mime = incoming.keep(name)
            with home.database.writing() as session:
                note(session, name, mime, len(self._photos[name]), self.device)
        self.confirmed |= {verdict.hash for verdict in verdicts}
