"""Sync tests run in time that jumps: a pause of ten minutes takes no time at all."""

import asyncio
import selectors
from typing import Any

import pytest


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that, instead of waiting for the next timer, sets its clock to it."""

    def __init__(self) -> None:
        super().__init__(_NoWaiting(self))
        self.jumped = 0.0

    def time(self) -> float:
        return super().time() + self.jumped


class _NoWaiting(selectors.SelectSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout is None:
            raise RuntimeError("everything waits for something that will never happen")
        if not found and timeout:
            self._loop.jumped += timeout
        return found


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """asyncio, on the loop above."""
    return "asyncio", {"loop_factory": JumpingLoop}
