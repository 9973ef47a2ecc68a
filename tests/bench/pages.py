"""What a parent's phone must load: the contact card and a tag's page, with everything that they fetch."""

import asyncio
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx

from server import district
from server.app import create_app
from server.database import Database
from server.settings import Settings
from tests.bench.figures import Figure, tell

_BASE = "https://beatbook.example"
_MOST = 14 * 1_024


def measure() -> Iterator[Figure]:
    """The bytes of the larger page, in the longer language, unpacked."""
    with tempfile.TemporaryDirectory() as folder:
        yield Figure("page-bytes", asyncio.run(_largest(Path(folder))), "bytes", "<=", _MOST)


async def _largest(folder: Path) -> int:
    app = create_app(Settings(data=folder, base_url=_BASE))
    database: Database = app.state.database
    with database.writing() as session:
        district.create(session, "Green Country Public Schools", "(918) 245-8777")
        school = district.add_school(session, "North Middle School", "1 School Road, Sand Springs", "(918) 245-8777").id
        officer = district.add_officer(session, "Ana Rivera", "101", [school], email="rivera@example.org").id
        card = district.add_card(session, officer=officer, notes="Monday to Friday, 8 to 16, in the main office").slug
        place = district.add_place(session, school, "Door 7, north gym", building="Gym", kind="door").id
        tag = district.active_tag(session, place)
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
