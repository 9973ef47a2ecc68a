"""A small district in this process and the bare page of a phone beside it, at one address."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import certifi
import h11
import httpcore
import httpx
import idna
import tinydb
import typing_extensions
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from server import district, enrolment, records
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from tests.browser.bare import CIPHER, make_site
from tests.browser.district import ROOT
from tests.browser.serving import serving
from tests.server.phones import FORM

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


@contextmanager
def served_town(folder: Path) -> Iterator[Town]:
    """A district with its data in a folder, and one officer without a phone."""
    site = folder / "site"
    site.mkdir()
    folders = [ROOT / "app", ROOT / "sync", *(Path(package.__path__[0]) for package in PACKAGES)]
    make_site(site, [*folders, Path(typing_extensions.__file__)])

    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    served = create_app(Settings(data=folder / "var", base_url=url, webapp=folder / "webapp"))
    database: Database = served.state.database
    with database.writing() as session:
        district.create(session, "Test district", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North Middle School").id
        town = Town(url, database, district.add_officer(session, "Ana", "1", [school]).id)
    pages = Starlette(routes=[Mount("/", StaticFiles(directory=site, html=True, follow_symlink=True))])
    with serving(_line(town, served, pages), listener):
        yield town
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
