"""Files in the browser's origin private file system (OPFS), from the worker that Python runs in.

Opening is asynchronous; once open, a file is synchronous: that is what lets a save be confirmed at once. The browser
itself sees to it that only one tab has a file open. The twin on a disk, and the promises, are in app/files.py.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from app.files import File, FileTrouble, Locked, NoRoom, pieces_of

# A tab that was killed or reloaded a moment ago may hold its files a little longer.
PATIENCE: Final = 3.0
_PAUSE: Final = 0.1

# Pyodide takes for an error what has a stack or is a plain DOMException, and Chromium's own kind for a full phone is
# neither: a promise refused with it told nobody, and whoever waited for it waited for ever.
_FULL_IS_AN_ERROR: Final = """
if (self.QuotaExceededError) Object.defineProperty(QuotaExceededError.prototype, "stack", { value: "" });
"""


@contextmanager
def _troubles() -> Iterator[None]:
    from pyodide.ffi import JsException

    try:
        yield
    except JsException as error:
        match getattr(error, "name", ""):
            case "QuotaExceededError":
                raise NoRoom("This phone has no room left for Beatbook.") from None
            case "NoModificationAllowedError":
                raise Locked("Beatbook is already open in another tab.") from None
            case name:
                raise FileTrouble(f"The browser's storage failed: {name}.") from None


class OpfsFile:
    """A FileSystemSyncAccessHandle."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def size(self) -> int:
        with _troubles():
            return int(self._handle.getSize())

    def read(self, at: int, n: int) -> bytes:
        import js

        buffer = js.Uint8Array.new(max(0, min(n, self.size() - at)))
        with _troubles():
            count = self._handle.read(buffer, _at(at))
        return bytes(buffer.subarray(0, count).to_bytes())

    def write(self, at: int, data: bytes) -> None:
        from pyodide.ffi import to_js

        with _troubles():
            count = self._handle.write(to_js(data), _at(at))
        # Some browsers write what fits and say so in the count alone.
        if count != len(data):
            raise NoRoom("This phone has no room left for Beatbook.")

    def flush(self) -> None:
        with _troubles():
            self._handle.flush()

    def truncate(self, n: int) -> None:
        with _troubles():
            self._handle.truncate(n)

    def close(self) -> None:
        with _troubles():
            self._handle.close()


class OpfsFolder:
    """A folder of the origin private file system."""

    def __init__(self, name: str) -> None:
        from pyodide.code import run_js

        run_js(_FULL_IS_AN_ERROR)
        self._name = name
        self._directory: Any = None

    async def open(self, name: str) -> File:
        tries = int(PATIENCE / _PAUSE)
        while True:
            try:
                return await self._open(name)
            except Locked:
                tries -= 1
                if tries <= 0:
                    raise
            await asyncio.sleep(_PAUSE)

    async def read(self, name: str) -> bytes | None:
        handle = await self._find(name)
        if handle is None:
            return None
        with _troubles():
            return bytes((await (await handle.getFile()).arrayBuffer()).to_bytes())

    async def write(self, name: str, data: bytes | AsyncIterator[bytes]) -> None:
        part = f"{name}.part"
        try:
            file = await self._open(part)
            try:
                file.truncate(0)
                at = 0
                async for piece in pieces_of(data):
                    file.write(at, piece)
                    at += len(piece)
                file.flush()
            finally:
                file.close()
            with _troubles():
                await (await self._find(part)).move(name)
        except BaseException:
            with suppress(FileTrouble):
                await self.remove(part)
            raise

    async def remove(self, name: str) -> None:
        if await self._find(name) is not None:
            with _troubles():
                await (await self._here()).removeEntry(name)

    async def names(self) -> list[str]:
        directory = await self._here()
        with _troubles():
            return sorted([str(entry.name) async for entry in directory.values()])

    async def _open(self, name: str) -> File:
        directory = await self._here()
        with _troubles():
            handle = await directory.getFileHandle(name, _options(create=True))
            return OpfsFile(await handle.createSyncAccessHandle())

    async def _find(self, name: str) -> Any:
        from pyodide.ffi import JsException

        directory = await self._here()
        with _troubles():
            try:
                return await directory.getFileHandle(name)
            except JsException as error:
                if getattr(error, "name", "") != "NotFoundError":
                    raise
                return None

    async def _here(self) -> Any:
        if self._directory is None:
            import js

            storage = getattr(js.navigator, "storage", None)
            if storage is None or not hasattr(storage, "getDirectory"):
                raise FileTrouble("This browser keeps no files for apps. Use a current one, not in private mode.")
            with _troubles():
                root = await storage.getDirectory()
                self._directory = await root.getDirectoryHandle(self._name, _options(create=True))
        return self._directory


def _at(offset: int) -> Any:
    return _options(at=offset)


def _options(**options: Any) -> Any:
    import js
    from pyodide.ffi import to_js

    return to_js(options, dict_converter=js.Object.fromEntries)
