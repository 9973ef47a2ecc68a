"""What stands before the notebook: choosing a PIN, the lock, waiting, the wipe, the emergency card."""

from pathlib import Path
from typing import Any

import flet as ft
import pytest

import main
from app.escrow import make_pair
from app.files import OrdinaryFolder
from app.notebook import Notebook
from app.photos import make_scaler
from app.vault import Vault
from sync.merge import fold
from tests.app.simulated_disk import SimulatedDisk
from tests.app.vaultkit import PIN, CheapKeys
from tests.views.headless import Screen
from tests.views.phone import enrol
from views.gate import Gate

pytestmark = pytest.mark.anyio


class Start:
    """Runs main on a folder beside the screen."""

    def __init__(self, folder: Path, keys: CheapKeys) -> None:
        self.folder, self.keys = OrdinaryFolder(folder), keys

    def __call__(self, page: ft.Page) -> None:
        page.run_task(main.main, page, self.folder, self.keys)


@pytest.fixture
def keys() -> CheapKeys:
    return CheapKeys(SimulatedDisk())


@pytest.fixture
def start(tmp_path: Path, keys: CheapKeys) -> Start:
    return Start(tmp_path, keys)


async def locked(start: Start, escrow: bool = False, **setup: Any) -> None:
    """An enrolled phone that is locked."""
    vault = await Vault.open(start.folder, start.keys)
    notebook = await Notebook.open(start.folder, await vault.create(PIN), make_scaler(), fold)
    enrol(notebook, **setup)
    if escrow:
        await vault.set_escrow(make_pair()[1])
    notebook.close()
    vault.lock()


def gate_of(screen: Screen) -> Gate:
    gate: Gate = screen.page.session.store.get("services").gate
    return gate


async def wrong(screen: Screen, times: int) -> None:
    """That many wrong PINs."""
    for _ in range(times):
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        await screen.type("pin", "314159")
        await screen.tap("unlock")
        await screen.settle()


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("123456", "123456", "first that a thief tries"),
        ("2718", "2718", "6 digits or more"),
        ("271828", "271829", "not the same"),
        ("password", "password", "Many people use this one"),
    ],
)
async def test_a_bad_first_pin_is_refused_with_its_reason(start: Start, first: str, second: str, said: str) -> None:
    async with Screen(start) as screen:
        await screen.until(lambda: "pin-again" in screen.idents(), "the first PIN")
        await screen.type("pin", first)
        await screen.type("pin-again", second)
        await screen.tap("save-pin")
        await screen.until(lambda: screen.reads(said), said)
        assert gate_of(screen).stage == "new"


async def test_a_wrong_pin_is_said_and_the_right_one_still_opens(start: Start) -> None:
    await locked(start)
    async with Screen(start) as screen:
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        await screen.type("pin", "314159")
        await screen.tap("unlock")
        await screen.until(lambda: screen.reads("That is not the PIN"), "the words")
        await screen.type("pin", PIN)
        await screen.tap("unlock")
        await screen.until(lambda: "open-parent_contact" in screen.idents(), "home")


async def test_after_five_wrong_ones_the_button_waits_and_says_how_long(start: Start) -> None:
    await locked(start)
    async with Screen(start) as screen:
        await wrong(screen, 5)
        await screen.until(lambda: "wait" in screen.idents(), "the wait")
        assert screen.reads("Next try in 0:")
        assert start.keys.tries == 6
        with pytest.raises(AssertionError, match="switched off"):
            await screen.tap("unlock")


async def test_the_last_warning_says_how_many_tries_are_left_and_the_tenth_wipes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await locked(start)
    monkeypatch.setattr("app.guesses.WAITS", {})
    async with Screen(start) as screen:
        await wrong(screen, 6)
        assert not screen.reads("everything on this phone is deleted")
        await wrong(screen, 1)
        await screen.until(lambda: screen.reads("After 3 more wrong tries everything"), "the warning")
        await wrong(screen, 3)
        await screen.until(lambda: "pin-again" in screen.idents(), "a new phone")
        assert not [name for name in await start.folder.names() if name.startswith(("journal", "vault"))]


async def test_with_an_escrow_a_wiped_phone_asks_for_the_code_that_hands_its_records_in(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await locked(start, escrow=True)
    monkeypatch.setattr("app.guesses.WAITS", {})
    async with Screen(start) as screen:
        await wrong(screen, 10)
        await screen.until(lambda: gate_of(screen).stage == "wiped", "the wipe")
        await screen.until(lambda: "enrol-code" in screen.idents(), "the code's field")
        assert [name for name in await start.folder.names() if name.startswith("journal")]


async def test_a_forgotten_pin_is_asked_about_twice(start: Start) -> None:
    await locked(start)
    async with Screen(start) as screen:
        await screen.until(lambda: "forgot" in screen.idents(), "the lock")
        await screen.tap("forgot")
        await screen.until(lambda: "wipe" in screen.idents(), "what it means")
        assert screen.reads("What was not sent yet is lost")
        await screen.tap("wipe")
        await screen.until(lambda: "sure" in screen.idents(), "the second question")
        assert gate_of(screen).vault.state == "locked"
        await screen.tap("wipe")
        await screen.until(lambda: "pin-again" in screen.idents(), "a new phone")


async def test_the_pin_is_changed_with_the_old_one(start: Start) -> None:
    await locked(start)
    async with Screen(start, route="/more/pin") as screen:
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        await screen.type("pin", PIN)
        await screen.tap("unlock")
        await screen.until(lambda: "pin-old" in screen.idents(), "the change")
        for field, text in (("pin-old", PIN), ("pin", "161803"), ("pin-again", "161803")):
            await screen.type(field, text)
        await screen.tap("save-pin")
        await screen.until(lambda: screen.reads("The PIN is changed"), "the words")
        await gate_of(screen).lock()
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        await screen.type("pin", "161803")
        await screen.tap("unlock")
        await screen.until(lambda: gate_of(screen).stage == "open", "the notebook")


async def test_a_fingerprint_opens_the_notebook_once_it_was_allowed(start: Start) -> None:
    await locked(start)
    async with Screen(start, route="/more") as screen:
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        assert "passkey" not in screen.idents()
        await screen.type("pin", PIN)
        await screen.tap("unlock")
        await screen.until(lambda: "switch-passkey" in screen.idents(), "the offer")
        await screen.tap("switch-passkey")
        await screen.until(lambda: gate_of(screen).vault.has_passkey, "the passkey")
        await screen.tap("lock-now")
        await screen.until(lambda: "passkey" in screen.idents(), "the lock")
        await screen.tap("passkey")
        await screen.until(lambda: gate_of(screen).stage == "open", "the notebook")


async def test_the_emergency_card_opens_without_a_pin_and_names_nobody(start: Start) -> None:
    await locked(start)
    async with Screen(start) as screen:
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        await screen.type("pin", PIN)
        await screen.tap("unlock")
        await screen.until(lambda: gate_of(screen).stage == "open", "the notebook")
        await screen.until(lambda: (Path(start.folder.path) / "emergency.json").exists(), "the card's file")
    kept = (Path(start.folder.path) / "emergency.json").read_text()
    async with Screen(start) as screen:
        await screen.until(lambda: "emergency" in screen.idents(), "the lock")
        await screen.tap("emergency")
        await screen.until(lambda: "call-911" in screen.idents(), "the card")
        assert "call-988" in screen.idents()
        await screen.until(lambda: screen.reads("Schools"), "where the schools are")
        assert gate_of(screen).stage == "locked"
    vault = await Vault.open(start.folder, start.keys)
    notebook = await Notebook.open(start.folder, await vault.unlock(PIN), make_scaler(), fold)
    assert notebook.setup
    assert notebook.setup.officer.name not in kept
    assert all(person.name not in kept for person in notebook.setup.people)
    notebook.close()
