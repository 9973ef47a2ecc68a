"""One difference planted among a hundred thousand revisions, at either end: whether comparing finds it."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select

from app.notebook import Notebook
from server import district
from server.agreement import expected
from server.database import Database, open_database
from server.formbook import FormBook, publish
from server.intake import Intake, Sender
from server.settings import Settings
from server.tables import Device, StoredRevision
from sync.protocol import MAX_BATCH_LINES, push_lines
from tests.app.notebooks import open_notebook
from tests.app.simulated_disk import SimulatedDisk, run
from tests.bench.figures import Figure, tell
from tests.faults.runs import Outcome, figures
from tests.server.phones import FORM, Writer

NAME: Final = "digest"
REVISIONS: Final = 100_000
RUNS: Final = 100
_BASE: Final = "https://beatbook.example"


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The differences that were not found."""
    revisions, runs = max(MAX_BATCH_LINES, round(REVISIONS * share)), max(4, round(RUNS * share))
    tell(f"digest: one difference among {revisions} revisions")
    with tempfile.TemporaryDirectory() as folder:
        yield from figures(NAME, "differences not found", compare(Path(folder), revisions, runs), RUNS)


def compare(folder: Path, revisions: int, runs: int) -> Outcome:
    """Plants so many differences, one after the other, each taken back before the next."""
    chance, outcome = random.Random(runs), Outcome()  # noqa: S311  # a die, not a key
    database = open_database(Settings(data=folder))
    try:
        notebook, officer = _both_ends(database, revisions)
        if not _agree(database, notebook, officer):
            outcome.wrong.append("they did not agree before anything was planted")
        for number in range(runs):
            plant = (_missing_here, _missing_there, _other_there)[number % 3]
            with plant(database, notebook, chance.randrange(1, revisions + 1)):
                if _agree(database, notebook, officer):
                    outcome.wrong.append(f"{plant.__name__} was not found")
            outcome.runs += 1
        if not _agree(database, notebook, officer):
            outcome.wrong.append("they did not agree after everything was taken back")
        notebook.close()
    finally:
        database.close()
    return outcome


def _both_ends(database: Database, revisions: int) -> tuple[Notebook, str]:
    """A district, and a phone that has all of what a colleague's has sent there."""
    with database.writing() as session:
        home = district.create(session, "Faults", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North").id
        reader, writer = (district.add_officer(session, f"Officer {n}", f"{n}", [school]).id for n in range(2))
        phone = Writer(writer, school)
        session.add(Device(id=phone.device, officer=writer, token_hash=""))
        setup = {
            "district": {"id": home.id, "name": home.name, "base_url": _BASE},
            "officer": {"id": reader, "name": "Reader", "schools": [school]},
            "schools": [{"id": school, "name": "North"}],
            "forms": [FORM],
        }
    notebook = open_notebook(SimulatedDisk())
    device, _ = notebook.begin_enrolment("K7QM")
    notebook.bind(_BASE, {"device": device, "officer": reader, "district": setup["district"]})
    notebook.keep_setup(setup, "e1")
    intake = Intake(database, FormBook())
    for start in range(0, revisions, MAX_BATCH_LINES):
        batch = [phone.write() for _ in range(min(MAX_BATCH_LINES, revisions - start))]
        verdicts = intake.take(Sender(phone.device, writer), push_lines(batch)).verdicts
        known = [(v.seq or 0, v.at or "", one) for v, one in zip(verdicts, batch, strict=True)]
        notebook.take(known, known[-1][0])
    return notebook, reader


def _agree(database: Database, notebook: Notebook, officer: str) -> bool:
    since = notebook.compared_since
    with database.reading() as session:
        theirs = expected(session, officer, datetime.fromisoformat(since), notebook.cursor)
    return run(notebook.tally(since, notebook.cursor)) == theirs


@contextmanager
def _missing_here(_: Database, notebook: Notebook, number: int) -> Iterator[None]:
    table = notebook._ledger._table
    row = table.document(number)
    assert row is not None
    table.remove(doc_ids=[number])
    yield
    table.insert(row)


@contextmanager
def _missing_there(database: Database, _: Notebook, number: int) -> Iterator[None]:
    with database.writing() as session:
        row = session.execute(select(StoredRevision.__table__).where(StoredRevision.seq == number)).mappings().one()
        session.delete(session.get_one(StoredRevision, number))
    yield
    with database.writing() as session:
        session.execute(insert(StoredRevision), [dict(row)])


@contextmanager
def _other_there(database: Database, _: Notebook, number: int) -> Iterator[None]:
    with database.writing() as session:
        entry = session.get_one(StoredRevision, number)
        name, entry.hash = entry.hash, f"{(int(entry.hash, 16) + 1) % (1 << 256):064x}"
    yield
    with database.writing() as session:
        session.get_one(StoredRevision, number).hash = name
