"""Every file once with brotli and once with gzip, so that the server only ever hands out finished bytes."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]  # ships no types

from server.publish.files import used, write

# Brotli's 11 costs twice the time of its 10 for 3 % fewer bytes: 10 is what a first build has the patience for.
QUALITY: Final = 10
# What few browsers load is not worth half a minute.
QUICK: Final = 9
WORTH: Final = 0.95  # of the plain size
SMALLEST: Final = 500
LEVEL: Final = 9  # gzip's, for the few that do not read brotli
LOUD: Final = 1_000_000  # bytes worth a word
ENCODINGS: Final = {"br": "br", "gz": "gzip"}
_PACKED: Final = (".png", ".woff2", ".whl")


def compress(
    files: Mapping[str, bytes], quick: frozenset[str], store: Path, progress: Callable[[str], None]
) -> dict[str, dict[str, bytes]]:
    """For each file its compressed forms by ending ("br", "gz"), where they are worth it. Kept by hash in `store`."""
    jobs = [(name, ending) for name in files if _worth_trying(name, files[name]) for ending in ENCODINGS]
    jobs.sort(key=lambda job: -len(files[job[0]]))
    packed: dict[str, dict[str, bytes]] = {name: {} for name in files}
    paths = {job: _path(store, files[job[0]], job[1], QUICK if job[0] in quick else QUALITY) for job in jobs}
    new = sum(len(files[name]) for name, ending in jobs if ending == "br" and not paths[name, ending].exists())
    if new > LOUD:
        progress(f"Compressing {new / 1e6:.0f} MB (once; what does not change is not compressed again)")

    def work(job: tuple[str, str]) -> bytes:
        return _kept(paths[job], files[job[0]], job[1])

    # Both libraries let go of Python's lock while they work.
    with ThreadPoolExecutor(max_workers=2) as pool:
        for (name, ending), data in zip(jobs, pool.map(work, jobs), strict=True):
            if len(data) < WORTH * len(files[name]):
                packed[name][ending] = data
    return packed


def _worth_trying(name: str, data: bytes) -> bool:
    return len(data) >= SMALLEST and not name.endswith(_PACKED)


def _path(store: Path, data: bytes, ending: str, quality: int) -> Path:
    level = quality if ending == "br" else LEVEL
    return store / f"{hashlib.sha256(data).hexdigest()}.{level}.{ending}"


def _kept(path: Path, data: bytes, ending: str) -> bytes:
    if path.exists():
        used(path)
        return path.read_bytes()
    quality = int(path.suffixes[-2].removeprefix("."))
    if ending == "br":
        done: bytes = brotli.compress(data, quality=quality, lgwin=24)
    else:
        done = gzip.compress(data, compresslevel=quality, mtime=0)
    write(path, done)
    return done
