"""What the vault costs in the phone's browser: unlocking, and sealing with either cipher; at full speed and slowed.

Chromium's own throttling slows a page's main thread, but not the workers and threads where Python, WebCrypto and its
PBKDF2 run. So the whole browser is stopped for three quarters of the time, 20 ms at a time: a CPU four times slower.
"""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure, tell
from tests.browser.bare import Bare, make_site, served
from tests.browser.district import ROOT
from tests.browser.test_vault import NEW, PIN
from tests.tools import chromium

_MOST = 1_500  # milliseconds until an officer's notebook is open, on a CPU four times slower
_SLICE = 0.02

_TIMED = """
import json, time
from statistics import median
async def timed(work, times):
    spent = []
    for _ in range(5):  # the browser's clock is too coarse for one small thing alone
        begin = time.perf_counter()
        for _ in range(times):
            done = work()
            if hasattr(done, "__await__"):
                await done
        spent.append((time.perf_counter() - begin) * 1000 / times)
    return median(spent)
keys = make_keys(folder)
KB, MB = bytes(1_000), bytes(1_000_000)
kb, mb = cipher.seal(KB, b""), cipher.seal(MB, b"")
"""
_WORK = {
    "unlock": f"(lambda: vault.unlock({PIN!r}), 2)",
    "PBKDF2, 600,000 rounds": "(lambda: keys.stretch(b'271828', bytes(16), 600_000), 2)",
    "seal 1 KB, noble": "(lambda: cipher.seal(KB, b''), 200)",
    "open 1 KB, noble": "(lambda: cipher.open(kb, b''), 200)",
    "seal 1 KB, WebCrypto": "(lambda: cipher.seal_large(KB, b''), 200)",
    "open 1 KB, WebCrypto": "(lambda: cipher.open_large(kb, b''), 200)",
    "seal 1 MB, noble": "(lambda: cipher.seal(MB, b''), 3)",
    "open 1 MB, noble": "(lambda: cipher.open(mb, b''), 3)",
    "seal 1 MB, WebCrypto": "(lambda: cipher.seal_large(MB, b''), 3)",
    "open 1 MB, WebCrypto": "(lambda: cipher.open_large(mb, b''), 3)",
}


def measure() -> Iterator[Figure]:
    """Unlocking with a PIN on a slow phone; the rest is told beside it."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright, ExitStack() as stack:
        site = _folder(place, "site")
        make_site(site, [ROOT / "app"])
        url = stack.enter_context(served(site))
        bare = Bare(playwright, chromium(), _folder(place, "profile"), url).start()
        try:
            bare.run(NEW + _TIMED)
            usual = {name: _milliseconds(bare, name) for name in _WORK}
            with _slowed(bare.process.pid):
                slow = {name: _milliseconds(bare, name) for name in _WORK}
        finally:
            bare.kill()
    for name in _WORK:
        tell(f"  {name}: {usual[name]:.4g} ms, four times slower {slow[name]:.4g} ms")
    yield Figure("unlock", slow["unlock"], "ms", "<=", _MOST)


def _folder(place: str, name: str) -> Path:
    folder = Path(place) / name
    folder.mkdir()
    return folder


def _milliseconds(bare: Bare, name: str) -> float:
    return float(bare.run(f"await timed(*{_WORK[name]})"))


@contextmanager
def _slowed(group: int) -> Iterator[None]:
    """Lets the processes of a group run for a quarter of the time only."""
    over = threading.Event()

    def brake() -> None:
        ran = _SLICE / 4
        while not over.is_set():
            os.killpg(group, signal.SIGSTOP)
            time.sleep(3 * ran)  # a busy machine lets it run longer than asked for: that is made up for
            os.killpg(group, signal.SIGCONT)
            begin = time.perf_counter()
            time.sleep(_SLICE / 4)
            ran = time.perf_counter() - begin

    braking = threading.Thread(target=brake)
    braking.start()
    try:
        yield
    finally:
        over.set()
        braking.join()
