"""A parent at the public pages: reads a form, fills it in and sends it, as a browser without scripts does."""

import html
import re
from collections.abc import Mapping
from typing import Any

import httpx

from server.formbook import publish
from tests.app.formkit import published
from tests.server.conftest import Home

CALL = {"phone": "(918) 555-0142", "topic": "bullying", "name": "Pat Lee", "consent": "yes"}
PROBLEM = {"service_code": "LIT-NEEDLE", "description": "Needles by the fence", "consent": "yes"}


def open_door(home: Home) -> None:
    """The district takes requests: their form is published."""
    with home.database.writing() as session:
        publish(session, [published()["family_request"]])


class Family:
    """Somebody with a phone."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def send(
        self, path: str, fields: Mapping[str, Any], files: Mapping[str, Any] | None = None, page: str | None = None
    ) -> httpx.Response:
        """Sends the form at this address as it stands there (or on a page that was read before)."""
        given = {"ticket": value_of(page or self.client.get(path).text, "ticket"), **fields}
        return self.client.post(path, data=given, files=files or {"photo": ("", b"", "application/octet-stream")})


def value_of(page: str, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has a field {name}"
    return html.unescape(found[1])


def reference_of(answer: httpx.Response) -> str:
    """The number that a receipt's address has."""
    assert answer.status_code == 303, answer.text
    found = re.match(r"/r/([0-9A-Z]{12})\?", answer.headers["location"])
    assert found
    return found[1]
