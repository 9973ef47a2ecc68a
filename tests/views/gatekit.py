"""The whole app as it starts on a phone, vault included: a simulated disk, keys that cost nothing, clocks to move."""

import asyncio
import base64
from functools import partial
from typing import Any

import flet as ft
import pytest

import main
from app.device import PlainDevice
from app.escrow import make_pair
from app.notebook import Notebook
from app.photos import make_scaler
from app.vault import Vault
from sync.merge import fold
from tests.app.simulated_disk import SimulatedDisk
from tests.app.vaultkit import OTHER, PIN, CheapKeys
from tests.views.headless import Screen
from tests.views.phone import enrol
from views import gate
from views.services import Services

_TAPS: set[asyncio.Task[None]] = set()


class Start:
    """A phone that is switched on by `async with Screen(start.main)`, again and again."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.disk = SimulatedDisk()
        self.keys = CheapKeys(self.disk)
        self.device = PlainDevice("http://127.0.0.1:9")
        self.device.connected = False
        self.now = 1000.0  # seconds on both of the gate's clocks, and on the vault's
        self._clocks(patch)

    def _clocks(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(gate, "_now", lambda: (self.now, self.now))

    def main(self, page: ft.Page) -> None:
        """Runs the app beside the screen: it waits as long as the notebook does not open."""
        self.page = page
        self.device = self._fresh()
        page.run_task(main.main, page, self.disk, self.keys, self.device)

    async def fill(self, *, escrow: bool = False, setup: dict[str, Any] | None = None, **answers: Any) -> str:
        """Sets the PIN, enrols the phone and saves a record, all without a screen; gives the record's id."""
        vault = await Vault.open(self.disk, self.keys)
        notebook = await Notebook.open(self.disk, await vault.create(PIN), make_scaler(), fold)
        public = make_pair()[1]
        policy = {"policy": {"escrow_key": base64.b64encode(public).decode()}} if escrow else {}
        enrol(notebook, **policy, **(setup or {}))
        if escrow:
            await vault.set_escrow(public)
        draft = notebook.start("parent_contact")
        for name, value in {"topic": "praise", **answers}.items():
            notebook.answer(draft.id, name, value)
        record = notebook.save(draft.id).id
        notebook.close()
        vault.lock()
        return record

    def has_tried(self, times: int) -> bool:
        """Whether so many PINs were really tried."""
        return self.keys.tries >= times

    def fill_up(self) -> None:
        """Not a byte more fits on the phone, which gave the room ahead of the journal away; bytes may be replaced."""
        self.disk.hollow = True
        self.disk.room = self.disk.taken()

    @property
    def services(self) -> Services:
        """What the screens are given."""
        found = self.page.session.store.get("services")
        assert isinstance(found, Services)
        return found

    @property
    def gate(self) -> gate.Gate:
        """The way in."""
        assert self.services.gate is not None
        return self.services.gate

    @property
    def vault(self) -> Vault:
        """The vault behind the gate, on this phone's clock."""
        vault = self.gate.vault
        assert vault is not None
        vault._guesses._monotonic = lambda: self.now
        return vault

    def _fresh(self) -> PlainDevice:
        device = PlainDevice(self.device.base_url)
        device.connected = self.device.connected
        return device


async def appears(screen: Screen, identifier: str) -> None:
    """Waits for a control."""
    await screen.until(lambda: identifier in screen.idents(), identifier)


async def unlock(screen: Screen, pin: str = PIN) -> None:
    """Types a PIN and taps unlock."""
    await appears(screen, "unlock")
    await screen.type("pin", pin)
    # The real client does not wait for a handler either, and this one stays until the notebook is open.
    _TAPS.add(task := asyncio.create_task(screen.tap("unlock")))
    task.add_done_callback(_TAPS.discard)
    await screen.settle()


async def fail(start: Start, screen: Screen, times: int) -> None:
    """So many wrong PINs, each after its wait."""
    for _ in range(times):
        await appears(screen, "unlock")
        assert start.vault.state == "locked"
        start.now += 1000
        await start.vault.wait_seconds()
        tries = start.keys.tries + 1
        await screen.until(lambda: not screen.inside("unlock", ft.FilledButton).disabled, "the end of the wait")
        await unlock(screen, OTHER)
        await screen.until(partial(start.has_tried, tries), "the try")
        await screen.settle()


async def choose_pin(screen: Screen, pin: str = PIN, again: str | None = None) -> None:
    """Sets the first PIN."""
    await appears(screen, "save-pin")
    await screen.type("pin", pin)
    await screen.type("pin-again", pin if again is None else again)
    await screen.tap("save-pin")
