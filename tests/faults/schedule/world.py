"""The world of a schedule: the real notebook, engine, client, server and SQLite; disks and line obey a die."""

import asyncio
import io
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import httpx
from PIL import Image
from sqlalchemy import select

from app.device import PlainDevice
from app.notebook import Notebook
from app.revisions import Revision
from server import district, enrolment, orders
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.restore import tell_phones
from server.settings import Settings
from server.tables import Record, StoredRevision
from sync.client import District
from sync.engine import Engine
from sync.errors import SignInAgain
from sync.merge import fold
from sync.packing import inflate
from sync.protocol import MAX_BATCH_BYTES, read_push
from tests.app.notebooks import CIPHER, Scaler, StandingClock
from tests.app.simulated_disk import PowerCut, SimulatedDisk
from tests.faults.schedule.steps import Step
from tests.server.phones import FORM
from tests.sync.fakes import Line, faults

BASE_URL: Final = "https://beatbook.example"
OFFICERS: Final = 20
_TEXT: Final = ("channel", "summary", "minutes")


def make_district(folder: Path) -> None:
    """The data of a new district, to be copied for every schedule."""
    app = create_app(Settings(data=folder, base_url=BASE_URL, webapp=folder / "webapp"))
    database: Database = app.state.database
    with database.writing() as session:
        district.create(session, "Schedules", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North").id
        for number in range(OFFICERS):
            district.add_officer(session, f"Officer {number}", f"{number}", [school])
    database.close()


class Home:
    """The district. It can be stopped, started and set back to a backup."""

    url = BASE_URL

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.orders: list[tuple[str, str]] = []  # acts and records
        self.restored = 0
        self.made: dict[str, int] = {}  # the records in the order in which they were begun, whatever their ids
        self._has_backup = False
        self.start()

    def start(self) -> None:
        """Serves what is in the folder."""
        self.app = create_app(Settings(data=self.folder, base_url=BASE_URL, webapp=self.folder / "webapp"))
        self.database: Database = self.app.state.database
        self._handle = httpx.ASGITransport(self.app).handle_async_request

    def stop(self) -> None:
        """Lets go of the files."""
        self.database.close()

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Whoever serves now answers."""
        return await self._handle(request)

    def back_up(self) -> None:
        """Keeps what there is now."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.folder, self._kept, ignore=shutil.ignore_patterns("district.sqlite*"))
        source, target = (sqlite3.connect(one / "district.sqlite") for one in (self.folder, self._kept))
        source.backup(target)
        source.close()
        target.close()
        self._has_backup = True

    def restore(self) -> None:
        """Goes back to what was kept last."""
        if self._has_backup:
            self.stop()
            shutil.rmtree(self.folder)
            shutil.copytree(self._kept, self.folder)
            self.restored += 1
            self.start()
            with self.database.writing() as session:
                tell_phones(session, "")

    def order(self, act: str, record: str) -> None:
        """Seals, unseals or expunges a record, where that can be done."""
        with suppress(district.DistrictError):
            with self.database.writing() as session:
                photos = orders.order(session, record, act, "Order 12-345")
            for photo in photos:
                self.app.state.blobs.remove(photo)
            self.orders.append((act, record))

    def repeat_orders(self) -> None:
        """What a restored district has to be told again."""
        for act, record in self.orders:
            with suppress(district.DistrictError), self.database.writing() as session:
                orders.order(session, record, act, "Order 12-345")

    def code(self, number: int) -> str:
        """A new one-time code for an officer."""
        with self.database.writing() as session:
            return enrolment.make_code(session, district.find_officer(session, f"{number}").id)

    def records(self) -> list[str]:
        """Every record, the oldest first."""
        with self.database.reading() as session:
            return sorted(session.scalars(select(Record.id)), key=lambda record: self.made.get(record, 0))

    def hashes(self) -> set[str]:
        """Every revision that is here."""
        with self.database.reading() as session:
            return set(session.scalars(select(StoredRevision.hash)))

    @property
    def _kept(self) -> Path:
        return self.folder.with_name("backup")


class BadLine(Line):
    """Counts what is sent again, and cuts requests short too. `plan` says for each request what goes wrong with it."""

    def __init__(self, home: Home) -> None:
        super().__init__(self._deliver, self._next_fault)
        self.plan = faults()
        self.repeats = 0  # batches in which something had been sent before
        self.harm = 0  # faults there were
        self.last: httpx.Request | None = None  # the last batch
        self.answered: Callable[[], None] = _nothing  # called when an answer is on its way
        self._home = home
        self._seen: set[str] = set()
        self._fault: str | None = None
        self._held: list[httpx.Request] = []  # what is late

    def _next_fault(self, request: httpx.Request) -> str | None:
        if request.method == "POST" and request.url.path.endswith("/revisions"):
            names = {revision.hash for revision in read_push(_unpacked(request))}
            self.repeats += bool(names & self._seen)
            self._seen |= names
            self.last = request
        fault = self.plan(request)
        self.harm += fault is not None
        self._fault = fault
        return None if fault in ("cut request", "slow", "late") else fault

    async def _deliver(self, request: httpx.Request) -> httpx.Response:
        if self._fault == "late":  # the phone gives up, and the district gets it after the next one
            self._held.append(request)
            raise TimeoutError
        if self._fault == "cut request" and request.content:
            kept = request.content[: len(request.content) // 2]
            headers = [(name, value) for name, value in request.headers.items() if name != "content-length"]
            request = httpx.Request(request.method, request.url, headers=headers, content=kept)
        held, self._held = self._held, []
        answer = await self._home.handle(request)
        for late in held:
            await self._home.handle(late)
        self.answered()
        await asyncio.sleep(0)
        if self._fault == "slow":
            raise TimeoutError
        return answer


def _nothing() -> None:
    pass


def _unpacked(request: httpx.Request) -> bytes:
    packed = request.headers.get("Content-Encoding") == "gzip"
    return inflate(request.content, MAX_BATCH_BYTES) if packed else request.content


class Phone:
    """One officer's phone: on a simulated disk, with a clock of its own."""

    def __init__(self, home: Home, number: int, seed: int) -> None:
        self.home, self.number = home, number
        self.chance = random.Random(seed * 100 + number)  # noqa: S311  # a die, not a key
        self.clock = StandingClock()
        self.clock.time = datetime.now(timezone(timedelta(hours=-6)))
        self.line = BadLine(home)
        self.saved: dict[str, Revision] = {}  # what the officer was told is saved, by hash
        self.saw: dict[str, set[str]] = {}  # what was on the screen when it was begun
        self.gone: set[str] = set()  # of what was saved, what was on a phone that was set up anew before it was sent
        self.orphans: set[str] = set()  # and what had been sent
        self.enrolled = 0
        self.crashes = 0
        self.disk = SimulatedDisk(seed)

    async def switch_on(self) -> None:
        """Opens the notebook, and enrols where need be."""
        self.notebook = await Notebook.open(self.disk, CIPHER, Scaler(), fold, self.clock)
        self.engine = Engine(
            self.notebook,
            PlainDevice(),
            lambda base, device, token: District(base, device, token, self.transport, self.clock.time.timestamp),
            self.home.url,
            clock=self.clock,
            chance=self.chance,
        )
        if self.notebook.binding is None:
            await self.enrol()

    async def enrol(self) -> None:
        """Binds the phone anew."""
        self.enrolled += 1
        await self.engine.enrol(self.home.code(self.number))

    async def reinstall(self) -> None:
        """Everything on the phone is gone."""
        self.notebook.close()
        here = self.home.hashes()
        self.gone |= self.saved.keys() - here
        self.orphans |= self.saved.keys() & here
        self.disk = SimulatedDisk(self.chance.randrange(1 << 30))
        await self.switch_on()

    async def restart(self) -> None:
        """The app is started again."""
        self.notebook.close()
        await self.switch_on()

    async def crash(self) -> None:
        """The power is gone, in the middle of anything."""
        self.crashes += 1
        self.disk.power_cut(self.chance)
        await self.switch_on()

    @contextmanager
    def writing(self, seen: set[str] | None = None) -> Iterator[None]:
        """Notes as saved what is written inside, once that has ended well, by an officer who has `seen` so much."""
        before = self.revisions()
        yield
        for name, revision in self.revisions().items():
            if name not in before:
                self.saved[name] = revision
                self.saw[name] = set(before) if seen is None else seen
                self.home.made.setdefault(revision.record, len(self.home.made))

    def revisions(self) -> dict[str, Revision]:
        """Everything that is on the phone, by hash."""
        ledger = self.notebook._ledger
        return {entry.revision.hash: entry.revision for record in ledger.records() for entry in ledger.of(record)}

    async def edit_slowly(self, record: str, step: Step) -> None:
        """Begins to change a record; while the draft is open, a round may bring what others wrote."""
        begun = self.notebook.record(record)
        seen = None if begun and begun.draft else set(self.revisions())
        self.notebook.correct(record, "wrong")
        await self.round(step.faults)
        if self.pick_this(record):
            with self.writing(seen):
                self.write(record, step)

    def pick_this(self, record: str) -> bool:
        """Whether there is still something of a record to write in."""
        return any(row.id == record for row in self.notebook.records(limit=500))

    def write(self, record: str | None, step: Step) -> None:
        """Writes a new record, or another answer into one."""
        draft = self.notebook.correct(record, "wrong") if record else self.notebook.start("parent_contact")
        if record is None:
            self.notebook.answer(draft.id, "channel", "phone")
        name = _TEXT[step.b % len(_TEXT)]
        value: Any = {
            "channel": ("phone", "person")[step.a % 2],
            "summary": f"words {step.a}",
            "minutes": step.a % 600,
        }[name]
        self.notebook.answer(draft.id, name, value)
        self.notebook.save(draft.id)

    async def photograph(self, record: str | None) -> None:
        """Writes a record with a photo, or puts one into a record."""
        picture = Image.frombytes("RGB", (40, 30), self.chance.randbytes(3600))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=95)
        photo = await self.notebook.add_photo(out.getvalue())
        draft = self.notebook.correct(record, "wrong") if record else self.notebook.start("parent_contact")
        if record is None:
            self.notebook.answer(draft.id, "channel", "person")
        self.notebook.answer(draft.id, "photo", photo)
        with self.writing():
            self.notebook.save(draft.id)

    def pick(self, number: int, *states: str) -> str | None:
        """One of the records on the phone that stand so."""
        rows = sorted(self.notebook.records(limit=500), key=lambda row: self.home.made.get(row.id, 0))
        rows = [row for row in rows if not states or row.state in states]
        return rows[number % len(rows)].id if rows else None

    async def round(self, plan: tuple[str | None, ...] = ()) -> None:
        """A round in which the first requests meet these faults."""
        self.line.plan = faults(*plan)
        await self.engine.round()
        self.line.plan = faults()

    async def busy_round(self, step: Step) -> None:
        """A round during which the officer goes on writing, just when a request is on its way."""
        left, plan = step.a % 4, faults(*step.faults)

        def write(request: httpx.Request) -> str | None:
            nonlocal left
            left -= 1
            if left == -1:
                with self.writing():
                    self.write(self.pick(step.a) if step.b % 3 else None, step)
            return plan(request)

        self.line.plan = write
        await self.engine.round()
        self.line.plan = faults()

    async def round_cut_off(self, at: int, *, answered: bool) -> None:
        """A round during which the app is closed, at this request or at the answer to it."""
        task = asyncio.ensure_future(self.engine.round())
        left = at % 6

        def close() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                task.cancel()

        self.line.plan = faults() if answered else lambda _: close()
        self.line.answered = close if answered else _nothing
        self.line.harm += 1
        await asyncio.wait({task})
        self.line.plan, self.line.answered = faults(), _nothing
        await self.restart()

    async def round_with_power_cut(self, after: int) -> None:
        """A round during which the battery dies, after so many operations of the disk."""
        self.disk.fail(after % 60, PowerCut(), times=1 << 30)
        with suppress(PowerCut):
            await self.engine.round()
        self.disk.heal()
        await self.crash()

    @property
    def transport(self) -> httpx.AsyncBaseTransport | None:
        """What carries its requests."""
        return self.line

    @property
    def is_known(self) -> bool:
        """Whether the district still knows this phone."""
        return self.notebook.binding is not None and not isinstance(self.engine._error, SignInAgain)

    @property
    def is_done(self) -> bool:
        """Whether nothing waits here."""
        return not self.notebook.outbox(1) and not self.notebook.photos_to_send() and self.engine._error is None
