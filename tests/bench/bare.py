"""The least that taking in a record can cost: Starlette, one INSERT, one commit that is on the disk when it answers.

Run by tests/bench/sync.py as a server of its own; the database's path is in BENCH_DATABASE.
"""

import os
import sqlite3
import uuid

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

_database = sqlite3.connect(os.environ["BENCH_DATABASE"], check_same_thread=False, isolation_level=None)
_database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE r (id TEXT UNIQUE, body BLOB)")


def _keep(body: bytes) -> None:
    _database.execute("INSERT INTO r VALUES (?, ?)", (uuid.uuid4().hex, body))


async def _push(request: Request) -> JSONResponse:
    await run_in_threadpool(_keep, await request.body())
    return JSONResponse({"acked": 1})


app = Starlette(routes=[Route("/push", _push, methods=["POST"])])
