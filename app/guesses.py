"""How often a wrong PIN was tried, and how long the next try must wait: kept so that no restart and no clock helps.

The count lies in a small file of its own, written in place: counting a try needs no room on a full phone. It holds two
records that are written in turn, so that one that is torn by a flat battery leaves the one before. The open file is
also the lock: one tab at a time may try. Whoever can write the phone's files can put an older count back; against that
stands the device's key, not this count (docs/store-format.md).
"""

import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from app.files import File, Folder

FILE: Final = "guesses"
LIMIT: Final = 10  # wrong tries until everything goes
WARN_FROM: Final = 7
# Seconds to wait after that many wrong tries in a row.
WAITS: Final = {5: 30.0, 6: 60.0, 7: 120.0, 8: 300.0, 9: 600.0}
# What counts where the count itself is gone, which does not happen by itself.
LOST: Final = 7
STEP: Final = 5.0  # seconds of waiting that a restart may cost again

_RECORD: Final = struct.Struct("<4sIHHII")  # magic, number, wrong tries, in use, milliseconds to wait, checksum
_MAGIC: Final = b"BBG1"
_APART: Final = 512  # a sector: a torn write of one record leaves the other alone


@dataclass(frozen=True, slots=True)
class _Count:
    number: int
    wrong: int
    used: bool
    wait: float


_NOTHING: Final = _Count(0, 0, False, 0.0)


class Guesses:
    """The count of one folder. Only time that passes while the app is open counts against a wait."""

    def __init__(self, folder: Folder, monotonic: Callable[[], float]) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._since = monotonic()
        self._count = self._kept = _NOTHING
        self._file: File | None = None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Holds the count; the verbs below need it. Raises Locked while another tab does."""
        self._file = await self._folder.open(FILE)
        try:
            self._read()
            yield
        finally:
            self._file.close()
            self._file = None

    @property
    def wrong(self) -> int:
        """Wrong tries in a row, LIMIT once everything has to go."""
        return self._count.wrong

    @property
    def used(self) -> bool:
        """Whether a vault was ever completed beside this count."""
        return self._count.used

    def left(self) -> float:
        """Seconds until the next try, as far as this tab knows."""
        return max(0.0, self._count.wait - max(0.0, self._monotonic() - self._since))

    def due(self) -> bool:
        """Whether enough of the wait has passed for it to be worth keeping."""
        return self._kept.wait - self.left() >= STEP or (self._kept.wait > 0 and self.left() == 0)

    def settle(self) -> None:
        """Keeps what is left of the wait. Raises FileTrouble."""
        if self._count.wait != self._kept.wait:
            self._write(self._count)

    def expect(self) -> None:
        """There is a vault, so there must be a count: one that is gone counts as LOST tries. Raises FileTrouble."""
        if self._count.number == 0:
            self._write(_Count(0, LOST, True, WAITS[LOST]))

    def begin(self) -> None:
        """A new count, for a vault that is about to be made. Raises FileTrouble."""
        self._write(replace(self._count, wrong=0, used=False, wait=0.0))

    def add(self) -> None:
        """Counts a try before it is made, and the wait that follows if it is wrong. Raises FileTrouble: no try then."""
        wrong = self._count.wrong + 1
        self._write(replace(self._count, wrong=wrong, wait=WAITS.get(wrong, 0.0)))

    def reset(self) -> None:
        """The try was right, and the vault is in use. Raises FileTrouble."""
        if self._count.wrong or self._count.wait or not self._count.used:
            self._write(replace(self._count, wrong=0, used=True, wait=0.0))

    def condemn(self) -> None:
        """Everything has to go, whatever happens in between. Raises FileTrouble."""
        if self._count.wrong < LIMIT:
            self._write(replace(self._count, wrong=LIMIT, wait=0.0))

    def forget(self) -> None:
        """Everything is gone, and the count may go too."""
        self._count = self._kept = _NOTHING

    @property
    def forgotten(self) -> bool:
        """Whether there is nothing to be counted."""
        return self._count is _NOTHING

    def _read(self) -> None:
        assert self._file is not None
        left = self.left()
        found = [count for turn in (0, 1) if (count := _unpack(self._file.read(turn * _APART, _RECORD.size)))]
        self._kept = max(found, key=lambda count: count.number, default=_NOTHING)
        if self._kept.number == self._count.number:
            self._count = replace(self._kept, wait=min(left, self._kept.wait))
        else:  # the first look, or another tab has counted: time from before does not count
            self._count = self._kept
        self._since = self._monotonic()

    def _write(self, count: _Count) -> None:
        assert self._file is not None
        count = replace(count, number=self._count.number + 1)
        self._file.write(count.number % 2 * _APART, _pack(count))
        self._file.flush()
        self._count = self._kept = count
        self._since = self._monotonic()


def _pack(count: _Count) -> bytes:
    milliseconds = -int(-count.wait * 1000 // 1)
    fields = _RECORD.pack(_MAGIC, count.number, count.wrong, count.used, milliseconds, 0)[:-4]
    return fields + zlib.crc32(fields).to_bytes(4, "little")


def _unpack(data: bytes) -> _Count | None:
    if len(data) < _RECORD.size or not data.startswith(_MAGIC):
        return None
    _, number, wrong, used, milliseconds, checksum = _RECORD.unpack(data)
    if checksum != zlib.crc32(data[:-4]):
        return None
    return _Count(number, wrong, bool(used), milliseconds / 1000)
