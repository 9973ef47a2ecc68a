"""Pictures of the app, the public pages and the console, taken from the demo district: `make screenshots`.

Six small ones go into the README. `python -m tests.screenshots --all FOLDER` takes every screen in light and dark, at
100 and 200 % text, in English and Spanish, for looking at.
"""

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from server.publish.webapp import build
from tests.app.formkit import NOT_BEGUN
from tests.browser import capture
from tests.browser.district import ROOT, free_port
from tests.browser.phone import HEIGHT, PIN, WIDTH, Phone, phone, wait_until
from tests.browser.sealed import damage_vault, vault_of
from tests.tools import chromium

README = ROOT / "docs" / "pictures"
PHONE = (WIDTH * 3 // 2, HEIGHT * 3 // 2)
DESK = (1280, 800)


@dataclass(frozen=True)
class Look:
    """How a phone is set."""

    name: str
    dark: bool = False
    text: int = 100
    language: str = "en-US"

    def start(self, device: Phone, url: str, *, offline: bool = False) -> None:
        """Starts a phone that is set so."""
        device.start(url, dark=self.dark, text=self.text, language=self.language, offline=offline)


LOOKS = (
    Look("light"),
    Look("dark", dark=True),
    Look("large", text=200),
    Look("spanish", language="es-US"),
    Look("spanish-dark-large", language="es-US", dark=True, text=200),
)


@dataclass(frozen=True)
class Demo:
    """The demo district as `make run` prints it, and the folder with its data."""

    folder: Path
    url: str
    app: str
    name: str
    password: str
    card: str
    tag: str
    place: str
    short: str

    def beatbook(self, *words: str) -> str:
        """Runs the command line on the demo's data."""
        command = [sys.executable, "-m", "server.cli", *words]
        environment = {**os.environ, "BEATBOOK_DATA": str(self.folder), "BEATBOOK_BASE_URL": self.url}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    def code(self) -> str:
        """A new one-time code for its second officer."""
        return self.beatbook("enrol", "102", "--code-only").strip()


@contextmanager
def demo(folder: Path, webapp: Path) -> Iterator[Demo]:
    """A demo district that is being served, with an address as a real one would have it in its pages."""
    port = free_port()
    environment = {
        **os.environ,
        "BEATBOOK_DATA": str(folder),
        "BEATBOOK_WEBAPP": str(webapp),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    log = (folder.parent / "demo.log").open("w")
    command = [sys.executable, "-m", "server.cli", "demo"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        path = folder.parent / "demo.log"
        wait_until(lambda: "Ctrl-C" in path.read_text(), "the demo", 240)
        said = path.read_text()
        yield Demo(
            folder,
            f"http://127.0.0.1:{port}",
            *re.findall(r"Field app\s+(\S+)", said),
            *re.findall(r"sign in: (\S+)\s+password: (\S+)", said)[0],
            *re.findall(r"Card\s+(\S+)", said),
            *re.findall(r"Place tag\s+(\S+)\s+(.+), typed: (\S+)", said)[0],
        )
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def door(folder: Path) -> Path:
    """A picture to send along: a door that does not latch, drawn."""
    picture = Image.new("RGB", (1600, 1200), (201, 196, 186))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 900, 1600, 1200), fill=(128, 122, 112))
    draw.rectangle((560, 120, 1060, 1000), fill=(52, 78, 110), outline=(30, 44, 66), width=16)
    draw.rectangle((640, 210, 760, 520), fill=(168, 196, 214), outline=(30, 44, 66), width=8)
    draw.ellipse((950, 560, 1010, 620), fill=(210, 180, 90))
    path = folder / "door.jpg"
    picture.save(path, quality=85)
    return path


def shoot(device: Phone, path: Path) -> None:
    """A picture of a phone's screen, at one and a half pixels a point and with few colours: small enough for a page."""
    device.page.mouse.move(WIDTH, HEIGHT)  # nothing lies under a mouse that no phone has
    device.page.wait_for_timeout(250)
    device.photograph(path)
    keep(path.read_bytes(), path, PHONE)


def keep(data: bytes, path: Path, size: tuple[int, int]) -> None:
    """Writes a picture in this size, as a PNG with a palette."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    picture.quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)


def page_of(context: BrowserContext, url: str, path: Path, size: tuple[int, int]) -> None:
    """A picture of a web page as it opens."""
    page = context.new_page()
    page.goto(url)
    keep(page.screenshot(), path, size)
    page.close()


def sign_in(context: BrowserContext, demo: Demo) -> None:
    """Signs in at the console."""
    page = context.new_page()
    page.goto(f"{demo.url}/console/")
    page.locator("input[name=name]").fill(demo.name)
    page.locator("input[name=password]").fill(demo.password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/console/records")
    page.close()


def day(device: Phone, demo: Demo, photo: Path) -> None:
    """An officer's day: enrolled, three records written and at the district."""
    device.start(demo.app)
    device.tap("enrol")
    device.tap("begin")
    device.at("open-location_check").wait_for(state="attached")
    capture.location_check(device, demo.short, photo, demo.place)
    capture.parent_contact(device, photo)
    capture.community_complaint(device, photo)
    at_rest(device)


def at_rest(device: Phone) -> None:
    """Waits until the district has everything and the line that said "saved" has left."""
    device.sees(re.compile("All at the district"), timeout=60_000)
    wait_until(lambda: not device.page.get_by_text("Saved on this phone").count(), "the line to leave", 20)


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


def every_screen(device: Phone, look: Look, demo: Demo, folder: Path) -> None:
    """All screens of a phone that is enrolled, by tapping through them."""
    look.start(device, f"{demo.url}/app/")
    shoot(device, folder / "home.png")
    device.tap("sync-badge")
    device.at("sync-now").wait_for(state="attached")
    shoot(device, folder / "sync.png")
    device.open(f"{demo.url}/app/")
    device.tap("all-forms", scroll=True)
    device.at("open-lesson").wait_for(state="attached")
    top_and_bottom(device, folder, "forms")
    forms = {path.stem for path in (ROOT / "assets" / "forms").glob("*.md")}
    for form in sorted(forms - NOT_BEGUN):
        device.open(f"{demo.url}/app/forms")
        device.tap(f"open-{form}", scroll=True)
        device.at("save").wait_for(state="attached")
        device.page.wait_for_timeout(400)  # the new screen slides in
        shoot(device, folder / f"{form}.png")
        device.tap("save")
        device.at("mistakes").wait_for(state="attached")
        device.page.wait_for_timeout(400)
        shoot(device, folder / f"{form}-mistakes.png")
        device.page.mouse.move(WIDTH / 2, HEIGHT / 2)
        device.page.mouse.wheel(0, 1200)
        device.page.wait_for_timeout(400)
        shoot(device, folder / f"{form}-below.png")
    for name in ("records", "scan", "more"):
        device.open(f"{demo.url}/app/{name}")
        device.page.wait_for_timeout(1500)
        shoot(device, folder / f"{name}.png")
        if name == "records":
            device.like("record-").first.wait_for(state="attached")
            device.tap(str(device.like("record-").first.get_attribute("flt-semantics-identifier")))
            device.page.wait_for_timeout(800)
            shoot(device, folder / "record.png")
            sheets_of_a_record(device, folder)
    findings(device, demo, folder)
    tour(device, demo, folder)
    device.open(f"{demo.url}/app/t/ABCDEFGHJKLMNPQR")
    device.page.wait_for_timeout(800)
    shoot(device, folder / "tag-unknown.png")
    device.kill()
    look.start(device, f"{demo.url}/app/", offline=True)
    shoot(device, folder / "home-offline.png")
    device.kill()


def sheets_of_a_record(device: Phone, folder: Path) -> None:
    """Why it is corrected, and the PDF that is ready."""
    for button, waits_for in (("share", "save-pdf"), ("correct", "reason-own")):
        device.tap(button, scroll=True)
        device.at(waits_for).wait_for(state="attached")
        device.page.wait_for_timeout(800)
        shoot(device, folder / f"record-{button}.png")
        device.touch(WIDTH / 2, 20)  # beside the sheet
        device.at(waits_for).wait_for(state="detached")


def findings(device: Phone, demo: Demo, folder: Path) -> None:
    """What a walkthrough found, and one of it."""
    device.open(f"{demo.url}/app/records/findings")
    device.page.wait_for_timeout(1000)
    shoot(device, folder / "findings.png")
    if device.like("finding-").count():
        device.tap(str(device.like("finding-").first.get_attribute("flt-semantics-identifier")))
        device.page.wait_for_timeout(800)
        shoot(device, folder / "finding.png")


def tour(device: Phone, demo: Demo, folder: Path) -> None:
    """A tour of today, if there is one still."""
    device.open(f"{demo.url}/app/")
    if device.like("tour-").count():
        device.tap(str(device.like("tour-").first.get_attribute("flt-semantics-identifier")), scroll=True)
        device.page.wait_for_timeout(800)
        top_and_bottom(device, folder, "tour")


def before_the_notebook(device: Phone, look: Look, demo: Demo, folder: Path) -> None:
    """The lock of a phone that is enrolled, the emergency card, the way out, and the lock's part of More."""
    device.lets_in = False
    look.start(device, f"{demo.url}/app/")
    top_and_bottom(device, folder, "lock")
    device.tap("emergency", scroll=True)
    device.at("call-911").wait_for(state="attached")
    top_and_bottom(device, folder, "emergency")
    device.tap("back")
    for tries in range(1, 8):
        device.type("pin", "314159")
        device.tap("unlock", scroll=True)
        device.at("wait-left" if tries > 4 else "problem").wait_for(state="attached")
        if picture := {1: "lock-wrong", 5: "lock-wait", 7: "lock-warned"}.get(tries):
            top_and_bottom(device, folder, picture)
        device.pass_time(minutes=2)
        wait_until(lambda: not device.at("wait").count(), "the end of the wait")
    device.tap("forgot", scroll=True)
    device.at("back").wait_for(state="attached")
    top_and_bottom(device, folder, "forgot")
    device.tap("wipe", scroll=True)
    device.at("sure").wait_for(state="attached")
    top_and_bottom(device, folder, "forgot-sure")
    device.open(f"{demo.url}/app/more")
    wait_until(lambda: device.at("unlock").count(), "the lock", 90)
    device.pass_time(minutes=2)
    wait_until(lambda: not device.at("wait").count(), "the end of the wait")
    device.let_in()
    device.lets_in = True
    device.reach("lock-now")
    shoot(device, folder / "more-lock.png")
    device.tap("change-pin", scroll=True)
    device.at("pin-old").wait_for(state="attached")
    top_and_bottom(device, folder, "change-pin")
    device.kill()


def first_start(device: Phone, look: Look, demo: Demo, folder: Path) -> None:
    """A phone that was never used, to the end of its PIN: set, refused, enrolled, wiped, handed in, damaged, full."""
    device.lets_in = False
    look.start(device, f"{demo.url}/app/enrol/{demo.code()}")
    top_and_bottom(device, folder, "pin")
    device.type("pin", "123456")
    device.type("pin-again", "123456", scroll=True)
    device.tap("save-pin", scroll=True)
    device.at("problem").wait_for(state="attached")
    top_and_bottom(device, folder, "pin-mistake")
    device.full()
    device.reload()
    for field in ("pin", "pin-again"):
        device.type(field, PIN, scroll=True)
    device.tap("save-pin", scroll=True)
    device.at("problem").wait_for(state="attached")
    top_and_bottom(device, folder, "pin-full")
    device.kill()
    device.lets_in = True
    look.start(device, f"{demo.url}/app/enrol/{demo.code()}")
    top_and_bottom(device, folder, "enrol")
    device.tap("enrol", scroll=True)
    device.at("begin").wait_for(state="attached")
    top_and_bottom(device, folder, "enrol-done")
    device.tap("begin", scroll=True)
    wait_until(lambda: '"escrow"' in vault_of(device), "the sealed key")
    device.lets_in = False
    device.open(f"{demo.url}/app/more")
    device.at("unlock").wait_for(state="attached")
    device.tap("forgot", scroll=True)
    top_and_bottom(device, folder, "forgot-escrow")
    give_up(device)
    device.at("hand-in").wait_for(state="attached")
    top_and_bottom(device, folder, "hand-in")
    device.tap("scan-code", scroll=True)
    device.at("camera").wait_for(state="attached")
    device.page.wait_for_timeout(2500)
    top_and_bottom(device, folder, "hand-in-scan")
    device.type("type-code", demo.code(), scroll=True)
    device.tap("use-code", scroll=True)
    device.at("hand-in").wait_for(state="attached")
    device.tap("give-up", scroll=True)
    top_and_bottom(device, folder, "hand-in-give-up")
    device.tap("hand-in", scroll=True)
    device.at("handed-in").wait_for(state="attached")
    top_and_bottom(device, folder, "handed-in")
    device.tap("begin", scroll=True)
    device.let_in()
    device.at("enrol").wait_for(state="attached")
    damage_vault(device)
    device.reload()
    device.at("try-again").wait_for(state="attached")
    top_and_bottom(device, folder, "damaged")
    device.tap("forgot", scroll=True)
    give_up(device)
    device.at("gone").wait_for(state="attached")
    top_and_bottom(device, folder, "gone")
    device.kill()


def give_up(device: Phone) -> None:
    """Both taps that a wipe takes."""
    device.tap("wipe", scroll=True)
    device.reach("sure")  # it comes between, and the button moves
    device.tap("wipe", scroll=True)


def top_and_bottom(device: Phone, folder: Path, name: str) -> None:
    """Two pictures of a screen that may be longer than the phone, one where it is not."""
    device.page.mouse.move(WIDTH / 2, HEIGHT / 2)
    device.page.mouse.wheel(0, -5000)
    device.page.wait_for_timeout(600)
    shoot(device, folder / f"{name}.png")
    device.page.mouse.move(WIDTH / 2, HEIGHT / 2)
    device.page.mouse.wheel(0, 5000)
    device.page.wait_for_timeout(600)
    shoot(device, folder / f"{name}-below.png")
    if (folder / f"{name}.png").read_bytes() == (folder / f"{name}-below.png").read_bytes():
        (folder / f"{name}-below.png").unlink()


def every_page(playwright: Playwright, program: str, demo: Demo, folder: Path) -> None:
    """The public pages and the console, at a phone's and a desk's size."""
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    console = ("records", "officers", "schools", "cards", "officers/new", "cards/new", "schools/new")
    for name, width, height, dark, locale in (
        ("phone", WIDTH, HEIGHT, False, "en-US"),
        ("phone-dark-es", WIDTH, HEIGHT, True, "es-US"),
        ("desk", *DESK, False, "en-US"),
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=locale
        )
        place = f"{demo.url}/console/"
        pages = {"card": demo.card, "tag": demo.tag, "unknown": f"{demo.url}/c/NOBODYXX", "sign-in": f"{place}sign-in"}
        for page, url in pages.items():
            page_of(context, url, folder / f"{name}-{page}.png", (width, height))
        sign_in(context, demo)
        for page in console:
            page_of(context, place + page, folder / f"{name}-{page.replace('/', '-')}.png", (width, height))
        listing = context.new_page()
        for page in ("records", "officers", "schools", "cards"):
            listing.goto(place + page)
            first = listing.locator(f"main a[href^='/console/{page}/']:not([href$='/new'])").first
            if first.count():
                url = f"{demo.url}{first.get_attribute('href')}"
                page_of(context, url, folder / f"{name}-{page}-one.png", (width, height))
        context.close()
    browser.close()


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
