"""A fleet of phones that all come at once: a first measurement on one machine, clients and PostgreSQL included.

Each phone hands in its twenty records in one request and then asks what others wrote, with the real client; two real
server processes on one durable PostgreSQL take them. The phones come as fast as the machine lets them through, so many
at a time, until all were there: that gives how many a minute it bears. Schools have two officers each, and the built-in
forms are published.
"""

import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, insert, select

from app.ids import sha256, uuid7
from app.revisions import Revision
from server import district
from server.database import Database, open_postgresql
from server.desk import FORMS
from server.formbook import publish
from server.publish.forms import publish_all
from server.tables import Device, Officer, Posting, Record, School, StoredRevision
from sync.client import District
from sync.errors import DistrictTrouble, RoadError, TooMany
from sync.protocol import APP_VERSION
from tests.bench.documents import FORM, Writer
from tests.bench.figures import Figure, tell
from tests.browser.district import District as Server
from tests.postgres import Postgres

PHONES = int(os.environ.get("FLEET_PHONES", "2000"))
RECORDS = 20
AT_ONCE = 64
SERVERS = 2
_WHOLE = 10_000  # phones that are to come within a minute
_TOKEN = "t" * 43


@dataclass
class Told:
    """What the phones were told."""

    seconds: list[float] = field(default_factory=list)  # of each request
    waited: int = 0  # 429 and 503 with Retry-After
    trouble: int = 0  # any other answer of 5xx, and no answer at all
    accepted: set[str] = field(default_factory=set)
    pulled: int = 0


def measure() -> Iterator[Figure]:
    """How many phones a minute get through, how long their requests take, and what came of their records."""
    tell(f"fleet: {PHONES} phones with {RECORDS} records each, {AT_ONCE} at a time, {SERVERS} servers, PostgreSQL")
    with tempfile.TemporaryDirectory() as place, Postgres(durable=True) as postgres, postgres.database() as url:
        database = open_postgresql(url)
        phones = _fleet(database)
        with _servers(Path(place), url) as addresses:
            began = time.perf_counter()
            told = asyncio.run(_all(phones, addresses))
            took = time.perf_counter() - began
        written = {revision.hash for _, revisions in phones for revision in revisions}
        with database.reading() as session:
            there = set(session.scalars(select(StoredRevision.hash)))
            records = session.scalar(select(func.count()).select_from(Record)) or 0
        database.close()
    tell(
        f"  {took:.1f} s; p50 {statistics.median(told.seconds):.2f} s, {told.waited} told to wait, {told.pulled} pulled"
    )
    yield Figure("fleet", PHONES / took * 60, "phones-a-minute", ">=", _WHOLE)
    yield Figure("fleet-p99", statistics.quantiles(told.seconds, n=100)[98], "s", "<=", 2)
    yield Figure("fleet-trouble", told.trouble, "answers-of-5xx", "<=", 0)
    yield Figure("fleet-lost", len(written - there) + len(told.accepted - there), "revisions", "<=", 0)
    yield Figure("fleet-doubled", len(there - written) + records - len(there), "revisions", "<=", 0)


def _fleet(database: Database) -> list[tuple[str, list[Revision]]]:
    """A district with an officer for each phone and a school for each two, and what the phones have written."""
    ids = [(uuid7(), uuid7()) for _ in range(PHONES)]
    schools = [uuid7() for _ in range(-(-PHONES // 2))]
    with database.writing() as session:
        district.create(session, "Fleet", "(918) 245-8777")
        publish(session, [FORM, *publish_all(FORMS).values()])
        session.execute(insert(School), [{"id": school, "name": f"School {school}"} for school in schools])
        officers = [
            {"id": officer, "name": f"Officer {at}", "badge": str(at), "languages": []}
            for at, (_, officer) in enumerate(ids)
        ]
        session.execute(insert(Officer), officers)
        postings = [{"officer": officer, "school": schools[at // 2]} for at, (_, officer) in enumerate(ids)]
        session.execute(insert(Posting), postings)
        known = {"token_hash": sha256(_TOKEN.encode()), "app": APP_VERSION}
        session.execute(insert(Device), [{"id": one, "officer": who, **known} for one, who in ids])
    phones = []
    for at, (device, officer) in enumerate(ids):
        writer = Writer(device, officer, schools[at // 2])
        phones.append((device, [writer.write() for _ in range(RECORDS)]))
    return phones


@contextlib.contextmanager
def _servers(place: Path, url: str) -> Iterator[list[str]]:
    servers = []
    try:
        for _ in range(SERVERS):
            servers.append(Server(place, database_url=url))
            servers[-1].start()
        yield [server.url for server in servers]
    finally:
        for server in servers:
            server.stop()


async def _all(phones: list[tuple[str, list[Revision]]], addresses: list[str]) -> Told:
    told = Told()
    left = list(phones)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=AT_ONCE)
    shared = _Shared(limits=limits)

    async def some() -> None:
        while left:
            device, revisions = left.pop()
            await _come(device, revisions, addresses[len(left) % len(addresses)], shared, told)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return told


async def _come(device: str, revisions: list[Revision], url: str, shared: httpx.AsyncBaseTransport, told: Told) -> None:
    """One phone hands in and asks for news, and comes again when it is told to or something breaks."""
    async with District(url, device, _TOKEN, shared) as client:
        while True:
            began = time.perf_counter()
            try:
                verdicts = await client.push(revisions)
                told.seconds.append(time.perf_counter() - began)
                told.accepted |= {verdict.hash for verdict in verdicts if verdict.safe}
                began = time.perf_counter()
                found, _, _ = await client.pull(0, anew=True)
                told.seconds.append(time.perf_counter() - began)
                told.pulled += len(found)
            except RoadError as error:
                if isinstance(error, TooMany) or (isinstance(error, DistrictTrouble) and error.retry_after):
                    told.waited += 1
                else:
                    told.trouble += 1
                await asyncio.sleep(error.retry_after or 1)
            else:
                return


class _Shared(httpx.AsyncHTTPTransport):
    """Connections that the phones share: making one costs the client more than all else, and the district little."""

    async def aclose(self) -> None:
        """Each phone closes what it was given; the bench's end is its end."""
