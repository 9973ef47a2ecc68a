"""Where the field app's parts meet: folder, notebook, road to the district, phone, words, and the first screen."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import flet as ft

from app.device import make_device
from app.files import Folder, Locked, OrdinaryFolder
from app.notebook import Notebook
from app.photos import make_scaler
from app.settings import keep_settings, read_settings
from app.words import Words
from sync.engine import Engine
from sync.merge import fold
from views.late import forgive_late_answers
from views.parts import notice
from views.scanner import make_scanner
from views.services import Services, provide
from views.shell import Shell
from views.start import cannot_open
from views.theme import dress

log = logging.getLogger("beatbook")

LOOK_AGAIN: Final = 2.0  # seconds until a notebook that another tab holds is tried again


async def main(page: ft.Page, folder: Folder | None = None) -> None:
    """Opens the notebook and shows the app; `folder` is where it is kept, if not in this phone's own place."""
    forgive_late_answers()
    folder = folder or make_folder()
    settings = await read_settings(folder)
    device = make_device()
    await device.start()
    words = Words.load(settings.language or device.language)
    page.title = "Beatbook"
    dress(page, settings.look)

    notebook = await open_notebook(page, folder, words)
    notebook.set_language(words.language)
    engine = Engine(notebook, device, base_url=device.base_url)
    services = Services(
        notebook,
        engine,
        device,
        make_scanner(),
        words,
        settings,
        partial(keep_settings, folder),
        base_url=device.base_url,
    )
    provide(page, services)
    device.on_network(lambda: engine.kick("network"))
    device.on_resume(lambda: engine.kick("resume"))
    device.on_resume(services.device_changes.changed)
    device.on_update(services.device_changes.changed)
    page.render_views(Shell)
    device.ready()
    rounds = page.run_task(engine.run)
    engine.kick("start")

    def close() -> None:
        services.end()
        rounds.cancel()
        notebook.close()

    page.on_close = close
    if notebook.report.cut:
        notice(words("start.cut.text"), seconds=10)


async def open_notebook(page: ft.Page, folder: Folder, words: Words) -> Notebook:
    """The notebook, as soon as it can be opened; until then a screen says what is the matter."""
    again = asyncio.Event()
    while True:
        try:
            return await Notebook.open(folder, make_scaler(), fold)
        except Exception as error:  # whatever it is, the officer gets words and not a crash
            log.error("the notebook does not open: %s", type(error).__name__)
            page.views = [cannot_open(error, words, again.set)]
            page.update()
            # Another tab may close at any moment; everything else waits for the officer.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN if isinstance(error, Locked) else None):
                    await again.wait()
            again.clear()


def make_folder() -> Folder:
    """The notebook's place: the browser's private files, or a folder on the disk."""
    if sys.platform == "emscripten":
        from app.files_browser import OpfsFolder

        return OpfsFolder("beatbook")
    kept = os.environ.get("FLET_APP_STORAGE_DATA", "var/phone")
    return OrdinaryFolder(Path(kept) / "notebook")


if __name__ == "__main__":
    ft.run(main)
