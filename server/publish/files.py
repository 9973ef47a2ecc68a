"""Small helpers of the build: fingerprints, folders that are made once, whole files written at once."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # Windows: two builds at once are then on their own
    fcntl = None  # type: ignore[assignment]


KEPT: Final = 14 * 24 * 3600.0


def fingerprint(*parts: Path | str | bytes) -> str:
    """One hash over texts, bytes and the contents of files and folders, names included."""
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in sorted(walk(part)) if part.is_dir() else [part]:
                name = file.relative_to(part).as_posix() if part.is_dir() else file.name
                _add(whole, name.encode())
                _add(whole, file.read_bytes() if file.exists() else b"")
        else:
            _add(whole, part.encode() if isinstance(part, str) else part)
    return whole.hexdigest()


def walk(folder: Path) -> Iterator[Path]:
    """The files below a folder, without caches and hidden files."""
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from walk(entry)
        else:
            yield entry


def made(store: Path, kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, kept under its key: made once, whole or not at all."""
    folder = store / f"{kind}-{key[:16]}"
    if folder.exists():
        used(folder)
        return folder
    trial = store / f"{kind}-{key[:16]}.making"
    shutil.rmtree(trial, ignore_errors=True)
    trial.mkdir(parents=True)
    make(trial)
    trial.rename(folder)
    return folder


def used(path: Path) -> None:
    """Notes that something kept was of use today."""
    os.utime(path)


def forget(store: Path) -> None:
    """Removes what no build has used for two weeks."""
    oldest = time.time() - KEPT
    for path in [*store.iterdir(), *store.glob("packed/*")]:
        if path.stat().st_mtime > oldest or path.name in ("packed", "lock"):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def write(path: Path, data: bytes | str) -> None:
    """Writes a whole file at once, its folder too: readers see the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    trial = path.with_name(f"{path.name}.{os.getpid()}.writing")
    trial.write_bytes(data.encode() if isinstance(data, str) else data)
    trial.replace(path)


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """One build at a time in a store; a second one waits."""
    store.mkdir(parents=True, exist_ok=True)
    with (store / "lock").open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _add(whole: "hashlib._Hash", data: bytes) -> None:
    whole.update(len(data).to_bytes(8, "big"))
    whole.update(data)
