"""The notebook on the browser's private file system, in the Python that a phone runs, in real Chromium.

No Flet here: a bare page and a worker with Pyodide and our app/ in it, so that what fails is ours.
"""

import functools
import http.server
import io
import json
import os
import signal
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import flet_web  # type: ignore[import-untyped]  # it has no types
import pytest
import tinydb
from PIL import Image
from playwright.sync_api import Page, Playwright, sync_playwright

from tests.browser.phone import wait_until

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "tests" / "app" / "setup.json"

WORKER = """
import { loadPyodide } from "/pyodide/pyodide.mjs";
const python = (async () => {
  const python = await loadPyodide();
  const zip = await fetch("/app.zip");
  python.unpackArchive(await zip.arrayBuffer(), "zip");
  return python;
})();
onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, value: await (await python).runPythonAsync(data.code) });
  } catch (error) {
    postMessage({ id: data.id, error: String(error) });
  }
};
"""
PAGE = """<!doctype html><title>bare</title><link rel="icon" href="data:,"><script>
const worker = new Worker("/worker.mjs", { type: "module" });
const open = new Map();
let last = 0;
worker.onmessage = ({ data }) => open.get(data.id)(data);
const ask = (code) => new Promise((answer) => { open.set(++last, answer); worker.postMessage({ id: last, code }); });
</script>"""

OPEN = """
import json
from app.files import make_folder
from app.ids import uuid7
from app.notebook import Notebook
from app.photos import make_scaler
from sync.merge import fold
notebook = await Notebook.open(make_folder("beatbook"), make_scaler(), fold)
"""
ENROL = """
setup = json.loads({setup!r})
device, _ = notebook.begin_enrolment("K7QM")
notebook.bind("https://d.example", {{"device": device, "officer": setup["officer"]["id"], "district": "d"}})
notebook.keep_setup(setup, "e1")
"""
LOOK = "json.dumps([(row.id, row.state, notebook.record(row.id).answers) for row in notebook.records()])"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012  # as its base has it

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Bare:
    """A Chromium of our own, with one page whose worker runs Python. It can be killed like a phone's battery."""

    def __init__(self, playwright: Playwright, chromium: str, profile: Path, url: str) -> None:
        self.playwright, self.chromium, self.profile, self.url = playwright, chromium, profile, url

    def start(self) -> Self:
        """Starts the browser on its profile and opens the page."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        self.process = subprocess.Popen(
            [self.chromium, *flags, "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: port_file.exists() and "\n" in port_file.read_text(), "Chromium's debugging port")
        port = port_file.read_text().splitlines()[0]
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.page = self.browser.contexts[0].pages[0]
        self.page.goto(self.url)
        return self

    def run(self, code: str, page: Page | None = None) -> Any:
        """Runs Python in the worker; the value of its last line. Raises AssertionError with the worker's error."""
        answer = (page or self.page).evaluate("code => ask(code)", code)
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def attempt(self, code: str, page: Page | None = None) -> str:
        """Runs Python that is to fail: the error's kind and words."""
        body = "".join(f"    {line}\n" for line in code.strip().splitlines())
        words = "f'{type(error).__name__}: {error}'"
        self.run(f"said = ''\ntry:\n{body}except Exception as error:\n    said = {words}", page)
        return str(self.run("said", page))

    def another_tab(self) -> Page:
        """A second tab of the same page."""
        page = self.browser.contexts[0].new_page()
        page.goto(self.url)
        return page

    def kill(self) -> None:
        """Ends the browser at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A folder served on a free port: the page, the worker, Pyodide, and our packages in a zip."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text(PAGE)
    (folder / "worker.mjs").write_text(WORKER)
    (folder / "pyodide").symlink_to(Path(flet_web.get_package_web_dir()) / "pyodide")
    with zipfile.ZipFile(folder / "app.zip", "w") as archive:
        for package in (ROOT / "app", ROOT / "sync", Path(tinydb.__file__).parent):
            for file in package.rglob("*.py"):
                archive.write(file, file.relative_to(package.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def bare(site: str, chromium_path: str, tmp_path: Path) -> Iterator[Bare]:
    """A started browser with an empty profile."""
    with sync_playwright() as playwright:
        browser = Bare(playwright, chromium_path, tmp_path, site).start()
        try:
            yield browser
        finally:
            browser.kill()


def test_what_was_saved_outlives_a_reload_and_a_killed_browser(bare: Bare) -> None:
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'topic', 'the bus')")
    bare.run("notebook.save(draft.id).id")
    bare.run("begun = notebook.start('parent_contact'); notebook.answer(begun.id, 'topic', 'half a sent')")

    bare.page.reload()
    bare.run(OPEN)
    (saved,) = json.loads(bare.run(LOOK))
    assert saved[1:] == ["waiting", {"topic": "the bus"}]
    assert bare.run("notebook.drafts()[0].answers['topic']") == "half a sent"
    bare.run("notebook.answer(notebook.drafts()[0].id, 'topic', 'half a sentence')")

    bare.kill()
    bare.start()
    bare.run(OPEN)
    assert json.loads(bare.run(LOOK)) == [saved]
    assert bare.run("notebook.drafts()[0].answers['topic']") == "half a sentence"
    assert bare.run("notebook.report.whole and notebook.report.cut == 0")


def test_a_second_tab_is_told_and_takes_over_when_the_first_closes(bare: Bare) -> None:
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    second = bare.another_tab()
    assert bare.attempt(OPEN, second) == "Locked: Beatbook is already open in another tab."
    bare.page.close()
    bare.run(OPEN, second)
    assert bare.run("notebook.forms()[0].id", second) == "parent_contact"


def test_a_photo_is_scaled_turned_upright_and_stripped_before_it_is_kept(bare: Bare) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone upright: to be turned by a quarter
    exif[0x010F] = "MAKER-MARK"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    taken = io.BytesIO()
    picture = Image.new("RGB", (4000, 2000), "red")
    picture.paste("blue", (0, 0, 2000, 2000))
    picture.save(taken, "JPEG", exif=exif, comment=b"COMMENT-MARK")
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    bare.run(f"answer = await notebook.add_photo(bytes.fromhex({taken.getvalue().hex()!r}))")
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'photo', answer)")

    bare.kill()
    bare.start()
    bare.run(OPEN)
    kept = bytes.fromhex(bare.run("(await notebook.photo(notebook.drafts()[0].answers['photo']['sha256'])).hex()"))
    assert b"MARK" not in kept
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as found:
        assert (found.format, found.size) == ("JPEG", (800, 1600))
        halves = found.convert("RGB").resize((1, 2)).tobytes()
    top, bottom = halves[:3], halves[3:]
    assert top[2] > 200 > 50 > top[0], "the blue half is on top once the picture is upright"
    assert bottom[0] > 200 > 50 > bottom[2]


def test_a_file_that_is_no_picture_is_refused_in_words(bare: Bare) -> None:
    bare.run(OPEN)
    refused = bare.attempt("await notebook.add_photo(b'%PDF-1.7')")
    assert refused == "NotAPhoto: This file is not a picture that Beatbook can read."


def test_a_full_phone_loses_nothing_and_works_on_when_there_is_room(bare: Bare) -> None:
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'topic', 'before')")
    bare.run("notebook.save(draft.id).id")
    quota = bare.browser.contexts[0].new_cdp_session(bare.page)
    origin = bare.url.rstrip("/")
    quota.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1000})
    refused = bare.attempt("notebook.prefer('padding', 'x' * 5_000_000)")
    assert refused == "NoRoom: This phone has no room left for Beatbook."
    assert bare.run("notebook.preference('padding') is None")

    quota.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'topic', 'after')")
    bare.run("notebook.save(draft.id).id")
    bare.page.reload()
    bare.run(OPEN)
    assert [answers["topic"] for *_, answers in json.loads(bare.run(LOOK))] == ["after", "before"]
    assert bare.run("notebook.report.whole and notebook.report.cut == 0")


def test_a_whole_file_takes_the_place_of_the_one_before(bare: Bare) -> None:
    bare.run("from app.files import make_folder\nfolder = make_folder('plain')\n")
    bare.run("for data in (b'a longer first', b'second'):\n    await folder.write('photo-1', data)\n")
    assert bare.run("(await folder.read('photo-1')).decode()") == "second"
    assert bare.run("' '.join(await folder.names())") == "photo-1"
    bare.run("await folder.remove('photo-1'); await folder.remove('photo-1')")
    assert bare.run("await folder.read('photo-1') is None")
