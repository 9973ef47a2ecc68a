"""Files that come in piece by piece, over lines that break: what is here stays on the disk."""

import fcntl
import os
from pathlib import Path


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
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        if at != end:
            return end
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        return end + len(piece)
