"""Who works at the console in these tests, and what they look at."""

import re
from collections.abc import Iterator

from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from app.ids import uuid7
from server import district
from server.tables import AuditEntry
from tests.server.conftest import Home

ROLES = ("officer", "auditor", "supervisor", "admin")
BADGES = {"officer": "101", "auditor": "901", "supervisor": "902", "admin": "903"}
OPEN = {("GET", "/console/sign-in"), ("POST", "/console/sign-in")}
ACCOUNT = {"name": "Kim Park", "badge": "555", "title": "Sergeant", "role": "officer", "phone": "(918) 555-0155"}


def routes(home: Home) -> Iterator[tuple[str, str]]:
    """Every method and address of the console, with ids that are well made but of nothing."""
    for route in iter_route_contexts(home.app.routes):
        path = getattr(route, "path", None) or ""
        if path.startswith("/console"):
            for method in route.methods or ():
                yield method, re.sub(r"\{[^}]+\}", uuid7(), path)


def audited(home: Home, what: str) -> list[tuple[str, str]]:
    """Who did this to what."""
    with home.database.reading() as session:
        query = select(AuditEntry.who, AuditEntry.subject).where(AuditEntry.what == what).order_by(AuditEntry.seq)
        return [(who, subject) for who, subject in session.execute(query)]


def admin_id(home: Home) -> str:
    with home.database.reading() as session:
        return district.find_officer(session, BADGES["admin"]).id
