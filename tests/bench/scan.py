"""From the camera's first frame with a tag in it to the open check, in Chromium with a film for a camera."""

import io
import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from app.tags import tag_url
from server import codes
from server.publish.webapp import build
from tests.bench.figures import ROUNDS, Figure, tell
from tests.browser.conftest import code_for
from tests.browser.district import ROOT, District
from tests.browser.phone import phone
from tests.tools import chromium

_MOST_MS = 500
_SIZE = (1280, 720)
_DARK, _LIT = 150, 600  # frames without the tag and with it: five seconds, and twenty
# Watches the camera's picture: notes the first frame that is not dark, and when the check can be answered.
_WATCH = """() => {
    const deep = (root, found = []) => {
        for (const one of root.querySelectorAll("*")) {
            if (one.tagName === "VIDEO") found.push(one);
            if (one.shadowRoot) deep(one.shadowRoot, found);
        }
        return found;
    };
    const canvas = new OffscreenCanvas(1, 1), paper = canvas.getContext("2d", { willReadFrequently: true });
    globalThis.seen = globalThis.opened = 0;
    let dark = false;
    const look = () => {
        const video = deep(document).find(one => one.videoWidth);
        if (video && !globalThis.seen) {
            paper.drawImage(video, 4, 4, 1, 1, 0, 0, 1, 1);
            const bright = paper.getImageData(0, 0, 1, 1).data[0] > 60;
            if (!bright) dark = true;
            if (bright && dark) globalThis.seen = performance.now();
        }
        if (document.querySelector('[flt-semantics-identifier="choice-result-ok"]')) {
            globalThis.opened = performance.now();
        } else requestAnimationFrame(look);
    };
    look();
}"""


def measure() -> Iterator[Figure]:
    """The median of a few scans."""
    webapp = ROOT / ".build" / "webapp"
    build(webapp)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        district = District(folder / "district", webapp)
        district.beatbook("init", "--name", "Bench District")
        district.beatbook("school", "add", "Bench School")
        district.beatbook("officer", "add", "Dana Reyes", "--badge", "4711", "--school", "Bench School")
        district.beatbook("place", "add", "Door 7", "--school", "Bench School")
        film = _film(folder / "tag.mjpeg", tag_url(district.url, _code(district.folder)))
        district.start()
        spent = []
        try:
            with phone(playwright, chromium(), film) as device:
                device.start(f"{district.url}/app/")
                device.type("enrol-code", code_for(district, "4711"))
                device.tap("enrol")
                device.tap("begin")
                for _ in range(ROUNDS + 1):
                    device.at("open-location_check").wait_for(state="attached")
                    device.page.evaluate(_WATCH)
                    device.tap("nav-scan")
                    device.page.wait_for_function("() => globalThis.opened", timeout=120_000)
                    spent.append(device.page.evaluate("() => globalThis.opened - globalThis.seen"))
                    tell(f"  {spent[-1]:.0f} ms")
                    device.open(f"{district.url}/app/")
        finally:
            district.stop()
    yield Figure("scan-to-form", statistics.median(spent[1:]), "ms", "<=", _MOST_MS)


def _code(folder: Path) -> str:
    """The code of the only tag."""
    with closing(sqlite3.connect(folder / "district.sqlite")) as kept:
        code: str = kept.execute("SELECT code FROM tags").fetchone()[0]
    return code


def _film(file: Path, text: str) -> Path:
    """Seconds of darkness, then the tag on a grey desk, over and over."""
    code = Image.open(io.BytesIO(codes.png(text, "Q"))).convert("RGB").resize((300, 300))
    lit = Image.new("RGB", _SIZE, (150, 146, 140))
    lit.paste(code, (490, 210))
    file.write_bytes(_jpeg(Image.new("RGB", _SIZE)) * _DARK + _jpeg(lit) * _LIT)
    return file


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
