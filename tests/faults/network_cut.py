"""Chromium's network cut at random moments while records and photos go to a real district over a slow line."""

import io
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.bench.figures import Figure, tell
from tests.browser.bare import Bare
from tests.browser.line import Line
from tests.browser.phone import wait_until
from tests.browser.town import OPEN, Town, served_town
from tests.tools import chromium

NAME = "network-cut"
RUNS = 50
_SPEED: Final = 100_000  # bytes a second
_RECORDS: Final = 3  # of one run, each with a photo of some 40 kB
_PATIENCE: Final = 120.0  # seconds until everything must be at the district once the line is whole

_BEGIN = """
running = asyncio.create_task(engine.run())
made = []
"""
_WRITE = """
answer = await notebook.add_photo(bytes.fromhex({photo!r}))
draft = notebook.start("parent_contact")
notebook.answer(draft.id, "channel", "phone")
notebook.answer(draft.id, "photo", answer)
made.append(notebook.save(draft.id).id)
engine.kick("save")
made[-1]
"""


def measure(share: float) -> Iterator[Figure]:
    """How many of the runs lost or doubled something, or left it on the phone."""
    runs, wrong = max(1, round(RUNS * share)), 0
    chance = random.Random(11)  # noqa: S311  # a die, not a key
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        profile = Path(place, "profile")
        profile.mkdir()
        with served_town(Path(place)) as town, Line(int(town.url.rpartition(":")[2])).up() as line:
            bare = Bare(playwright, chromium(), profile, f"http://127.0.0.1:{line.port}")
            try:
                _start(bare, line)
                bare.run(f"await engine.enrol({town.code()!r})")
                bare.run(_BEGIN)
                saved: list[str] = []
                for run in range(runs):
                    cuts = _run(bare, line, chance, saved)
                    said = _found_wrong(town, saved)
                    tell(f"  run {run + 1}: {cuts} cuts, {len(saved)} records{f', WRONG: {said}' if said else ''}")
                    wrong += bool(said)
            finally:
                bare.kill()
    yield Figure(NAME, wrong, f"of {runs} runs lost, doubled or kept back something", "<=", 0)


def _start(bare: Bare, line: Line) -> None:
    line.speed = 0  # the page and Python are not what is tried here
    bare.start()
    bare.run(OPEN.format(url=bare.url))
    line.speed = _SPEED


def _run(bare: Bare, line: Line, chance: random.Random, saved: list[str]) -> int:
    """Writes and cuts, and waits until all is sent over a whole line; how often it was cut."""
    for _ in range(_RECORDS):
        saved.append(bare.run(_WRITE.format(photo=_photo(chance))))
    cuts = chance.randint(1, 4)
    for _ in range(cuts):
        time.sleep(chance.random() * 1.2)  # the moment of the cut, which is what is tried here
        line.cut()
        if chance.random() < 0.2:
            bare.kill()
        time.sleep(chance.random() * 0.3)
        line.mend()
        if bare.process.poll() is not None:
            _start(bare, line)
            bare.run(_BEGIN)
        bare.run("engine.kick('network')")
    wait_until(lambda: _all_is_sent(bare), "everything to be sent", _PATIENCE)
    return cuts


def _all_is_sent(bare: Bare) -> bool:
    """Whether all is at the district; else the officer asks again, not more often than the district bears."""
    if bare.run("engine.status.state.value") == "all_at_district":
        return True
    time.sleep(0.5)
    bare.run("None if engine.status.state.value == 'syncing' else engine.kick('manual')")
    return False


def _photo(chance: random.Random) -> str:
    picture = Image.frombytes("RGB", (120, 90), chance.randbytes(120 * 90 * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue().hex()


def _found_wrong(town: Town, saved: list[str]) -> str:
    rows = town.rows()
    there = [row["id"] for row in rows]
    if sorted(there) != sorted(saved):
        return f"{len(set(saved) - set(there))} lost, {len(there) - len(set(there))} doubled"
    return ", ".join(f"{row['id']} {row['flags']}" for row in rows if row["flags"] or not row["complete"])
