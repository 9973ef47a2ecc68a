"""Reading a journal from some place to its end: what is good, what a lost moment of power left, what is damage.

A save that was cut off was never confirmed: it is cut away. Anything else that does not add up may have been
confirmed once: it is damage, and everything readable around it is taken over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from app.cipher import OVERHEAD, Cipher, Tampered
from app.files import File
from app.frames import HEAD_SIZE, MARKER, SECTOR, Head, Op, guess_head, open_frame, read_head

_WINDOW: Final = 256 * 1024
_FEWEST: Final = OVERHEAD // 2  # bytes that are not zero: with fewer there is no frame, a bit flipped in the room ahead

# Table, row and document of a good frame, where it starts and how long it is.
Take = Callable[[Op, int, int], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """A frame that could not be read; table (its number) and row where its head still tells them."""

    frame: int
    table: int | None = None
    row: int | None = None


@dataclass
class Scan:
    """How far reading came."""

    frames: int  # the number of the last frame that counts
    end: int  # where the next one goes
    cut: int = 0  # bytes behind the end, of a save that was never confirmed
    lost: list[Lost] = field(default_factory=list)
    damaged: bool = False


def written(file: File, start: int) -> int:
    """Where what was written ends, not before `start`: behind it there are zeros at most."""
    at = file.size()
    while at > start:
        piece = file.read(max(start, at - _WINDOW), min(_WINDOW, at - start))
        if left := len(piece.rstrip(b"\0")):
            return at - len(piece) + left
        at -= len(piece)
    return start


class Window:
    """A file up to some size, read in large pieces, asked for small ones."""

    def __init__(self, file: File, size: int) -> None:
        self._file = file
        self.size = size
        self._at = 0
        self._data = b""

    def read(self, at: int, n: int) -> bytes:
        """Up to `n` bytes from `at`; fewer at the end."""
        n = max(0, min(n, self.size - at))
        start = at - self._at
        if start < 0 or start + n > len(self._data):
            self._at, self._data = at, self._file.read(at, max(n, _WINDOW))
            start = 0
        return self._data[start : start + n]

    def find(self, mark: bytes, at: int) -> int:
        """Where the bytes next stand from `at` on; -1 when nowhere."""
        while at < self.size:
            piece = self.read(at, _WINDOW)
            found = piece.find(mark)
            if found >= 0:
                return at + found
            if len(piece) < _WINDOW:
                return -1
            at += len(piece) - len(mark) + 1
        return -1


@dataclass
class _Commit:
    """The frames of a commit, held back until its last one is there: a part of a commit never counts."""

    start: int
    last: int  # the number of its last frame
    before: int  # the number of the last frame before it
    good: list[tuple[Op, int, int]] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


class Scanner:
    """Reads a journal's frames from a place on. Use `scan`."""

    def __init__(self, file: File, size: int, cipher: Cipher, generation: int, take: Take) -> None:
        self._window = Window(file, size)
        self._cipher = cipher
        self._generation = generation
        self._take = take
        self._lost: list[Lost] = []
        self._damaged = False
        self._open: _Commit | None = None

    def run(self, start: int, frames: int) -> Scan:
        """Reads from a frame's start; `frames` is the number of the one before it."""
        at = start
        while True:
            here = self._head(at, frames) or self._crooked_head(at, frames) or self._next_head(at + 1, frames)
            if here is None or here[0] + here[1].size > self._window.size:
                break
            place, head = here
            self._turn_to(at, head.number + head.left, frames)
            self._miss(range(frames + 1, head.number))
            stop = place + head.size
            self._frame(place, head, stop)
            frames, at = head.number, stop
            if head.left == 0 and not self._missed:
                self._close()
        return self._ended(at, frames)

    def _head(self, at: int, frames: int) -> tuple[int, Head] | None:
        head = read_head(self._window.read(at, HEAD_SIZE), self._generation)
        return (at, head) if head and head.number > frames else None

    def _crooked_head(self, at: int, frames: int) -> tuple[int, Head] | None:
        head = guess_head(self._window.read(at, HEAD_SIZE), self._generation, frames + 1)
        self._damaged |= head is not None
        return (at, head) if head else None

    def _next_head(self, at: int, frames: int) -> tuple[int, Head] | None:
        while (at := self._window.find(MARKER, at)) >= 0:
            if here := self._head(at, frames):
                return here
            at += 1
        return None

    def _turn_to(self, start: int, last: int, frames: int) -> None:
        """Makes the open commit the one that ends with that frame; one that lost its end was whole, as a later came."""
        if self._open and self._open.last != last:
            self._close()
        if self._open is None:
            self._open = _Commit(start, last, frames)

    def _frame(self, place: int, head: Head, stop: int) -> None:
        assert self._open
        try:
            op = open_frame(self._cipher, self._generation, self._window.read(place, stop - place))
        except (Tampered, UnicodeDecodeError):
            self._open.lost.append(Lost(head.number, head.table, head.row))
        else:
            self._open.good.append((op, place, stop - place))

    def _miss(self, numbers: range) -> None:
        assert self._open
        self._open.lost += map(Lost, numbers)

    @property
    def _missed(self) -> bool:
        return self._open is not None and bool(self._open.lost)

    def _close(self) -> None:
        if self._open:
            for op, place, length in self._open.good:
                self._take(op, place, length)
            self._lost += self._open.lost
            self._open = None

    def _ended(self, at: int, frames: int) -> Scan:
        size = self._window.size
        commit = self._open
        rest = commit.start if commit else at
        if rest == size:
            return Scan(frames, at, lost=self._lost, damaged=self._damaged or bool(self._lost))
        before = commit.before if commit else frames
        if self._torn(rest, size, before + 1):
            return Scan(before, rest, size - rest, self._lost, bool(self._lost))
        self._close()
        if at < size:
            self._lost.append(Lost(frames + 1))
        return Scan(frames, at, size - at, self._lost, damaged=True)

    def _torn(self, start: int, size: int, number: int) -> bool:
        """Whether the bytes from there on are what is left of one commit that was being written.

        It was written at once behind everything else, so it is cut short, or a sector of it is still empty; a frame
        neither begins nor ends with a zero.
        """
        rest = size - start
        whole = self._window.read(start, _WINDOW)
        if len(whole) == rest and rest - whole.count(0) < _FEWEST:
            return True
        begun = whole[:HEAD_SIZE]
        if rest < HEAD_SIZE:
            expected = MARKER + number.to_bytes(4, "little")
            return expected.startswith(begun[:8])
        if self._cut_short(start, size, number):
            return True
        for sector in range(start - start % SECTOR, size, SECTOR):
            first, stop = max(sector, start), min(sector + SECTOR, size)
            if not any(self._window.read(first, stop - first)):
                return True
        return False

    def _cut_short(self, at: int, size: int, number: int) -> bool:
        """Whether whole heads follow each other from there and what was written ends inside one of their frames."""
        while at < size:
            head = read_head(self._window.read(at, HEAD_SIZE), self._generation)
            if head is None or head.number != number:
                rest = self._window.read(at, size - at) if size - at < HEAD_SIZE else None
                return rest is not None and (MARKER + number.to_bytes(4, "little")).startswith(rest[:8])
            at, number = at + head.size, number + 1
            if head.left == 0:
                return at > size
        return True


def scan(file: File, cipher: Cipher, generation: int, start: int, frames: int, take: Take) -> Scan:
    """Reads the frames from `start` on (`frames` is the number of the last one before it) and takes the good ones."""
    return Scanner(file, written(file, start), cipher, generation, take).run(start, frames)
