"""A phone to test screens on: the real notebook in a folder, the real forms, an engine and a device that obey."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import flet as ft

from app.clock import Clock
from app.files import OrdinaryFolder
from app.ids import uuid7
from app.notebook import Notebook
from app.photos import make_scaler
from app.words import Words
from server.publish.forms import publish_all
from sync.engine import State, Status
from sync.merge import fold
from tests.app.notebooks import CIPHER
from views.flet_mends import forgive_late_answers
from views.notices import prepare_notices
from views.scanner import NoScanner
from views.services import Services, provide
from views.shell import Shell
from views.theme import dress

NORTH, SOUTH, OFFICER, OTHER = (f"018f0000-0000-7000-8000-0000000000{n}" for n in ("51", "52", "a1", "a2"))
DOOR = "018f0000-0000-7000-8000-0000000000b1"
BASE_URL = "https://district.example"


@functools.cache
def _forms() -> dict[str, Any]:
    """The built-in forms in the order in which the district gives them."""
    forms = publish_all(Path(__file__).parents[2] / "assets" / "forms")
    return dict(sorted(forms.items(), key=lambda item: item[1]["order"]))


def setup_json(**changes: Any) -> dict[str, Any]:
    """A district's setup with two schools and the built-in forms."""
    return {
        "district": {
            "id": "018f0000-0000-7000-8000-00000000000d",
            "name": "Green Country Schools",
            "base_url": BASE_URL,
            "demo": False,
            "phone": "(918) 245-8777",
        },
        "officer": {"id": OFFICER, "name": "Dana Reyes", "badge": "114", "title": "SRO", "schools": [NORTH, SOUTH]},
        "schools": [
            {"id": NORTH, "name": "North High School", "address": "1 Elm St"},
            {"id": SOUTH, "name": "South Middle School", "address": "2 Oak Ave"},
        ],
        "places": [{"id": DOOR, "school": NORTH, "name": "Door 7, north gym", "building": "Main"}],
        "tags": [],
        "people": [{"id": OTHER, "name": "Lee Park"}],
        "forms": list(_forms().values()),
        "card": {"url": f"{BASE_URL}/c/ABCD2345", "vcard": "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Dana Reyes\r\nEND:VCARD"},
        "policy": {},
    } | changes


class Engine:
    """The road to the district, as far as the screens see it."""

    def __init__(self) -> None:
        self.status = Status(State.ALL_AT_DISTRICT, last_success="2026-11-23T14:05:00.000+00:00")
        self.kicks: list[str] = []
        self.cancelled = 0
        self.holds_photos = False
        self.enrolled: list[tuple[str, str]] = []
        self.fetched: list[str] = []
        self.answer: Callable[[], None] = lambda: None
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def set(self, state: State, **changes: Any) -> None:
        """Gives the engine this status and says so."""
        self.status = replace(self.status, state=state, **changes)
        for listener in list(self._listeners):
            listener()

    def kick(self, reason: str) -> None:
        self.kicks.append(reason)

    def cancel(self) -> None:
        self.cancelled += 1

    async def fetch_photo(self, sha256: str) -> bool:
        self.fetched.append(sha256)
        return False

    async def enrol(self, code: str, base_url: str = "") -> None:
        self.enrolled.append((code, base_url))
        self.answer()


@dataclass
class Device:
    """A phone that does as it is told."""

    name: str = "Pixel"
    platform: str = "android"
    language: str = "en-US"
    update_ready: bool = False
    persisted: bool = False
    keeps: bool = True
    connected: bool = True
    counts_bytes: bool = False
    room: tuple[int, int] | None = (2_400_000, 1_000_000_000)
    felt: list[int] = field(default_factory=list)
    updates: int = 0

    def online(self) -> bool:
        return self.connected

    def metered(self) -> bool:
        return self.counts_bytes

    async def persist(self) -> bool:
        self.persisted = self.keeps
        return self.keeps

    async def storage(self) -> tuple[int, int] | None:
        return self.room

    def vibrate(self, milliseconds: int = 40) -> None:
        self.felt.append(milliseconds)

    def apply_update(self) -> None:
        self.updates += 1

    def on_activity(self, callback: Callable[[], object]) -> None:
        pass

    def on_resume(self, callback: Callable[[], object]) -> None:
        pass


@dataclass
class Phone:
    """Everything under the screens; `main` is what the headless client runs."""

    notebook: Notebook
    engine: Engine
    device: Device
    services: Services

    def main(self, page: ft.Page) -> None:
        """Shows the app."""
        forgive_late_answers()
        dress(page, self.services.settings.look)
        provide(page, self.services)
        prepare_notices(page)
        page.on_close = self.services.end
        page.render_views(Shell)

    def save(self, form: str = "parent_contact", **answers: Any) -> str:
        """Saves a record and gives its id."""
        draft = self.draft(form, **answers)
        return self.notebook.save(draft).id

    def draft(self, form: str = "parent_contact", **answers: Any) -> str:
        """Begins a record and gives the draft's id."""
        draft = self.notebook.start(form).id
        for name, value in answers.items():
            self.notebook.answer(draft, name, value)
        return draft

    def receive(self) -> None:
        """The district takes everything that waits."""
        for number, revision in enumerate(self.notebook.outbox(), start=101):
            self.notebook.receipt(revision.hash, number, "2026-11-23T14:06:00+00:00")


async def make_phone(
    folder: Path, *, enrolled: bool = True, language: str = "en", clock: Clock | None = None, **setup: Any
) -> Phone:
    """A phone with its notebook in `folder`; `setup` changes parts of what the district said."""
    notebook = await Notebook.open(OrdinaryFolder(folder), CIPHER, make_scaler(), fold, clock)
    if enrolled and notebook.binding is None:
        enrol(notebook, **setup)
    notebook.set_language(language)
    engine, device = Engine(), Device()
    words = Words.load(language, strict=True)
    services = Services(device, NoScanner(), words, base_url=BASE_URL)  # type: ignore[arg-type]  # the fake above
    services.open(notebook, engine)  # type: ignore[arg-type]  # the engine is the fake above
    return Phone(notebook, engine, device, services)


def enrol(notebook: Notebook, **setup: Any) -> None:
    """Binds the notebook and gives it a setup, as a round would."""
    device, _ = notebook.begin_enrolment("ABCDEFGHJKL")
    body = setup_json(**setup)
    notebook.bind(BASE_URL, {"device": device, "officer": body["officer"], "district": body["district"]})
    notebook.keep_setup(body, '"1"')


def other_record() -> str:
    """An id of a record that this phone does not have."""
    return uuid7()
