"""The pages that parents open: how much a phone must load, how fast they come, and what Lighthouse says of them."""

import asyncio
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx

from server import district, places
from server.app import create_app
from server.database import Database
from server.publish.node import find_node
from server.settings import Settings
from tests.bench.figures import ROUNDS, Figure, tell
from tests.bench.visitors import open_pages
from tests.browser.audit import installed
from tests.browser.district import ROOT
from tests.browser.public_pages import Site, public_site_beside
from tests.tools import chromium

_BASE = "https://beatbook.example"
_MOST = 14 * 1_024
_A_SECOND, _SECONDS, _PATIENCE_MS = 200, 5, 20
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_LOOKED_AT = ("card", "tag", "report", "receipt")


def measure() -> Iterator[Figure]:
    """Bytes of the larger page, unpacked; the slowest hundredth at 200 pages a second; Lighthouse's lowest mark."""
    with tempfile.TemporaryDirectory() as folder:
        yield Figure("page-bytes", asyncio.run(_largest(Path(folder))), "bytes", "<=", _MOST)
    with tempfile.TemporaryDirectory() as folder, public_site_beside(Path(folder)) as site:
        for name in ("card", "tag"):
            yield Figure(f"page-p99-{name}", _slowest(site, site.pages[name]), "ms", "<=", _PATIENCE_MS)
        yield Figure("lighthouse", _lighthouse(site), "of 100", ">=", 100)


def _slowest(site: Site, path: str) -> float:
    """The 99th percentile of the time to a page, in milliseconds, when they are asked for at a steady pace.

    A page's time counts from when it should have been asked for, so that waiting behind a slow one counts too. The
    server is a process of its own. It is the median of several rounds: one lasts long enough for a server that does not
    keep the pace to fall far behind.
    """
    rounds = []
    for _ in range(ROUNDS):
        times = asyncio.run(open_pages(f"{site.url}{path}", _A_SECOND, _SECONDS))
        rounds.append(statistics.quantiles(times, n=100)[98])
        middle, worst = statistics.median(times), max(times)
        tell(f"  {len(times)} pages, median {middle:.1f} ms, 99 of 100 {rounds[-1]:.1f} ms, worst {worst:.1f} ms")
    return statistics.median(rounds)


def _lighthouse(site: Site) -> float:
    """The lowest of all marks of the pages that people open most."""
    folder = installed(Path(__file__).parent / "lighthouse", "lighthouse")
    node = find_node(ROOT, ROOT / ".build", tell).program
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    words = ["--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    environment = {**os.environ, "CHROME_PATH": chromium()}
    marks: list[float] = []
    for name in _LOOKED_AT:
        done = subprocess.run(
            [node, program, f"{site.url}{site.pages[name]}", f"--only-categories={','.join(_CATEGORIES)}", *words],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            cwd=folder,
        )
        report = json.loads(done.stdout)
        said = {one: report["categories"][one]["score"] * 100 for one in _CATEGORIES}
        wrong = [
            f"{reference['id']}"
            for category in report["categories"].values()
            for reference in category["auditRefs"]
            if reference["weight"]
            and (report["audits"][reference["id"]]["score"] or 0) < 1
            and report["audits"][reference["id"]]["scoreDisplayMode"] in ("binary", "numeric", "metricSavings")
        ]
        tell(f"  {name}: {said} {', '.join(wrong)}")
        marks += said.values()
    return min(marks)


async def _largest(folder: Path) -> int:
    app = create_app(Settings(data=folder, base_url=_BASE))
    database: Database = app.state.database
    with database.writing() as session:
        district.create(session, "Green Country Public Schools", "(918) 245-8777")
        school = district.add_school(session, "North Middle School", "1 School Road, Sand Springs", "(918) 245-8777").id
        officer = district.add_officer(session, "Ana Rivera", "101", [school], email="rivera@example.org").id
        card = district.add_card(session, officer=officer, notes="Monday to Friday, 8 to 16, in the main office").slug
        place = places.add_place(session, school, "Door 7, north gym", building="Gym", kind="door").id
        tag = places.active_tag(session, place)
    assert tag
    sizes = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_BASE) as client:
        for address in (f"/c/{card}", f"/t/{tag.code}"):
            for language in ("en", "es"):
                sizes.append(await _size(client, f"{address}?lang={language}"))
                tell(f"  {address[:3]}… in {language}: {sizes[-1]} bytes")
    database.close()
    return max(sizes)


async def _size(client: httpx.AsyncClient, address: str) -> int:
    answer = await client.get(address)
    assert answer.status_code == 200
    loads = _Loads()
    loads.feed(answer.text)
    parts = [await client.get(part) for part in loads.addresses]
    assert all(part.status_code == 200 for part in parts)
    return len(answer.content) + sum(len(part.content) for part in parts)


class _Loads(HTMLParser):
    """The addresses that a browser fetches with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        loaded = values.get("src") if tag in ("img", "script", "iframe") else None
        if tag == "link" and values.get("rel") in ("stylesheet", "icon", "manifest"):
            loaded = values.get("href")
        if loaded and not loaded.startswith("data:"):
            self.addresses.append(loaded)
