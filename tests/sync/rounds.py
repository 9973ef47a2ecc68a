"""What the tests of rounds share: a notebook with something in it, and waiting in time that jumps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from app.ids import sha256
from sync.engine import Engine, State
from tests.sync.fakes import (
    FakeNotebook,
    revision,
)

JPEG = b"\xff\xd8 a picture"
PICTURE = sha256(JPEG)


def notebook_with(*numbers: int, photos: tuple[str, ...] = ()) -> FakeNotebook:
    notebook = FakeNotebook()
    notebook.save(*(revision(n, photos=photos) for n in numbers))
    notebook.pictures[PICTURE] = JPEG
    return notebook


@asynccontextmanager
async def running(work: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(work.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool], within: float = 3_600, step: float = 0.05) -> None:
    """Waits in jumping time; a condition that never comes true is a failure."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - many kinds of change, one way to wait for them
            await asyncio.sleep(step)


def state(work: Engine) -> State:
    return work.status.state
