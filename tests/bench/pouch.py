"""PouchDB as the baseline of the road: a PouchDB on leveldb that replicates with express-pouchdb on leveldb.

Both are npm packages of their authors, pinned in tests/bench/pouch and fetched here; phone and server are node
processes of their own.
"""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from app.ids import uuid7
from server.publish.files import fingerprint, made
from server.publish.node import find_node, run
from tests.bench.documents import answers
from tests.bench.figures import tell
from tests.browser.district import ROOT, free_port
from tests.browser.phone import wait_until

HERE = Path(__file__).parent / "pouch"


class Pouch:
    """Phones of PouchDB's, each a database, and the server that they replicate with."""

    def __init__(self, folder: Path, url: str, program: "subprocess.Popen[str]") -> None:
        self._folder = folder
        self._program = program
        self.url = url

    def fill(self, name: str, count: int) -> None:
        """A phone with so many documents of 1 KB that the server does not have."""
        file = self._folder / f"{name}.json"
        file.write_text(json.dumps([{"_id": uuid7(), **answers(number)} for number in range(count)]))
        assert self._do(do="fill", name=name, file=str(file))["written"] == count

    def push(self, name: str, url: str, count: int) -> float:
        """Hands a phone's documents in to the database at `url`; gives documents a second."""
        return self._replicate("push", name, url, count)

    def pull(self, name: str, url: str, count: int) -> float:
        """Fetches a database to a phone that has nothing; gives documents a second."""
        return self._replicate("pull", name, url, count)

    def _replicate(self, do: str, name: str, url: str, count: int) -> float:
        told = self._do(do=do, name=name, url=url)
        assert (told["written"], told["failed"]) == (count, 0), told
        return count / float(told["seconds"])

    def _do(self, **order: str) -> dict[str, Any]:
        assert self._program.stdin and self._program.stdout  # noqa: PT018 - both are pipes
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        told: dict[str, Any] = json.loads(self._program.stdout.readline())
        return told


@contextlib.contextmanager
def pouch(folder: Path) -> Iterator[Pouch]:
    """Server and phones, with their databases in a folder."""
    node, code = find_node(ROOT, ROOT / ".build", tell).program, _installed()
    for name in ("server", "phone"):
        (folder / name).mkdir(parents=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [node, code / "server.mjs", folder / "server", str(port)], cwd=folder, stdout=subprocess.DEVNULL
    )
    phone = subprocess.Popen(
        [node, code / "phone.mjs", folder / "phone"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(url).status_code == 200
        return False

    try:
        wait_until(answers, "PouchDB's server")
        yield Pouch(folder, url, phone)
    finally:
        for process in (phone, server):
            process.terminate()
            process.wait()


def _installed() -> Path:
    """The folder of the scripts, with their packages in node_modules."""
    sources = [HERE / name for name in ("package.json", "package-lock.json", "server.mjs", "phone.mjs")]
    sources.append(ROOT / ".npmrc")

    def install(folder: Path) -> None:
        tell("Fetching PouchDB and express-pouchdb (npm, hash-checked)")
        for source in sources:
            shutil.copy(source, folder)
        node = find_node(ROOT, ROOT / ".build", tell)
        run([*node.npm, "ci", "--ignore-scripts"], "npm ci", folder=folder, node=node)

    return made(ROOT / ".build", "pouch", fingerprint(*sources), install)
