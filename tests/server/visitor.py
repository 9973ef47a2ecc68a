"""Somebody at the console: signs in, follows links and sends forms as a browser without scripts does."""

import html
import re
from collections.abc import Mapping

import httpx
import pytest
from argon2 import PasswordHasher

from server import passwords

PASSWORD = "correct horse battery"


def hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets argon2 take next to no time and memory: what is tested is not argon2."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_NOBODY", quick.hash("nobody's password"))


class Visitor:
    """A browser at the console."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def sign_in(self, name: str, password: str = PASSWORD, then: str = "") -> httpx.Response:
        """Fills in the sign-in form."""
        address = "/console/sign-in" + (f"?next={then}" if then else "")
        return self.send(address, {"name": name, "password": password})

    def get(self, path: str) -> httpx.Response:
        """Reads a page."""
        return self.client.get(path)

    def send(
        self, path: str, fields: Mapping[str, str | list[str]] | None = None, page: str | None = None
    ) -> httpx.Response:
        """Sends the form that stands on `page` (the address itself unless said otherwise)."""
        secret = secret_of(self.get(page or path).text)
        return self.client.post(path, data={"csrf": secret, **(fields or {})})


def secret_of(text: str) -> str:
    """The secret in a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found, "the page has a form with its secret"
    return html.unescape(found[1])
