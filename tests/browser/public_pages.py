"""A district on a port with every kind of public page, for whatever looks at pages.

`python -m tests.browser.public_pages FOLDER` serves it in a process of its own: prints where, as JSON, and ends with
its standard input.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from server import district, places
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from tests.app.formkit import published
from tests.browser.serving import serving
from tests.server.public.family import PROBLEM, Family, reference_of


@dataclass(frozen=True)
class Site:
    """The district's address, and an address below it for every kind of page, by name."""

    url: str
    pages: dict[str, str]
    mistaken: str  # the text of an urgent form with mistakes: only an answer to a POST has it
    refused: str  # and of an urgent one that nobody keeps


@contextmanager
def public_site(folder: Path) -> Iterator[Site]:
    """Serves a district whose cards and tags say as much as they can."""
    door = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    app = create_app(Settings(data=folder, base_url=url))
    database: Database = app.state.database
    with database.writing() as session:
        home = district.create(session, "Green Country Public Schools", "(918) 245-8777")
        home.non_emergency, home.tip_line = "(918) 555-0199", "1-855-337-8300"
        publish(session, [published()["family_request"]])
        school = district.add_school(session, "North Middle School").id
        other = district.add_school(session, "South High School").id
        officer = district.add_officer(
            session, "Ana Rivera", "101", [school, other], email="rivera@example.org", phone="(918) 555-0101"
        )
        officer.languages = ["English", "Español"]
        card = district.add_card(session, officer=officer.id, notes="Monday to Friday, in the main office").slug
        post = district.add_card(session, school=other).slug
        place = places.add_place(session, school, "Door 7", building="Gym", floor="1", kind="door").id
        tag = places.active_tag(session, place)
        assert tag
        code = tag.code
    with serving(app, door):
        with httpx.Client(base_url=url) as client:
            family = Family(client)
            reference = reference_of(family.send(f"/t/{code}/report", PROBLEM))
            wrong = {**PROBLEM, "description": "He has a gun", "phone": "call me", "consent": "", "school": ""}
            mistaken = family.send(f"/c/{card}/report", wrong).text
            refused = family.send(f"/c/{card}/report", {**wrong, "website": "x"}).text
        yield Site(
            url,
            {
                "home": "/",
                "card": f"/c/{card}",
                "post": f"/c/{post}",
                "tag": f"/t/{code}",
                "call back": f"/c/{card}/call-back",
                "report": f"/t/{code}/report",
                "receipt": f"/r/{reference}?sent=1",
                "urgent receipt": f"/r/{reference}?sent=urgent",
                "status": f"/r/{reference}",
                "look up": "/r",
                "mistyped": "/r?reference=ABCD",
                "no such page": "/nothing",
            },
            mistaken,
            refused,
        )


@contextmanager
def public_site_beside(folder: Path) -> Iterator[Site]:
    """The same in a process of its own, so that it has its own core."""
    words = [sys.executable, "-m", "tests.browser.public_pages", str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as beside:
        assert beside.stdin
        assert beside.stdout
        try:
            yield Site(**json.loads(beside.stdout.readline()))
        finally:
            beside.stdin.close()


if __name__ == "__main__":
    with public_site(Path(sys.argv[1])) as made:
        print(json.dumps(asdict(made)), flush=True)
        sys.stdin.read()
