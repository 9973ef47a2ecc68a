"""A phone for the journeys: a real Chromium with a profile of its own that can be killed and started again.

Chromium is started by us and driven over its debugging port, so that its process id is known: a kill is SIGKILL to
the whole browser, as when a battery goes flat, and nothing of it is told to tidy up.
"""

import base64
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import (
    Browser,
    CDPSession,
    ConsoleMessage,
    Error,
    FloatRect,
    Locator,
    Page,
    Playwright,
    Request,
    TimeoutError,
    expect,
)

WIDTH, HEIGHT = 390, 844
PIN = "271828"
PATIENCE_MS = 90_000  # the first start of Python in a browser on two slow shared cores

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--remote-debugging-port=0",
    f"--window-size={WIDTH},{HEIGHT}",
)


class Phone:
    """One officer's phone. `profile` is its storage; two phones are two profiles."""

    def __init__(
        self,
        playwright: Playwright,
        chromium: str,
        profile: Path,
        camera: Path | None = None,
        more_flags: Iterable[str] = (),
    ) -> None:
        self._playwright = playwright
        self._chromium = chromium
        self._profile = profile
        self._camera = camera
        self._more_flags = more_flags
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser | None = None
        self._page: Page | None = None
        self._session: CDPSession | None = None
        self.strangers: list[str] = []  # requests to any host but the district's
        self.complaints: list[str] = []  # errors that the page wrote to the console
        self.home = ""
        self.lets_in = True  # whether every start goes past the lock

    @property
    def profile(self) -> Path:
        """The folder in which the browser keeps everything."""
        return self._profile

    @property
    def page(self) -> Page:
        """The page in front."""
        assert self._page is not None, "the phone is switched off"
        return self._page

    def start(
        self, url: str, *, offline: bool = False, dark: bool = False, language: str = "en-US", text: int = 100
    ) -> Self:
        """Starts the browser and opens `url`; returns once the first screen is drawn and can be touched.

        `text` is the size of text that the phone's owner has set, in percent.
        """
        flags = [
            *_FLAGS,
            *self._more_flags,
            f"--user-data-dir={self._profile}",
            f"--lang={language}",
            f"--accept-lang={language}",
        ]
        flags.append(f"--blink-settings=defaultFontSize={16 * text // 100}")
        if self._camera:
            flags.append(f"--use-file-for-fake-video-capture={self._camera}")
        port_file = self._profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [self._chromium, *flags, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: port_file.exists() and "\n" in port_file.read_text(), "Chromium's debugging port")
        port = port_file.read_text().splitlines()[0]
        self._browser = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        context = self._browser.contexts[0]
        context.grant_permissions(["camera", "geolocation", "microphone"])
        context.set_geolocation({"latitude": 36.09, "longitude": -95.88, "accuracy": 12})
        if offline:
            context.set_offline(True)
        self._page = context.pages[0] if context.pages else context.new_page()
        self._hold(dark)
        self.home = "/".join(url.split("/")[:3])
        self._page.on("request", self._note_request)
        self._page.on("console", self._note_console)
        self.open(url)
        return self

    def _hold(self, dark: bool = False) -> None:
        """Gives the page in front a phone's size and touch."""
        session = self._session = self.page.context.new_cdp_session(self.page)
        metrics = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 2, "mobile": True}
        session.send("Emulation.setDeviceMetricsOverride", metrics)
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def open(self, url: str) -> None:
        """Goes to an address and waits for the first screen."""
        self.page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
        self.wake()

    def go(self, path: str) -> None:
        """Goes to a screen by its address below /app, as the phone's back button does: nothing is loaded anew."""
        self.page.evaluate(
            """url => {
                history.pushState(null, "", url);
                dispatchEvent(new PopStateEvent("popstate", { state: null }));
            }""",
            f"{self.home}/app{path}",
        )

    def reload(self) -> None:
        """Loads the page again and waits for the first screen."""
        self.page.reload(wait_until="commit", timeout=PATIENCE_MS)
        self.wake()

    def wake(self) -> None:
        """Switches the accessibility tree on, as a screen reader does, and waits until something is in it."""
        placeholder = self.page.locator("flt-semantics-placeholder")
        placeholder.wait_for(state="attached", timeout=PATIENCE_MS)

        def awake() -> bool:
            if placeholder.count():
                placeholder.evaluate("node => node.click()")
            return self.page.locator("flt-semantics[flt-semantics-identifier]").count() > 0

        wait_until(awake, "the first screen", PATIENCE_MS / 1000)
        if self.lets_in:
            self.let_in()

    def allow_camera(self, allowed: bool) -> None:
        """The owner lets the app use the camera, or does not."""
        assert self._session
        asked = {"permission": {"name": "camera"}, "setting": "granted" if allowed else "denied", "origin": self.home}
        self._session.send("Browser.setPermission", asked)

    def let_in(self) -> None:
        """Chooses the first PIN of a new phone, or unlocks one that has it."""
        asks = ("pin-again", "unlock", "try-again")
        found = wait_until(
            lambda: next((name for name in asks if self.at(name).count()), ""), "the lock", PATIENCE_MS / 1000
        )
        if found == "try-again":
            return
        self.type("pin", PIN)
        if found == "pin-again":
            self.type("pin-again", PIN)
        button = "save-pin" if found == "pin-again" else "unlock"
        self.tap(button)
        self.at(button).wait_for(state="detached", timeout=PATIENCE_MS)
        # What comes next is the notebook, or why it does not open.
        wait_until(lambda: self.names() and not self.at("busy").count(), "the notebook", PATIENCE_MS / 1000)

    def pass_time(self, minutes: float) -> None:
        """Puts both clocks of the Python that runs now ahead, as if nobody had touched the phone for so long."""
        for worker in self.page.workers:
            worker.evaluate(
                """ahead => {
                    const [steady, date] = [performance.now.bind(performance), Date.now];
                    performance.now = () => steady() + ahead;
                    Date.now = () => date() + ahead;
                }""",
                minutes * 60_000,
            )

    def full(self, full: bool = True) -> None:
        """Leaves the page no more room than it has taken, or all of it again."""
        assert self._session
        room = {"quotaSize": 1} if full else {}
        self._session.send("Storage.overrideQuotaForOrigin", {"origin": self.home, **room})

    def set_offline(self, offline: bool) -> None:
        """Switches the network off or on; the browser tells the app as a phone would."""
        self.page.context.set_offline(offline)

    def kill(self) -> None:
        """Ends the browser at once, without any chance to tidy up."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._page = self._browser = self._session = None
        for lock in self._profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    # -- what an officer does ------------------------------------------------------------------------------------

    def at(self, identifier: str) -> Locator:
        """The control with this identifier (docs/forms.md has the rule for their names)."""
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]').first

    def like(self, prefix: str) -> Locator:
        """The controls whose identifier begins so."""
        return self.page.locator(f'[flt-semantics-identifier^="{prefix}"]')

    def reach(self, identifier: str) -> Locator:
        """Scrolls until the control is on the screen; controls far away are not in the tree before that."""
        target = self.at(identifier)
        for way in (320, -640, 320, -640):  # twice: what is further down may come only once somebody is near it
            for _ in range(60):
                box = self._box(identifier)
                if box and box["y"] > 60 and box["y"] + min(box["height"] / 2, 60) < HEIGHT - 80:
                    return target
                if not self._scroll(box["y"] + box["height"] / 2 - HEIGHT / 2 if box else way):
                    break
            if target.count():  # what comes last is as high as it gets
                return target
        raise AssertionError(f"{identifier} is nowhere on the screen; there are {self.names()}")

    def _scroll(self, by: float) -> bool:
        """Turns the wheel over the middle of the screen; False when nothing moves, as at the end of a list."""
        before = self._places()
        self.page.mouse.move(WIDTH / 2, HEIGHT / 2)
        self.page.mouse.wheel(0, by)
        end = time.monotonic() + 1
        while (moved := self._places() != before) is False and time.monotonic() < end:
            self.page.wait_for_timeout(40)
        return moved

    def _places(self) -> str:
        """Where everything on the screen is."""
        return str(
            self.page.evaluate(
                "() => [...document.querySelectorAll('[flt-semantics-identifier]')]"
                ".map(n => [n.getAttribute('flt-semantics-identifier'), n.getBoundingClientRect().y]).join()"
            )
        )

    def tap(self, identifier: str, *, scroll: bool = False) -> None:
        """Taps the middle of a control."""
        if scroll:
            self.reach(identifier)
        box = self.resting_place(identifier)
        self.touch(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def resting_place(self, identifier: str) -> FloatRect:
        """Where a control is once it has stopped moving: sheets slide in, lists settle."""
        target = self.at(identifier)
        target.wait_for(state="attached", timeout=30_000)
        before: list[FloatRect | None] = [None, None]

        def rests() -> FloatRect | None:
            self.page.wait_for_timeout(60)
            before.append(self._box(identifier))
            return before[-1] if before[-1] == before[-2] == before[-3] else None

        box: FloatRect = wait_until(rests, f"{identifier} to come to rest")
        return box

    def _box(self, identifier: str) -> FloatRect | None:
        """Where a control is now, if it is anywhere."""
        box: FloatRect | None = self.page.evaluate(
            """name => {
                const node = document.querySelector(`[flt-semantics-identifier="${name}"]`);
                if (!node) return null;
                const { x, y, width, height } = node.getBoundingClientRect();
                return { x, y, width, height };
            }""",
            identifier,
        )
        return box

    def touch(self, x: float, y: float) -> None:
        """Touches a point of the screen with a finger."""
        assert self._session
        self._session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Draws a line with a finger, from one point of the screen to another."""
        assert self._session
        for step in range(steps + 1):
            at = {
                "x": start[0] + (end[0] - start[0]) * step / steps,
                "y": start[1] + (end[1] - start[1]) * step / steps,
            }
            kind = "touchMove" if step else "touchStart"
            self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
            self.page.wait_for_timeout(30)  # a finger takes its time; a jump would be a tap
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def type(self, identifier: str, text: str, *, scroll: bool = False) -> None:
        """Types into a text field, key by key."""
        self.tap(identifier, scroll=scroll)
        field = self.at(identifier).locator("input, textarea").first
        field.focus()
        self.page.wait_for_timeout(300)  # no finger is faster from the tap to the first key; Flutter is not always
        self.page.keyboard.type(text, delay=5)

    def holds(self, identifier: str, text: str) -> None:
        """Waits until this is what a text field shows once it is touched; untouched ones tell no value."""
        self.tap(identifier, scroll=True)
        expect(self.at(identifier).locator("input, textarea").first).to_have_value(text, timeout=30_000)

    def pick(self, identifier: str, file: Path, *, scroll: bool = False) -> None:
        """Taps a control that asks for a file and gives it one."""
        if scroll:
            self.reach(identifier)
        try:
            with self.page.expect_file_chooser(timeout=10_000) as chooser:
                self.tap(identifier)
        except TimeoutError:  # on a busy machine a sheet that was closing took the tap
            with self.page.expect_file_chooser(timeout=30_000) as chooser:
                self.tap(identifier, scroll=scroll)
        chooser.value.set_files(file)

    def choose(self, field: str, value: str) -> None:
        """Chooses an answer, on the form itself or in the sheet that a long list opens."""
        choice = f"choice-{field}-{value}"
        self.reach(f"field-{field}")
        if not self.at(choice).count():
            self.tap(f"field-{field}")
            # Scrolling before the sheet is there would move its list under the search field, and the tap with it.
            self.like(f"choice-{field}-").first.wait_for(state="attached")
        self.tap(choice, scroll=True)

    def second_tab(self, url: str) -> Page:
        """Opens another tab and looks at it; gives the first one."""
        first = self.page
        self._page = self.page.context.new_page()
        self._hold()
        self.open(url)
        return first

    def wait_for_offline_copy(self) -> None:
        """Waits until the service worker has every byte that a start without a network needs."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def choose_and_keep(self, field: str, value: str) -> None:
        """Chooses one of the buttons of a question, and waits until it and all that was typed before is kept.

        An answer is drawn as chosen after it was kept; a letter alone may take a third of a second.
        """
        self.choose(field, value)
        chosen = self.at(f"choice-{field}-{value}")
        expect(chosen).to_have_attribute("aria-checked", "true", timeout=30_000)

    def sees(self, text: str | re.Pattern[str], timeout: float = 30_000) -> None:
        """Waits until the words are on the screen, as text or as a name that a screen reader says."""
        screen = self.page.locator("flt-semantics-host")
        expect(screen.get_by_text(text).or_(screen.get_by_label(text)).first).to_be_attached(timeout=timeout)

    def names(self) -> list[str]:
        """The identifiers on the screen now."""
        found: list[str] = self.page.evaluate(
            "() => [...document.querySelectorAll('[flt-semantics-identifier]')]"
            ".map(n => n.getAttribute('flt-semantics-identifier'))"
        )
        return found

    def shown(self) -> str:
        """What is on the screen now, in words, for the report of a journey that failed."""
        if self._page is None:
            return "nothing: it is switched off"
        try:
            words = self.page.locator("flt-semantics-host").inner_text(timeout=5_000)
            return "\n".join([self.page.url, *words.split("\n"), *self.names(), *self.complaints])
        except Error as error:  # a page that hangs tells nothing
            return str(error)

    def photograph(self, path: Path) -> None:
        """Takes a screenshot of exactly what the phone shows."""
        assert self._session
        shot = self._session.send("Page.captureScreenshot", {"format": "png"})
        path.write_bytes(base64.b64decode(shot["data"]))

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:")):
            self.strangers.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Asks again until the condition gives something true. Raises AssertionError naming what was waited for."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


@contextmanager
def phone(
    playwright: Playwright, chromium: str, camera: Path | None = None, more_flags: Iterable[str] = ()
) -> Iterator[Phone]:
    """A phone with an empty profile; it is switched off and its profile removed at the end."""
    with tempfile.TemporaryDirectory(prefix="beatbook-phone-", ignore_cleanup_errors=True) as folder:
        device = Phone(playwright, chromium, Path(folder), camera, more_flags)
        try:
            yield device
        finally:
            device.kill()
