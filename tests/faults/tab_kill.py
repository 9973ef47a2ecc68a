"""Chromium killed in the middle of saves, its private file system looked at after the next start."""

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import tinydb
from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure, tell
from tests.browser.bare import CIPHER, Bare, make_site, served
from tests.browser.district import ROOT
from tests.browser.phone import wait_until
from tests.tools import chromium

NAME = "tab-kill"
RUNS = 50
_MOST = 60  # saves of one run, at most: the browser is killed somewhere among them

_OPEN = (
    CIPHER
    + """
import js
from app.files import make_folder
from app.store import Key, Store, where
store = await Store.open(make_folder("beatbook"), cipher, {"records": (Key("n"),), "drafts": (Key("n"),)})
said = js.BroadcastChannel.new("confirmed")
"""
)
# A record and its draft, as the notebook saves them: both or neither. What is confirmed is told to the page at once.
_SAVE = """
for n in range({first}, {first} + 10_000):
    store.table("drafts").insert({{"n": n, "text": "word " * (n % 50)}})
    with store.batch():
        store.table("drafts").remove(where("n") == n)
        store.table("records").insert({{"n": n, "text": "word " * (n % 200)}})
    said.postMessage(n)
"""
_LISTEN = """() => {
    window.confirmed = -1;
    new BroadcastChannel("confirmed").onmessage = ({ data }) => { window.confirmed = data; };
}"""
_LOOK = """
import json
rows = sorted(row["n"] for row in store.table("records"))
drafts = sorted(row["n"] for row in store.table("drafts"))
json.dumps([rows == list(range(len(rows))), len(rows), drafts, store.report.whole and not store.lost])
"""


def measure(share: float) -> Iterator[Figure]:
    """How many of the runs lost a confirmed save, or half of one."""
    runs, lost, saved = max(1, round(RUNS * share)), 0, 0
    chance = random.Random(7)  # noqa: S311  # a die, not a key
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        site, profile = Path(place, "site"), Path(place, "profile")
        site.mkdir()
        profile.mkdir()
        make_site(site, [ROOT / "app", Path(tinydb.__file__).parent])
        with served(site) as url:
            bare = Bare(playwright, chromium(), profile, url)
            for run in range(runs):
                confirmed = _killed(bare, saved, saved + chance.randrange(1, _MOST))
                found, whole = _found(bare)
                tell(f"  run {run + 1}: {confirmed + 1} confirmed, {found} there")
                lost += not whole or found < confirmed + 1
                saved = found
    yield Figure(NAME, lost, f"of {runs} runs lost something", "<=", 0)


def _killed(bare: Bare, first: int, enough: int) -> int:
    """Saves until that many are confirmed and kills the browser; the last one of which the page knew."""
    bare.start()
    bare.run(_OPEN)
    bare.page.evaluate(_LISTEN)
    bare.page.evaluate("code => { ask(code); }", _SAVE.format(first=first))
    wait_until(lambda: bare.page.evaluate("window.confirmed") >= enough, "the saves", 60)
    confirmed = int(bare.page.evaluate("window.confirmed"))
    bare.kill()
    return confirmed


def _found(bare: Bare) -> tuple[int, bool]:
    """How many records there are after the next start, and whether everything else is as it must be."""
    bare.start()
    bare.run(_OPEN)
    rising, count, drafts, whole = json.loads(bare.run(_LOOK))
    bare.kill()
    # The one draft that may be there is of the save that was never confirmed.
    return count, rising and whole and all(n >= count for n in drafts)
