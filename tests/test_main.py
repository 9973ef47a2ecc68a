"""The field app from its start: the real parts put together, and the screens for a notebook that does not open."""

from pathlib import Path

import flet as ft
import pytest

import main
from app.files import OrdinaryFolder
from app.notebook import Notebook
from app.photos import make_scaler
from app.settings import Settings, keep_settings
from sync.merge import fold
from tests.app.notebooks import CIPHER
from tests.views.headless import Screen
from tests.views.phone import enrol

pytestmark = pytest.mark.anyio


class Start:
    """Runs main on a folder; `main` waits as long as the notebook does not open, so it runs beside the screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = OrdinaryFolder(folder)

    def __call__(self, page: ft.Page) -> None:
        page.run_task(main.main, page, self.folder)


async def test_a_new_phone_starts_with_the_enrolment(tmp_path: Path) -> None:
    async with Screen(Start(tmp_path)) as screen:
        await screen.until(lambda: "enrol-code" in screen.idents(), "the enrolment")
        assert screen.page.title == "Beatbook"


async def test_an_enrolled_phone_starts_at_home_with_what_was_saved(tmp_path: Path) -> None:
    notebook = await _notebook(tmp_path)
    enrol(notebook)
    draft = notebook.start("parent_contact")
    notebook.answer(draft.id, "topic", "praise")
    record = notebook.save(draft.id).id
    notebook.close()
    async with Screen(Start(tmp_path)) as screen:
        await screen.until(lambda: f"record-{record}" in screen.idents(), "the record")


async def test_the_app_speaks_the_language_and_wears_the_look_that_were_chosen(tmp_path: Path) -> None:
    await keep_settings(OrdinaryFolder(tmp_path), Settings("es", "dark"))
    async with Screen(Start(tmp_path)) as screen:
        await screen.until(lambda: screen.reads("Registrar este teléfono"), "Spanish")
        assert screen.page.theme_mode == ft.ThemeMode.DARK


async def test_a_notebook_that_is_open_elsewhere_is_told_and_taken_over_when_it_closes(tmp_path: Path) -> None:
    other = await _notebook(tmp_path)
    async with Screen(Start(tmp_path)) as screen:
        await screen.until(lambda: screen.reads("Open somewhere else"), "the words")
        await screen.tap("try-again")
        await screen.settle()
        assert screen.reads("Open somewhere else")
        other.close()
        await screen.tap("try-again")
        await screen.until(lambda: "enrol-code" in screen.idents(), "the app")


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
            await screen.until(lambda: screen.reads(said), said)
            patch.undo()
            await screen.tap("try-again")
            await screen.until(lambda: "enrol-code" in screen.idents(), "the app, once it works")


async def _notebook(folder: Path) -> Notebook:
    return await Notebook.open(OrdinaryFolder(folder), CIPHER, make_scaler(), fold)
