"""Opening 100,000 sealed records to the first list, and the memory that they take, beside stock TinyDB."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tinydb import TinyDB

from tests.bench.figures import ROUNDS, Figure, tell
from tests.bench.notebooks import Records, make_ours, make_tinydb, open_ours

COUNT = 100_000
_PAGE = 50


def measure() -> Iterator[Figure]:
    """Time and memory of a fresh process, over stock TinyDB's."""
    tell(f"store: opening {COUNT} records")
    with tempfile.TemporaryDirectory(prefix="beatbook-bench-") as name:
        folder, records = Path(name), Records()
        make_ours(folder / "ours", records, COUNT).close()
        make_tinydb(folder / "tinydb.json", records, COUNT).close()
        make_ours(folder / "none", records, 0).close()
        make_tinydb(folder / "none.json", records, 0).close()
        times, memory = [], []
        for _ in range(ROUNDS):
            ours, ours_empty = _child("ours", folder / "ours"), _child("ours", folder / "none")
            theirs, theirs_empty = _child("tinydb", folder / "tinydb.json"), _child("tinydb", folder / "none.json")
            times.append(ours[0] / theirs[0])
            memory.append((ours[1] - ours_empty[1]) / (theirs[1] - theirs_empty[1]))
            tell(f"  {ours[0] * 1e3:.0f} ms of {theirs[0] * 1e3:.0f} ms")
            tell(f"  {_mb(ours, ours_empty)} of {_mb(theirs, theirs_empty)}")
        yield Figure("open-100k", statistics.median(times), "of-tinydb", "<=", 1 / 15)
        yield Figure("memory-100k", statistics.median(memory), "of-tinydb", "<=", 1 / 10)


def _mb(full: list[float], empty: list[float]) -> str:
    return f"{(full[1] - empty[1]) / 1e6:.1f} MB"


def _child(kind: str, path: Path) -> list[float]:
    """Seconds and resident bytes of a process of its own."""
    command = [sys.executable, "-m", "tests.bench.store_open", kind, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[float] = json.loads(done.stdout)
    return found


def _ours(path: Path) -> int:
    store = open_ours(path)
    return len(store.table("records").page(None, newest="at", limit=_PAGE))


def _tinydb(path: Path) -> int:
    rows = TinyDB(path).table("records").all()
    return len(sorted(rows, key=lambda row: str(row["at"]), reverse=True)[:_PAGE])


def _main(kind: str, path: Path) -> None:
    opened: Callable[[Path], int] = {"ours": _ours, "tinydb": _tinydb}[kind]
    began = time.perf_counter()
    opened(path)
    taken = time.perf_counter() - began
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(json.dumps([taken, pages * os.sysconf("SC_PAGE_SIZE")]))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
