"""Every screen of the app, on phones that are set in different ways."""

from dataclasses import dataclass
from pathlib import Path

from tests.app.formkit import NOT_BEGUN
from tests.browser.district import ROOT
from tests.browser.phone import HEIGHT, PIN, WIDTH, Phone, wait_until
from tests.browser.sealed import damage_vault, vault_of
from tests.screenshots.demo import Demo
from tests.screenshots.pictures import shoot, top_and_bottom


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
