"""A page with our script for passkeys, and a worker with Pyodide, our app/ and noble-ciphers: what a vault needs."""

import functools
import http.server
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flet_web  # type: ignore[import-untyped]  # it has no types

from server.publish.client import npm_files
from server.publish.node import npm_packages
from tests.browser.district import ROOT
from tests.browser.test_opfs import PAGE, WORKER, Quiet

PIN = "271828"
OPEN = """
import json
from pyodide.code import run_js
run_js("self.beatbook = { tab: 'one' }")
from app.cipher import Tampered, make_cipher, prepare_cipher
from app.files import make_folder
from app.keys import make_keys
from app.vault import Vault
folder = make_folder("beatbook")
vault = await Vault.open(folder, make_keys(folder))
"""
NEW = OPEN + f"cipher = await vault.create({PIN!r})\n"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The page's address on a free port. Its host has a name, localhost: passkeys are for names, not for numbers."""
    (folder / "index.html").write_text(
        PAGE + "<script>globalThis.beatbook = { tab: 'one' }</script><script src='passkey.js'></script>"
    )
    (folder / "worker.mjs").write_text(WORKER)
    (folder / "passkey.js").symlink_to(ROOT / "assets" / "web" / "passkey.js")
    (folder / "pyodide").symlink_to(Path(flet_web.get_package_web_dir()) / "pyodide")
    for name, data in npm_files(npm_packages(ROOT, ROOT / ".build", print)).items():
        if name.startswith("noble/"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
    with zipfile.ZipFile(folder / "app.zip", "w") as archive:
        for file in (ROOT / "app").rglob("*.py"):
            archive.write(file, file.relative_to(ROOT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
