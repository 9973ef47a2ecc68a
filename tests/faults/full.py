"""No room, no quota, a failing disk, short writes at every call: said in words, nothing lost, and it goes on after."""

import asyncio
import errno
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final
from unittest import mock

from app import generation, journal
from app.files import FileTrouble, NoRoom, OrdinaryFolder
from app.journal import Report
from tests.app.simulated_disk import SimulatedDisk, run
from tests.bench.figures import Figure, tell
from tests.faults.calls import watched
from tests.faults.life import Life, Verb, check_photos, reopened, verbs
from tests.faults.runs import Outcome, figures, shortest, spread

NAME = "full"
CALLS = 10_000
_VERBS = 8
_LASTS = (1, 2, 1000)  # so many calls fail, one after the other
_SHORT: Final = -1  # not an error: only a part is written, and nothing says so
_WORDS: Final = {errno.ENOSPC: "no room", errno.EDQUOT: "no room", errno.EIO: "storage failed", _SHORT: ""}
_ERRORS: Final = tuple(_WORDS)


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The failing calls after which something was lost, silent, or did not go on without a restart."""
    tell("full: a simulated disk, then a real one, that fails at every call; then a disk that is really full")
    enough = round(CALLS * share)
    outcome = spread(work, count(), enough)
    outcome += spread(work_on_files, count(), max(1, enough // 4))
    outcome += tiny_disk()
    yield from figures(NAME, "failures-that-lost", outcome, CALLS)


def work(seed: int) -> Outcome:
    """One life on a simulated disk, with failures from each of its steps on."""

    def lives(life: list[Verb], step: int) -> tuple[bool, str | None]:
        error = (NoRoom("There is no room."), FileTrouble("The storage failed."))[step % 2]
        return live(life, step, _LASTS[(seed + step) % len(_LASTS)], error)

    return _each_step(seed, lives)


def work_on_files(seed: int) -> Outcome:
    """The same with ordinary files, and with errors as the system gives them."""

    def lives(life: list[Verb], step: int) -> tuple[bool, str | None]:
        return live_on_files(life, step, _LASTS[(seed + step) % len(_LASTS)], _ERRORS[(seed + step) % len(_ERRORS)])

    return _each_step(seed, lives)


def _each_step(seed: int, lives: Callable[[list[Verb], int], tuple[bool, str | None]]) -> Outcome:
    life, outcome = verbs(random.Random(seed), _VERBS), Outcome()  # noqa: S311  # a die, not a key
    for step in count():
        over, wrong = lives(life, step)
        if over:
            break
        outcome.runs += 1
        if wrong:
            short = shortest(life, partial(_fails, lives, step))
            outcome.wrong.append(f"seed {seed}, from call {step} on: {lives(short, step)[1]} in the life {short}")
            break
    return outcome


def _fails(lives: Callable[[list[Verb], int], tuple[bool, str | None]], step: int, life: list[Verb]) -> bool:
    return lives(life, step)[1] is not None


def live(life: list[Verb], step: int, lasts: int, error: FileTrouble) -> tuple[bool, str | None]:
    """Lives that life on a disk whose steps fail from that one on: whether it has so many, and what was wrong."""
    disk = SimulatedDisk(step)
    disk.fail(step, error, lasts)
    owner = Life(disk)
    with mock.patch.multiple(generation, EVERY=4, _AHEAD=600, _CLOSE=100), mock.patch.multiple(journal, _PIECE=400):
        try:
            run(_live(owner, life, disk.heal, str(error), restart=lasts == 1 and bool(step // 2 % 2)))
            over = disk.operations <= step
            disk.heal()
            reopened(disk, [owner.model])
        except Exception as wrong:
            return False, repr(wrong)
    return over, None


def live_on_files(life: list[Verb], step: int, lasts: int, number: int) -> tuple[bool, str | None]:
    """The same with ordinary files."""
    calls, failing = 0, True

    def enter(what: str) -> int | None:
        nonlocal calls
        calls += 1
        if not (failing and step < calls <= step + lasts):
            return None
        if number == _SHORT:
            return 1 if what == "write" else None
        raise OSError(number, os.strerror(number))

    def heal() -> None:
        nonlocal failing
        failing = False

    with (
        tempfile.TemporaryDirectory(prefix="beatbook-full-") as folder,
        mock.patch.multiple(generation, EVERY=4, _AHEAD=600, _CLOSE=100),
        mock.patch.multiple(journal, _PIECE=400),
    ):
        owner = Life(OrdinaryFolder(Path(folder)))
        try:
            with watched(enter):
                asyncio.run(_live(owner, life, heal, _WORDS[number], restart=lasts == 1 and bool(step % 2)))
            asyncio.run(_last(owner))
        except Exception as wrong:
            return False, repr(wrong)
    return calls <= step, None


async def _live(owner: Life, life: list[Verb], heal: Callable[[], None], words: str, restart: bool) -> None:
    """Every verb until it is done; one that fails has changed nothing, and can be done once the disk is well again.

    With a restart, what failed must not come back when the store is opened next, either.
    """
    for verb in [("open",), *life]:
        for well in (False, True):
            try:
                await (owner.open() if owner.store is None else owner.do(verb))
                break
            except FileTrouble as trouble:
                if well or words not in str(trouble) or not str(trouble).endswith("."):
                    raise AssertionError(f"{verb} failed, {'well' if well else 'ill'}: {trouble}") from trouble
                owner.coming = None
                if owner.store is not None:
                    owner.check()
                heal()
                if restart and owner.store is not None:
                    owner.store.close()
                    await owner.open()
                    owner.check()
        owner.check()
    assert owner.store is not None
    owner.store.close()
    await check_photos(owner.folder, owner.model)


async def _last(owner: Life) -> None:
    await owner.open()
    assert owner.store is not None
    owner.check()
    assert owner.store.report == Report(), f"the next opening says {owner.store.report}"
    owner.store.close()


def tiny_disk() -> Outcome:
    """A disk of half a megabyte, filled to the last byte by saves, and emptied a little: only where root may mount."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="beatbook-tiny-") as folder:
        path = Path(folder)
        mount, umount = shutil.which("mount"), shutil.which("umount")
        options = ["-t", "tmpfs", "-o", "size=512k", "tmpfs", str(path)]
        if not mount or not umount or subprocess.run([mount, *options], capture_output=True).returncode:
            tell("  no tiny disk: only root may mount one")
            return outcome
        try:
            outcome.runs += asyncio.run(_fill(path))
        except Exception as wrong:
            outcome.wrong.append(f"on a disk that is really full: {wrong!r}")
        finally:
            subprocess.run([umount, str(path)], check=True)
    return outcome


async def _fill(path: Path) -> int:
    refused = 0
    ballast = path / "ballast"
    ballast.write_bytes(bytes(100_000))
    owner = Life(OrdinaryFolder(path / "notebook"))
    await owner.open()
    for row in range(1, 2_000):
        verb = ("put", "records", row, row, (1200, 20, 300)[row % 3])
        try:
            await owner.do(verb)
        except NoRoom as trouble:
            refused += 1
            if "no room" not in str(trouble):
                raise
            owner.coming = None
            owner.check()
            if refused == 10:
                with suppress(NoRoom):
                    await owner.do(("tidy", []))
                owner.check()
                ballast.unlink()
            if refused > 20:
                break
    assert refused > 20, "it was never full"
    await owner.do(("drop", "photos"))
    assert owner.store is not None
    owner.store.close()
    await _last(owner)
    return refused
