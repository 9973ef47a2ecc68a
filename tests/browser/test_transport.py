"""The road to the district from the Python that a phone runs, in real Chromium, over its fetch to the real server.

No Flet here, as in test_opfs.py: a bare page and a worker with Pyodide, our app/ and sync/, and httpx.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import certifi
import h11
import httpcore
import httpx
import idna
import pytest
import tinydb
import typing_extensions
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from server import district, enrolment, records
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from tests.browser.bare import CIPHER, Bare, make_site
from tests.browser.district import ROOT
from tests.browser.phone import wait_until
from tests.server.phones import FORM, picture

PACKAGES = (tinydb, httpx, httpcore, h11, anyio, idna, certifi)

OPEN = (
    CIPHER
    + """
import asyncio
from app.files import make_folder
from app.notebook import Notebook
from app.photos import make_scaler
from sync.client import District
from sync.engine import Engine
from sync.merge import fold

class Device:
    name, platform = "Chromium", "web"
    def online(self):
        return True

notebook = await Notebook.open(make_folder("beatbook"), cipher, make_scaler(), fold)
engine = Engine(notebook, Device(), base_url={url!r})
"""
)
ASK = """
binding = notebook.binding
async with District(binding.base_url, binding.device, binding.token) as asked:
    await asked.setup(None)
"""


@dataclass
class Town:
    """A district on a port, whose line to phones can be spoilt."""

    url: str
    database: Database
    officer: str
    spoil: str = ""

    def code(self) -> str:
        with self.database.writing() as session:
            return enrolment.make_code(session, self.officer)

    def rows(self) -> list[dict[str, Any]]:
        with self.database.reading() as session:
            return list(records.export(session, records.Filter()))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    site = tmp_path / "site"
    site.mkdir()
    folders = [ROOT / "app", ROOT / "sync", *(Path(package.__path__[0]) for package in PACKAGES)]
    make_site(site, [*folders, Path(typing_extensions.__file__)])

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        served = create_app(Settings(data=tmp_path / "var", base_url=url, webapp=tmp_path / "webapp"))
        database: Database = served.state.database
        with database.writing() as session:
            district.create(session, "Test district", "(918) 245-8777")
            publish(session, [FORM])
            school = district.add_school(session, "North Middle School").id
            town = Town(url, database, district.add_officer(session, "Ana", "1", [school]).id)
        pages = Starlette(routes=[Mount("/", StaticFiles(directory=site, html=True, follow_symlink=True))])
        server = uvicorn.Server(uvicorn.Config(_line(town, served, pages), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        wait_until(lambda: server.started, "the district to start")
        yield town
        server.should_exit = server.force_exit = True
        thread.join()
    database.close()


def _line(town: Town, served: Any, pages: Any) -> Callable[..., Awaitable[None]]:
    """The district behind its API, the test's own pages beside it, and what may go wrong between."""

    async def line(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not scope["path"].startswith("/api/"):
            await pages(scope, receive, send)
        elif town.spoil == "page":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": b"<html>Welcome to the airport"})
        elif town.spoil == "redirect":
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/index.html")]})
            await send({"type": "http.response.body"})
        elif town.spoil == "cut":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            raise ConnectionResetError
        elif town.spoil == "silence":
            await asyncio.sleep(60)
        else:
            await served(scope, receive, send)

    return line


@pytest.fixture
def bare(town: Town, chromium_path: str, tmp_path: Path) -> Iterator[Bare]:
    """A started browser with an empty profile, our modules loaded and the phone enrolled."""
    with sync_playwright() as playwright:
        browser = Bare(playwright, chromium_path, tmp_path / "profile", town.url)
        browser.profile.mkdir()
        browser.start()
        try:
            browser.run(OPEN.format(url=town.url))
            browser.run(f"await engine.enrol({town.code()!r})")
            yield browser
        finally:
            browser.kill()


def test_a_record_and_its_photo_go_from_the_browser_to_the_district(town: Town, bare: Bare) -> None:
    bare.run(f"answer = await notebook.add_photo(bytes.fromhex({picture().hex()!r}))")
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'channel', 'phone')")
    bare.run("notebook.answer(draft.id, 'photo', answer); record = notebook.save(draft.id).id")
    assert bare.run("engine.status.waiting") == 1
    # The loop as the app runs it: a task that is kicked.
    bare.run("running = asyncio.create_task(engine.run()); engine.kick('save')")
    wait_until(lambda: bare.run("engine.status.state.value") == "all_at_district", "the round to end")
    (row,) = town.rows()
    assert row["id"] == bare.run("record")
    assert row["complete"]
    assert row["flags"] == []
    assert abs(bare.run("notebook._facts.get('contact')['offset']")) < 60_000
    assert bare.run("await engine.fetch_photo(answer['sha256'])") is True
    # The setup has not changed since: its ETag works through fetch, too.
    bare.run("asked = District(notebook.binding.base_url, notebook.binding.device, notebook.binding.token)")
    assert bare.run("await asked.setup(notebook.setup_etag) is None") is True


@pytest.mark.parametrize(
    ("spoil", "said"), [("page", "DistrictTrouble"), ("redirect", "DistrictTrouble"), ("cut", "Unreachable")]
)
def test_what_is_no_answer_of_the_district_is_told_apart(town: Town, bare: Bare, spoil: str, said: str) -> None:
    town.spoil = spoil
    assert bare.attempt(ASK).startswith(f"{said}:")
    town.spoil = ""
    bare.run(ASK)


def test_silence_and_no_network_are_unreachable_and_waiting_can_be_broken_off(town: Town, bare: Bare) -> None:
    bare.run("import sync.client; sync.client.PATIENCE = 0.5")
    town.spoil = "silence"
    assert bare.attempt(ASK) == "Unreachable: unreachable: no answer in time"
    town.spoil = ""
    bare.browser.contexts[0].set_offline(True)
    assert bare.attempt(ASK).startswith("Unreachable:")
    bare.browser.contexts[0].set_offline(False)
    bare.run(ASK)
