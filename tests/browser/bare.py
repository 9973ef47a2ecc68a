"""A bare page whose worker runs a phone's Python: Pyodide, our own packages and noble-ciphers, and no Flet.

What fails on it is ours. A browser of its own can be killed as a phone's battery ends.
"""

import functools
import http.server
import os
import signal
import subprocess
import threading
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import flet_web  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Page, Playwright

from server.publish.client import npm_files
from server.publish.node import npm_packages
from tests.browser.district import ROOT
from tests.browser.phone import wait_until

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
</script>
<script>globalThis.beatbook = { tab: "one" }</script><script src="passkey.js"></script>"""

# The cipher of tests: its key is in no vault.
CIPHER = """
from app.cipher import make_cipher, prepare_cipher
await prepare_cipher()
cipher = make_cipher(bytes(range(32)))
"""


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


def make_site(folder: Path, packages: Iterable[Path]) -> None:
    """The page's files: the worker, Pyodide, noble-ciphers, and packages (folders, or single modules) in a zip."""
    (folder / "index.html").write_text(PAGE)
    (folder / "worker.mjs").write_text(WORKER)
    (folder / "passkey.js").symlink_to(ROOT / "assets" / "web" / "passkey.js")
    (folder / "pyodide").symlink_to(Path(flet_web.get_package_web_dir()) / "pyodide")
    for name, data in npm_files(npm_packages(ROOT, ROOT / ".build", print)).items():
        if name.startswith("noble/"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
    with zipfile.ZipFile(folder / "app.zip", "w") as archive:
        for package in packages:
            for file in package.rglob("*") if package.is_dir() else [package]:
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(package.parent))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The page's address on a free port. Its host has a name, localhost: passkeys are for names, not for numbers."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
