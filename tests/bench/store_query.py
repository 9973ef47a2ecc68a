"""The records of a school that still wait, 250 of 100,000, beside SQLite with indexes, and stock TinyDB."""

import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tinydb import where

from tests.bench.figures import ROUNDS, Figure, median_ratio, tell
from tests.bench.notebooks import SCHOOLS, WAITING, Records, make_ours, make_sqlite, make_tinydb

COUNT = 100_000
_HITS = COUNT // SCHOOLS // WAITING


def measure() -> Iterator[Figure]:
    """Every hit as a dict of the caller's own; each round asks for other schools.

    SQLite has an index on one of the two fields, as one adds them; and, in a figure of its own, the one index that is
    made for just this query, which is the best that it can do.
    """
    tell(f"store: {_HITS} hits of {COUNT}")
    records = Records()
    with (
        tempfile.TemporaryDirectory(prefix="beatbook-bench-") as folder,
        closing(make_ours(Path(folder) / "ours", records, COUNT)) as ours,
        closing(make_sqlite(Path(folder) / "sqlite", records, COUNT, [("school",)])) as one_field,
        closing(make_sqlite(Path(folder) / "both", records, COUNT, [("state", "school")])) as both_fields,
        closing(make_tinydb(Path(folder) / "tinydb.json", records, COUNT)) as stock,
    ):

        def of_ours(school: str) -> int:
            return len(ours.table("records").search((where("state") == "waiting") & (where("school") == school)))

        def of_sqlite(school: str, sqlite: sqlite3.Connection = one_field) -> int:
            asked = "SELECT body FROM records WHERE body ->> '$.state' = 'waiting' AND body ->> '$.school' = ?"
            return len([json.loads(body) for (body,) in sqlite.execute(asked, (school,))])

        def of_tinydb(school: str) -> int:
            table = stock.table("records", cache_size=0)
            return len(table.search((where("state") == "waiting") & (where("school") == school)))

        for name, sqlite in (("query-100k-vs-sqlite", one_field), ("query-100k-vs-sqlite-both-fields", both_fields)):
            ratio = median_ratio(_p50(of_ours, 10), _p50(partial(of_sqlite, sqlite=sqlite), 10))
            yield Figure(name, ratio, "of-sqlite", "<=", 0.7)
        yield Figure("query-100k-vs-tinydb", 1 / median_ratio(_p50(of_ours, 5), _p50(of_tinydb, 1)), "times", ">=", 100)


def _p50(query: Callable[[str], int], times: int) -> Callable[[], float]:
    schools = iter(range(ROUNDS * times))

    def measured() -> float:
        taken = []
        for _ in range(times):
            school = f"school-{next(schools) % SCHOOLS}"
            began = time.perf_counter()
            found = query(school)
            taken.append(time.perf_counter() - began)
            assert found == _HITS, f"{found} hits"
        return statistics.median(taken)

    return measured
