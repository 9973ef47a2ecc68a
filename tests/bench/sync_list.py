"""1,000 records listed: by the console as a browser fetches it, and by an export.

ODK Central cannot be installed by a bench. What it took when the goal was set is known (288 ms and 1.18 MB for 1,000
submissions through OData), and so is how fast PouchDB was on the machine of that day; by PouchDB's speed of today its
time is carried over to this machine. That is an estimate, and the figures' unit says so.
"""

import json
import statistics
import time
from collections.abc import Iterator
from itertools import islice

import httpx

from app.ids import uuid7
from server import records
from server.database import open_sqlite
from server.settings import Settings
from tests.bench.figures import ROUNDS, Figure, tell
from tests.bench.home import ADMIN, PASSWORD, Home
from tests.bench.pouch import Pouch
from tests.server.visitor import Visitor

ROWS = 1_000
ODK_SECONDS, ODK_BYTES = 0.288, 1_180_000
POUCHDB_THEN = 2_800.0  # documents a second, pushed
_DOCUMENTS = 10_000


def measure(home: Home, rivals: Pouch) -> Iterator[Figure]:
    """Time and bytes over ODK Central's, of the newest 1,000 records of a district that has more."""
    tell(f"list-1000: {ROWS} records for the console (as a browser fetches its pages) and as an export's JSON lines")
    then = ODK_SECONDS * POUCHDB_THEN / _pouchdb_now(rivals)
    listed = [_console(home) for _ in range(ROUNDS)]
    exported = [_export(home) for _ in range(ROUNDS)]
    for name, found in (("console", listed), ("export", exported)):
        seconds, size = (statistics.median(part) for part in zip(*found, strict=True))
        tell(f"  {name}: {seconds * 1000:.0f} ms, {size:.0f} bytes; ODK Central, carried over: {then * 1000:.0f} ms")
        yield Figure(f"list-1000-{name}", seconds / then, "of-odk-central-as-estimated", "<=", 1 / 4)
        yield Figure(f"list-1000-{name}-bytes", size / ODK_BYTES, "of-odk-central-as-seen", "<=", 1 / 7)


def _console(home: Home) -> tuple[float, float]:
    """Seconds and bytes on the wire for the pages that show 1,000 records."""
    with httpx.Client(base_url=home.url, follow_redirects=True) as browser:
        assert Visitor(browser).sign_in(ADMIN, PASSWORD).status_code == 200
        shown = size = 0
        began = time.perf_counter()
        page = 1
        while shown < ROWS:
            answer = browser.get(f"/console/records?page={page}")
            rows = answer.text.count('href="/console/records/')
            assert rows, "this district has too few records"
            shown += rows
            size += answer.num_bytes_downloaded
            page += 1
        return time.perf_counter() - began, size


def _export(home: Home) -> tuple[float, float]:
    """Seconds and bytes of 1,000 records with all their answers."""
    database = open_sqlite(Settings(data=home.folder).database_path)
    try:
        began = time.perf_counter()
        with database.reading() as session:
            rows = records.export(session, records.Filter())
            size = sum(len(json.dumps(row, ensure_ascii=False)) + 1 for row in islice(rows, ROWS))
        return time.perf_counter() - began, size
    finally:
        database.close()


def _pouchdb_now(rivals: Pouch) -> float:
    """Documents a second that PouchDB hands in on this machine."""
    spent = []
    for _ in range(ROUNDS):
        name = uuid7()
        rivals.fill(name, _DOCUMENTS)
        spent.append(rivals.push(name, f"{rivals.url}/{name}", _DOCUMENTS))
    return statistics.median(spent)
