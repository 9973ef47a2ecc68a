"""Notebooks for tests: on a simulated disk, with a clock that stands until it is moved, enrolled and set up."""

import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from PIL import Image

from app import photos
from app.cipher import make_cipher
from app.drafts import Draft
from app.files import Folder
from app.notebook import Notebook
from app.revisions import Revision
from app.rows import RecordRow
from sync.merge import fold
from tests.app.simulated_disk import SimulatedDisk, run

SETUP: dict[str, Any] = json.loads((Path(__file__).parent / "setup.json").read_text())
OFFICER = SETUP["officer"]["id"]
COLLEAGUE = SETUP["people"][0]["id"]
NORTH, SOUTH = (school["id"] for school in SETUP["schools"])
DOOR, GYM = (place["id"] for place in SETUP["places"])
DISTRICT = SETUP["district"]["id"]
CIPHER = make_cipher(bytes(range(32)))
FORM = "parent_contact"
THERE = "2026-11-24T12:00:00+00:00"  # a time of the district's


class StandingClock:
    """A clock that goes only when told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 8, 0, tzinfo=timezone(timedelta(hours=-6)))
        self.ticks = 1000

    def now(self) -> datetime:
        return self.time

    def mono(self) -> int:
        return self.ticks

    def forward(self, **by: float) -> None:
        """Moves both clocks."""
        self.time += timedelta(**by)
        self.ticks += int(timedelta(**by).total_seconds() * 1000)


class Scaler:
    """Pillow, without a thread of its own."""

    async def scale(self, data: bytes, max_px: int, quality: float) -> bytes:
        return photos._scale(data, max_px, quality)

    async def blur(self, picture: bytes, areas: Sequence[photos.Area], quality: float) -> bytes:
        return photos._blur(picture, areas, quality)


def reopened(notebook: Notebook, disk: SimulatedDisk) -> Notebook:
    """The same notebook after the app was ended and started again."""
    notebook.close()
    return open_notebook(disk, StandingClock())


def open_notebook(disk: Folder, clock: StandingClock | None = None) -> Notebook:
    """Opens what is on the disk."""
    return run(Notebook.open(disk, CIPHER, Scaler(), fold, clock or StandingClock()))


def enrolled(disk: Folder | None = None, clock: StandingClock | None = None, setup: Any = None) -> Notebook:
    """A notebook that belongs to the officer of setup.json."""
    notebook = open_notebook(disk or SimulatedDisk(), clock)
    device, _ = notebook.begin_enrolment("K7QM")
    notebook.bind("https://d.example", {"device": device, "officer": OFFICER, "district": DISTRICT})
    notebook.keep_setup(setup or SETUP, "e1")
    return notebook


def begun(notebook: Notebook, **answers: Any) -> Draft:
    """A draft with these answers."""
    draft = notebook.start(FORM)
    for name, value in answers.items():
        notebook.answer(draft.id, name, value)
    return draft


def saved(notebook: Notebook, **answers: Any) -> RecordRow:
    """A saved record with these answers."""
    return notebook.save(begun(notebook, **answers).id)


def state(notebook: Notebook, record: str) -> str:
    """Where a record stands, once the row and the detail agree on it."""
    detail = notebook.record(record)
    assert detail is not None
    listed = [row for row in notebook.records() if row.id == record]
    assert [row.state for row in listed] == [detail.row.state]
    return detail.row.state


def picture(color: str = "red") -> bytes:
    """A photo as it comes from the camera."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), color).save(out, "JPEG")
    return out.getvalue()


def revision(record: str, **parts: Any) -> Revision:
    """A revision that a colleague wrote on another phone."""
    usual: dict[str, Any] = {
        "form": FORM,
        "form_version": "1",
        "record_class": "education",
        "school": NORTH,
        "author": COLLEAGUE,
        "device": "018f0000-0000-7000-8000-0000000000de",
        "seq": 1,
        "at": "2026-11-24T09:00:00.000-06:00",
        "mono": 5,
        "set": {"topic": "theirs"},
    }
    return Revision(record=record, **{**usual, **parts})
