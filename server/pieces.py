"""Files that come in piece by piece, over lines that break: what is here stays on the disk.

The same piece may come twice at one moment, to two servers. Whoever has a file locked is alone with it, as long as it
still has its name: the one before may have kept it, or thrown it away.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def here(part: Path) -> int:
    """How many bytes of a file are here."""
    return part.stat().st_size if part.exists() else 0


def add(part: Path, at: int, piece: bytes, size: int) -> int:
    """Adds the piece that begins at that byte of a file of `size` bytes; gives how much of it is here now.

    Durable when it returns. A piece that came before, or whose turn it is not, changes nothing: go on from there. Other
    processes may add to the same file.
    """
    if at + len(piece) > size:
        return here(part)
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with locked(part, new=at == 0) as file:
            end = file.seek(0, os.SEEK_END)
            if at != end:
                return end
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            return end + len(piece)
    except FileNotFoundError:
        return 0


@contextmanager
def locked(part: Path, *, new: bool = False) -> Iterator[BinaryIO]:
    """The file of that name, from its beginning, with nobody else at it; a `new` one where there is none.

    Raises FileNotFoundError.
    """
    while True:
        with os.fdopen(os.open(part, os.O_RDWR | (os.O_CREAT if new else 0), 0o600), "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_called(file, part):
                yield file
                return


def _is_called(file: BinaryIO, part: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), part.stat())
    except FileNotFoundError:
        return False
