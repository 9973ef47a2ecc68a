"""The store in the phone's own Python: Pyodide in Chromium, sealed by noble-ciphers, on the private file system (OPFS).

No baseline runs there, so these are milliseconds of this machine; what counts is that neither grows with the notebook.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import tinydb
from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure, tell
from tests.browser.bare import CIPHER, Bare, make_site, served
from tests.browser.district import ROOT
from tests.tools import chromium

_FRAME = 16  # milliseconds: a save that takes no longer is not felt
_OPENING = 1_000

_SETUP = (
    CIPHER
    + """
import time
from statistics import median
from app.files import make_folder
from app.store import Key, Order, Store
INDEXES = {"records": ("state", "school", Key("record"), Order("at"), Order("due"))}
async def opened():
    return await Store.open(make_folder("beatbook"), cipher, INDEXES)
def record(number):
    day = f"{1 + number % 28:02}"
    return {"record": f"0193d5c8-{number:08x}", "state": "district" if number % 10 else "waiting",
            "school": f"school-{number % 40}", "at": f"2026-11-{day}T10:15:30.{number % 1000:03}+01:00",
            "due": f"2026-12-{day}", "answers": {"remark": "door camera lock gate light " * 30}}
def fill(count):
    table = store.table("records")
    while len(table) < count:
        table.insert_multiple(record(n) for n in range(len(table), min(count, len(table) + 250)))
def saves():
    table, spent = store.table("records"), []
    for number in range(60):
        begin = time.perf_counter()
        table.insert(record(number))
        spent.append((time.perf_counter() - begin) * 1000)
    return median(spent)
async def opening():
    spent = []
    for _ in range(5):
        begin = time.perf_counter()
        found = await opened()
        found.table("records").page(None, "at", limit=50)
        spent.append((time.perf_counter() - begin) * 1000)
        found.close()
    return median(spent)
store = await opened()
"""
)


def measure() -> Iterator[Figure]:
    """A save with 100 and with 10,000 records there; opening 1,000 and 10,000 until the first list is drawn from it."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        site, profile = Path(place, "site"), Path(place, "profile")
        site.mkdir()
        profile.mkdir()
        make_site(site, [ROOT / "app", Path(tinydb.__file__).parent])
        with served(site) as url:
            bare = Bare(playwright, chromium(), profile, url).start()
            try:
                bare.run(_SETUP)
                bare.run("fill(100)")
                few = float(bare.run("saves()"))
                bare.run("fill(1_000)\nstore.close()")
                yield Figure("browser-open-1000", float(bare.run("await opening()")), "ms", "<=", _OPENING)
                bare.run("store = await opened()\nfill(10_000)")
                many = float(bare.run("saves()"))
                bare.run("store.close()")
                yield Figure("browser-open-10000", float(bare.run("await opening()")), "ms", "<=", _OPENING)
            finally:
                bare.kill()
    tell(f"  a save with 100 records {few:.3g} ms, with 10,000 {many:.3g} ms")
    yield Figure("browser-save-100", few, "ms", "<=", _FRAME)
    yield Figure("browser-save-10000", many, "ms", "<=", _FRAME)
