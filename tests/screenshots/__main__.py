"""Pictures of the app, the public pages and the console, taken from the demo district: `make screenshots`.

Six small ones go into the README. `python -m tests.screenshots --all FOLDER` takes every screen in light and dark, at
100 and 200 % text, in English and Spanish, for looking at.
"""

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from server.publish.webapp import build
from tests.browser import capture
from tests.browser.district import ROOT
from tests.browser.phone import HEIGHT, WIDTH, phone
from tests.screenshots.demo import day, demo, door
from tests.screenshots.pages import every_page, sign_in
from tests.screenshots.pictures import DESK, page_of, shoot
from tests.screenshots.readme import README, for_readme
from tests.screenshots.screens import LOOKS, before_the_notebook, every_screen, first_start
from tests.tools import chromium


def main() -> None:
    """Takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, help="take every screen into this folder, not the README's six")
    everything: Path | None = parser.parse_args().all
    webapp = ROOT / ".build" / "webapp"
    build(webapp)
    program = chromium()
    with (
        tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as playwright,
        demo(Path(scratch) / "var", webapp) as district,
        phone(playwright, program, Path(scratch) / "door.mjpeg") as device,
    ):
        photo = door(Path(scratch))
        capture.film(Image.open(photo).resize((640, 480)), Path(scratch) / "door.mjpeg")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        desk = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2)
        if everything:
            everything.mkdir(parents=True, exist_ok=True)
            device.start(f"{district.url}/app/")  # past the first PIN
            shoot(device, everything / "enrol.png")
            device.type("enrol-code", "ABCD-EFG0")
            device.tap("enrol")
            device.page.wait_for_timeout(500)
            shoot(device, everything / "enrol-mistake.png")
            device.kill()
        day(device, district, photo)
        if everything:
            device.kill()
            district.beatbook("escrow", "on")
            for look in LOOKS:
                (everything / look.name).mkdir(exist_ok=True)
                with phone(playwright, program) as new:
                    first_start(new, look, district, everything / look.name)
                before_the_notebook(device, look, district, everything / look.name)
                every_screen(device, look, district, everything / look.name)
            every_page(playwright, program, district, everything)
        else:
            README.mkdir(exist_ok=True)
            for_readme(device, district, photo, README, desk)
            wide = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
            sign_in(wide, district)
            page_of(wide, f"{district.url}/console/records", README / "console.png", DESK)
        browser.close()


if __name__ == "__main__":
    main()
