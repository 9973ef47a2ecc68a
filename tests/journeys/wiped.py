"""What the journeys of a forgotten PIN share: a district, and a phone whose notebook is behind a real vault."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.device import PlainDevice
from app.escrow_switch import follow_escrow
from app.files import OrdinaryFolder
from app.keys import NativeKeys
from app.notebook import Notebook
from app.photos import make_scaler
from app.vault import Vault
from server import district, enrolment, escrow_key, records
from server.app import create_app
from server.blobs import Blobs
from server.database import Database
from server.escrow import Escrow, Opened
from server.formbook import FormBook, publish
from server.intake import Intake
from server.leftovers import Leftovers, waiting
from server.settings import Settings
from sync.client import District
from sync.engine import Engine
from sync.leftovers import Progress, hand_in
from sync.merge import fold
from tests.server.phones import FORM
from tests.sync.fakes import Line

BASE_URL = "https://beatbook.example"
PIN = "271828"


class CheapKeys(NativeKeys):
    """A desktop's keys, without the slow part."""

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        return (secret + salt + bytes([rounds % 256])).ljust(32, b".")[:32]


@dataclass
class Home:
    """A district with a school and two officers; its server can be killed and started again."""

    folder: Path
    school: str = ""
    officer: str = ""
    colleague: str = ""
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.start()
        with self.database.writing() as session:
            district.create(session, "Test district", "(918) 245-8777")
            publish(session, [FORM])
            self.school = district.add_school(session, "North Middle School").id
            self.officer = district.add_officer(session, "Ana", "1", [self.school]).id
            self.colleague = district.add_officer(session, "Lee", "2", [self.school]).id

    @property
    def settings(self) -> Settings:
        return Settings(data=self.folder / "var", base_url=BASE_URL, webapp=self.folder / "webapp")

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    @property
    def leftovers(self) -> Leftovers:
        leftovers: Leftovers = self.app.state.leftovers
        return leftovers

    def start(self) -> None:
        """Starts the server; to be called again after it was killed."""
        self.app = create_app(self.settings)

    def restart(self) -> None:
        """Kills the server and starts it again."""
        self.database.close()
        self.start()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """What the line leads to."""
        return await httpx.ASGITransport(self.app).handle_async_request(request)

    def escrow(self, on: bool = True) -> None:
        """Switches the escrow."""
        with self.database.writing() as session:
            if on:
                escrow_key.switch_on(session, self.settings.escrow_key_path)
            else:
                escrow_key.switch_off(session)

    def code(self, officer: str = "") -> str:
        with self.database.writing() as session:
            return enrolment.make_code(session, officer or self.officer)

    def opener(self, private: bytes | None = None) -> Escrow:
        """What `beatbook escrow open` opens with."""
        return Escrow(
            self.database,
            Intake(self.database, FormBook()),
            Blobs(self.settings.blobs_path),
            self.leftovers,
            self.settings.recovered_path,
            private or self.settings.escrow_key_path.read_bytes(),
        )

    async def open(self) -> list[Opened]:
        """Opens everything that waits and is complete, as a command does: in no event loop."""
        with self.database.reading() as session:
            found = [one for one in waiting(session) if one.complete_at]
        return [await asyncio.to_thread(self.opener().open, one) for one in found]

    def rows(self) -> list[dict[str, Any]]:
        """What `beatbook records --json` prints."""
        with self.database.reading() as session:
            return list(records.export(session, records.Filter()))

    def count(self, what: str) -> int:
        with self.database.reading() as session:
            return records.counts(session)[what]


@dataclass
class Phone:
    """A phone in a folder. `line` can be disturbed, and `open` is the app's start."""

    home: Home
    folder: OrdinaryFolder
    line: Line
    now: float = 0.0

    @classmethod
    def at(cls, home: Home, path: Path) -> "Phone":
        return cls(home, OrdinaryFolder(path / "notebook"), Line(home.answer))

    @property
    def keys(self) -> CheapKeys:
        return CheapKeys(OrdinaryFolder(self.folder.path.with_name("notebook-key")))

    def connect(self, base_url: str, device: str, token: str) -> District:
        return District(base_url, device, token, transport=self.line)

    async def vault(self) -> Vault:
        """The vault, as the app finds it at its start."""
        return await Vault.open(self.folder, self.keys, lambda: self.now)

    @asynccontextmanager
    async def unlocked(self) -> AsyncIterator[tuple[Vault, Notebook, Engine]]:
        """The app in use; a new phone gets its PIN first."""
        vault = await self.vault()
        cipher = await (vault.create(PIN) if vault.state == "new" else vault.unlock(PIN))
        notebook = await Notebook.open(self.folder, cipher, make_scaler(), fold)
        engine = Engine(notebook, PlainDevice(), self.connect, base_url=BASE_URL)
        try:
            await follow_escrow(vault, notebook.setup)
            yield vault, notebook, engine
            await follow_escrow(vault, notebook.setup)
        finally:
            notebook.close()
            vault.lock()

    async def enrol(self, code: str = "") -> None:
        """Sets the phone up."""
        async with self.unlocked() as (_, _notebook, engine):
            await engine.enrol(code or self.home.code(), BASE_URL)

    async def hand_in(self, code: str, tell: Callable[[Progress], None] = lambda _: None) -> None:
        """What the screen of a wiped phone does."""
        await hand_in(await self.vault(), self.folder, code, BASE_URL, tell=tell, connect=self.connect)

    def names(self) -> list[str]:
        """The files on the phone that are anybody's records."""
        return sorted(p.name for p in self.folder.path.iterdir() if p.name.startswith(("journal", "photo", "vault")))


def written(notebook: Notebook, summary: str, photo: dict[str, Any] | None = None, *, save: bool = True) -> str:
    """A parent contact, saved or left as a draft; gives the record's id."""
    draft = notebook.start("parent_contact")
    for name, value in {"channel": "phone", "summary": summary, "photo": photo}.items():
        if value is not None:
            notebook.answer(draft.id, name, value)
    return notebook.save(draft.id).id if save else draft.record
