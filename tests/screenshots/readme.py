"""The small pictures of the README."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser import capture
from tests.browser.district import ROOT
from tests.browser.phone import HEIGHT, WIDTH, Phone
from tests.screenshots.demo import Demo, at_rest
from tests.screenshots.pictures import PHONE, page_of, shoot

README = ROOT / "docs" / "pictures"


def for_readme(device: Phone, demo: Demo, photo: Path, folder: Path, desk: BrowserContext) -> None:
    """The six pictures of the README."""
    device.page.mouse.move(WIDTH / 2, HEIGHT / 2)
    device.page.mouse.wheel(0, -5000)  # from its top
    device.page.wait_for_timeout(600)
    shoot(device, folder / "home.png")
    capture.begin_walkthrough(device, photo)
    device.reach("choice-BD1-no")
    device.page.mouse.wheel(0, -70)  # the whole question
    device.page.wait_for_timeout(600)
    shoot(device, folder / "walkthrough.png")
    device.tap("choice-BD2-yes", scroll=True)
    capture.save(device)
    at_rest(device)
    device.tap("nav-records")
    device.like("record-").first.wait_for(state="attached")
    shoot(device, folder / "records.png")
    device.tap("nav-scan")
    device.at("camera").wait_for(state="attached")
    device.sees(re.compile("Hold the code"))
    shoot(device, folder / "scan.png")
    page_of(desk, demo.card, folder / "card.png", PHONE)
