"""A district with accounts of every role, and somebody signed in."""

from collections.abc import Callable

import httpx
import pytest

from server import district
from tests.server.conftest import Home
from tests.server.console.staff import BADGES, ROLES
from tests.server.visitor import PASSWORD, Visitor, hash_quickly


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def staffed(home: Home) -> Home:
    """The district with an account of every role; officer Rivera is the officer."""
    with home.database.writing() as session:
        district.set_password(session, home.officer, PASSWORD)
        for role in ROLES[1:]:
            district.add_officer(session, f"The {role}", BADGES[role], [], role=role, password=PASSWORD)
    return home


@pytest.fixture
def visit(staffed: Home, client: httpx.Client) -> Callable[[str], Visitor]:  # noqa: ARG001  staffed gives the accounts
    """Signs somebody of this role in."""

    def enter(role: str) -> Visitor:
        visitor = Visitor(client)
        client.cookies.clear()
        assert visitor.sign_in(BADGES[role]).status_code == 303
        return visitor

    return enter


@pytest.fixture
def admin(visit: Callable[[str], Visitor]) -> Visitor:
    """An admin at the console."""
    return visit("admin")
