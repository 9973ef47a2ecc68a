"""Where the field app's parts meet: folder, vault, notebook, road to the district, phone, words, first screen."""

from functools import partial

import flet as ft

from app.cipher import Cipher
from app.device import Device, make_device
from app.files import Folder, make_folder
from app.keys import Keys, make_keys
from app.notebook import Notebook
from app.photos import make_scaler
from app.settings import keep_settings, read_settings
from app.words import Words
from sync.engine import Engine
from sync.merge import fold
from views.flet_mends import forgive_late_answers, pass_over_plain_values
from views.gate import Gate
from views.handlers import close_dialogs
from views.notices import prepare_notices
from views.practice import Practice
from views.scanner import make_scanner
from views.services import Services, provide
from views.shell import Shell
from views.theme import dress


async def main(
    page: ft.Page, folder: Folder | None = None, keys: Keys | None = None, device: Device | None = None
) -> None:
    """Shows the app; `folder`, `keys` and `device` are this phone's own where nothing else is given."""
    forgive_late_answers()
    pass_over_plain_values()
    folder = folder or make_folder()
    settings = await read_settings(folder)
    device = device or make_device()
    await device.start()
    page.title = "Beatbook"
    dress(page, settings.look)
    services = Services(
        device=device,
        scanner=make_scanner(),
        words=Words.load(settings.language or device.language),
        folder=folder,
        settings=settings,
        keep_settings=partial(keep_settings, folder),
        base_url=device.base_url,
    )

    async def begin(cipher: Cipher) -> tuple[Notebook, Engine]:
        async def open_in(place: Folder) -> Notebook:
            return await Notebook.open(place, cipher, make_scaler(), fold, sweep=gate.fresh)

        notebook = await open_in(folder)
        engine = Engine(notebook, device, base_url=device.base_url)
        practice = Practice(services, (notebook, engine), folder, open_in)
        await practice.resume()
        services.practice = practice
        return notebook, engine

    gate = services.gate = Gate(folder, keys or make_keys(folder), services, begin)
    provide(page, services)
    prepare_notices(page)
    device.on_network(partial(services.kick, "network"))
    device.on_resume(partial(services.kick, "resume"))
    device.on_resume(services.device_changes.changed)
    device.on_update(services.device_changes.changed)
    services.locking.listen(partial(close_dialogs, page))
    page.on_close = gate.close
    page.render_views(Shell)
    await gate.open()


if __name__ == "__main__":
    ft.run(main)
