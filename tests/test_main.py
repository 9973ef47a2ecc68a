"""The field app from its start: the real parts put together, and the screens for a notebook that does not open."""

from pathlib import Path

import flet as ft
import pytest

import main
from app.files import OrdinaryFolder
from app.notebook import Notebook
from app.photos import make_scaler
from app.settings import Settings, keep_settings
from app.vault import Vault
from sync.merge import fold
from tests.app.simulated_disk import SimulatedDisk
from tests.app.vaultkit import PIN, CheapKeys
from tests.views.headless import Screen
from tests.views.phone import enrol

pytestmark = pytest.mark.anyio

KEYS = CheapKeys(SimulatedDisk())


class Start:
    """Runs main on a folder; `main` waits as long as the notebook does not open, so it runs beside the screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = OrdinaryFolder(folder)

    def __call__(self, page: ft.Page) -> None:
        page.run_task(main.main, page, self.folder, KEYS)


async def set_pin(screen: Screen) -> None:
    """The first thing on a new phone."""
    await screen.until(lambda: "pin-again" in screen.idents(), "the first PIN")
    await screen.type("pin", PIN)
    await screen.type("pin-again", PIN)
    await screen.tap("save-pin")


async def unlock(screen: Screen) -> None:
    """What comes before everything else."""
    await screen.until(lambda: "unlock" in screen.idents(), "the lock")
    await screen.type("pin", PIN)
    await screen.tap("unlock")


async def test_a_new_phone_starts_with_a_pin_and_then_the_enrolment(tmp_path: Path) -> None:
    async with Screen(Start(tmp_path)) as screen:
        await set_pin(screen)
        await screen.until(lambda: "enrol-code" in screen.idents(), "the enrolment")
        assert screen.page.title == "Beatbook"


async def test_an_enrolled_phone_starts_at_home_with_what_was_saved(tmp_path: Path) -> None:
    record = await _phone_with_a_record(tmp_path)
    async with Screen(Start(tmp_path)) as screen:
        await unlock(screen)
        await screen.until(lambda: f"record-{record}" in screen.idents(), "the record")


async def test_a_link_is_where_the_officer_is_after_unlocking(tmp_path: Path) -> None:
    record = await _phone_with_a_record(tmp_path)
    async with Screen(Start(tmp_path), route=f"/records/{record}") as screen:
        await unlock(screen)
        await screen.until(lambda: "correct" in screen.idents(), "the record itself")


async def test_locking_leaves_nothing_on_the_screen_and_unlocking_comes_back_to_it(tmp_path: Path) -> None:
    record = await _phone_with_a_record(tmp_path)
    async with Screen(Start(tmp_path)) as screen:
        await unlock(screen)
        await screen.until(lambda: f"record-{record}" in screen.idents(), "the record")
        screen.page.navigate("/more")
        await screen.until(lambda: "lock-now" in screen.idents(), "the lock's button")
        await screen.tap("lock-now")
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")
        assert f"record-{record}" not in screen.idents()
        services = screen.page.session.store.get("services")
        assert not services.is_open
        assert services.gate.vault.state == "locked"
        await unlock(screen)
        await screen.until(lambda: "lock-now" in screen.idents(), "More, where the officer was")


async def test_five_minutes_without_the_officer_lock_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await _phone_with_a_record(tmp_path)
    async with Screen(Start(tmp_path)) as screen:
        await unlock(screen)
        await screen.until(lambda: "nav-more" in screen.idents(), "home")
        gate = screen.page.session.store.get("services").gate
        now = gate._touched
        monkeypatch.setattr("views.gate._now", lambda: (now[0] + 299, now[1] + 299))
        gate.look_at_clock()
        await screen.settle()
        assert gate.stage == "open"
        monkeypatch.setattr("views.gate._now", lambda: (now[0] + 301, now[1] + 10))
        gate.look_at_clock()
        await screen.until(lambda: "unlock" in screen.idents(), "the lock")


async def test_the_app_speaks_the_language_and_wears_the_look_that_were_chosen(tmp_path: Path) -> None:
    await keep_settings(OrdinaryFolder(tmp_path), Settings("es", "dark"))
    async with Screen(Start(tmp_path)) as screen:
        await screen.until(lambda: screen.reads("Proteja este cuaderno"), "Spanish")
        assert screen.page.theme_mode == ft.ThemeMode.DARK


async def test_a_notebook_that_is_open_elsewhere_is_told_and_taken_over_when_it_closes(tmp_path: Path) -> None:
    await _phone_with_a_record(tmp_path)
    vault = await Vault.open(OrdinaryFolder(tmp_path), KEYS)
    other = await Notebook.open(OrdinaryFolder(tmp_path), await vault.unlock(PIN), make_scaler(), fold)
    async with Screen(Start(tmp_path)) as screen:
        await unlock(screen)
        await screen.until(lambda: screen.reads("Open somewhere else"), "the words")
        await screen.tap("try-again")
        await screen.settle()
        assert screen.reads("Open somewhere else")
        other.close()
        await screen.tap("try-again")
        await screen.until(lambda: "open-parent_contact" in screen.idents(), "the app")


async def test_a_notebook_of_a_newer_version_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.store import NewerFormat

    await _fails_with(NewerFormat(), "A newer version wrote this notebook", tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("error", "said"), [(OSError("disk"), "The notebook cannot be opened"), (KeyError("x"), "cannot be opened")]
)
async def test_whatever_goes_wrong_gets_words_and_not_a_crash(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _fails_with(error, said, tmp_path, monkeypatch)


async def _fails_with(error: Exception, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> Notebook:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Notebook, "open", fails)
        async with Screen(Start(folder)) as screen:
            await set_pin(screen)
            await screen.until(lambda: screen.reads(said), said)
            patch.undo()
            await screen.tap("try-again")
            await screen.until(lambda: "enrol-code" in screen.idents(), "the app, once it works")


async def _phone_with_a_record(folder: Path) -> str:
    """An enrolled phone with a PIN, and the record that was saved on it."""
    vault = await Vault.open(OrdinaryFolder(folder), KEYS)
    notebook = await Notebook.open(OrdinaryFolder(folder), await vault.create(PIN), make_scaler(), fold)
    enrol(notebook)
    draft = notebook.start("parent_contact")
    notebook.answer(draft.id, "topic", "praise")
    record = notebook.save(draft.id).id
    notebook.close()
    vault.lock()
    return record
