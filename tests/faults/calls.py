"""The calls that reach a real disk, counted; something may happen on entering one of them."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

# Called with the call's name; raises, ends the process, or says how many bytes a write may take.
Enter = Callable[[str], int | None]

_CALLS = [name for name in ("fdatasync", "fsync", "ftruncate", "replace", "unlink") if hasattr(os, name)]


@contextmanager
def watched(enter: Enter) -> Iterator[None]:
    """Every write, flush, cut, renaming and removal inside goes through `enter` first."""
    write, opened = os.write, io.open

    def counted_write(fd: int, data: Any) -> int:
        most = enter("write")
        return write(fd, data if most is None else memoryview(data)[:most])

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            enter(name)
            return original(*arguments, **named)

        return call

    def counted_open(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        return _Counted(file, enter) if mode == "wb" and isinstance(file, Path) else opened(file, mode, *more, **named)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(os, "write", counted_write))
        stack.enter_context(mock.patch.object(io, "open", counted_open))
        for name in _CALLS:
            stack.enter_context(mock.patch.object(os, name, counted(name)))
        yield


class _Counted(io.FileIO):
    """A whole file being written."""

    def __init__(self, path: Path, enter: Enter) -> None:
        super().__init__(path, "w")
        self._enter = enter

    def write(self, data: Any) -> int:
        view, done = memoryview(data), 0
        while done < len(view):
            most = self._enter("write")
            done += super().write(view[done:] if most is None else view[done : done + most]) or 0
        return done
