"""A disk in memory that can fail and lose its power: the same `Folder` and `File` that the phone has.

It promises what app/files.py promises and not a byte more. Until a file is flushed its writes and cuts are only
pending; until its folder is settled, so are a new name, another name and a name that is gone. `power_cut` lets any of
all that reach the disk or not, in another order too, each write whole, torn at any byte or in any of its 512-byte
sectors. A flush that failed may have kept anything, and a later one does not make up for it: what was written before
is kept or not, for good, as on Linux.

Every step of every operation is counted, can be failed (`fail`) and watched (`on_step`).
"""

import math
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, MutableMapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from app.files import File, FileTrouble, Locked, NoRoom, pieces_of

T = TypeVar("T")
SECTOR = 512


class PowerCut(BaseException):
    """The phone is gone in this very moment; nothing after it runs."""


@dataclass(slots=True)
class Change:
    """What was done to a file and is not known to be on the disk: bytes at a place, or None for a cut to a size."""

    at: int
    data: bytes | None
    doubtful: bool = False  # a flush of it failed

    def apply(self, content: bytearray) -> None:
        """Does it."""
        if len(content) < self.at:
            content.extend(bytes(self.at - len(content)))
        if self.data is None:
            del content[self.at :]
        else:
            content[self.at : self.at + len(self.data)] = self.data

    def tear(self, content: bytearray, chance: random.Random) -> None:
        """Does all of it, nothing, the beginning, or some sectors: what a disk may leave of it."""
        fate = chance.randrange(4)
        if fate == 0:
            return
        if fate == 1 or self.data is None:
            self.apply(content)
        elif fate == 2:
            Change(self.at, self.data[: chance.randrange(len(self.data) + 1)]).apply(content)
        else:
            # The file has its new length already, and only some of its sectors have their bytes.
            old = bytes(content)
            self.apply(content)
            old = old.ljust(len(content), b"\0")
            for sector in range(self.at - self.at % SECTOR, self.at + len(self.data), SECTOR):
                if chance.random() < 0.5:
                    content[sector : sector + SECTOR] = old[sector : sector + SECTOR]


@dataclass(slots=True)
class Content:
    """A file's bytes: as they are read now, as they are on the disk, and what is between the two."""

    now: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def change(self, change: Change) -> None:
        """Does something that is not on the disk yet."""
        change.apply(self.now)
        self.pending.append(change)

    def flush(self, chance: random.Random) -> None:
        """Brings to the disk what was not given up by a flush that failed."""
        for change in self.pending:
            if change.doubtful:
                change.tear(self.kept, chance)
            else:
                change.apply(self.kept)
        self.pending.clear()

    def lose_power(self, chance: random.Random) -> None:
        """Leaves of what was pending whatever the disk likes."""
        if self.pending:
            if chance.randrange(4) == 0 and not self._overlaps():
                chance.shuffle(self.pending)
            for change in self.pending:
                change.tear(self.kept, chance)
            self.pending = []
        self.now = bytearray(self.kept)

    def _overlaps(self) -> bool:
        """Whether some bytes were written twice: what was written last never comes to the disk before the other."""
        ends = sorted((change.at, change.at + len(change.data)) for change in self.pending if change.data)
        return any(stop > start for (_, stop), (start, _) in pairwise(ends))

    def copy(self) -> "Content":
        """The same once more."""
        return Content(bytearray(self.now), bytearray(self.kept), list(self.pending))


class Stable(MutableMapping[str, bytes]):
    """What is on the disk, as a dict of bytes; what is put there is there at once."""

    def __init__(self, disk: "SimulatedDisk") -> None:
        self._disk = disk

    def __getitem__(self, name: str) -> bytes:
        return bytes(self._disk.names_now[name].kept)

    def __setitem__(self, name: str, data: bytes) -> None:
        content = Content(bytearray(data), bytearray(data))
        self._disk.names_now[name] = self._disk.names_kept[name] = content

    def __delitem__(self, name: str) -> None:
        del self._disk.names_now[name]
        self._disk.names_kept.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._disk.names_now)

    def __len__(self) -> int:
        return len(self._disk.names_now)


class SimulatedDisk:
    """A folder whose files live in memory."""

    def __init__(self, seed: int = 0) -> None:
        self.names_now: dict[str, Content] = {}
        self.names_kept: dict[str, Content] = {}
        self.open_files: set[str] = set()
        self.room: int | None = None  # bytes that all files together may have
        self.hollow = False  # whether the zeros at a file's end take no room, as in a sparse file
        self.operations = 0
        self.on_step: Callable[[str, str], None] | None = None  # called before each step, with what and which file
        self._chance = random.Random(seed)  # noqa: S311  # a die, not a key
        self._fails: tuple[int, int, BaseException] | None = None

    @property
    def stable(self) -> Stable:
        """What is on the disk."""
        return Stable(self)

    @property
    def pending(self) -> set[str]:
        """The files that have something that is not on the disk yet."""
        return {name for name, content in self.names_now.items() if content.pending}

    def fail(self, after: int, error: BaseException, times: int = 1) -> None:
        """The operation after that many more raises, and so do the next ones; a failing write leaves a part of itself.

        After a PowerCut everything raises.
        """
        first = self.operations + after
        self._fails = (first, first + times, error)

    def heal(self) -> None:
        """No more failures."""
        self._fails = None

    def fork(self) -> "SimulatedDisk":
        """The same disk once more, closed and healed; what is done to one is not done to the other."""
        twin = SimulatedDisk()
        copies = {id(content): content.copy() for content in (*self.names_now.values(), *self.names_kept.values())}
        twin.names_now = {name: copies[id(content)] for name, content in self.names_now.items()}
        twin.names_kept = {name: copies[id(content)] for name, content in self.names_kept.items()}
        twin.room, twin.hollow = self.room, self.hollow
        return twin

    def power_cut(self, chance: random.Random) -> None:
        """Loses the power: every file is closed, and of what was not flushed anything may be left."""
        for name in sorted({*self.names_now, *self.names_kept}):
            now, kept = self.names_now.get(name), self.names_kept.get(name)
            if now is not kept and chance.random() < 0.5:
                now = kept
            if now is None:
                self.names_now.pop(name, None)
            else:
                self.names_now[name] = now
        self.names_kept = dict(self.names_now)
        for content in self.names_now.values():
            content.lose_power(chance)
        self.open_files = set()
        self.heal()

    def content(self, name: str) -> bytes:
        """What a reader sees now."""
        return bytes(self.names_now[name].now)

    def step(self, what: str = "another step", name: str = "") -> None:
        """Counts an operation; raises when it is one that fails."""
        if self.on_step:
            self.on_step(what, name)
        self.operations += 1
        if self._fails and self.operations > self._fails[0]:
            _, stop, error = self._fails
            if isinstance(error, PowerCut) or self.operations <= stop:
                raise error

    # The Folder protocol

    async def open(self, name: str) -> File:
        if name in self.open_files:
            raise Locked("open elsewhere")
        self.step("open", name)
        content = self.names_now.setdefault(name, Content())
        self._settle(name)
        self.open_files.add(name)
        return SimulatedFile(self, name, content)

    async def read(self, name: str) -> bytes | None:
        return self.content(name) if name in self.names_now else None

    async def write(self, name: str, data: bytes | AsyncIterator[bytes]) -> None:
        part, content = f"{name}.part", Content()
        try:
            self.names_now[part] = content
            async for piece in pieces_of(data):
                self._write(part, content, len(content.now), piece)
            self.step("flush", part)
            content.flush(self._chance)
            self.step("rename", name)
        except Exception:
            self.names_now.pop(part, None)
            raise
        self.names_now[name] = self.names_now.pop(part)
        self._settle(name)

    async def remove(self, name: str) -> None:
        self.step("remove", name)
        self.names_now.pop(name, None)
        self._settle(name)

    async def names(self) -> list[str]:
        return sorted(self.names_now)

    def left(self) -> float:
        """Bytes that still fit."""
        return math.inf if self.room is None else self.room - self.taken()

    def taken(self) -> int:
        """Bytes that the files take."""
        return sum(self._taken(file) for file in self.names_now.values())

    def _taken(self, content: Content) -> int:
        return len(content.now.rstrip(b"\0") if self.hollow else content.now)

    def _write(self, name: str, content: Content, at: int, data: bytes) -> None:
        """Writes in a file; what fails leaves a part of itself."""
        fits = max(0, min(len(data), self._taken(content) + self.left() - at))
        try:
            self.step("write", name)
            if fits < len(data):
                raise NoRoom("full")
        except (FileTrouble, PowerCut):
            content.change(Change(at, data[: min(len(data) // 2, int(fits))]))
            raise
        content.change(Change(at, data))

    def _settle(self, name: str) -> None:
        """Makes the names durable, as flushing the folder does."""
        self.step("settle", name)
        self.names_kept = dict(self.names_now)


class SimulatedFile:
    """An open file of a simulated disk."""

    def __init__(self, disk: SimulatedDisk, name: str, content: Content) -> None:
        self._disk = disk
        self._name = name
        self._content = content

    def size(self) -> int:
        return len(self._content.now)

    def read(self, at: int, n: int) -> bytes:
        return bytes(memoryview(self._content.now)[at : at + n])

    def write(self, at: int, data: bytes) -> None:
        self._disk._write(self._name, self._content, at, data)

    def flush(self) -> None:
        try:
            self._disk.step("flush", self._name)
        except FileTrouble:
            for change in self._content.pending:
                change.doubtful = True
            raise
        self._content.flush(self._disk._chance)

    def truncate(self, n: int) -> None:
        self._disk.step("truncate", self._name)
        self._content.change(Change(n, None))

    def close(self) -> None:
        self._disk.open_files.discard(self._name)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs what never really waits, without an event loop: thousands of openings a second."""
    while True:
        try:
            waited_for = work.send(None)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        # `await asyncio.sleep(0)` only lets others go first, and here is nobody else.
        assert waited_for is None, "it waits for something outside the simulation"
