"""A district for the bench, served by a process of its own, and phones that belong to it: bare roads and whole ones."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.cipher import make_cipher
from app.device import PlainDevice
from app.files import OrdinaryFolder
from app.ids import uuid7
from app.notebook import Notebook
from app.photos import make_scaler
from server import district, enrolment
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from sync.client import District
from sync.engine import Engine
from sync.merge import fold
from tests.bench.documents import FORM, Writer, answers
from tests.browser.district import District as Server

CODES = 100
ADMIN, PASSWORD = "900", "thirty quiet seconds"
_TOKEN = "t" * 43
_CIPHER = make_cipher(bytes(range(32)))


@dataclass(frozen=True, slots=True)
class Phone:
    """A whole phone: its notebook on the disk, and its engine."""

    notebook: Notebook
    engine: Engine

    def write(self, count: int, photo: dict[str, object] | None = None) -> None:
        """Saves so many records of 1 KB, with the photo in the first one."""
        for start in range(0, count, 500):
            with self.notebook.batch():
                for number in range(start, min(count, start + 500)):
                    more = {"photo": photo} if photo and number == 0 else {}
                    self.notebook.save(self.notebook.start(FORM["id"], {**answers(number), **more}).id)


@dataclass(frozen=True, slots=True)
class Home:
    """A district with one school and one officer, and codes for every phone of the bench."""

    url: str
    folder: Path
    school: str
    officer: str
    codes: list[str]

    async def road(self, transport: httpx.AsyncBaseTransport | None = None) -> tuple[District, Writer]:
        """A newly enrolled phone of which only the road is there, and who writes for it."""
        device = uuid7()
        client = District(self.url, device, _TOKEN, transport)
        await client.enrol(self.codes.pop())
        return client, Writer(device, self.officer, self.school)

    @contextlib.asynccontextmanager
    async def phone(
        self, folder: Path, transport: httpx.AsyncBaseTransport | None = None, url: str = ""
    ) -> AsyncIterator[Phone]:
        """A whole phone, newly enrolled; `url` is another way to the district."""
        notebook = await Notebook.open(OrdinaryFolder(folder), _CIPHER, make_scaler(), fold)
        engine = Engine(
            notebook,
            PlainDevice(),
            lambda base, device, token: District(base, device, token, transport),
            base_url=url or self.url,
        )
        try:
            await engine.enrol(self.codes.pop())
            yield Phone(notebook, engine)
        finally:
            notebook.close()


@contextlib.contextmanager
def served(folder: Path, database_url: str = "") -> Iterator[Home]:
    """The real district as a process of its own."""
    server = Server(folder, database_url=database_url)
    database: Database = create_app(Settings(data=folder, database_url=database_url)).state.database
    with database.writing() as session:
        district.create(session, "Bench", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North Middle School").id
        officer = district.add_officer(session, "Ana Rivera", "101", [school]).id
        district.add_officer(session, "Sam Quill", ADMIN, [], role="admin", password=PASSWORD)
        codes = [enrolment.make_code(session, officer) for _ in range(CODES)]
    database.close()
    server.start()
    try:
        yield Home(server.url, folder, school, officer, codes)
    finally:
        server.stop()
