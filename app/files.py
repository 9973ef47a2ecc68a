"""Where bytes are kept: a small protocol over files, the same in the browser's private file system and on a disk.

A `File` is open and exclusive: one tab or process at a time may hold it, so that two can never write into each other.
A `Folder` hands out files, and keeps whole files (photos) that are either there completely or not at all.
The browser's twin is app/files_browser.py.
"""

import asyncio
import errno
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol


class FileTrouble(Exception):
    """The phone's storage would not do what was asked; the message says what. Nothing kept earlier is lost."""


class Locked(FileTrouble):
    """Another tab or process has the notebook open."""


class NoRoom(FileTrouble):
    """The phone has no room left, or gives this app no more of it."""


class File(Protocol):
    """An open file that nobody else can open. Synchronous, so that a save is confirmed before anything else happens."""

    def size(self) -> int:
        """How many bytes the file has."""

    def read(self, at: int, n: int) -> bytes:
        """Up to `n` bytes from `at`; fewer at the end of the file."""

    def write(self, at: int, data: bytes) -> None:
        """Writes all of `data`. Raises NoRoom when not all of it fitted, FileTrouble for anything else."""

    def flush(self) -> None:
        """Returns once everything written is on the disk. Raises NoRoom or FileTrouble when it may not be."""

    def truncate(self, n: int) -> None:
        """Cuts the file to `n` bytes."""

    def close(self) -> None:
        """Lets others open the file. Closing twice is harmless."""


class Folder(Protocol):
    """A flat folder of files; names are plain (letters, digits, dash, dot)."""

    async def open(self, name: str) -> File:
        """Opens a file, made empty if it is not there. Raises Locked while somebody else has it open."""

    async def read(self, name: str) -> bytes | None:
        """The whole file, or None when there is none."""

    async def write(self, name: str, data: bytes | AsyncIterator[bytes]) -> None:
        """Keeps a whole file, given at once or in pieces: durable when it returns, and never half of it under that
        name. Raises NoRoom.
        """

    async def remove(self, name: str) -> None:
        """Removes a file; that it is not there is no error."""

    async def names(self) -> list[str]:
        """The names of all files, sorted."""


async def pieces_of(data: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What `Folder.write` is given, as pieces."""
    if isinstance(data, bytes):
        yield data
    else:
        async for piece in data:
            yield piece


def make_folder(name: str | None = None) -> Folder:
    """The notebook's place: the browser's private files, or a folder on the disk (FLET_APP_STORAGE_DATA)."""
    if sys.platform == "emscripten":
        from app.files_browser import OpfsFolder

        return OpfsFolder(name or "beatbook")
    return OrdinaryFolder(Path(os.environ.get("FLET_APP_STORAGE_DATA", "var/phone")) / (name or "notebook"))


_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def _troubles() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _trouble(error) from error


def _trouble(error: OSError) -> FileTrouble:
    if error.errno in _FULL:
        return NoRoom("This phone has no room left.")
    return FileTrouble(f"The phone's storage failed: {error.strerror or type(error).__name__}.")


class OrdinaryFile:
    """A file on a disk, locked through the operating system."""

    def __init__(self, path: Path) -> None:
        with _troubles():
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            _lock(self._fd)
        except OSError:
            os.close(self._fd)
            raise Locked("Beatbook is already open on this device.") from None
        self._open = True

    def size(self) -> int:
        return os.fstat(self._fd).st_size

    def read(self, at: int, n: int) -> bytes:
        try:
            os.lseek(self._fd, at, os.SEEK_SET)
            data = os.read(self._fd, n)
            while len(data) < n and (part := os.read(self._fd, n - len(data))):
                data += part
        except OSError as error:
            raise _trouble(error) from error
        return data

    def write(self, at: int, data: bytes) -> None:
        try:  # not `with _troubles()`, nor in `flush` and `read`: that takes as long as the call itself
            os.lseek(self._fd, at, os.SEEK_SET)
            done = os.write(self._fd, data)
            while done < len(data):
                # A disk that is nearly full takes a part, and says so only when asked to take the rest.
                done += os.write(self._fd, memoryview(data)[done:])
        except OSError as error:
            raise _trouble(error) from error

    def flush(self) -> None:
        try:
            # The bytes and the length, but not the time of the last change, where the system tells them apart.
            (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(self._fd)
        except OSError as error:
            raise _trouble(error) from error

    def truncate(self, n: int) -> None:
        with _troubles():
            os.ftruncate(self._fd, n)

    def close(self) -> None:
        if self._open:
            self._open = False
            os.close(self._fd)


class OrdinaryFolder:
    """A folder on a disk. Made, readable by its owner alone, when it is first used."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def open(self, name: str) -> File:
        self._make()
        file = OrdinaryFile(self.path / name)
        try:
            self._settle()
        except FileTrouble:
            file.close()
            raise
        return file

    async def read(self, name: str) -> bytes | None:
        try:
            return await asyncio.to_thread((self.path / name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileTrouble(f"The phone's storage failed: {error.strerror}.") from error

    async def write(self, name: str, data: bytes | AsyncIterator[bytes]) -> None:
        self._make()
        part = self.path / f"{name}.part"
        try:
            with _troubles():
                with part.open("wb") as file:
                    async for piece in pieces_of(data):
                        file.write(piece)
                    file.flush()
                    await asyncio.to_thread(os.fsync, file.fileno())
                part.replace(self.path / name)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        self._settle()

    async def remove(self, name: str) -> None:
        with _troubles(), suppress(FileNotFoundError):
            (self.path / name).unlink()
        self._settle()

    async def names(self) -> list[str]:
        with _troubles(), suppress(FileNotFoundError):
            return sorted(entry.name for entry in os.scandir(self.path) if entry.is_file())
        return []

    def _make(self) -> None:
        with _troubles():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _settle(self) -> None:
        """Makes names durable too: a new or renamed file may be gone after a power cut until its folder is flushed."""
        if os.name == "nt" or not self.path.exists():
            return
        with _troubles():
            fd = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)


def _lock(fd: int) -> None:
    """Takes the lock on an open file, or raises OSError at once. It goes with the process, however that ends."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
