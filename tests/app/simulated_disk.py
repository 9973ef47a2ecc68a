"""A disk in memory that can fail and lose its power: the same `Folder` and `File` that the phone has.

Until a file is flushed its writes are only pending. `power_cut` lets any subset of them reach the disk, each of them
whole, torn at any byte or in any of its 512-byte sectors, as real disks do. `fail` makes the n-th coming operation
raise.
"""

import random
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from app.files import File, FileTrouble, Locked, NoRoom, pieces_of

T = TypeVar("T")
SECTOR = 512


class PowerCut(BaseException):
    """The phone is gone in this very moment; nothing after it runs."""


class SimulatedDisk:
    """A folder whose files live in memory."""

    def __init__(self) -> None:
        self.stable: dict[str, bytes] = {}
        self.pending: dict[str, list[tuple[int, bytes | None]]] = {}  # (at, data), or (size, None) for a cut
        self.open_files: set[str] = set()
        self.room: int | None = None  # bytes that all files together may have
        self.operations = 0
        self._fails: tuple[int, BaseException] | None = None

    def fail(self, after: int, error: BaseException) -> None:
        """The operation after that many more raises; a failing write leaves a part of itself."""
        self._fails = (self.operations + after, error)

    def heal(self) -> None:
        """No more failures."""
        self._fails = None

    def power_cut(self, chance: random.Random) -> None:
        """Loses the power: every file is closed, and of what was not flushed anything may be left."""
        for name, writes in self.pending.items():
            content = self.stable.get(name, b"")
            for at, data in writes:
                content = _torn(content, at, data, chance)
            self.stable[name] = content
        self.pending = {}
        self.open_files = set()
        self.heal()

    def content(self, name: str) -> bytes:
        """What a reader sees now."""
        content = self.stable.get(name, b"")
        for at, data in self.pending.get(name, []):
            content = _applied(content, at, data)
        return content

    def step(self) -> None:
        """Counts an operation; raises when it is the one that fails."""
        self.operations += 1
        if self._fails and self.operations > self._fails[0]:
            error = self._fails[1]
            if not isinstance(error, PowerCut):
                self._fails = None
            raise error

    # The Folder protocol

    async def open(self, name: str) -> File:
        if name in self.open_files:
            raise Locked("open elsewhere")
        self.open_files.add(name)
        self.stable.setdefault(name, b"")
        return SimulatedFile(self, name)

    async def read(self, name: str) -> bytes | None:
        return self.content(name) if name in self.stable else None

    async def write(self, name: str, data: bytes | AsyncIterator[bytes]) -> None:
        whole = b"".join([piece async for piece in pieces_of(data)])
        self.step()
        self._fits(len(whole))
        self.stable[name] = whole

    async def remove(self, name: str) -> None:
        self.step()
        self.stable.pop(name, None)
        self.pending.pop(name, None)

    async def names(self) -> list[str]:
        return sorted(self.stable)

    def _fits(self, more: int) -> None:
        used = sum(len(self.content(name)) for name in self.stable)
        if self.room is not None and used + more > self.room:
            raise NoRoom("full")


class SimulatedFile:
    """An open file of a simulated disk."""

    def __init__(self, disk: SimulatedDisk, name: str) -> None:
        self._disk = disk
        self._name = name

    def size(self) -> int:
        return len(self._disk.content(self._name))

    def read(self, at: int, n: int) -> bytes:
        return self._disk.content(self._name)[at : at + n]

    def write(self, at: int, data: bytes) -> None:
        try:
            self._disk.step()
            self._disk._fits(max(0, at + len(data) - self.size()))
        except (FileTrouble, PowerCut):
            self._pend(at, data[: len(data) // 2])
            raise
        self._pend(at, data)

    def flush(self) -> None:
        self._disk.step()
        self._disk.stable[self._name] = self._disk.content(self._name)
        self._disk.pending.pop(self._name, None)

    def truncate(self, n: int) -> None:
        self._disk.step()
        self._pend(n, None)

    def close(self) -> None:
        self._disk.open_files.discard(self._name)

    def _pend(self, at: int, data: bytes | None) -> None:
        self._disk.pending.setdefault(self._name, []).append((at, data))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs what never really waits, without an event loop: thousands of openings a second."""
    while True:
        try:
            waited_for = work.send(None)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        # `await asyncio.sleep(0)` only lets others go first, and here is nobody else.
        assert waited_for is None, "it waits for something outside the simulation"


def _applied(content: bytes, at: int, data: bytes | None) -> bytes:
    if data is None:
        return content[:at].ljust(at, b"\0")
    return content[:at].ljust(at, b"\0") + data + content[at + len(data) :]


def _torn(content: bytes, at: int, data: bytes | None, chance: random.Random) -> bytes:
    """What is left of one unflushed operation."""
    fate = chance.choice(["kept", "lost", "begun", "sectors"])
    if fate == "lost":
        return content
    if fate == "kept" or data is None:
        return _applied(content, at, data)
    if fate == "begun":
        return _applied(content, at, data[: chance.randrange(len(data) + 1)])
    # The file has its new length already, and only some of its sectors have their bytes.
    whole = _applied(content, at, data)
    old = content.ljust(len(whole), b"\0")
    sectors = range(0, len(whole), SECTOR)
    return b"".join(chance.choice([whole, old])[s : s + SECTOR] for s in sectors)
