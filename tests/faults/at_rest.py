"""Marker strings kept in every way that a notebook has, and looked for in every file and every log: none is found.

This is the store's level; the browser's journey looks in its own files and caches.
"""

import asyncio
import base64
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from unittest import mock

from app import generation, sealed_files, wrapping
from app.cipher import Cipher
from app.files import FileTrouble, OrdinaryFolder
from app.keys import make_keys
from app.store import Store, where
from app.vault import Vault
from app.vault_trouble import WrongSecret
from tests.app.journals import FIRST, plain_frame, plain_header
from tests.bench.figures import Figure, tell
from tests.faults.runs import Outcome, figures

NAME = "at-rest"
MARKERS = 200
_PIN, _WRONG, _NEW = "831947", "829461", "640218"


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The markers that were found; however small the share, all are looked for."""
    del share
    tell("at-rest: marker strings in documents, names, photos, damaged and carried over files, logs")
    with tempfile.TemporaryDirectory(prefix="beatbook-at-rest-") as folder:
        yield from figures(NAME, "markers-found", look(Path(folder)), MARKERS)


def look(folder: Path) -> Outcome:
    """Lives, and then looks everywhere."""
    markers = [f"Marguerite{number:03}Grünwald" for number in range(MARKERS)]
    said, log = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        with (
            redirect_stdout(said),
            redirect_stderr(said),
            mock.patch.multiple(generation, EVERY=5),
            mock.patch.object(wrapping, "ROUNDS", 10),
        ):
            seen = asyncio.run(_live(folder / "notebook", iter(markers), folder))
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(level)
    everywhere = {
        **seen,
        **_files(folder),
        "what was printed": said.getvalue().encode(),
        "log": log.getvalue().encode(),
    }
    found = [
        f"{marker} is in {name}"
        for marker in (*markers, _PIN, _WRONG, _NEW)
        for name, data in everywhere.items()
        if any(shape in data for shape in _shapes(marker))
    ]
    return Outcome(len(markers), found)


def _shapes(marker: str) -> list[bytes]:
    """A text as files may hold it."""
    plain = marker.encode()
    return [
        plain,
        marker.encode("latin-1"),
        marker.encode("utf-16-le"),
        marker.encode("ascii", "backslashreplace"),
        plain.hex().encode(),
        base64.b64encode(plain)[:-4],
    ]


def _files(folder: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: name.encode() + b"\n" + data for name, data in files.items() if "-key/" not in name}


async def _live(path: Path, markers: Iterator[str], folder: Path) -> dict[str, bytes]:
    """A notebook's life with every marker in it; what its files held on the way, too."""
    notebook, seen = OrdinaryFolder(path), {}

    def look_now(moment: str) -> None:
        seen.update({f"{name}, {moment}": data for name, data in _files(folder).items()})

    vault = await Vault.open(notebook, make_keys(notebook))
    cipher = await vault.create(_PIN)
    await _keep(notebook, cipher, markers)
    look_now("open")
    vault.lock()
    with suppress(WrongSecret):
        await vault.unlock(_WRONG)
    cipher = await vault.unlock(_PIN)
    await vault.change(_PIN, _NEW)
    _damage(path)
    store = await Store.open(notebook, cipher)
    assert not store.report.whole
    with suppress(FileTrouble), mock.patch.object(generation.Generation, "count", side_effect=FileTrouble("EIO.")):
        await store._journal_storage.journal.rewrite()
    store.close()
    vault.lock()
    look_now("locked")
    await _carry_over(OrdinaryFolder(folder / "older"), cipher=await vault.unlock(_NEW), markers=markers)
    assert next(markers, None) is None, "every marker was used"
    return seen


async def _keep(notebook: OrdinaryFolder, cipher: Cipher, markers: Iterator[str]) -> None:
    store = await Store.open(notebook, cipher, {"records": ("state", "name")})
    for number in range(40):
        store.table("records").insert({"name": next(markers), "state": next(markers), "deep": [{"at": next(markers)}]})
        if number % 10 == 0:
            store.table(next(markers)).insert({next(markers): number})
            name = f"photo-{number}"
            await sealed_files.write(notebook, cipher, name, next(markers).encode() * 20_000)
    store.table("records").update({"state": next(markers)}, where("state").exists())
    store.table("records").remove(doc_ids=[3])
    await store._journal_storage.journal.rewrite()
    with suppress(ZeroDivisionError), store.batch():
        store.table("drafts").insert({"name": next(markers)})
        raise ZeroDivisionError
    store.table("drafts").insert_multiple({"name": next(markers)} for _ in range(10))
    with suppress(ValueError):
        store.table("drafts").insert({"name": next(markers), "bad": float("nan")})
    store.close()


def _damage(path: Path) -> None:
    file = next(path.glob("journal-*"))
    data = bytearray(file.read_bytes().rstrip(b"\0"))
    data[-30] ^= 1
    file.write_bytes(data)


async def _carry_over(older: OrdinaryFolder, cipher: Cipher, markers: Iterator[str]) -> None:
    """A notebook of format 1, damaged too, which was all in the clear."""
    older.path.mkdir()
    rest = list(markers)
    frames = [plain_frame(row, ("records", row, {"name": marker})) for row, marker in enumerate(rest, 1)]
    data = bytearray(plain_header() + b"".join(frames))
    data[5] ^= 1
    (older.path / FIRST).write_bytes(data)
    store = await Store.open(older, cipher)
    assert len(store.table("records")) == len(rest)
    assert store.report.set_aside
    store.close()
