"""Notebooks of every format that was ever written: each opens, and holds what it held."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cipher import make_cipher
from app.frames import FORMAT
from app.journal import Report
from app.store import Key, Store
from tests.app.simulated_disk import SimulatedDisk, run
from tests.app.stores import make

HERE = Path(make.__file__).parent
EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text())
INDEXES = {"records": ("state", Key("school"))}


def stored(number: int) -> SimulatedDisk:
    """A disk with the notebook of that format on it."""
    disk = SimulatedDisk()
    for path in (HERE / f"format-{number}").iterdir():
        disk.stable[path.name] = path.read_bytes()
    return disk


def open_stored(disk: SimulatedDisk, **indexes: Any) -> tuple[dict[str, dict[str, Any]], Report]:
    """What the store finds in it."""
    store = run(Store.open(disk, make_cipher(bytes(range(32))), indexes))
    found = make.content(store)
    store.close()
    return found, store.report


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
@pytest.mark.parametrize("indexes", [{}, INDEXES])
def test_a_notebook_of_every_format_opens_with_all_that_was_in_it(number: int, indexes: dict[str, Any]) -> None:
    disk = stored(number)
    for _ in range(2):
        assert open_stored(disk, **indexes) == (EXPECTED, Report())
    kept = b"".join(disk.stable.values())
    assert all(word not in kept for word in (b"school", b"records", b"puerta")), "nothing is left in the clear"


def test_todays_store_writes_the_notebook_that_is_kept_for_its_format() -> None:
    disk = SimulatedDisk()
    store = run(Store.open(disk, make_cipher(bytes(range(32)))))
    make.fill(store)
    store.close()
    kept = {name: len(data) for name, data in stored(FORMAT).stable.items()}
    assert {name: len(disk.content(name)) for name in kept} == kept, (
        "the format is not what it was: give it a new number and a new folder"
    )
