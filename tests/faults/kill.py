"""A process that is killed on entering any call that reaches the disk: what it had confirmed is there."""

import asyncio
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest import mock

from app import generation, journal, wrapping
from app.cipher import Cipher
from app.files import OrdinaryFolder
from app.keys import make_keys
from app.store import Store
from app.vault import Vault
from app.vault_trouble import WrongSecret
from tests.app.journals import FIRST, plain_frame, plain_header
from tests.bench.figures import Figure, tell
from tests.faults.calls import watched
from tests.faults.life import CIPHER, INDEXES, Life, Model, Verb, after, brief, check_photos, content
from tests.faults.runs import Outcome, figures, spread

NAME = "kill"
RUNS = 2_000
KINDS = ("save", "edit", "photo", "compaction", "carry-over", "key change")
_OLD, _NEW = "271828", "314159"


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The kills after which something confirmed was not there."""
    tell("kill: SIGKILL on entering every write, flush, cut, renaming and removal")
    enough = round(RUNS * share)
    yield from figures(NAME, "kills-that-lost", spread(work, range(enough), enough), RUNS)


def work(seed: int) -> Outcome:
    """One kind of work, killed at each of its calls in turn."""
    outcome = Outcome()
    call = 1
    while True:
        with tempfile.TemporaryDirectory(prefix="beatbook-kill-") as folder:
            path = Path(folder) / "notebook"  # the device's key is beside it
            path.mkdir()
            killed, confirmed = _run_and_kill(path, seed, call)
            if not killed:
                return outcome
            outcome.runs += 1
            try:
                asyncio.run(_check(path, seed, confirmed))
            except Exception as error:
                outcome.wrong.append(f"{_kind(seed)}, seed {seed}, call {call}, {confirmed} confirmed: {error!r}")
        call += 1


def _kind(seed: int) -> str:
    return KINDS[seed % len(KINDS)]


def _script(seed: int) -> tuple[Model, list[Verb], list[Verb]]:
    """What is there when the process starts, what it does before the killer waits, and what it does then."""
    chance = random.Random(seed)  # noqa: S311  # a die, not a key

    def put(row: int) -> Verb:
        return ("put", "records", row, chance.randrange(1000), chance.choice([10, 600, 1500]))

    before = [put(row) for row in range(1, 5)]
    match _kind(seed):
        case "save":
            return {}, before, [put(row) for row in range(5, 9)]
        case "edit":
            return {}, before, [put(1), ("many", [put(2), ("remove", "records", 3)]), put(1)]
        case "photo":
            return {}, before, [("photo", 1, 100_000), ("photo", 2, 10), ("photo", 1, 300)]
        case "compaction":
            return {}, before, [("tidy", [put(1), ("remove", "records", 2), put(5)]), put(6)]
        case "carry-over":
            plain = {("records", row): {"n": row, "text": "x" * seed} for row in range(1, 6)}
            return plain, [], [put(1), put(7)]
    return {}, before, []


def _flat(verbs: list[Verb]) -> list[Verb]:
    """The commits in the order in which they are made."""
    return [one for verb in verbs for one in (_flat(verb[1]) if verb[0] == "tidy" else [verb])]


def _run_and_kill(path: Path, seed: int, call: int) -> tuple[bool, int]:
    """Runs the script in a process that is killed on entering that call; whether it was, and how much it confirmed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(reading)
            asyncio.run(_live(path, seed, call, partial(os.write, writing, b".")))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        confirmed = len(pipe.read())
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or status == 0, f"seed {seed}, call {call}: the process failed by itself"
    return killed, confirmed


async def _live(path: Path, seed: int, call: int, confirm: partial[int]) -> None:
    model, before, verbs = _script(seed)
    left = call

    def enter(_what: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    folder = OrdinaryFolder(path)
    with mock.patch.multiple(generation, EVERY=3), mock.patch.multiple(journal, _PIECE=400):
        if model:
            rows = [plain_frame(row, ("records", row, found)) for (_, row), found in model.items()]
            (path / FIRST).write_bytes(plain_header() + b"".join(rows))
            with watched(enter):
                await _do(Life(folder, model), verbs, confirm)
            return
        cipher, vault = CIPHER, None
        if _kind(seed) == "key change":
            with mock.patch.object(wrapping, "ROUNDS", 10):
                vault = await Vault.open(folder, make_keys(folder))
                cipher = await vault.create(_OLD)
        life = Life(folder, cipher=cipher)
        await _do(life, before, None)
        with watched(enter):
            if vault:
                with mock.patch.object(wrapping, "ROUNDS", 10):
                    await vault.change(_OLD, _NEW)
                confirm()
            await _do(life, verbs, confirm)


async def _do(life: Life, verbs: list[Verb], confirm: partial[int] | None) -> None:
    if life.store is None:
        await life.open()
    life.confirm = confirm
    for verb in verbs:
        await life.do(verb)


async def _check(path: Path, seed: int, confirmed: int) -> None:
    model, before, verbs = _script(seed)
    folder, cipher = OrdinaryFolder(path), CIPHER
    for verb in before:
        model = after(model, verb)
    if _kind(seed) == "key change":
        cipher = await _unlock(folder, bool(confirmed))
        confirmed = 0
    commits = _flat(verbs)
    for verb in commits[:confirmed]:
        model = after(model, verb)
    possible = [model, *(after(model, verb) for verb in commits[confirmed : confirmed + 1])]
    for _ in range(2):
        store = await Store.open(folder, cipher, INDEXES)
        found = content(store)
        assert store.report.whole, f"damage is reported: {store.report}"
        store.close()
        assert found in possible, f"found {brief(found)} where {' or '.join(map(brief, possible))} was possible"
        await check_photos(folder, found, cipher)
        possible = [found]


async def _unlock(folder: OrdinaryFolder, changed: bool) -> Cipher:
    """The key, by the new PIN, or while that was not confirmed perhaps by the old one."""
    with mock.patch.object(wrapping, "ROUNDS", 10):
        vault = await Vault.open(folder, make_keys(folder))
        assert vault.state == "locked"
        try:
            return await vault.unlock(_NEW)
        except WrongSecret:
            assert not changed, "the new PIN was confirmed and opens nothing"
            return await vault.unlock(_OLD)
