"""The least that taking in records can cost: Starlette, an INSERT, one commit that is on the disk when it answers.

Run by tests/bench/sync_push.py as a server of its own; BENCH_DATABASE is the path of an SQLite file or the URL of a
PostgreSQL database.
"""

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable

import psycopg
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Rows = Iterable[tuple[str, str]]


def _sqlite(path: str) -> Callable[[Rows], None]:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE r (id TEXT UNIQUE, body TEXT)"
    )

    def keep(rows: Rows) -> None:
        database.execute("BEGIN")
        database.executemany("INSERT INTO r VALUES (?, ?)", rows)
        database.execute("COMMIT")

    return keep


def _postgresql(url: str) -> Callable[[Rows], None]:
    database = psycopg.connect(url)
    database.execute("CREATE TABLE r (id TEXT UNIQUE, body TEXT)")
    database.commit()

    def keep(rows: Rows) -> None:
        with database.transaction(), database.cursor() as cursor:
            cursor.executemany("INSERT INTO r VALUES (%s, %s)", rows)

    return keep


_named = os.environ["BENCH_DATABASE"]
_keep = _postgresql(_named) if "://" in _named else _sqlite(_named)
_turn = threading.Lock()


def _keep_all(body: bytes) -> int:
    lines = body.splitlines()
    rows = [(json.loads(line).get("hash") or uuid.uuid4().hex, line.decode()) for line in lines]
    with _turn:
        _keep(rows)
    return len(rows)


async def _push(request: Request) -> JSONResponse:
    return JSONResponse({"acked": await run_in_threadpool(_keep_all, await request.body())})


app = Starlette(routes=[Route("/push", _push, methods=["POST"])])
